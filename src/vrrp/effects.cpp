#include "vrrp/effects.hpp"

#include <cassert>

namespace vrrp {

void Effects::push(const Effect& effect) {
    assert(size_ < capacity);
    items_[size_++] = effect;
}

std::string_view to_text(State state) {
    switch (state) {
        case State::initialize: return "initialize";
        case State::backup: return "backup";
        case State::master: return "master";
        case State::leaving: return "leaving";
    }
    return "?";
}

std::string_view to_text(Cause cause) {
    switch (cause) {
        case Cause::startup: return "takes part in the election";
        case Cause::resumed: return "resumed";
        case Cause::owner: return "owns the addresses";
        case Cause::master_silent: return "no advertisement heard";
        case Cause::master_left: return "the master left";
        case Cause::master_fell: return "the master fell below us";
        case Cause::preempt: return "outranks the master";
        case Cause::better_master: return "a better master speaks";
        case Cause::yields: return "a better router is known";
        case Cause::successor_heard: return "the successor speaks";
        case Cause::nobody_came: return "nobody took over";
        case Cause::shutdown: return "told to stop";
        case Cause::priority_zero: return "the service is not fit";
        case Cause::no_source: return "the link is down or has no address";
        case Cause::install_failed: return "the addresses can't be installed";
        case Cause::stalled: return "woke too late to speak";
        case Cause::group: return "goes with its group";
    }
    return "?";
}

std::string_view to_text(RefuseReason reason) {
    switch (reason) {
        case RefuseReason::not_running: return "not running";
        case RefuseReason::own_address: return "own address";
        case RefuseReason::version: return "version";
        case RefuseReason::destination: return "destination";
        case RefuseReason::unknown_peer: return "unknown peer";
        case RefuseReason::ttl: return "ttl";
        case RefuseReason::interval: return "interval";
        case RefuseReason::auth_type: return "authentication type";
        case RefuseReason::password: return "password";
        case RefuseReason::no_addresses: return "no addresses";
        case RefuseReason::first_address: return "first address";
    }
    return "?";
}

std::string_view to_text(Difference difference) {
    switch (difference) {
        case Difference::addresses: return "addresses";
        case Difference::interval: return "interval";
        case Difference::checksum_form: return "checksum form";
    }
    return "?";
}

}  // namespace vrrp
