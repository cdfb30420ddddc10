#include "engine/state_fifo.hpp"

#include "health/script_run.hpp"
#include "os/log.hpp"
#include "os/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace engine {

namespace {

/// A reader that ends is started again, but not more often than this.
constexpr vrrp::Duration reader_gap = std::chrono::seconds(10);

/// Whom the FIFO is to belong to; the group may read it where there is one.
struct Owner {
    uid_t user = 0;
    std::optional<gid_t> group;
};

std::expected<Owner, std::string> find_owner(const config::StateFifo& settings) {
    Owner owner{geteuid(), std::nullopt};
    if (!settings.user.empty()) {
        const auto identity = os::find_user(settings.user);
        if (!identity) {
            return std::unexpected(fmt::format("there is no user {}", settings.user));
        }
        owner.user = identity->user;
    }
    if (!settings.group.empty()) {
        owner.group = os::find_group(settings.group);
        if (!owner.group) {
            return std::unexpected(fmt::format("there is no group {}", settings.group));
        }
    }
    return owner;
}

/// Open for both directions: so it opens without a reader, and stays when one goes.
os::Fd open_fifo(const std::string& path) {
    return os::Fd(open(path.c_str(), O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
}

std::string failure(std::string_view doing, const std::string& path) {
    return os::last_error(fmt::format("{} {}", doing, path)).message();
}

/// Opens what stands there; a FIFO that is neither ours nor its reader's is not ours to write to.
std::expected<os::Fd, std::string> open_ours(const std::string& path, const Owner& owner) {
    struct stat status{};
    if (lstat(path.c_str(), &status) != 0) {
        return std::unexpected(failure("look at", path));
    }
    if (!S_ISFIFO(status.st_mode)) {
        return std::unexpected(fmt::format("{} is there, and is no FIFO", path));
    }
    if (status.st_uid != geteuid() && status.st_uid != owner.user) {
        return std::unexpected(
            fmt::format("{} belongs to user {}, who is neither the daemon's nor "
                        "its reader",
                        path, os::user_name(status.st_uid)));
    }
    os::Fd fifo = open_fifo(path);
    if (!fifo.is_open() && errno == EACCES) {
        // Its reader's, and we may not pass by the rights of files: a new one takes its place.
        if (unlink(path.c_str()) == 0 && mkfifo(path.c_str(), 0600) == 0) {
            fifo = open_fifo(path);
        }
    }
    struct stat opened{};
    if (!fifo.is_open() || fstat(fifo.get(), &opened) != 0) {
        return std::unexpected(failure("open", path));
    }
    if (!S_ISFIFO(opened.st_mode) || (opened.st_uid != geteuid() && opened.st_uid != owner.user)) {
        return std::unexpected(fmt::format("{} was replaced while it was opened", path));
    }
    return fifo;
}

/// Lets the reader read. What is as it should be is left alone: that would need rights.
std::expected<void, int> give(const os::Fd& fifo, const Owner& owner) {
    struct stat status{};
    fstat(fifo.get(), &status);
    const mode_t mode = owner.group ? 0640 : 0600;
    if ((status.st_mode & 07777) != mode && fchmod(fifo.get(), mode) != 0) {
        return std::unexpected(errno);
    }
    const gid_t group = owner.group.value_or(status.st_gid);
    const bool is_theirs = status.st_uid == owner.user && status.st_gid == group;
    if (!is_theirs && fchown(fifo.get(), owner.user, group) != 0) {
        return std::unexpected(errno);
    }
    return {};
}

}  // namespace

std::expected<std::unique_ptr<StateFifo>, os::Error> StateFifo::create(config::StateFifo settings,
                                                                       os::Launcher& launcher,
                                                                       os::Loop& loop) {
    std::unique_ptr<StateFifo> fifo(new StateFifo(std::move(settings), launcher, loop));
    auto* const self = fifo.get();
    auto timer =
        loop.timer(os::Urgency::checks, [self](vrrp::Instant now) { self->start_reader(now); });
    if (!timer) {
        return std::unexpected(timer.error());
    }
    fifo->reader_timer_ = std::move(*timer);
    (void)fifo->is_open(loop.now());
    return fifo;
}

StateFifo::StateFifo(config::StateFifo settings, os::Launcher& launcher, os::Loop& loop)
    : settings_(std::move(settings)), launcher_(launcher), loop_(loop) {}

std::expected<void, std::string> StateFifo::open() {
    const auto owner = find_owner(settings_);
    if (!owner) {
        return std::unexpected(owner.error());
    }
    if (mkfifo(settings_.path.c_str(), 0600) != 0 && errno != EEXIST) {
        return std::unexpected(failure("make the FIFO", settings_.path));
    }
    auto fifo = open_ours(settings_.path, *owner);
    if (!fifo) {
        return std::unexpected(fifo.error());
    }
    if (const auto given = give(*fifo, *owner); !given) {
        return std::unexpected(
            os::Error{given.error(), "give to its reader " + settings_.path}.message());
    }
    auto writable = loop_.watch(fifo->get(), 0, os::Urgency::clients,
                                [this](std::uint32_t, vrrp::Instant) { write_waiting(); });
    if (!writable) {
        return std::unexpected(writable.error().message());
    }
    writable_ = std::move(*writable);
    fifo_ = std::move(*fifo);
    return {};
}

bool StateFifo::is_open(vrrp::Instant now) {
    if (fifo_.is_open()) {
        return true;
    }
    const auto opened = open();
    const std::string problem = opened ? "" : opened.error();
    if (!problem.empty() && problem != problem_) {
        os::log::error("states can't be written to the FIFO",
                       {{"fifo", settings_.path}, {"error", problem}});
    }
    problem_ = problem;
    if (opened && settings_.reader) {
        start_reader(now);
    }
    return opened.has_value();
}

void StateFifo::write(std::string_view line, vrrp::Instant now) {
    waiting_.push_back(std::string(line) + '\n');
    if (is_open(now)) {
        write_waiting();
    }
    if (waiting_.size() > most_waiting) {
        waiting_.pop_front();
        ++lost_;
        tell_loss();
    }
}

void StateFifo::tell_loss() {
    if (!std::exchange(is_losing_, true)) {
        os::log::warning("states are lost: the FIFO is not read",
                         {{"fifo", settings_.path}, {"waiting", std::to_string(waiting_.size())}});
    }
}

/// Lines are shorter than what a pipe takes as a whole, so none is cut in two.
void StateFifo::write_waiting() {
    while (!waiting_.empty()) {
        const std::string& line = waiting_.front();
        if (::write(fifo_.get(), line.data(), line.size()) < 0) {
            break;
        }
        ++written_;
        waiting_.pop_front();
    }
    writable_.set_events(waiting_.empty() ? 0U : static_cast<std::uint32_t>(EPOLLOUT));
    if (waiting_.empty() && std::exchange(is_losing_, false)) {
        os::log::info("the FIFO is read again",
                      {{"fifo", settings_.path}, {"lost_in_all", std::to_string(lost_)}});
    }
}

void StateFifo::start_reader(vrrp::Instant now) {
    reader_started_at_ = now;
    os::Command command{.arguments = settings_.reader->command,
                        .environment = health::script_environment(),
                        .users = health::script_users(settings_.reader->user),
                        .group = settings_.reader->group,
                        .is_guarded = true};
    command.arguments.push_back(settings_.path);
    auto run = launcher_.launch(
        command,
        [this](const os::RunResult& result, vrrp::Instant /*now*/) { on_reader_end(result); },
        [](const std::string&, vrrp::Instant) {});
    if (!run) {
        os::log::error("the reader of the FIFO can't be started",
                       {{"fifo", settings_.path}, {"error", run.error().message()}});
        reader_timer_.arm(now + reader_gap);
        return;
    }
    reader_ = std::move(*run);
}

void StateFifo::on_reader_end(const os::RunResult& result) {
    reader_.reset();
    os::log::warning(
        "the reader of the FIFO has ended, and is started again",
        {{"fifo", settings_.path},
         {"result", health::with_output(health::describe(result.status), result.output)}});
    reader_timer_.arm(reader_started_at_ + reader_gap);
}

FifoSnapshot StateFifo::snapshot() const {
    return {.path = settings_.path,
            .problem = problem_,
            .lines_written = written_,
            .lines_waiting = waiting_.size(),
            .lines_lost = lost_};
}

}  // namespace engine
