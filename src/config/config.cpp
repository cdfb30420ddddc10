#include "config/config.hpp"

namespace config {

std::vector<const StateScript*> scripts_of(const StateScripts& scripts) {
    std::vector<const StateScript*> found;
    for (const auto* script : {&scripts.master, &scripts.backup, &scripts.fault, &scripts.stop,
                               &scripts.deleted, &scripts.lower_master, &scripts.change}) {
        if (script->has_value()) {
            found.push_back(&**script);
        }
    }
    return found;
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
