#include "os/launch_message.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

namespace os {

namespace {

class Writer {
public:
    void number(std::uint64_t number) {
        bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    void text(const std::string& text) {
        number(text.size());
        bytes_ += text;
    }
    void texts(const std::vector<std::string>& texts) {
        number(texts.size());
        for (const std::string& each : texts) {
            text(each);
        }
    }
    std::string take() { return std::move(bytes_); }

private:
    std::string bytes_;
};

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    /// Of the type that is asked for.
    template <class Number>
    Number number() {
        std::uint64_t number = 0;
        const std::string_view bytes = take(sizeof number);
        std::memcpy(&number, bytes.data(), bytes.size());
        return static_cast<Number>(number);
    }
    std::string text() { return std::string(take(number<std::size_t>())); }
    std::vector<std::string> texts() {
        std::vector<std::string> texts(std::min(number<std::size_t>(), bytes_.size()));
        for (std::string& each : texts) {
            each = text();
        }
        return texts;
    }

private:
    std::string_view take(std::size_t size) {
        const std::string_view taken = bytes_.substr(0, size);
        bytes_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view bytes_;
};

}  // namespace

std::string encode(const LaunchRequest& request) {
    Writer writer;
    writer.number(static_cast<std::uint64_t>(request.kind));
    writer.number(request.id);
    if (request.kind == LaunchRequest::Kind::launch) {
        const Command& command = request.command;
        writer.texts(command.arguments);
        writer.texts(command.environment);
        writer.texts(command.users);
        writer.text(command.group);
        writer.number(command.is_guarded ? 1 : 0);
    }
    return writer.take();
}

LaunchRequest decode_launch_request(std::string_view bytes) {
    Reader reader(bytes);
    LaunchRequest request{.kind = reader.number<LaunchRequest::Kind>(),
                          .id = reader.number<std::uint64_t>(),
                          .command = {}};
    if (request.kind == LaunchRequest::Kind::launch) {
        request.command = {.arguments = reader.texts(),
                           .environment = reader.texts(),
                           .users = reader.texts(),
                           .group = reader.text(),
                           .is_guarded = reader.number<bool>()};
    }
    return request;
}

std::string encode(const LaunchReply& reply) {
    Writer writer;
    const RunResult& result = reply.result;
    writer.number(reply.id);
    writer.number(reply.has_ended ? 1 : 0);
    writer.text(result.status.not_executed);
    writer.number(static_cast<std::uint64_t>(result.status.code));
    writer.number(static_cast<std::uint64_t>(result.status.signal));
    writer.text(result.output);
    writer.number(static_cast<std::uint64_t>(result.process));
    writer.number(result.identity.user);
    writer.number(result.identity.group);
    return writer.take();
}

LaunchReply decode_launch_reply(std::string_view bytes) {
    Reader reader(bytes);
    // In braces the members are read in their order.
    return {
        .id = reader.number<std::uint64_t>(),
        .has_ended = reader.number<bool>(),
        .result = {.status = {.not_executed = reader.text(),
                              .code = reader.number<int>(),
                              .signal = reader.number<int>()},
                   .output = reader.text(),
                   .process = reader.number<pid_t>(),
                   .identity = {.user = reader.number<uid_t>(), .group = reader.number<gid_t>()}}};
}

}  // namespace os
