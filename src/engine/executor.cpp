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
    const vrrp::RouterConfig& config = subject.router.config();
    const vrrp::Advertisement advertisement{
        .version = config.version,
        .virtual_router_id = config.virtual_router_id,
        .priority = effect.priority,
        .interval = config.interval,
        .password = config.password,
        .addresses = subject.router.address_list(),
    };
    std::array<std::byte, vrrp::max_message_size> buffer;
    const auto source = subject.router.source();
    return subject.segment.send(vrrp::encode(advertisement, buffer),
                                source.value_or(vrrp::IpAddress{}));
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
