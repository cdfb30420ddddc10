#include "health/http_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "health/printable.hpp"

namespace health {

namespace {

constexpr std::size_t longest_quote = 60;

bool is_expected(int status, const std::vector<StatusRange>& ranges) {
    return std::ranges::any_of(ranges, [status](const StatusRange& range) {
        return status >= range.first && status <= range.last;
    });
}

/// "200 to 299 or 404"
std::string to_text(const std::vector<StatusRange>& ranges) {
    std::string text;
    for (const StatusRange& range : ranges) {
        text += text.empty() ? "" : " or ";
        text += range.first == range.last ? fmt::format("{}", range.first)
                                          : fmt::format("{} to {}", range.first, range.last);
    }
    return text;
}

ProbeResult bad(std::string detail) {
    return {.is_good = false, .detail = std::move(detail)};
}

}  // namespace

ProbeResult judge(const HttpAnswer& answer, const HttpProbeConfig& config,
                  const Expression* body_matches) {
    if (!is_expected(answer.status, config.statuses)) {
        return bad(fmt::format("status {}, expected {}", answer.status, to_text(config.statuses)));
    }
    if (config.uses_http2 && !answer.is_http2) {
        return bad(fmt::format("status {}, but not in HTTP/2", answer.status));
    }
    const std::string part = answer.is_cut
                                 ? fmt::format("the first {} bytes of the body", answer.body.size())
                                 : "the body";
    if (answer.body.find(config.body_contains) == std::string::npos) {
        return bad(fmt::format("status {}, but {} has no \"{}\"", answer.status, part,
                               printable(config.body_contains, longest_quote)));
    }
    if (body_matches != nullptr && !body_matches->matches(answer.body)) {
        return bad(fmt::format("status {}, but {} does not match {}", answer.status, part,
                               printable(config.body_matches, longest_quote)));
    }
    return {.is_good = true, .detail = fmt::format("status {}", answer.status)};
}

}  // namespace health
