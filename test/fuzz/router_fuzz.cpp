#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/fuzz.hpp"
#include "vrrp/virtual_router.hpp"

// An input is a program: four bytes of configuration, then events, each with what it needs, and
// with a step of time before it. What is refused is kept from a twin, who must not differ.

namespace {

using namespace vrrp;
using namespace std::chrono_literals;

constexpr std::uint8_t router_id = 51;
constexpr std::array steps{
    0ns,          Duration(100us), Duration(1ms), Duration(10ms), Duration(100ms),
    Duration(1s), Duration(5s),    Duration(1min)};
constexpr Password right_password{std::byte{'1'}};
constexpr Password wrong_password{std::byte{'2'}};

IpAddress address(Family family, std::uint8_t last) {
    if (family == Family::ipv4) {
        return {192, 0, 2, last};
    }
    const std::array<std::byte, 16> bytes{std::byte{0xfe}, std::byte{0x80}};
    std::array<std::byte, 16> changed = bytes;
    changed[15] = std::byte{last};
    return IpAddress::from_bytes(family, changed);
}

/// The first is ours.
IpAddress host(Family family, unsigned index) {
    constexpr std::array<std::uint8_t, 4> last{5, 2, 9, 255};
    return address(family, last[index % last.size()]);
}

IpAddress group(Family family) {
    if (family == Family::ipv4) {
        return {224, 0, 0, 18};
    }
    std::array<std::byte, 16> bytes{std::byte{0xff}, std::byte{0x02}};
    bytes[15] = std::byte{0x12};
    return IpAddress::from_bytes(family, bytes);
}

/// What may be changed while the router runs: two bytes.
void read_settings(fuzz::Input& input, RouterConfig& config) {
    const unsigned number = input.number();
    config.interval = config.version == Version::v2 ? Centiseconds(100 * std::max(1U, number))
                                                    : Centiseconds(std::max(1U, number * 16));
    const unsigned flags = input.number();
    config.preempt = (flags & 1U) == 0;
    config.strict = (flags & 2U) != 0;
    config.is_grouped = (flags & 4U) != 0;
    config.breaks_ties = (flags & 8U) == 0;
    config.down_adverts = (flags & 0x10U) != 0 ? 1 : 3;
    config.preempt_delay = (flags & 0x20U) != 0 ? 20s : 0s;
    config.rival_priority = (flags & 0x40U) != 0 ? 100 : 0;
    config.addresses = {address(config.family(), 254)};
    if ((flags & 0x80U) == 0) {
        config.addresses.push_back(address(config.family(), 253));
    }
}

RouterConfig read_config(fuzz::Input& input) {
    RouterConfig config;
    config.virtual_router_id = router_id;
    config.priority = std::max<std::uint8_t>(1, input.number());
    const unsigned flags = input.number();
    const Family family = (flags & 1U) != 0 ? Family::ipv6 : Family::ipv4;
    config.version = (flags & 3U) != 0 ? Version::v3 : Version::v2;
    if (config.version == Version::v2 && (flags & 4U) != 0) {
        config.password = right_password;
        config.authenticates_headers = (flags & 8U) != 0;
    }
    if ((flags & 0x10U) != 0) {
        config.peers = {{host(family, 1)}, {host(family, 2), 255}, {host(family, 0)}};
        config.hears_strangers = (flags & 0x20U) != 0;
    }
    config.follows_checksum_form = (flags & 0x40U) != 0;
    config.addresses = {address(family, 254)};
    read_settings(input, config);
    return config;
}

/// The bytes of a peer's list: both addresses, one, both in another order, or one twice.
std::vector<std::byte> address_bytes(Family family, unsigned flags) {
    std::vector<std::byte> bytes;
    for (const unsigned which : {flags & 1U, flags >> 1U & 1U, 2U}) {
        if (which < 2 && (bytes.empty() || (flags & 4U) == 0)) {
            const IpAddress each = address(family, which == 0 ? 254 : 253);
            bytes.insert(bytes.end(), each.bytes().begin(), each.bytes().end());
        }
    }
    return bytes;
}

/// Most adverts are as a peer of the same configuration sends them. The addresses are kept in
/// `bytes`.
AdvertisementReceived read_advert(fuzz::Input& input, const RouterConfig& config,
                                  std::vector<std::byte>& bytes) {
    const unsigned flags = input.number();
    const unsigned more = input.number();
    const Family family = config.family();
    bytes = address_bytes(family, more & 7U);
    AdvertisementReceived event;
    event.packet.source = host(family, flags);
    event.packet.destination =
        config.is_unicast() == ((flags & 4U) == 0) ? host(family, 0) : group(family);
    event.packet.ttl = (flags & 8U) == 0 ? 255 : 254;
    Advertisement& advert = event.advertisement;
    advert.virtual_router_id = config.virtual_router_id;
    advert.version = (more & 8U) == 0                ? config.version
                     : config.version == Version::v2 ? Version::v3
                                                     : Version::v2;
    advert.priority = input.number();
    advert.interval = (flags & 0x10U) == 0 ? config.interval : Centiseconds(1 + (more >> 4U) * 50);
    advert.auth_type = (flags & 0x40U) == 0 ? config.auth_type() : AuthType::none;
    if (advert.auth_type == AuthType::simple_password) {
        advert.password = (flags & 0x20U) == 0 ? right_password : wrong_password;
    }
    advert.checksum_form =
        (flags & 0x80U) == 0 ? ChecksumForm::pseudo_header : ChecksumForm::message;
    advert.addresses = AddressList(family, bytes);
    return event;
}

Event read_event(fuzz::Input& input, unsigned kind, const RouterConfig& config,
                 std::vector<std::byte>& bytes) {
    switch (kind % 18) {
        case 0: return Startup{(input.number() & 1U) != 0};
        case 1: return Shutdown{};
        case 2: return PriorityChanged{input.number()};
        case 3: return SourceChanged{std::nullopt};
        case 4: return SourceChanged{host(config.family(), 0)};
        case 5: return SourceChanged{host(config.family(), input.number())};
        case 6: return InstallFailed{};
        case 7: return AddressesLost{};
        case 8: return TimerExpired{};
        case 9: return AddressClaimed{};
        case 10: return Hold{(input.number() & 1U) != 0};
        case 11: return TakeOver{};
        case 12: return GiveWay{};
        case 14: return Pause{};
        case 15: return LinkChanged{};
        case 13: {
            RouterConfig changed = config;
            read_settings(input, changed);
            return Reconfigured{changed};
        }
        default: return read_advert(input, config, bytes);
    }
}

/// All that can be seen of a router without giving it an event.
auto observe(const VirtualRouter& router) {
    return std::tuple(router.state(), router.deadline(), router.heard_master(), router.source(),
                      router.priority(), router.master_interval(), router.is_held(),
                      router.is_ready());
}

bool serves(State state) {
    return state == State::master || state == State::leaving;
}

bool is_refusal(const Effects& effects) {
    return effects.size() == 1 && std::holds_alternative<AdvertisementRefused>(effects[0]);
}

/// A router, its twin, and what the effects have made of its host.
class Stage {
public:
    explicit Stage(RouterConfig config) : router_(std::move(config)), twin_(router_) {}

    [[nodiscard]] const RouterConfig& config() const { return router_.config(); }

    void handle(const Event& event) {
        const State from = router_.state();
        const auto before = observe(router_);
        const Effects effects = router_.handle(event, now_);
        if (is_refusal(effects)) {
            fuzz::expect(observe(router_) == before, "a refused advert changes nothing");
        } else {
            const Effects of_twin = twin_.handle(event, now_);
            fuzz::expect(std::ranges::equal(effects, of_twin),
                         "what was refused has no effects later either");
        }
        fuzz::expect(observe(router_) == observe(twin_), "what was refused is forgotten");
        check(effects, event, from);
    }

    /// Lets the time pass as a daemon does: the timer is told at each deadline.
    void pass(Duration span) {
        const Instant end = now_ + std::min(span, 100 * Duration(config().interval));
        // Adverts and announcements, and a few things that happen once.
        const auto most = 2 * (span / Duration(config().interval)) + span / 1min + 32;
        Duration::rep count = 0;
        while (router_.deadline() && *router_.deadline() <= end) {
            now_ = std::max(now_, *router_.deadline());
            handle(TimerExpired{});
            fuzz::expect(++count <= most, "the timer is not told too often");
        }
        now_ = end;
    }

    /// As if the daemon had been stopped.
    void skip(Duration span) { now_ += span; }

private:
    void check(const Effects& effects, const Event& event, State from) {
        const State to = router_.state();
        State state = from;
        for (const Effect& effect : effects) {
            if (const auto* change = std::get_if<StateChanged>(&effect)) {
                fuzz::expect(change->from == state, "a change begins where the last one ended");
                state = change->to;
            } else if (const auto* advert = std::get_if<SendAdvertisement>(&effect)) {
                fuzz::expect(router_.source().has_value(), "an advert has a source");
                fuzz::expect(advert->priority == 0 || from == State::master || to == State::master,
                             "only a master claims a priority");
                fuzz::expect(advert->priority == 0 || advert->is_squeezed ||
                                 advert->priority == router_.priority(),
                             "the priority is the router's");
            } else if (std::holds_alternative<InstallAddresses>(effect)) {
                fuzz::expect(!are_installed_ || from == State::leaving ||
                                 std::holds_alternative<AddressesLost>(event) ||
                                 std::holds_alternative<Reconfigured>(event),
                             "what is installed is not installed again without need");
                are_installed_ = true;
            } else if (std::holds_alternative<RemoveAddresses>(effect)) {
                fuzz::expect(std::exchange(are_installed_, false), "what is removed was installed");
            } else if (std::holds_alternative<RefreshAddresses>(effect)) {
                fuzz::expect(are_installed_, "what is renewed is installed");
            } else if (std::holds_alternative<AnnounceAddresses>(effect)) {
                fuzz::expect(are_installed_, "what is announced is installed");
            }
        }
        fuzz::expect(state == to, "each change of the state is told");
        fuzz::expect(are_installed_ == serves(to), "the addresses stand exactly while it serves");
        const bool waits_for_group = router_.is_ready() && config().is_grouped;
        fuzz::expect(to == State::initialize || waits_for_group || router_.deadline().has_value(),
                     "who takes part has a deadline");
        if (std::holds_alternative<TimerExpired>(event)) {
            fuzz::expect(!router_.deadline() || *router_.deadline() > now_,
                         "after the deadline comes a later one");
        }
    }

    VirtualRouter router_;
    VirtualRouter twin_;  ///< is not given what the router refuses
    Instant now_{};
    bool are_installed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    Stage stage(read_config(input));
    constexpr int most_events = 200;
    std::vector<std::byte> bytes;
    for (int i = 0; i < most_events && !input.is_empty(); ++i) {
        const unsigned code = input.number();
        const Duration step = steps[code >> 5U];
        if ((code & 0x10U) != 0) {
            stage.skip(step);
        } else {
            stage.pass(step);
        }
        stage.handle(read_event(input, code, stage.config(), bytes));
    }
    return 0;
}
