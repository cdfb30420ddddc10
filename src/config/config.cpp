#include "config/config.hpp"

namespace config {

bool are_alike(const Router& one, const Router& other) {
    Router moved = one;
    moved.interface_place = other.interface_place;
    moved.check_places = other.check_places;
    return moved == other;
}

std::map<std::string, std::vector<std::string>> users_of_checks(const Config& config) {
    std::map<std::string, std::vector<std::string>> users;
    for (const Router& router : config.routers) {
        for (const health::CheckUse& use : router.checks) {
            std::vector<std::string>& names = users[use.name];
            // With addresses of both families it is two of one name.
            if (names.empty() || names.back() != router.name) {
                names.push_back(router.name);
            }
        }
    }
    return users;
}

}  // namespace config
