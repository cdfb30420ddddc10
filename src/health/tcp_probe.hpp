#pragma once

#include "health/check_config.hpp"
#include "health/probe.hpp"

namespace health {

/// As start_probe(), for a check whose probe is `config`: a connection from time to time, on which
/// texts may be exchanged.
[[nodiscard]] StartedProbe start_tcp_probe(const CheckConfig& check, const TcpProbeConfig& config,
                                           ProbeContext context);

/// The same inside of TLS.
[[nodiscard]] StartedProbe start_tls_probe(const CheckConfig& check, const TlsProbeConfig& config,
                                           ProbeContext context);

}  // namespace health
