#include "engine/executor.hpp"

#include "vrrp/advertisement.hpp"

#include <array>
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
    const vrrp::PacketContext packet{
        .source = subject.router.source().value_or(vrrp::IpAddress{}),
        .destination = net::vrrp_group,
        .ttl = 255,
    };
    std::array<std::byte, vrrp::max_message_size> buffer;
    const auto message = vrrp::encode(subject.router.advertisement(effect), packet, buffer);
    return subject.segment.send(message, packet.source);
}

Executor::Result Executor::on(const vrrp::InstallAddresses& /*effect*/, const Subject& subject) {
    const auto& link = subject.segment.link();
    if (!link) {
        return std::unexpected(
            os::Error{ENODEV, "install addresses on " + subject.segment.interface()});
    }
    return table_.install(link->index, subject.addresses);
}

Executor::Result Executor::on(const vrrp::RemoveAddresses& /*effect*/, const Subject& subject) {
    // Addresses go with their link.
    const auto& link = subject.segment.link();
    return link ? table_.remove(link->index, subject.removable) : Result{};
}

Executor::Result Executor::on(const vrrp::AnnounceAddresses& /*effect*/, const Subject& subject) {
    const auto& link = subject.segment.link();
    return link ? announcer_.announce(*link, subject.addresses) : Result{};
}

}  // namespace engine
