#include "cli/commands.hpp"
#include "os/service.hpp"

#include <CLI/CLI.hpp>

#include <string>

int main(int argc, char** argv) {
    CLI::App app{"Keeps a service address alive on one of several hosts (VRRP)."};
    app.set_version_flag("--version", UNDERSTUDY_VERSION);
    app.require_subcommand(1);
    std::string config_path = "/etc/understudy/understudy.toml";
    std::string socket_path = cli::default_socket;
    std::string host = os::host_name();
    bool as_json = false;

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
        return cli::run(config_path, socket_path);
    }
    if (check->parsed()) {
        return probe.empty() ? cli::check(config_path, host) : cli::probe(config_path, host, probe);
    }
    if (reload->parsed()) {
        return cli::reload(socket_path, is_dry_run, as_json);
    }
    return cli::status(socket_path, as_json);
}
