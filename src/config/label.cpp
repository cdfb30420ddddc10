#include "config/label.hpp"

#include <fmt/format.h>

namespace config {

namespace {

bool is_one_of_two(const Router& router) {
    return router.group == router.name;
}

}  // namespace

std::string label_of(const Router& router) {
    const bool is_ipv4 = router.protocol.family() == vrrp::Family::ipv4;
    return is_one_of_two(router) ? router.name + (is_ipv4 ? "/ipv4" : "/ipv6") : router.name;
}

std::string company_of(const Router& router) {
    return is_one_of_two(router) ? "the other address family"
                                 : fmt::format("the group {}", router.group);
}

}  // namespace config
