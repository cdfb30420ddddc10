#pragma once

#include "vrrp/address.hpp"
#include "vrrp/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace health {

/// How a text is compared with one that the file gives.
enum class Match : std::uint8_t { exact, prefix, expression };

/// Processes whose comm, or the base name of whose executable, is this.
struct ProcessName {
    std::string name;  ///< not empty

    friend bool operator==(const ProcessName&, const ProcessName&) = default;
};

/// Processes that run the program at this absolute path.
struct ProcessExecutable {
    std::string path;

    friend bool operator==(const ProcessExecutable&, const ProcessExecutable&) = default;
};

/// Processes whose arguments, joined by single blanks, match this.
struct ProcessCommandLine {
    std::string text;  ///< with Match::expression an Expression
    Match match = Match::exact;

    friend bool operator==(const ProcessCommandLine&, const ProcessCommandLine&) = default;
};

/// The process whose number stands in the file at this absolute path.
struct ProcessPidFile {
    std::string path;

    friend bool operator==(const ProcessPidFile&, const ProcessPidFile&) = default;
};

/// The processes of a systemd unit.
struct ProcessUnit {
    std::string name;  ///< "nginx.service"

    friend bool operator==(const ProcessUnit&, const ProcessUnit&) = default;
};

using ProcessPattern =
    std::variant<ProcessName, ProcessExecutable, ProcessCommandLine, ProcessPidFile, ProcessUnit>;

/// Do as many such processes live? The death of one is noticed at the instant.
struct ProcessProbeConfig {
    ProcessPattern pattern;
    int min = 1;              ///< how many must live at least, from 0 on
    std::optional<int> max;   ///< and at most; not below `min`, nor 0 together with it unless both
    vrrp::Duration grace{0};  ///< too few (or many) for less than this are borne

    friend bool operator==(const ProcessProbeConfig&, const ProcessProbeConfig&) = default;
};

/// What a program's exit status means.
enum class ExitMeaning : std::uint8_t {
    verdict,  ///< 0 is good, all others are bad
    weight,   ///< 0 to 253 is good, and what the priority is lowered by; all others are bad
};

/// Does this program end well?
struct ScriptProbeConfig {
    std::vector<std::string> command;  ///< the program's absolute path and its arguments
    std::string user;                  ///< empty: "understudy" if that user exists, else "nobody"
    std::string group;                 ///< empty: the user's primary group
    ExitMeaning exit = ExitMeaning::verdict;

    friend bool operator==(const ScriptProbeConfig&, const ScriptProbeConfig&) = default;
};

/// From where a probe speaks.
struct ProbeSource {
    std::optional<vrrp::IpAddress> address;
    std::string interface;  ///< empty: whichever the routes say

    friend bool operator==(const ProbeSource&, const ProbeSource&) = default;
};

/// How a server's certificate is looked at, and what we show.
struct TlsSettings {
    bool verifies = true;
    std::string server_name;         ///< asked for (SNI) and verified; empty: the host's name
    std::string ca_file;             ///< empty: the system's
    std::string client_certificate;  ///< a PEM file; empty: none
    std::string client_key;          ///< a PEM file; empty: in the certificate's file
    vrrp::Duration warn_before = std::chrono::hours(14 * 24);  ///< of the certificate's end; 0: no

    friend bool operator==(const TlsSettings&, const TlsSettings&) = default;
};

/// Statuses that are good; both ends included.
struct StatusRange {
    int first = 200;
    int last = 299;

    friend bool operator==(const StatusRange&, const StatusRange&) = default;
};

/// Does a web server answer this request as expected?
struct HttpProbeConfig {
    std::string url;  ///< http:// or https://
    std::string method = "GET";
    std::vector<std::string> headers;  ///< "Name: value"
    std::string host;                  ///< for the Host header; empty: the url's
    std::vector<StatusRange> statuses{StatusRange{}};
    std::string body_contains;
    std::string body_matches;  ///< an Expression
    int redirects = 0;         ///< how many are followed
    bool uses_http2 = false;   ///< over TLS by negotiation, else with prior knowledge
    std::string unix_socket;   ///< an absolute path; empty: TCP
    ProbeSource source;
    TlsSettings tls;

    friend bool operator==(const HttpProbeConfig&, const HttpProbeConfig&) = default;
};

/// Does a TCP server accept, and answer?
struct TcpProbeConfig {
    std::string host;  ///< an address or a name
    std::uint16_t port = 0;
    std::string send;    ///< once connected
    std::string expect;  ///< is to be part of what is received; empty: to connect is enough
    ProbeSource source;

    friend bool operator==(const TcpProbeConfig&, const TcpProbeConfig&) = default;
};

/// The same inside of TLS.
struct TlsProbeConfig {
    TcpProbeConfig tcp;
    TlsSettings tls;

    friend bool operator==(const TlsProbeConfig&, const TlsProbeConfig&) = default;
};

/// Does a UDP server answer? Without `expect` only a refusal by ICMP is bad.
struct UdpProbeConfig {
    vrrp::IpAddress address;
    std::uint16_t port = 0;
    std::string send;
    std::string expect;
    ProbeSource source;

    friend bool operator==(const UdpProbeConfig&, const UdpProbeConfig&) = default;
};

/// Does a name server answer this question?
struct DnsProbeConfig {
    vrrp::IpAddress server;
    std::uint16_t port = 53;
    std::string name;
    std::string type = "A";  ///< A, AAAA, CNAME, MX, NS, PTR, SOA, SRV or TXT
    std::string expect;      ///< is to be one of the answers, as text; empty: any answer
    ProbeSource source;

    friend bool operator==(const DnsProbeConfig&, const DnsProbeConfig&) = default;
};

/// Does a host answer echo requests?
struct PingProbeConfig {
    vrrp::IpAddress address;
    int count = 1;             ///< requests of one run, spread over a half of its time limit
    int max_loss_percent = 0;  ///< more than this lost is bad; 0 to 99
    std::optional<vrrp::Duration> max_round_trip;  ///< a longer mean is bad
    ProbeSource source;

    friend bool operator==(const PingProbeConfig&, const PingProbeConfig&) = default;
};

/// What a file is to be.
enum class FileWish : std::uint8_t {
    present,
    absent,
    number,          ///< it says what the priority is to be changed by
    number_or_zero,  ///< the same; one that is not there, or is no number, says 0
};

/// Is a file as it should be? Noticed when it changes.
struct FileProbeConfig {
    std::string path;  ///< absolute
    FileWish wish = FileWish::present;

    friend bool operator==(const FileProbeConfig&, const FileProbeConfig&) = default;
};

/// Is this link up, with carrier? Noticed when it changes.
struct InterfaceProbeConfig {
    std::string interface;

    friend bool operator==(const InterfaceProbeConfig&, const InterfaceProbeConfig&) = default;
};

/// Is there a route to exactly this network? Noticed when it changes.
struct RouteProbeConfig {
    vrrp::VirtualAddress network;        ///< 0.0.0.0/0 or ::/0: the default route
    std::optional<std::uint32_t> table;  ///< nullopt: main
    std::optional<vrrp::IpAddress> via;  ///< nullopt: whichever
    std::string interface;               ///< empty: whichever

    friend bool operator==(const RouteProbeConfig&, const RouteProbeConfig&) = default;
};

/// Has this host this address? Noticed when it changes.
struct AddressProbeConfig {
    vrrp::IpAddress address;
    std::string interface;

    friend bool operator==(const AddressProbeConfig&, const AddressProbeConfig&) = default;
};

/// Is another host master of this router?
struct PeersProbeConfig {
    std::string router;

    friend bool operator==(const PeersProbeConfig&, const PeersProbeConfig&) = default;
};

/// Are enough of these other checks good?
struct CombinationConfig {
    std::vector<std::string> members;  ///< names of checks, at least one
    int needed = 1;                    ///< 1: any, all of them: all

    friend bool operator==(const CombinationConfig&, const CombinationConfig&) = default;
};

using ProbeConfig =
    std::variant<ProcessProbeConfig, ScriptProbeConfig, HttpProbeConfig, TcpProbeConfig,
                 TlsProbeConfig, UdpProbeConfig, DnsProbeConfig, PingProbeConfig, FileProbeConfig,
                 InterfaceProbeConfig, RouteProbeConfig, AddressProbeConfig, PeersProbeConfig,
                 CombinationConfig>;

}  // namespace health
