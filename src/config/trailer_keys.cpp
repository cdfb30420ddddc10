#include "config/trailer_keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace config {

void TrailerKeys::add(int id, std::string_view text, Place place, bool is_here) {
    const std::string what = fmt::format("key {}", id);
    const auto secret = to_secret(what, text, form_);
    if (!secret) {
        report_.error(place, secret.error());
        has_mistakes_ = true;
        return;
    }
    if (secret->kind == SecretText::Kind::bytes) {
        report_.note_secret(place);
    }
    // What another host's value names need not be here.
    if (!is_here && secret->kind != SecretText::Kind::bytes) {
        return;
    }
    auto loaded = load_secret(what, *secret);
    if (!loaded) {
        report_.error(place, loaded.error());
        has_mistakes_ = true;
        return;
    }
    if (!loaded->warning.message.empty()) {
        report_.warning(place, loaded->warning.message, loaded->warning.advice);
    }
    if (!is_here) {
        return;
    }
    if (std::ranges::find(keys_, id, &auth::Key::id) != keys_.end()) {
        report_.error(place, fmt::format("{} stands here twice", what),
                      "give each key a number of its own");
        return;
    }
    keys_.push_back({static_cast<std::uint8_t>(id), std::move(loaded->bytes)});
    const bool is_here_itself = secret->kind == SecretText::Kind::bytes;
    references_[keys_.back().id] = is_here_itself ? "" : std::string(text);
}

std::vector<std::string> TrailerKeys::references() const {
    std::vector<std::string> references;
    for (const auto& [id, reference] : references_) {
        references.push_back(reference);
    }
    return references;
}

void TrailerKeys::complete(auth::TrailerConfig& trailer, const std::optional<Placed<int>>& active,
                           std::string_view active_word, Place place) {
    std::ranges::sort(keys_, {}, &auth::Key::id);
    std::vector<int> ids;
    for (const auth::Key& key : keys_) {
        ids.push_back(key.id);
    }
    trailer.keys = std::move(keys_);
    if (!ids.empty()) {
        trailer.active = static_cast<std::uint8_t>(active ? active->value : ids.front());
    }
    if (has_mistakes_) {
        return;
    }
    if (ids.empty()) {
        report_.error(place, "there is no key");
    } else if (!active && ids.size() > 1) {
        report_.error(place,
                      fmt::format("there are {} keys, and {} does not say which of them signs",
                                  ids.size(), active_word),
                      fmt::format("keys: {}", fmt::join(ids, ", ")));
    } else if (active && std::ranges::find(ids, active->value) == ids.end()) {
        report_.error(active->place,
                      fmt::format("{} is {}, and there is no such key", active_word, active->value),
                      fmt::format("keys: {}", fmt::join(ids, ", ")));
    }
}

}  // namespace config
