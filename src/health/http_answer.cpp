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

std::string part_of_body(std::size_t size, bool is_cut) {
    return is_cut ? fmt::format("the first {} bytes of the body", size) : "the body";
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
    const std::size_t size = answer.body.size();
    if (answer.body.find(config.body_contains) == std::string::npos) {
        return bad(fmt::format("status {}, but {} has no \"{}\"", answer.status,
                               part_of_body(size, answer.is_cut),
                               printable(config.body_contains, longest_quote)));
    }
    if (body_matches != nullptr && !body_matches->matches(answer.body)) {
        const std::size_t matched = std::min(size, Expression::max_text);
        return bad(fmt::format("status {}, but {} does not match {}", answer.status,
                               part_of_body(matched, answer.is_cut || matched < size),
                               printable(config.body_matches, longest_quote)));
    }
    return {.is_good = true, .detail = fmt::format("status {}", answer.status)};
}

}  // namespace health
