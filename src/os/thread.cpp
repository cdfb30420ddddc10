#include "os/thread.hpp"

#include <pthread.h>
#include <sched.h>

#include <csignal>

namespace os {

namespace {

class ThreadAttributes {
public:
    explicit ThreadAttributes(std::size_t stack_size) {
        pthread_attr_init(&value_);
        pthread_attr_setdetachstate(&value_, PTHREAD_CREATE_DETACHED);
        pthread_attr_setstacksize(&value_, stack_size);
        sched_param ordinary{};
        pthread_attr_setinheritsched(&value_, PTHREAD_EXPLICIT_SCHED);
        pthread_attr_setschedpolicy(&value_, SCHED_OTHER);
        pthread_attr_setschedparam(&value_, &ordinary);
        sigset_t all;
        sigfillset(&all);
        pthread_attr_setsigmask_np(&value_, &all);
    }
    ThreadAttributes(const ThreadAttributes&) = delete;
    ThreadAttributes& operator=(const ThreadAttributes&) = delete;
    ~ThreadAttributes() { pthread_attr_destroy(&value_); }

    [[nodiscard]] const pthread_attr_t* get() const { return &value_; }

private:
    pthread_attr_t value_{};
};

}  // namespace

int start_thread(std::size_t stack_size, void* (*run)(void*), void* argument) {
    pthread_t thread{};
    return pthread_create(&thread, ThreadAttributes(stack_size).get(), run, argument);
}

}  // namespace os
