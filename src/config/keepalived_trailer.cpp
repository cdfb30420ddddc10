#include "config/keepalived_trailer.hpp"

#include "config/keepalived_keywords.hpp"
#include "config/trailer_keys.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <string>

namespace config {

namespace {

class TrailerReader {
public:
    explicit TrailerReader(Report& report) : report_(report), keys_(SecretForm::plain, report) {}

    KeepalivedTrailer read(const KeepalivedLine& line) {
        static constexpr auto keywords = std::to_array<KeepalivedKeyword<TrailerReader>>({
            {"key", &TrailerReader::take_key},
            {"active_key", &TrailerReader::take_active},
            {"mode", &TrailerReader::take_mode},
            {"anti_replay", &TrailerReader::take_replay},
            {"time_window", &TrailerReader::take_window},
        });
        trailer_.place = line.place();
        expect_alone(line, report_);
        read_keywords(line.block, "auth_hmac",
                      std::span<const KeepalivedKeyword<TrailerReader>>(keywords), *this, report_);
        keys_.complete(trailer_.config, active_, "active_key", line.place());
        trailer_.references = keys_.references();
        return trailer_;
    }

private:
    void take_key(const KeepalivedLine& line) {
        if (report_.is_full()) {
            return;
        }
        const auto id = line.words.size() == 3 ? to_whole_number(line.words[1].text) : std::nullopt;
        if (!id || !key_id_range.contains(*id)) {
            report_.error(line.place(), "key takes a number from 1 to 255, and a secret",
                          "a secret with spaces stands in double quotes: key 1 \"...\"");
            keys_.note_mistake();
            return;
        }
        keys_.add(*id, line.words[2].text, line.words[2].place, true);
    }

    void take_active(const KeepalivedLine& line) {
        // A key may stand where its number belongs.
        const auto text = single_value(line, report_);
        const auto id = text ? to_whole_number(*text) : std::nullopt;
        if (!id || !key_id_range.contains(*id)) {
            if (text) {
                report_.error(line.value_place(), out_of_range("active_key", "none", key_id_range));
            }
            keys_.note_mistake();
            return;
        }
        active_ = Placed{*id, line.value_place()};
    }

    void take_mode(const KeepalivedLine& line) {
        const auto mode = single_value(line, report_);
        if (mode == "enforce") {
            trailer_.config.mode = auth::Mode::enforce;
        } else if (mode == "permissive") {
            trailer_.config.mode = auth::Mode::permissive;
        } else if (mode == "receive-only") {
            trailer_.config.mode = auth::Mode::receive_only;
        } else if (mode) {
            report_.error(line.value_place(),
                          "mode is none of enforce, permissive and receive-only");
        }
    }

    void take_replay(const KeepalivedLine& line) {
        const auto replay = single_value(line, report_);
        if (replay == "time") {
            trailer_.config.replay = auth::Replay::time;
        } else if (replay == "monotonic") {
            trailer_.config.replay = auth::Replay::monotonic;
        } else if (replay) {
            report_.error(line.value_place(), "anti_replay is neither time nor monotonic");
        }
    }

    void take_window(const KeepalivedLine& line) {
        const Range range{static_cast<int>(shortest_window.count()),
                          static_cast<int>(longest_window.count())};
        if (const auto seconds = number_value(line, range, report_)) {
            trailer_.config.window = std::chrono::seconds(*seconds);
            trailer_.has_window = true;
        }
    }

    Report& report_;
    TrailerKeys keys_;
    KeepalivedTrailer trailer_;
    std::optional<Placed<int>> active_;
};

}  // namespace

KeepalivedTrailer read_keepalived_trailer(const KeepalivedLine& line, Report& report) {
    return TrailerReader(report).read(line);
}

}  // namespace config
