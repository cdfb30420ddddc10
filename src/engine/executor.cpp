#include "engine/executor.hpp"

#include "engine/instance.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

namespace engine {

namespace {

/// Whether an effect is for a router in office, and its order among those of others does not
/// matter.
bool may_wait(const vrrp::Effect& effect) {
    if (const auto* advert = std::get_if<vrrp::SendAdvertisement>(&effect)) {
        return advert->priority > 0 && !advert->is_squeezed;
    }
    return std::holds_alternative<vrrp::InstallAddresses>(effect) ||
           std::holds_alternative<vrrp::RefreshAddresses>(effect) ||
           std::holds_alternative<vrrp::AnnounceAddresses>(effect);
}

}  // namespace

std::expected<Executor, os::Error> Executor::open(os::Loop& loop,
                                                  vrrp::Duration announce_interval) {
    auto table = net::AddressTable::open();
    if (!table) {
        return std::unexpected(table.error());
    }
    auto crier = Crier::open(loop, announce_interval);
    if (!crier) {
        return std::unexpected(crier.error());
    }
    return Executor(loop, std::move(*table), std::move(*crier));
}

Executor::Executor(os::Loop& loop, net::AddressTable table, std::unique_ptr<Crier> crier)
    : loop_(loop), table_(std::move(table)), crier_(std::move(crier)) {}

Executor::Result Executor::execute(const vrrp::Effect& effect, const Subject& subject) {
    if (const auto* change = std::get_if<vrrp::StateChanged>(&effect);
        change != nullptr && change->to != vrrp::State::master) {
        // Also of one that is leaving: its successor announces now.
        crier_->silence(subject.router);
    }
    const bool is_advert = std::holds_alternative<vrrp::SendAdvertisement>(effect);
    if (may_wait(effect) && !is_advert) {
        wait(effect, subject);
        return {};
    }
    if (is_advert ? !may_wait(effect) : std::holds_alternative<vrrp::RemoveAddresses>(effect)) {
        flush();
        subject.segment.flush();
    }
    return carry_out(effect, subject);
}

void Executor::wait(const vrrp::Effect& effect, const Subject& subject) {
    if (waiting_.empty()) {
        loop_.at_end([this](vrrp::Instant /*now*/) { flush(); });
    }
    waiting_.push_back({effect, subject});
}

void Executor::after(std::move_only_function<void()> callback) {
    if (waiting_.empty()) {
        callback();
    } else {
        after_.push_back(std::move(callback));
    }
}

void Executor::flush() {
    if (waiting_.empty()) {
        return;
    }
    const std::vector<Work> works = std::exchange(waiting_, {});
    for (const Work& work : works) {
        work.subject.segment.flush();
    }
    const auto failures = carry_out(works);
    for (auto& callback : std::exchange(after_, {})) {
        callback();
    }
    for (const auto& [work, error] : failures) {
        work->subject.owner.take_failure(work->effect, error, loop_.now());
    }
}

/// In the order of the kinds, which is the order in which a router wants them; those of one link
/// together.
std::vector<Executor::Failure> Executor::carry_out(const std::vector<Work>& works) {
    const auto key = [](const Work* work) {
        return std::tuple(work->effect.index(), &work->subject.segment,
                          work->subject.accepts_traffic, work->subject.lease);
    };
    std::vector<const Work*> ordered;
    for (const Work& work : works) {
        ordered.push_back(&work);
    }
    std::ranges::stable_sort(ordered, {}, key);
    std::vector<Failure> failures;
    // What is not there is not announced.
    const auto has_failed = [&failures](const Work* work) {
        return std::ranges::any_of(failures, [work](const Failure& failure) {
            return &failure.work->subject.owner == &work->subject.owner;
        });
    };
    for (auto first = ordered.begin(); first != ordered.end();) {
        const auto last = std::ranges::upper_bound(first, ordered.end(), key(*first), {}, key);
        const auto rest = std::ranges::remove_if(first, last, has_failed);
        carry_out_together(Works(first, rest.begin()), failures);
        first = last;
    }
    return failures;
}

/// Announcements that are told one by one belong to a router each, and go with its office.
bool Executor::is_of_its_own(const vrrp::Effect& effect) const {
    return crier_->is_paced() && std::holds_alternative<vrrp::AnnounceAddresses>(effect);
}

/// What fails together is tried once more one by one, so that each router has a failure of its own.
void Executor::carry_out_together(Works works, std::vector<Failure>& failures) {
    if (works.size() > 1 && !is_of_its_own(works.front()->effect)) {
        const bool is_renewal =
            std::holds_alternative<vrrp::RefreshAddresses>(works.front()->effect);
        addresses_.clear();
        for (const Work* work : works) {
            const auto part = is_renewal ? work->subject.renewable : work->subject.addresses;
            addresses_.insert(addresses_.end(), part.begin(), part.end());
        }
        Subject all = works.front()->subject;
        all.addresses = addresses_;
        all.renewable = addresses_;
        if (carry_out(works.front()->effect, all)) {
            return;
        }
    }
    for (const Work* work : works) {
        if (const auto done = carry_out(work->effect, work->subject); !done) {
            failures.push_back({work, done.error()});
        }
    }
}

Executor::Result Executor::carry_out(const vrrp::Effect& effect, const Subject& subject) {
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
                                subject.segment, may_wait(effect), subject.wall_now);
}

Executor::Result Executor::on(const vrrp::InstallAddresses& /*effect*/, const Subject& subject) {
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
    return table_.install(*link, subject.addresses, subject.lease);
}

Executor::Result Executor::on(const vrrp::RemoveAddresses& /*effect*/, const Subject& subject) {
    // Addresses go with their link.
    const auto& link = subject.segment.link();
    Result removed = link ? table_.remove(link->index, subject.removable) : Result{};
    if (removed && filter_ && !subject.accepts_traffic) {
        return filter_->unblock(subject.addresses);
    }
    return removed;
}

Executor::Result Executor::on(const vrrp::RefreshAddresses& /*effect*/, const Subject& subject) {
    const auto& link = subject.segment.link();
    return link ? table_.refresh(*link, subject.renewable, subject.lease) : Result{};
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
    return link ? crier_->announce(*link, subject.router, subject.addresses, loop_.now())
                : Result{};
}

}  // namespace engine
