#include "config/keepalived_instance.hpp"

#include "config/address_values.hpp"
#include "config/keepalived_authentication.hpp"
#include "config/keepalived_keywords.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace config {

namespace {

class InstanceReader {
public:
    explicit InstanceReader(Report& report) : report_(report) {}

    KeepalivedInstance read(const KeepalivedLine& line) {
        static constexpr std::array<KeepalivedKeyword<InstanceReader>, 12> keywords = {{
            {"state", &InstanceReader::take_state},
            {"interface", &InstanceReader::take_interface},
            {"virtual_router_id", &InstanceReader::take_router_id},
            {"priority", &InstanceReader::take_priority},
            {"advert_int", &InstanceReader::take_interval},
            {"authentication", &InstanceReader::take_authentication, KeepalivedForm::blocks},
            {"virtual_ipaddress", &InstanceReader::take_addresses, KeepalivedForm::block},
            {"track_script", &InstanceReader::take_scripts, KeepalivedForm::block},
            {"nopreempt", &InstanceReader::take_nopreempt},
            {"preempt", &InstanceReader::take_preempt},
            {"version", &InstanceReader::take_version},
            {"smtp_alert", &InstanceReader::take_mail},
        }};
        take_name(line);
        read_keywords(line.block, "vrrp_instance",
                      std::span<const KeepalivedKeyword<InstanceReader>>(keywords), *this, report_);
        complete();
        return std::move(instance_);
    }

private:
    Router& router() { return instance_.router.router; }
    vrrp::RouterConfig& protocol() { return router().protocol; }

    void take_name(const KeepalivedLine& line) {
        instance_.router.place = line.value_place();
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        router().name = *name;
        if (const auto valid = to_name("the instance's name", *name); !valid) {
            report_.error(line.value_place(), valid.error());
        }
    }

    void take_state(const KeepalivedLine& line) {
        const auto state = single_value(line, report_);
        if (!state) {
            return;
        }
        if (*state != "MASTER" && *state != "BACKUP") {
            report_.error(line.value_place(),
                          fmt::format("state is {}, expected MASTER or BACKUP", in_quotes(*state)));
        }
        is_initial_master_ = *state == "MASTER";
    }

    void take_interface(const KeepalivedLine& line) {
        has_interface_ = true;
        router().interface_place = line.value_place();
        const auto text = single_value(line, report_);
        if (!text) {
            return;
        }
        const auto interface = to_interface(*text);
        if (!interface) {
            report_.error(line.value_place(), interface.error());
            return;
        }
        router().interface = *interface;
    }

    void take_router_id(const KeepalivedLine& line) {
        has_router_id_ = true;
        instance_.router.router_id_place = line.value_place();
        protocol().virtual_router_id =
            static_cast<std::uint8_t>(number_value(line, router_id_range, report_).value_or(0));
    }

    void take_priority(const KeepalivedLine& line) {
        has_priority_ = true;
        protocol().priority = static_cast<std::uint8_t>(
            number_value(line, priority_range, report_).value_or(protocol().priority));
    }

    void take_interval(const KeepalivedLine& line) {
        const auto duration = seconds_value(line, report_);
        if (!duration) {
            return;
        }
        const auto interval = to_interval(line.keyword(), *duration, protocol().version);
        if (!interval) {
            report_.error(line.value_place(), interval.error());
            return;
        }
        protocol().interval = *interval;
    }

    void take_authentication(const KeepalivedLine& line) {
        const auto password = read_authentication(line, report_);
        if (!has_authentication_) {
            has_authentication_ = true;
            protocol().password = password;
        } else if (password == protocol().password) {
            report_.warning(line.place(), "authentication stands twice; once is enough");
        } else {
            report_.error(line.place(), "authentication stands twice, and the second one differs",
                          "keep the one that the other hosts have");
        }
    }

    void take_addresses(const KeepalivedLine& line) {
        has_addresses_ = true;
        if (line.block.empty()) {
            report_.error(line.place(), "virtual_ipaddress is empty, expected 1 to 255 addresses");
        }
        for (const KeepalivedLine& entry : line.block) {
            take_address(entry);
        }
    }

    void take_address(const KeepalivedLine& entry) {
        const auto address = to_virtual_address(entry.keyword());
        if (!address) {
            report_.error(entry.place(), address.error());
            return;
        }
        if (address->address.family() == vrrp::Family::ipv6) {
            report_.error(entry.place(), "IPv6 is not there yet");
            return;
        }
        take_address_options(entry);
        const bool is_known =
            std::ranges::find(protocol().addresses, address->address) != protocol().addresses.end();
        if (is_known) {
            report_.warning(entry.place(), fmt::format("{} stands here twice; once is enough",
                                                       address->address.to_text()));
            return;
        }
        router().addresses.push_back(*address);
        protocol().addresses.push_back(address->address);
        instance_.router.address_places.push_back(entry.place());
    }

    void take_address_options(const KeepalivedLine& entry) {
        if (entry.has_block) {
            report_.error(entry.place(), "an address takes no block in braces");
        }
        for (std::size_t index = 1; index < entry.words.size(); ++index) {
            const KeepalivedToken& word = entry.words[index];
            if (word.text != "dev" || index + 1 == entry.words.size()) {
                report_.error(
                    word.place,
                    fmt::format("{} after an address is not read yet", in_quotes(word.text)),
                    "read after an address: dev INTERFACE");
                return;
            }
            devices_.push_back(entry.words[++index]);
        }
    }

    void take_scripts(const KeepalivedLine& line) {
        for (const KeepalivedLine& entry : line.block) {
            take_script(entry);
        }
    }

    void take_script(const KeepalivedLine& entry) {
        TrackedScript script{entry.keyword(), entry.place(), std::nullopt};
        const bool has_weight = entry.words.size() >= 3 && entry.words[1].text == "weight";
        const std::size_t expected = has_weight ? 3 : 1;
        if (entry.words.size() > expected || entry.has_block) {
            const Place place =
                entry.words.size() > expected ? entry.words[expected].place : entry.place();
            report_.error(place, "only \"weight NUMBER\" is read yet after a script");
        }
        if (has_weight) {
            script.weight = to_number(entry.words[2], "weight", weight_range, report_);
        }
        instance_.scripts.push_back(std::move(script));
    }

    void take_nopreempt(const KeepalivedLine& line) {
        expect_alone(line, report_);
        protocol().preempt = false;
        nopreempt_place_ = line.place();
    }
    void take_preempt(const KeepalivedLine& line) {
        expect_alone(line, report_);
        protocol().preempt = true;
        nopreempt_place_.reset();
    }
    void take_mail(const KeepalivedLine& line) { instance_.mail_place = line.place(); }
    void take_version(const KeepalivedLine& line) { read_keepalived_version(line, report_); }

    void complete() {
        if (!has_interface_) {
            report_missing("interface", "interface eth0");
        }
        if (!has_router_id_) {
            report_missing("virtual_router_id", "virtual_router_id 51");
        }
        if (!has_addresses_) {
            report_missing("virtual_ipaddress", "virtual_ipaddress { 192.0.2.1/24 }");
        }
        if (router().addresses.size() > max_addresses) {
            report_.error(instance_.router.place,
                          fmt::format("virtual_ipaddress has {} addresses, expected 1 to {}",
                                      router().addresses.size(), max_addresses));
        }
        if (is_initial_master_ && !has_priority_) {
            protocol().priority = vrrp::owner_priority;
        }
        check_devices();
        check_preempt();
    }

    void report_missing(std::string_view keyword, std::string_view example) {
        report_.error(
            instance_.router.place,
            fmt::format("vrrp_instance {} has no {}",
                        router().name.empty() ? "without a name" : router().name, keyword),
            fmt::format("add a line such as: {}", example));
    }

    void check_devices() {
        for (const KeepalivedToken& device : devices_) {
            if (device.text != router().interface && !router().interface.empty()) {
                report_.error(device.place,
                              fmt::format("an address on {}, another interface than {}, is not "
                                          "read yet",
                                          in_quotes(device.text), router().interface));
            }
        }
    }

    /// An instance that starts as master, or owns its addresses, preempts whatever it says.
    void check_preempt() {
        const bool is_owner = protocol().priority == vrrp::owner_priority;
        if (nopreempt_place_ && (is_initial_master_ || is_owner)) {
            protocol().preempt = true;
            report_.warning(*nopreempt_place_,
                            fmt::format("nopreempt has no effect with {}, here as in keepalived",
                                        is_owner ? "priority 255" : "state MASTER"),
                            "write state BACKUP on every host to keep a working master in office");
        }
    }

    Report& report_;
    KeepalivedInstance instance_;
    bool has_interface_ = false;
    bool has_router_id_ = false;
    bool has_priority_ = false;
    bool has_addresses_ = false;
    bool has_authentication_ = false;
    bool is_initial_master_ = false;
    std::optional<Place> nopreempt_place_;
    std::vector<KeepalivedToken> devices_;
};

}  // namespace

KeepalivedInstance read_keepalived_instance(const KeepalivedLine& line, Report& report) {
    return InstanceReader(report).read(line);
}

void read_keepalived_version(const KeepalivedLine& line, Report& report) {
    const auto version = number_value(line, {2, 3}, report);
    if (version == 3) {
        report.error(line.value_place(), "version 3 of VRRP is not there yet",
                     fmt::format("write {} 2, or leave it out", line.keyword()));
    }
}

}  // namespace config
