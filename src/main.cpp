#include "cli/commands.hpp"
#include "cli/convert.hpp"
#include "os/service.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

CLI::App* add_convert(CLI::App& app, cli::ConvertWish& wish) {
    CLI::App* convert = app.add_subcommand(
        "convert", "Print the TOML that means the same, and tell what became of each line");
    convert
        ->add_option("FILE", wish.files,
                     "A keepalived.conf, or TOML; with --merge one for each host, which is called "
                     "as the file is, or HOST=FILE")
        ->required();
    convert->add_flag("--merge", wish.is_merge, "Make one file of those of several hosts");
    convert->add_option("--host", wish.host, "The host that a single file is for");
    convert->add_option("-o,--output", wish.output, "Write to this file, readable by its group");
    convert->add_flag("--force", wish.may_replace, "Replace the file if it is there");
    convert->add_flag("-q,--quiet", wish.is_quiet, "Tell errors and warnings alone");
    return convert;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Keeps a service address alive on one of several hosts (VRRP)."};
    app.set_version_flag("--version", UNDERSTUDY_VERSION);
    app.require_subcommand(1);
    std::string config_path = "/etc/understudy/understudy.toml";
    std::string socket_path = cli::default_socket;
    std::string host = os::host_name();
    bool as_json = false;
    cli::ConvertWish convert_wish{.files = {}, .host = host, .output = {}};

    CLI::App* run = app.add_subcommand("run", "Run the daemon in the foreground");
    run->add_option("--config", config_path, "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    run->add_option("--socket", socket_path, "Where to serve the API")->capture_default_str();

    CLI::App* check = app.add_subcommand("check", "Tell all errors of a configuration");
    check->add_option("FILE", config_path, "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    check->add_option("--host", host, "The host to check it for, if not this one");

    std::string probe;
    check->add_option("--probe", probe,
                      "Run this one check now, and tell what it sees; the exit status is 0 if it "
                      "is good, 1 if it is bad, 2 if it could not be run");

    bool is_print = false;
    bool with_secrets = false;
    CLI::Option* print = check->add_flag(
        "--print", is_print, "Print the configuration of the host as TOML, with all defaults");
    check->add_flag("--show-secrets", with_secrets, "Print passwords and keys too")->needs(print);

    CLI::App* convert = add_convert(app, convert_wish);

    CLI::App* status = app.add_subcommand("status", "Show what a running daemon does, and why");
    status->add_flag("--json", as_json, "Print the API's answer as it is");
    status->add_option("--socket", socket_path, "Where the daemon's API is")->capture_default_str();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // 0: it asked for help. The tools of this kind have 2 for a command line that is wrong.
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (run->parsed()) {
        return cli::run(config_path, socket_path);
    }
    if (convert->parsed()) {
        return cli::convert(convert_wish);
    }
    if (check->parsed() && is_print) {
        return cli::print_config(config_path, host, with_secrets);
    }
    if (check->parsed()) {
        return probe.empty() ? cli::check(config_path, host) : cli::probe(config_path, host, probe);
    }
    return cli::status(socket_path, as_json);
}
