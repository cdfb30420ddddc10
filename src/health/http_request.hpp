#pragma once

#include "health/probe_config.hpp"
#include "health/transfer_request.hpp"
#include "health/url.hpp"

namespace health {

/// The request that a probe makes of its url.
[[nodiscard]] TransferRequest to_request(const HttpProbeConfig& config, const Url& url);

/// The request that follows an answer of this status which leads to `target`. What is meant for the
/// url's own server (headers, user and password, the client's certificate, the names it is to have)
/// goes to no other one, and nothing of it in plain text where it was hidden before.
[[nodiscard]] TransferRequest to_next_request(const HttpProbeConfig& config, const Url& url,
                                              int status, const Url& target);

}  // namespace health
