#include "catch2.hpp"
#include "config/load.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

// Files that people use. They are not part of the project: where they are not at hand, nothing is
// tested.

namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(SOURCE_ROOT).parent_path() / "shared" / "realconf";

struct Expectation {
    /// What fills the file's placeholders, where it is a template.
    std::vector<std::pair<std::string, std::string>> values;
    /// Beginnings or parts of the errors that it must give, with the reason why they are right.
    std::vector<std::pair<std::string, std::string>> errors;
    std::string host = "lb-master";
};

const std::vector<std::pair<std::string, std::string>> ipvs = {
    {"virtual_server is not supported", "load balancing by IPVS"}};

const std::map<std::string, Expectation> templates = {
    {"01-kubernetes-kubeadm-ha.conf",
     {.values = {{"${STATE}", "MASTER"},
                 {"${INTERFACE}", "eth0"},
                 {"${ROUTER_ID}", "51"},
                 {"${PRIORITY}", "101"},
                 {"${AUTH_PASS}", "42"},
                 {"${APISERVER_VIP}", "192.0.2.60"}}}},
    {"03-ASWATFZLLC-aws-failover.conf",
     {.values = {{"interface {{ LOCAL_IP }}", "interface eth0"},
                 {"{{ LOCAL_IP }}", "192.0.2.1"},
                 {"{{ PEER_IP }}", "192.0.2.2"},
                 {"{{ PRIORITY }}", "101"}}}},
    {"09-doublez13-docker-swarm.conf",
     {.values = {{"INTERFACE_GOES HERE", "eth0"},
                 {"ID_GOES_HERE", "51"},
                 {"PASS_GOES_HERE", "1111"},
                 {"IP_GOES_HERE/MASK", "192.0.2.60/24"}}}},
    {"13-SOSETH-router-dualstack-AH.conf",
     {.values = {{"{{ portal_ha_prio }}", "101"}},
      .errors = {{"the addresses of an instance are of one family",
                  "its own: keepalived leaves the IPv6 address out"},
                 {"another interface than enp1s0", "an address on another interface"}}}},
    {"19-osixia-docker-template.conf",
     {.values = {{"{{ KEEPALIVED_INTERFACE }}", "eth0"},
                 {"{{ KEEPALIVED_STATE }}", "BACKUP"},
                 {"{{ KEEPALIVED_ROUTER_ID }}", "51"},
                 {"{{ KEEPALIVED_PRIORITY }}", "150"},
                 {"{{ KEEPALIVED_UNICAST_PEERS }}", "192.0.2.10\n192.0.2.11"},
                 {"{{ KEEPALIVED_VIRTUAL_IPS }}", "192.0.2.60\n192.0.2.61"},
                 {"{{ KEEPALIVED_PASSWORD }}", "d0cker"},
                 {"{{ KEEPALIVED_NOTIFY }}", "notify \"/container/notify.sh\""}}}},
    {"21-Recruitee-failover-watcher-hetzner.conf",
     {.values = {{"{{STATE}}", "MASTER"},
                 {"{{PRIORITY}}", "101"},
                 {"{{CLUSTER_ID}}", "51"},
                 {"{{UNICAST_IPS}}", "192.0.2.2"},
                 {"{{PASSWORD}}", "1111"}}}},
    {"23-Leif160519-seaweedfs.conf",
     {.values = {{"${router_id}", "a"},
                 {"${interface}", "eth0"},
                 {"${virtual_router_id}", "51"},
                 {"${priority}", "100"},
                 {"${vip}", "192.0.2.60"}}}},
    {"27-k3s-docs-cluster-lb.conf", {.values = {{"<STATE>", "MASTER"}, {"<PRIORITY>", "200"}}}},
    {"31-DrPsychick-dnsmasq.conf",
     {.values = {{"KEEPALIVE_STATE", "MASTER"},
                 {"KEEPALIVE_ID", "51"},
                 {"KEEPALIVE_PRIO", "100"},
                 {"KEEPALIVE_PASS", "1111"},
                 {"KEEPALIVE_VIP", "192.0.2.60"}}}},
    {"33-JulioSM98-goleader.conf",
     {.values = {{"{{ KEEPALIVED_INTERFACE }}", "eth0"},
                 {"{{ KEEPALIVED_STATE }}", "BACKUP"},
                 {"{{ KEEPALIVED_ROUTER_ID }}", "51"},
                 {"{{ KEEPALIVED_PRIORITY }}", "150"},
                 {"{{ KEEPALIVED_VIRTUAL_IPS }}", "192.0.2.60"},
                 {"{{ KEEPALIVED_PASSWORD }}", "d0cker"},
                 {"{{ KEEPALIVED_NOTIFY }}", ""}}}},
};

const std::map<std::string, Expectation> others = {
    {"11-NFhook-opensips.conf", {.errors = ipvs}},
    {"17-rootsongjc-k8s-handbook.conf", {.errors = ipvs}},
    {"29-relix42-merge-markers.conf",
     {.errors = {{"a merge was not finished", "its own"},
                 {"<<<<<<<", "its own"},
                 {"=======", "its own"},
                 {">>>>>>>", "its own"}}}},
    {"35-issue2528-osp-bond-vlan.conf",
     {.errors = {{"another interface than infra-bond", "an address on another interface"}}}},
    {"43-issue1469-track-process.conf",
     {.errors = {{"another interface than eth0", "an address on another interface"},
                 {"virtual_routes is not supported", "routes"}}}},
    {"45-issue917-ipv6-at-state.conf", {.host = "master"}},
};

Expectation expectation_of(const std::string& name) {
    for (const auto* const expectations : {&templates, &others}) {
        if (const auto found = expectations->find(name); found != expectations->end()) {
            return found->second;
        }
    }
    return {};
}

std::string text_of(const fs::path& path, const Expectation& expectation) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream content;
    content << file.rdbuf();
    std::string text = content.str();
    for (const auto& [placeholder, value] : expectation.values) {
        for (std::size_t place = text.find(placeholder); place != std::string::npos;
             place = text.find(placeholder, place + value.size())) {
            text.replace(place, placeholder.size(), value);
        }
    }
    return text;
}

}  // namespace

TEST_CASE("files in use are read, or have an error that is right", "[golden]") {
    if (!fs::is_directory(folder)) {
        return;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        const Expectation expectation = expectation_of(name);
        const config::Loaded loaded =
            config::load_text(name, text_of(entry.path(), expectation), expectation.host);

        bool has_expected = expectation.errors.empty();
        for (const config::Diagnostic& diagnostic : loaded.diagnostics) {
            if (diagnostic.severity != config::Severity::error) {
                continue;
            }
            const bool is_expected =
                std::ranges::any_of(expectation.errors, [&diagnostic](const auto& error) {
                    return diagnostic.message.find(error.first) != std::string::npos;
                });
            has_expected = has_expected || is_expected;
            INFO(config::to_text(diagnostic));
            CHECK(is_expected);
        }
        INFO(name);
        CHECK(has_expected);
    }
}
