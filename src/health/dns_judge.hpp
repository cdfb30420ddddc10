#pragma once

#include "health/check.hpp"
#include "health/dns_message.hpp"
#include "health/probe_config.hpp"

#include <string>

namespace health {

/// What an answer means to who asked as `config` says.
[[nodiscard]] ProbeResult judge_dns_answer(const DnsAnswer& answer, const DnsProbeConfig& config);

/// The records for people, in one line of printable characters: the first few, each shortened.
[[nodiscard]] std::string describe_records(const DnsAnswer& answer);

}  // namespace health
