#include "net/accept_batch.hpp"

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/in6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

namespace net {

namespace {

constexpr const char* chain_name = "input";

/// A little before the administrator's own filters, which stand at 0: they neither count nor log
/// what is not accepted here. It makes no other difference, as every chain has to let a packet
/// pass, and a drop is final.
constexpr std::int32_t chain_priority = -10;

// RFC 4861: the kernel's headers don't have them, and libc's don't stand beside those.
constexpr std::uint8_t neighbour_solicitation = 135;
constexpr std::uint8_t neighbour_advertisement = 136;

/// No message is longer: the elements come in parts.
constexpr std::size_t message_room = 16 * 1024;
constexpr std::size_t elements_per_message = 256;

/// Frees what libnftnl has allocated.
template <auto free>
struct Free {
    void operator()(auto* object) const { free(object); }
};
using Table = std::unique_ptr<nftnl_table, Free<nftnl_table_free>>;
using Chain = std::unique_ptr<nftnl_chain, Free<nftnl_chain_free>>;
using Set = std::unique_ptr<nftnl_set, Free<nftnl_set_free>>;
using Rule = std::unique_ptr<nftnl_rule, Free<nftnl_rule_free>>;

/// How a family is filtered.
struct Side {
    const char* set_name;
    std::uint32_t set_id;
    std::uint32_t key_type;     ///< what nft takes the set's elements for when it prints them
    std::uint8_t protocol;      ///< as in NFT_META_NFPROTO
    std::uint32_t destination;  ///< where it stands in the IP header
};

Side side_of(vrrp::Family family) {
    if (family == vrrp::Family::ipv4) {
        return {.set_name = "blocked4",
                .set_id = 1,
                .key_type = 7,
                .protocol = NFPROTO_IPV4,
                .destination = 16};
    }
    return {.set_name = "blocked6",
            .set_id = 2,
            .key_type = 8,
            .protocol = NFPROTO_IPV6,
            .destination = 24};
}

std::uint32_t key_size(vrrp::Family family) {
    return static_cast<std::uint32_t>(vrrp::address_size(family));
}

/// Adds an expression of that kind to the rule.
nftnl_expr* put_expression(nftnl_rule* rule, const char* kind) {
    nftnl_expr* const expression = nftnl_expr_alloc(kind);
    assert(expression != nullptr);
    nftnl_rule_add_expr(rule, expression);
    return expression;
}

void put_payload(nftnl_rule* rule, std::uint32_t base, std::uint32_t offset, std::uint32_t size) {
    nftnl_expr* const load = put_expression(rule, "payload");
    nftnl_expr_set_u32(load, NFTNL_EXPR_PAYLOAD_DREG, NFT_REG_1);
    nftnl_expr_set_u32(load, NFTNL_EXPR_PAYLOAD_BASE, base);
    nftnl_expr_set_u32(load, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
    nftnl_expr_set_u32(load, NFTNL_EXPR_PAYLOAD_LEN, size);
}

/// The rule goes on only where what was loaded is `value`.
void put_comparison(nftnl_rule* rule, std::uint8_t value) {
    nftnl_expr* const compare = put_expression(rule, "cmp");
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
    nftnl_expr_set_u32(compare, NFTNL_EXPR_CMP_OP, NFT_CMP_EQ);
    nftnl_expr_set(compare, NFTNL_EXPR_CMP_DATA, &value, sizeof value);
}

void put_meta(nftnl_rule* rule, std::uint32_t key, std::uint8_t value) {
    nftnl_expr* const load = put_expression(rule, "meta");
    nftnl_expr_set_u32(load, NFTNL_EXPR_META_KEY, key);
    nftnl_expr_set_u32(load, NFTNL_EXPR_META_DREG, NFT_REG_1);
    put_comparison(rule, value);
}

/// The rule goes on only where the packet is for a blocked address of that family.
void put_lookup(nftnl_rule* rule, vrrp::Family family) {
    const Side side = side_of(family);
    put_meta(rule, NFT_META_NFPROTO, side.protocol);
    put_payload(rule, NFT_PAYLOAD_NETWORK_HEADER, side.destination, key_size(family));
    nftnl_expr* const lookup = put_expression(rule, "lookup");
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
    nftnl_expr_set_str(lookup, NFTNL_EXPR_LOOKUP_SET, side.set_name);
    nftnl_expr_set_u32(lookup, NFTNL_EXPR_LOOKUP_SET_ID, side.set_id);
}

void put_verdict(nftnl_rule* rule, std::uint32_t verdict) {
    nftnl_expr* const decide = put_expression(rule, "immediate");
    nftnl_expr_set_u32(decide, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
    nftnl_expr_set_u32(decide, NFTNL_EXPR_IMM_VERDICT, verdict);
}

Rule make_rule(const std::string& table) {
    Rule rule(nftnl_rule_alloc());
    assert(rule);
    nftnl_rule_set_str(rule.get(), NFTNL_RULE_TABLE, table.c_str());
    nftnl_rule_set_str(rule.get(), NFTNL_RULE_CHAIN, chain_name);
    return rule;
}

Set make_set(const std::string& table, vrrp::Family family) {
    Set set(nftnl_set_alloc());
    assert(set);
    nftnl_set_set_str(set.get(), NFTNL_SET_TABLE, table.c_str());
    nftnl_set_set_str(set.get(), NFTNL_SET_NAME, side_of(family).set_name);
    nftnl_set_set_u32(set.get(), NFTNL_SET_ID, side_of(family).set_id);
    return set;
}

}  // namespace

AcceptBatch::AcceptBatch(std::string table, std::uint32_t first_sequence)
    : table_(std::move(table)), sequence_(first_sequence) {
    make_room();
    used_ += nftnl_batch_begin(buffer_.data(), sequence_++)->nlmsg_len;
}

void AcceptBatch::put_table(std::uint32_t flags) {
    // One that is not there can't be removed, so that it is made first.
    put_table_message(NFT_MSG_NEWTABLE, NLM_F_CREATE, 0);
    put_table_message(NFT_MSG_DELTABLE, 0, 0);
    put_table_message(NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, flags);
    put_set(vrrp::Family::ipv4);
    put_set(vrrp::Family::ipv6);
    put_chain();
    put_drop_rule(vrrp::Family::ipv4);
    // RFC 9568 section 6.4.3: these are never dropped.
    put_discovery_rule(neighbour_solicitation);
    put_discovery_rule(neighbour_advertisement);
    put_drop_rule(vrrp::Family::ipv6);
}

void AcceptBatch::remove_table() {
    put_table_message(NFT_MSG_DELTABLE, 0, 0);
}

void AcceptBatch::block(const Addresses& addresses) {
    put_elements(NFT_MSG_NEWSETELEM, NLM_F_CREATE, addresses);
}

void AcceptBatch::unblock(const Addresses& addresses) {
    put_elements(NFT_MSG_DELSETELEM, 0, addresses);
}

std::span<const char> AcceptBatch::finish() {
    reinterpret_cast<nlmsghdr*>(buffer_.data() + last_at_)->nlmsg_flags |= NLM_F_ACK;
    make_room();
    used_ += nftnl_batch_end(buffer_.data() + used_, sequence_++)->nlmsg_len;
    return std::span(buffer_).first(used_);
}

void AcceptBatch::make_room() {
    buffer_.resize(used_ + message_room);
}

void AcceptBatch::put(int type, int flags, const Build& build) {
    make_room();
    last_at_ = used_;
    last_change_ = sequence_;
    nlmsghdr* const message =
        nftnl_nlmsg_build_hdr(buffer_.data() + used_, static_cast<std::uint16_t>(type),
                              NFPROTO_INET, static_cast<std::uint16_t>(flags), sequence_++);
    build(*message);
    assert(message->nlmsg_len <= message_room);
    used_ += message->nlmsg_len;
}

void AcceptBatch::put_table_message(int type, int flags, std::uint32_t table_flags) {
    const Table table(nftnl_table_alloc());
    assert(table);
    nftnl_table_set_str(table.get(), NFTNL_TABLE_NAME, table_.c_str());
    if (type == NFT_MSG_NEWTABLE) {
        nftnl_table_set_u32(table.get(), NFTNL_TABLE_FLAGS, table_flags);
    }
    put(type, flags,
        [&](nlmsghdr& message) { nftnl_table_nlmsg_build_payload(&message, table.get()); });
}

void AcceptBatch::put_set(vrrp::Family family) {
    const Set set = make_set(table_, family);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_TYPE, side_of(family).key_type);
    nftnl_set_set_u32(set.get(), NFTNL_SET_KEY_LEN, key_size(family));
    put(NFT_MSG_NEWSET, NLM_F_CREATE,
        [&](nlmsghdr& message) { nftnl_set_nlmsg_build_payload(&message, set.get()); });
}

void AcceptBatch::put_chain() {
    const Chain chain(nftnl_chain_alloc());
    assert(chain);
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TABLE, table_.c_str());
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_NAME, chain_name);
    nftnl_chain_set_str(chain.get(), NFTNL_CHAIN_TYPE, "filter");
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_HOOKNUM, NF_INET_LOCAL_IN);
    nftnl_chain_set_s32(chain.get(), NFTNL_CHAIN_PRIO, chain_priority);
    nftnl_chain_set_u32(chain.get(), NFTNL_CHAIN_POLICY, NF_ACCEPT);
    put(NFT_MSG_NEWCHAIN, NLM_F_CREATE,
        [&](nlmsghdr& message) { nftnl_chain_nlmsg_build_payload(&message, chain.get()); });
}

/// "ip daddr @blocked4 drop", "ip6 daddr @blocked6 drop"
void AcceptBatch::put_drop_rule(vrrp::Family family) {
    const Rule rule = make_rule(table_);
    put_lookup(rule.get(), family);
    put_verdict(rule.get(), NF_DROP);
    put(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
        [&](nlmsghdr& message) { nftnl_rule_nlmsg_build_payload(&message, rule.get()); });
}

/// "ip6 daddr @blocked6 icmpv6 type … accept"
void AcceptBatch::put_discovery_rule(std::uint8_t icmp_type) {
    const Rule rule = make_rule(table_);
    put_lookup(rule.get(), vrrp::Family::ipv6);
    put_meta(rule.get(), NFT_META_L4PROTO, IPPROTO_ICMPV6);
    put_payload(rule.get(), NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof icmp_type);
    put_comparison(rule.get(), icmp_type);
    put_verdict(rule.get(), NF_ACCEPT);
    put(NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND,
        [&](nlmsghdr& message) { nftnl_rule_nlmsg_build_payload(&message, rule.get()); });
}

void AcceptBatch::put_elements(int type, int flags, const Addresses& addresses) {
    // Sorted, so that those of a family stand side by side.
    for (auto next = addresses.begin(); next != addresses.end();) {
        const vrrp::Family family = next->family();
        const Set set = make_set(table_, family);
        for (std::size_t i = 0;
             i < elements_per_message && next != addresses.end() && next->family() == family;
             ++i, ++next) {
            nftnl_set_elem* const element = nftnl_set_elem_alloc();
            assert(element != nullptr);
            nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, next->bytes().data(), key_size(family));
            nftnl_set_elem_add(set.get(), element);
        }
        put(type, flags,
            [&](nlmsghdr& message) { nftnl_set_elems_nlmsg_build_payload(&message, set.get()); });
    }
}

}  // namespace net
