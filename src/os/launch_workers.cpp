#include "os/launch_workers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "os/path_trust.hpp"

namespace os {

namespace {

/// More programs than should ever hang at once.
constexpr std::size_t most_workers = 64;

/// As many start programs when many are to be started at once: a start is mostly the work of one
/// processor.
constexpr std::size_t usual_workers = 4;

/// How long one of those that are more than usual has nothing to do before it ends.
constexpr auto idle_time = std::chrono::seconds(3);

std::vector<std::string> key_of(const Command& command) {
    auto key = command.users;
    key.push_back(command.group);
    return key;
}

/// Why a program may not run as root; empty where it may.
std::string why_unsafe(const std::string& program) {
    const auto weak = find_weak_part(program, Identity{0, 0});
    return weak ? fmt::format("{} {}: {} can't run as root", weak->path, weak->why,
                              weak->is_folder ? "a script there" : "it")
                : "";
}

}  // namespace

void LaunchWorkers::add(LaunchJob& job) {
    bool is_short = false;
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(&job);
        is_short = count_ == 0 || (waiting_.size() > 1 && count_ < usual_workers);
    }
    if (is_short) {
        add_worker();
    }
    is_work_.notify_one();
}

std::vector<LaunchJob*> LaunchWorkers::take_finished() {
    const std::lock_guard lock(mutex_);
    return std::exchange(done_, {});
}

std::uint64_t LaunchWorkers::first_waiting() {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() ? 0 : waiting_.front()->id;
}

void LaunchWorkers::add_worker() {
    const std::lock_guard lock(mutex_);
    if (count_ == most_workers) {
        return;
    }
    try {
        std::thread([this] { work(); }).detach();
        ++count_;
    } catch (const std::system_error&) {
        // No thread to be had: the programs wait for those that there are, or time out.
    }
}

void LaunchWorkers::work() {
    while (LaunchJob* const job = wait_for_job()) {
        start(*job);
        {
            const std::lock_guard lock(mutex_);
            done_.push_back(job);
        }
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(finished_, &one, sizeof one);
    }
}

/// nullptr: this worker is not needed any more.
LaunchJob* LaunchWorkers::wait_for_job() {
    std::unique_lock lock(mutex_);
    const auto is_work = [this] { return !waiting_.empty(); };
    while (!is_work_.wait_for(lock, idle_time, is_work)) {
        if (count_ > usual_workers) {
            --count_;
            return nullptr;
        }
    }
    LaunchJob* const job = waiting_.front();
    waiting_.pop_front();
    return job;
}

void LaunchWorkers::start(LaunchJob& job) {
    if (job.is_cancelled) {
        job.refusal = "it was not started in time";
        return;
    }
    const auto identity = identity_of(job.command, job.refusal);
    if (!identity) {
        return;
    }
    if (job.command.is_guarded && identity->user == 0) {
        job.refusal = why_unsafe(job.command.arguments.front());
        if (!job.refusal.empty()) {
            return;
        }
    }
    job.start.arguments = &job.command.arguments;
    job.start.environment = &job.command.environment;
    job.start.identity = *identity;
    job.start.standard_error = job.writing.get();
    start_child(job.start);
}

std::optional<Identity> LaunchWorkers::known(const Command& command) {
    const std::lock_guard lock(mutex_);
    const auto found = identities_.find(key_of(command));
    return found == identities_.end() ? std::nullopt : std::optional(found->second);
}

/// Users are looked up once: their database may be on the network.
std::optional<Identity> LaunchWorkers::identity_of(const Command& command, std::string& refusal) {
    if (const auto identity = known(command)) {
        return identity;
    }
    auto identity =
        command.users.empty() ? std::optional(Identity{geteuid(), getegid()}) : std::nullopt;
    for (const std::string& user : command.users) {
        identity = identity.or_else([&user] { return find_user(user); });
    }
    if (!identity) {
        refusal = "there is no user " + command.users.back();
        return std::nullopt;
    }
    if (!command.group.empty()) {
        const auto group = find_group(command.group);
        if (!group) {
            refusal = "there is no group " + command.group;
            return std::nullopt;
        }
        identity->group = *group;
    }
    const std::lock_guard lock(mutex_);
    identities_.emplace(key_of(command), *identity);
    return identity;
}

}  // namespace os
