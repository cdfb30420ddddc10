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
    config::Audience audience{.host = os::host_name(), .config_id = {}};
    bool as_json = false;
    const std::string lenient =
        "Leave out what a keepalived.conf asks for and is not supported, with a warning";
    cli::ConvertWish convert_wish{.files = {}, .host = audience.host, .output = {}};

    CLI::App* run = app.add_subcommand("run", "Run the daemon in the foreground");
    run->add_option("--config", config_path, "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    run->add_option("--config-id", audience.config_id,
                    "Which conditional lines (@ID) of a keepalived.conf count, if not those with "
                    "this host's short name");
    run->add_option("--socket", socket_path, "Where to serve the API")->capture_default_str();
    run->add_flag("--lenient", audience.is_lenient, lenient);

    CLI::App* check = app.add_subcommand("check", "Tell all errors of a configuration");
    check->add_option("FILE", config_path, "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    check->add_option("--host", audience.host, "The host to check it for, if not this one");
    check->add_flag("--lenient", audience.is_lenient, lenient);

    check->add_option("--config-id", audience.config_id,
                      "Which conditional lines (@ID) of a keepalived.conf count, if not those with "
                      "the host's short name");
    bool is_strict = false;
    check->add_flag("--strict", is_strict,
                    "Let warnings count: the exit status is then 2 where there is one");
    check->add_flag("--json", as_json, "Print what is found as one JSON object");

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

    bool is_dry_run = false;
    CLI::App* reload =
        app.add_subcommand("reload", "Let a running daemon read its configuration again");
    reload->add_flag("--dry-run", is_dry_run, "Only tell what would change");
    reload->add_flag("--json", as_json, "Print the API's answer as it is");
    reload->add_option("--socket", socket_path, "Where the daemon's API is")->capture_default_str();

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // 0: it asked for help. The tools of this kind have 2 for a command line that is wrong.
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (run->parsed()) {
        return cli::run(config_path, audience, socket_path);
    }
    if (convert->parsed()) {
        return cli::convert(convert_wish);
    }
    if (check->parsed() && is_print) {
        return cli::print_config(config_path, audience, with_secrets);
    }
    if (check->parsed()) {
        const cli::CheckRequest request{.config_path = config_path,
                                        .audience = audience,
                                        .is_strict = is_strict,
                                        .as_json = as_json};
        return probe.empty() ? cli::check(request) : cli::probe(request, probe);
    }
    if (reload->parsed()) {
        return cli::reload(socket_path, is_dry_run, as_json);
    }
    return cli::status(socket_path, as_json);
}
