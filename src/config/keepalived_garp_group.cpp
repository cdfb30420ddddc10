#include "config/keepalived_garp_group.hpp"

#include "config/keepalived_keywords.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace config {

namespace {

class GarpGroupReader {
public:
    explicit GarpGroupReader(Report& report) : report_(report) {}

    vrrp::Duration read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<GarpGroupReader>>({
            {"garp_interval", &GarpGroupReader::take_interval},
            {"gna_interval", &GarpGroupReader::take_interval},
            {"interface", &GarpGroupReader::take_interface},
            {"interfaces", &GarpGroupReader::take_interfaces},
        });
        expect_alone(line, report_);
        read_keywords(line.block, "garp_group",
                      std::span<const KeepalivedKeyword<GarpGroupReader>>(keywords), *this,
                      report_);
        return interval_;
    }

private:
    void take_interval(const KeepalivedLine& line) {
        interval_ = std::max(interval_, pace_value(line, report_).value_or(interval_));
    }

    void take_interface(const KeepalivedLine& line) {
        if (const auto name = single_value(line, report_)) {
            check_name(*name, line.value_place());
        }
    }

    /// All words of all lines are interfaces.
    void take_interfaces(const KeepalivedLine& line) {
        expect_alone(line, report_);
        for (const KeepalivedLine& entry : line.block) {
            if (entry.has_block) {
                report_.error(entry.place(), "an interface takes no block in braces");
            }
            for (const KeepalivedToken& word : entry.words) {
                check_name(word.text, word.place);
            }
        }
    }

    void check_name(const std::string& name, Place place) {
        if (const auto valid = to_interface(name); !valid) {
            report_.error(place, valid.error());
        }
    }

    Report& report_;
    vrrp::Duration interval_{0};
};

}  // namespace

vrrp::Duration read_keepalived_garp_group(const KeepalivedLine& line, Report& report) {
    return GarpGroupReader(report).read(line);
}

}  // namespace config
