#include "os/child_start.hpp"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>

#include "os/error.hpp"

namespace os {

namespace {

// By the kernel's own calls: those of the C library would ask all our threads to change with it.
// Old architectures have others for identities of 32 bits.
#ifdef SYS_setresuid32
constexpr long set_users = SYS_setresuid32;
constexpr long set_groups = SYS_setresgid32;
constexpr long set_more_groups = SYS_setgroups32;
#else
constexpr long set_users = SYS_setresuid;
constexpr long set_groups = SYS_setresgid;
constexpr long set_more_groups = SYS_setgroups;
#endif

/// Deep enough for what follows; an exec needs none of it.
constexpr std::size_t stack_size = 32 * 1024;

/// What the child needs, made before it is there: it shares our memory and may allocate nothing.
struct Plan {
    ChildStart& start;
    std::vector<char*> arguments;
    std::vector<char*> environment;
};

/// exec wants pointers to mutable text, and does not change it.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

// From here to run_child() everything runs in the child, in our memory while our thread waits: only
// calls to the kernel.

[[noreturn]] void fail(ChildStart& start, ChildStep step) {
    start.failure = errno;
    start.step = step;
    _exit(127);
}

void redirect(ChildStart& start) {
    if (dup2(start.standard_error, STDERR_FILENO) < 0) {
        fail(start, ChildStep::redirect);
    }
    // Kernels before 5.9 don't know it; then close-on-exec, which all of ours have, must do.
    syscall(SYS_close_range, STDERR_FILENO + 1U, UINT_MAX, 0U);
}

/// Supplementary groups need CAP_SETGID to be dropped. Without it they are kept where the child is
/// what we are anyway.
bool drop_groups(const Identity& identity) {
    if (getgroups(0, nullptr) == 0 || syscall(set_more_groups, 0, nullptr) == 0) {
        return true;
    }
    return errno == EPERM && identity.user == geteuid() && identity.group == getegid();
}

void become(ChildStart& start) {
    const auto [user, group] = start.identity;
    if (!drop_groups(start.identity)) {
        fail(start, ChildStep::drop_groups);
    }
    if (syscall(set_groups, group, group, group) != 0) {
        fail(start, ChildStep::become_group);
    }
    if (syscall(set_users, user, user, user) != 0) {
        fail(start, ChildStep::become_user);
    }
}

/// Without new privileges an exec gives at most what is permitted before it, also to root and to
/// programs with file capabilities: so none is left, whoever the child is.
void drop_capabilities(ChildStart& start) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 ||
        syscall(SYS_capset, &header, none.data()) != 0) {
        fail(start, ChildStep::drop_capabilities);
    }
}

int run_child(void* argument) {
    auto& plan = *static_cast<Plan*>(argument);
    setpgid(0, 0);
    redirect(plan.start);
    become(plan.start);
    drop_capabilities(plan.start);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execve(plan.arguments[0], plan.arguments.data(), plan.environment.data());
    // A script whose "#!" names nothing gives the same errno as a script that is not there.
    const int code = errno;
    const bool is_there = code == ENOENT && access(plan.arguments[0], F_OK) == 0;
    errno = code;
    fail(plan.start, is_there ? ChildStep::find_interpreter : ChildStep::execute);
}

}  // namespace

void start_child(ChildStart& start) {
    Plan plan{start, pointers_to(*start.arguments), pointers_to(*start.environment)};
    alignas(std::max_align_t) std::array<std::byte, stack_size> stack;
    // Sharing the memory instead of copying its tables is what makes a start cheap.
    const int pid =
        clone(run_child, stack.data() + stack.size(),
              CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, &plan, &start.pid);
    if (pid < 0) {
        start.failure = errno;
    }
}

std::string describe_failure(const ChildStart& start) {
    const std::string& program = start.arguments->front();
    const auto doing = [&]() -> std::string {
        switch (start.step) {
            case ChildStep::redirect: return "redirect the output of " + program;
            case ChildStep::drop_groups: return "drop the supplementary groups for " + program;
            case ChildStep::become_group:
                return fmt::format("become group {} for {}", start.identity.group, program);
            case ChildStep::become_user:
                return fmt::format("become user {} for {}", start.identity.user, program);
            case ChildStep::drop_capabilities: return "drop the capabilities for " + program;
            case ChildStep::find_interpreter: return "find the interpreter of " + program;
            case ChildStep::execute: break;
        }
        return "execute " + program;
    };
    return Error{start.failure, doing()}.message();
}

}  // namespace os
