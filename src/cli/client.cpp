#include "cli/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <utility>

namespace cli {

namespace {

constexpr long get_limit_ms = 5000;

/// What is asked for may take its time, with a large file on a slow machine.
constexpr long post_limit_ms = 60'000;

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

std::string explain(CURLcode code, const std::string& socket_path) {
    if (code == CURLE_COULDNT_CONNECT) {
        return fmt::format(
            "no daemon answers on {}\n  Is understudy running (understudy run --config FILE)? With "
            "another --socket? May this user open the socket?",
            socket_path);
    }
    return fmt::format("the daemon on {} gave no answer: {}", socket_path,
                       curl_easy_strerror(code));
}

std::expected<Answer, std::string> ask(const std::string& socket_path, const std::string& path,
                                       bool is_post) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   curl_easy_cleanup);
    const std::string url = "http://understudy" + path;
    Answer answer;
    curl_easy_setopt(curl.get(), CURLOPT_UNIX_SOCKET_PATH, socket_path.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, is_post ? post_limit_ms : get_limit_ms);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
    if (is_post) {
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, "");
    }
    const CURLcode code = curl_easy_perform(curl.get());
    if (code != CURLE_OK) {
        return std::unexpected(explain(code, socket_path));
    }
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

}  // namespace

std::expected<std::string, std::string> get(const std::string& socket_path,
                                            const std::string& path) {
    auto answer = ask(socket_path, path, false);
    if (!answer) {
        return std::unexpected(std::move(answer.error()));
    }
    if (answer->status != 200) {
        return std::unexpected(
            fmt::format("the daemon answered {}: {}", answer->status, answer->body));
    }
    return std::move(answer->body);
}

std::expected<Answer, std::string> post(const std::string& socket_path, const std::string& path) {
    return ask(socket_path, path, true);
}

}  // namespace cli
