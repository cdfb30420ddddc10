#include "cli/commands.hpp"
#include "cli/convert.hpp"
#include "os/service.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace {

/// What the command line says. A command has a part of it.
struct Arguments {
    std::string config_path = "/etc/understudy/understudy.toml";
    std::string socket_path = cli::default_socket;
    config::Audience audience{.host = os::host_name(), .config_id = {}};
    bool as_json = false;
    bool is_strict = false;
    std::string probe;
    bool is_print = false;
    bool with_secrets = false;
    bool is_dry_run = false;
    cli::ConvertWish conversion{.files = {}, .host = os::host_name(), .output = {}};
};

void add_reading(CLI::App& command, Arguments& arguments) {
    command.add_option("--config-id", arguments.audience.config_id,
                       "Which conditional lines (@ID) of a keepalived.conf count, if not those "
                       "with the host's short name");
    command.add_flag(
        "--lenient", arguments.audience.is_lenient,
        "Leave out what a keepalived.conf asks for and is not supported, with a warning");
}

void add_api(CLI::App& command, Arguments& arguments) {
    command.add_flag("--json", arguments.as_json, "Print the API's answer as it is");
    command.add_option("--socket", arguments.socket_path, "Where the daemon's API is")
        ->capture_default_str();
}

CLI::App* add_run(CLI::App& app, Arguments& arguments) {
    CLI::App* run = app.add_subcommand("run", "Run the daemon in the foreground");
    run->add_option("--config", arguments.config_path,
                    "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    run->add_option("--socket", arguments.socket_path, "Where to serve the API")
        ->capture_default_str();
    add_reading(*run, arguments);
    return run;
}

CLI::App* add_check(CLI::App& app, Arguments& arguments) {
    CLI::App* check = app.add_subcommand("check", "Tell all errors of a configuration");
    check
        ->add_option("FILE", arguments.config_path, "The configuration: TOML, or a keepalived.conf")
        ->capture_default_str();
    check->add_option("--host", arguments.audience.host,
                      "The host to check it for, if not this one");
    add_reading(*check, arguments);
    CLI::Option* strict =
        check->add_flag("--strict", arguments.is_strict,
                        "Let warnings count: the exit status is then 2 where there is one");
    CLI::Option* json =
        check->add_flag("--json", arguments.as_json, "Print what is found as one JSON object");
    check->add_option("--probe", arguments.probe,
                      "Run this one check now, and tell what it sees; the exit status is 0 if it "
                      "is good, 1 if it is bad, 2 if it could not be run");
    CLI::Option* print =
        check->add_flag("--print", arguments.is_print,
                        "Print the configuration of the host as TOML, with all defaults");
    print->excludes(strict)->excludes(json);
    check->add_flag("--show-secrets", arguments.with_secrets, "Print passwords and keys too")
        ->needs(print);
    return check;
}

CLI::App* add_convert(CLI::App& app, Arguments& arguments) {
    cli::ConvertWish& wish = arguments.conversion;
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

CLI::App* add_status(CLI::App& app, Arguments& arguments) {
    CLI::App* status = app.add_subcommand("status", "Show what a running daemon does, and why");
    add_api(*status, arguments);
    return status;
}

CLI::App* add_reload(CLI::App& app, Arguments& arguments) {
    CLI::App* reload =
        app.add_subcommand("reload", "Let a running daemon read its configuration again");
    reload->add_flag("--dry-run", arguments.is_dry_run, "Only tell what would change");
    add_api(*reload, arguments);
    return reload;
}

int check(const Arguments& arguments) {
    if (arguments.is_print) {
        return cli::print_config(arguments.config_path, arguments.audience, arguments.with_secrets);
    }
    const cli::CheckRequest request{.config_path = arguments.config_path,
                                    .audience = arguments.audience,
                                    .is_strict = arguments.is_strict,
                                    .as_json = arguments.as_json};
    return arguments.probe.empty() ? cli::check(request) : cli::probe(request, arguments.probe);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Keeps a service address alive on one of several hosts (VRRP)."};
    app.set_version_flag("--version", UNDERSTUDY_VERSION);
    app.require_subcommand(1);
    Arguments arguments;
    const CLI::App* const run_command = add_run(app, arguments);
    const CLI::App* const check_command = add_check(app, arguments);
    const CLI::App* const convert_command = add_convert(app, arguments);
    add_status(app, arguments);
    const CLI::App* const reload_command = add_reload(app, arguments);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        // 0: it asked for help. The tools of this kind have 2 for a command line that is wrong.
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (run_command->parsed()) {
        return cli::run(arguments.config_path, arguments.audience, arguments.socket_path);
    }
    if (check_command->parsed()) {
        return check(arguments);
    }
    if (convert_command->parsed()) {
        return cli::convert(arguments.conversion);
    }
    if (reload_command->parsed()) {
        return cli::reload(arguments.socket_path, arguments.is_dry_run, arguments.as_json);
    }
    return cli::status(arguments.socket_path, arguments.as_json);
}
