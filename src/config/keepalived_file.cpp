#include "config/keepalived_file.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/keepalived_track.hpp"
#include "config/text.hpp"
#include "config/values.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

namespace config {

namespace {

class TrackFileReader {
public:
    explicit TrackFileReader(Report& report) : report_(report) {}

    CheckDraft read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<TrackFileReader>>({
            {"file", &TrackFileReader::take_file},
            {"weight", &TrackFileReader::take_weight},
        });
        draft_.place = line.value_place();
        draft_.probe_place = draft_.place;
        draft_.kind = "track_file";
        draft_.check.weight = 1;
        take_name(line);
        read_keywords(line.block, "track_file",
                      std::span<const KeepalivedKeyword<TrackFileReader>>(keywords), *this,
                      report_);
        if (!has_file_) {
            report_.error(
                draft_.place,
                fmt::format("{} {} has no file", line.keyword(),
                            draft_.check.name.empty() ? "without a name" : draft_.check.name),
                "add a line such as: file \"/run/priority\"");
        }
        draft_.check.probe = probe_;
        return draft_;
    }

private:
    void take_name(const KeepalivedLine& line) {
        const auto name = single_value(line, report_);
        if (!name) {
            return;
        }
        draft_.check.name = *name;
        if (const auto valid = to_name("the file's name", *name); !valid) {
            report_.error(draft_.place, valid.error());
        }
    }

    void take_file(const KeepalivedLine& line) {
        has_file_ = true;
        draft_.probe_place = line.value_place();
        const auto path = single_value(line, report_);
        if (path && !path->starts_with('/')) {
            report_.error(
                line.value_place(),
                fmt::format("file is {}, which is not an absolute path", in_quotes(*path)),
                "write the path from the root on, with a leading slash");
        } else if (path) {
            probe_.path = *path;
        }
    }

    void take_weight(const KeepalivedLine& line) {
        const auto weight = read_weight_line(line, track_weight_range, report_);
        if (weight) {
            draft_.check.weight = weight->first == 0 ? std::nullopt : std::optional(weight->first);
            draft_.is_reversed = weight->second;
        }
    }

    Report& report_;
    CheckDraft draft_;
    health::FileProbeConfig probe_{.path = {}, .wish = health::FileWish::number_or_zero};
    bool has_file_ = false;
};

}  // namespace

CheckDraft read_keepalived_file(const KeepalivedLine& line, Report& report) {
    return TrackFileReader(report).read(line);
}

}  // namespace config
