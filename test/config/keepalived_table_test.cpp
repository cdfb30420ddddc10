#include "config/keepalived_table.hpp"

#include "catch2.hpp"
#include "config/keepalived_grammar.hpp"
#include "config/load.hpp"
#include "config/reading.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

namespace {

using config::KeepalivedRow;
using config::KeywordClass;

std::string instance(const std::string& more) {
    return "vrrp_instance VI_1 {\ninterface eth0\nvirtual_router_id 51\n" + more +
           "\nvirtual_ipaddress {\n192.0.2.60/24\n}\n}\n";
}

/// A file that has this line in this block.
std::string file_with(std::string_view block, const std::string& line) {
    const std::string inner = "{\n" + line + "\n}\n";
    if (block == "keepalived.conf") {
        return line + "\n" + instance("");
    }
    if (block == "vrrp_instance") {
        return instance(line);
    }
    if (block == "authentication" || block == "auth_hmac") {
        return instance(std::string(block) + inner);
    }
    if (block == "address") {
        return instance("virtual_ipaddress_excluded {\n192.0.2.61/24 " + line + "\n}\n");
    }
    if (block == "global_defs" || block == "garp_group") {
        return std::string(block) + inner + instance("");
    }
    return std::string(block) + " name " + inner + instance("");
}

std::string line_of(const KeepalivedRow& row) {
    return std::string(row.keyword) + (is_block(row.form) ? " {\n}" : " x");
}

/// Blocks whose entries are no keywords, or are read by hand.
bool has_keywords(std::string_view block) {
    static constexpr std::array<std::string_view, 8> others = {
        "peer",  "tracker", "bfd_instance",        "track_group",
        "route", "rule",    "linkbeat_interfaces", "interface_up_down_delays"};
    return std::ranges::find(others, block) == others.end();
}

template <class Call>
void for_each_row(Call call) {
    for (const config::KeepalivedBlock& block : config::keepalived_blocks()) {
        for (const KeepalivedRow& row : block.rows) {
            INFO(block.name << ": " << row.keyword);
            call(block, row);
        }
    }
}

bool matches(std::string_view grammar, const std::string& words) {
    std::vector<config::KeepalivedToken> tokens;
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
        tokens.push_back({.text = word});
    }
    return config::matches_grammar(grammar, tokens);
}

}  // namespace

TEST_CASE("each honoured keyword of keepalived has a reader", "[config]") {
    for_each_row([](const config::KeepalivedBlock& block, const KeepalivedRow& row) {
        if (row.effect != KeywordClass::honoured || !has_keywords(block.name)) {
            return;
        }
        const std::string said = messages("a.conf", file_with(block.name, line_of(row)));
        CHECK(said.find("not read yet") == std::string::npos);
        CHECK(said.find("not a keyword") == std::string::npos);
    });
}

TEST_CASE("each keyword of keepalived says what becomes of it", "[config]") {
    std::size_t count = 0;
    for_each_row([&count](const config::KeepalivedBlock& block, const KeepalivedRow& row) {
        ++count;
        CHECK(config::find_row(block.name, row.keyword) == &row);
        CHECK_FALSE(row.text.empty());
        CHECK((row.effect != KeywordClass::unsupported || !row.advice.empty()));
    });
    CHECK(count > 280);
    CHECK(config::find_row("vrrp_instance", "global_defs") == nullptr);
    CHECK(config::find_row("no_such_block", "state") == nullptr);
}

TEST_CASE("what is not supported is an error, or left out where that is asked for", "[config]") {
    for_each_row([](const config::KeepalivedBlock& block, const KeepalivedRow& row) {
        if (row.effect != KeywordClass::unsupported || !has_keywords(block.name)) {
            return;
        }
        std::string text = file_with(block.name, line_of(row));
        if (block.name == "vrrp_sync_group") {
            text.insert(text.find("{\n") + 2, "group {\nVI_1\n}\n");
        }
        const std::string name(row.keyword);
        const config::Loaded refused = config::load_text("a.conf", text, "a");
        CHECK_FALSE(refused.config);
        CHECK(std::ranges::any_of(refused.diagnostics, [&](const config::Diagnostic& one) {
            return one.severity == config::Severity::error && !one.advice.empty() &&
                   one.message.starts_with(name + " is not supported: ");
        }));

        const config::Loaded lenient =
            config::load_text("a.conf", text, {.host = "a", .config_id = "", .is_lenient = true},
                              config::Includes::refused);
        CHECK(lenient.config);
        CHECK(std::ranges::any_of(lenient.diagnostics, [&](const config::Diagnostic& one) {
            return one.message.starts_with(name + " is left out: ");
        }));
    });
}

TEST_CASE("what has no effect is told as its row says, and not where it says no", "[config]") {
    for_each_row([](const config::KeepalivedBlock& block, const KeepalivedRow& row) {
        const bool is_flag = row.effect == KeywordClass::no_effect && row.grammar == "[BOOL]";
        if (!is_flag || (block.name != "global_defs" && block.name != "vrrp_instance")) {
            return;
        }
        const auto said = [&](const std::string& value) {
            return messages("a.conf", file_with(block.name, std::string(row.keyword) + value));
        };
        CHECK(said(" off").empty());
        CHECK(said("").empty() == (row.telling == config::Telling::never));
        CHECK(said(" maybe").find("keepalived expects") != std::string::npos);
    });
}

TEST_CASE("a grammar tells what may follow a keyword", "[config]") {
    CHECK(matches("", ""));
    CHECK_FALSE(matches("", "x"));
    CHECK(matches("1..255", "255"));
    CHECK_FALSE(matches("1..255", "256"));
    CHECK_FALSE(matches("1..255", "1;"));
    CHECK_FALSE(matches("1..255", ""));
    CHECK(matches("-20..19", "-20"));
    CHECK(matches("[-1..99]", ""));
    CHECK(matches("[all] 0..86400", "all 5"));
    CHECK(matches("[all] 0..86400", "5"));
    CHECK_FALSE(matches("[all] 0..86400", "none 5"));
    CHECK(matches("[NUMBER] [overwrite]", "overwrite"));
    CHECK(matches("[NUMBER] [overwrite]", "5 overwrite"));
    CHECK_FALSE(matches("[NUMBER] [overwrite]", "overwrite 5"));
    CHECK(matches("[CHAIN [CHAIN]]", "in out"));
    CHECK_FALSE(matches("[CHAIN [CHAIN]]", "in out more"));
    CHECK(matches("SECONDS|forever", "0.5"));
    CHECK(matches("SECONDS|forever", "forever"));
    CHECK_FALSE(matches("SECONDS|forever", "1s"));
    CHECK(matches("NUMBER...", "1 2 3"));
    CHECK_FALSE(matches("NUMBER...", "1 x 3"));
    CHECK(matches("IP|+|-", "+"));
    CHECK(matches("IP|+|-", "192.0.2.255"));
    CHECK_FALSE(matches("IP|+|-", "192.0.2"));
    CHECK(matches("BOOL", "yes"));
    CHECK_FALSE(matches("BOOL", "1"));
    std::string many;
    for (int index = 0; index < 100'000; ++index) {
        many += "1 ";
    }
    CHECK(matches("NUMBER...", many));
}
