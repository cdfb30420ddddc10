#include "engine/executor.hpp"

#include <cerrno>
#include <concepts>
#include <string>
#include <utility>
#include <variant>

namespace engine {

std::expected<Executor, os::Error> Executor::open() {
    auto table = net::AddressTable::open();
    if (!table) {
        return std::unexpected(table.error());
    }
    auto announcer = net::Announcer::open();
    if (!announcer) {
        return std::unexpected(announcer.error());
    }
    return Executor(std::move(*table), std::move(*announcer));
}

Executor::Executor(net::AddressTable table, net::Announcer announcer)
    : table_(std::move(table)), announcer_(std::move(announcer)) {}

Executor::Result Executor::execute(const vrrp::Effect& effect, const Subject& subject) {
    return std::visit(
        [&](const auto& known) -> Result {
            if constexpr (requires { on(known, subject); }) {
                return on(known, subject);
            } else {
                return {};
            }
        },
        effect);
}

Executor::Result Executor::on(const vrrp::SendAdvertisement& effect, const Subject& subject) {
    return subject.carrier.send(subject.router.advertisement(effect),
                                subject.router.source().value_or(vrrp::IpAddress{}),
                                subject.segment, subject.may_wait, subject.wall_now);
}

Executor::Result Executor::on(const vrrp::InstallAddresses& /*effect*/, const Subject& subject) {
    subject.segment.flush();
    const auto& link = subject.segment.link();
    if (!link) {
        return std::unexpected(
            os::Error{ENODEV, "install addresses on " + subject.segment.interface()});
    }
    if (!subject.accepts_traffic) {
        // First, so that there is no moment in which they accept anything.
        if (auto blocked = block(subject.addresses); !blocked) {
            return blocked;
        }
    }
    return table_.install(link->index, subject.addresses);
}

Executor::Result Executor::on(const vrrp::RemoveAddresses& /*effect*/, const Subject& subject) {
    subject.segment.flush();
    // Addresses go with their link.
    const auto& link = subject.segment.link();
    Result removed = link ? table_.remove(link->index, subject.removable) : Result{};
    if (removed && filter_ && !subject.accepts_traffic) {
        return filter_->unblock(subject.addresses);
    }
    return removed;
}

Executor::Result Executor::block(std::span<const vrrp::VirtualAddress> addresses) {
    if (!filter_) {
        auto filter = net::AcceptFilter::open();
        if (!filter) {
            return std::unexpected(filter.error());
        }
        filter_.emplace(std::move(*filter));
    }
    return filter_->block(addresses);
}

Executor::Result Executor::on(const vrrp::AnnounceAddresses& /*effect*/, const Subject& subject) {
    const auto& link = subject.segment.link();
    return link ? announcer_.announce(*link, subject.addresses) : Result{};
}

}  // namespace engine
