#include "auth/authenticator.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace auth {

namespace {

constexpr std::size_t fewest_places = 16;
constexpr std::size_t shortest_message = 8;
constexpr std::chrono::seconds shortest_window{1};
constexpr std::chrono::seconds longest_window{300};

/// The first rule of TrailerConfig that is broken; empty where all are kept.
std::string find_mistake(const TrailerConfig& config) {
    for (std::size_t index = 0; index < config.keys.size(); ++index) {
        const Key& key = config.keys[index];
        const auto earlier = std::span(config.keys).first(index);
        if (key.id == 0) {
            return "key id 0; ids are 1 to 255";
        }
        if (std::ranges::find(earlier, key.id, &Key::id) != earlier.end()) {
            return "two keys with the id " + std::to_string(key.id);
        }
        if (key.secret.size() < shortest_secret || key.secret.size() > longest_secret) {
            return "key " + std::to_string(key.id) + " has " + std::to_string(key.secret.size()) +
                   " bytes; a key has 32 to 64";
        }
    }
    if (std::ranges::find(config.keys, config.active, &Key::id) == config.keys.end()) {
        return "no key with the active id " + std::to_string(config.active);
    }
    if (config.window < shortest_window || config.window > longest_window) {
        return "a window of " + std::to_string(config.window.count()) + " s; it is 1 to 300";
    }
    return {};
}

}  // namespace

Authenticator::Authenticator(const TrailerConfig& config, std::vector<SigningKey> keys,
                             std::span<const vrrp::IpAddress> peers)
    : keys_(std::move(keys)),
      active_(config.active),
      mode_(config.mode),
      replay_(config.replay),
      window_(config.window),
      peers_(peers.begin(), peers.end()),
      senders_(std::max(fewest_places, peers.size())) {}

std::expected<Authenticator, std::string> Authenticator::create(
    const TrailerConfig& config, std::span<const vrrp::IpAddress> peers) {
    if (std::string mistake = find_mistake(config); !mistake.empty()) {
        return std::unexpected(std::move(mistake));
    }
    std::vector<SigningKey> keys;
    for (const Key& key : config.keys) {
        auto hmac = Hmac::create(Hash::sha256, key.secret);
        if (!hmac) {
            return std::unexpected("HMAC-SHA256: " + hmac.error());
        }
        keys.push_back({key.id, std::move(*hmac)});
    }
    return Authenticator(config, std::move(keys), peers);
}

std::expected<void, std::string> Authenticator::reconfigure(
    const TrailerConfig& config, std::span<const vrrp::IpAddress> peers) {
    auto wanted = create(config, peers);
    if (!wanted) {
        return std::unexpected(std::move(wanted.error()));
    }
    wanted->adopt(*this);
    *this = std::move(*wanted);
    return {};
}

void Authenticator::adopt(const Authenticator& before) {
    senders_.adopt(before.senders_);
    sent_ = before.sent_;
}

std::size_t Authenticator::sent_size() const {
    return mode_ == Mode::receive_only ? 0 : trailer_size;
}

std::expected<std::span<const std::byte>, AuthError> Authenticator::sign(
    std::span<std::byte> buffer, std::size_t message_size, const vrrp::IpAddress& source,
    WallTime now) {
    const std::span<const std::byte> message = buffer.first(message_size);
    if (mode_ == Mode::receive_only) {
        return message;
    }
    Trailer trailer{.key_id = active_, .sequence = next_sequence(now)};
    const auto hmac = trailer_hmac(*find_key(active_), trailer, message, source);
    if (!hmac) {
        return std::unexpected(AuthError::unavailable);
    }
    trailer.hmac = *hmac;
    encode_trailer(trailer, buffer.subspan(message_size));
    sent_ = trailer.sequence;
    return buffer.first(message_size + trailer_size);
}

std::expected<Proof, AuthError> Authenticator::check(std::span<const std::byte> payload,
                                                     std::size_t message_size,
                                                     const vrrp::PacketContext& packet,
                                                     WallTime now) const {
    if (message_size < shortest_message || message_size > payload.size()) {
        return std::unexpected(AuthError::malformed);
    }
    const auto behind = payload.subspan(message_size);
    if (behind.empty()) {
        return mode_ == Mode::enforce ? std::unexpected(AuthError::missing)
                                      : std::expected<Proof, AuthError>(Proof{});
    }
    const auto trailer = decode_trailer(behind);
    if (!trailer) {
        return std::unexpected(AuthError::malformed);
    }
    return check_trailer(*trailer, payload.first(message_size), packet.source, now);
}

/// What costs little comes first, so that a flood costs little. Until the HMAC is checked nothing
/// in the trailer is believed: it can only be refused for it.
std::expected<Proof, AuthError> Authenticator::check_trailer(const Trailer& trailer,
                                                             std::span<const std::byte> message,
                                                             const vrrp::IpAddress& sender,
                                                             WallTime now) const {
    if (!peers_.empty() && std::ranges::find(peers_, sender) == peers_.end()) {
        return std::unexpected(AuthError::unknown_sender);
    }
    const Sequence ours = sequence_at(now);
    const bool is_timed = replay_ == Replay::time;
    const auto ahead = seconds_ahead(trailer.sequence, ours);
    if (is_timed && (ahead < -window_ || ahead > window_)) {
        return std::unexpected(ahead < -window_ ? AuthError::too_old : AuthError::too_early);
    }
    const Hmac* key = find_key(trailer.key_id);
    if (key == nullptr) {
        return std::unexpected(AuthError::unknown_key);
    }
    const auto hmac = trailer_hmac(*key, trailer, message, sender);
    if (!hmac) {
        return std::unexpected(AuthError::unavailable);
    }
    if (!is_equal(*hmac, trailer.hmac)) {
        return std::unexpected(AuthError::wrong_hmac);
    }
    const auto last = senders_.last(sender);
    // A mark outside of the window guards nothing that the window does not; it is left over from
    // before a clock was put right, and would shut its sender out until then.
    const bool is_stale =
        is_timed && last && std::chrono::abs(seconds_ahead(*last, ours)) > window_;
    if (last && !is_stale && !is_after(trailer.sequence, *last)) {
        return std::unexpected(AuthError::replayed);
    }
    Proof proof;
    proof.sender_ = sender;
    proof.sequence_ = trailer.sequence;
    proof.seen_ = last;
    proof.clock_difference_ = is_timed ? ahead : std::chrono::seconds(0);
    return proof;
}

void Authenticator::accept(const Proof& proof) {
    if (proof.sequence_) {
        senders_.accept(proof.sender_, proof.seen_, *proof.sequence_);
    }
}

const Hmac* Authenticator::find_key(std::uint8_t id) const {
    const auto key = std::ranges::find(keys_, id, &SigningKey::id);
    return key != keys_.end() ? &key->hmac : nullptr;
}

/// The time, or one more than the last where the clock did not move on. Where it was put back by
/// more than the window, the receivers want the time again, not a number beyond theirs.
Sequence Authenticator::next_sequence(WallTime now) const {
    const Sequence clock = sequence_at(now);
    if (!sent_ || is_after(clock, *sent_)) {
        return clock;
    }
    const bool was_put_back = replay_ == Replay::time && seconds_ahead(*sent_, clock) > window_;
    return was_put_back ? clock : *sent_ + 1;
}

}  // namespace auth
