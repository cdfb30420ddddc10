#include "config/check_graph.hpp"

#include "config/nearest.hpp"
#include "config/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

/// Resolves the names of one draft.
class Resolver {
public:
    Resolver(const Draft& draft, Report& report) : draft_(draft), report_(report) {
        for (std::size_t index = 0; index < draft.checks.size(); ++index) {
            const CheckDraft& check = draft.checks[index];
            indices_.emplace(Key{check.kind, check.check.name}, index);
        }
    }

    void resolve(Severity unused_check, Config& config) {
        name_checks();
        for (const RouterDraft& router : draft_.routers) {
            mark_mentions(router);
        }
        for (std::size_t index = 0; index < draft_.checks.size(); ++index) {
            if (is_used_somewhere_.contains(index)) {
                mark_references(index, is_used_somewhere_);
            }
        }
        report_unused(unused_check);
        check_routers_of_probes();
        for (std::size_t index = 0; index < draft_.checks.size(); ++index) {
            if (visits_[index] == Visit::never) {
                visit(index);
            }
        }
        for (std::size_t index = 0; index < draft_.routers.size(); ++index) {
            use_checks(draft_.routers[index], config.routers[index]);
        }
        take_checks(config);
    }

private:
    using Key = std::pair<std::string, std::string>;  ///< kind and name
    enum class Visit : std::uint8_t { never, begun, done };

    [[nodiscard]] std::optional<std::size_t> find(const std::string& kind,
                                                  const std::string& name) const {
        const auto found = indices_.find({kind, name});
        return found == indices_.end() ? std::nullopt : std::optional(found->second);
    }

    /// Two kinds may have checks of one name: the later ones get another.
    void name_checks() {
        std::set<std::string> taken;
        for (const CheckDraft& check : draft_.checks) {
            std::string name = check.check.name;
            if (taken.contains(name)) {
                name = fmt::format("{}-{}", check.kind, name);
            }
            taken.insert(name);
            names_.push_back(std::move(name));
        }
    }

    [[nodiscard]] std::vector<std::string> known(const std::string& kind) const {
        std::vector<std::string> names;
        for (const CheckDraft& check : draft_.checks) {
            if (check.kind == kind) {
                names.push_back(check.check.name);
            }
        }
        return names;
    }

    void report_undefined(const std::string& who, const std::string& kind, const std::string& name,
                          Place place) {
        // Both parts of a router say the same.
        if (!told_.insert(place).second) {
            return;
        }
        const std::vector<std::string> names = known(kind);
        report_.error(
            place, fmt::format("{} uses {} {}, which is not defined", who, kind, in_quotes(name)),
            names.empty() ? fmt::format("no {} is defined", kind) : suggest(name, names));
    }

    void mark_mentions(const RouterDraft& router) {
        for (const CheckMention& mention : router.checks) {
            const auto index = find(mention.kind, mention.name);
            if (!index) {
                report_undefined("router " + router.router.name, mention.kind, mention.name,
                                 mention.place);
                continue;
            }
            is_used_somewhere_.insert(*index);
            if (mention.is_here) {
                is_used_here_.insert(*index);
                mark_references(*index, is_used_here_);
            }
        }
    }

    void mark_references(std::size_t index, std::set<std::size_t>& marked) {
        const CheckDraft& check = draft_.checks[index];
        for (const auto& [name, place] : check.references) {
            const auto other = find(check.kind, name);
            if (other && marked.insert(*other).second) {
                mark_references(*other, marked);
            }
        }
    }

    void report_unused(Severity severity) {
        for (std::size_t index = 0; index < draft_.checks.size(); ++index) {
            const CheckDraft& check = draft_.checks[index];
            if (is_used_somewhere_.contains(index) || draft_.routers.empty()) {
                continue;
            }
            const std::string message =
                fmt::format("{} {} is used by no router", check.kind, check.check.name);
            if (severity == Severity::error) {
                report_.error(check.place, message,
                              fmt::format("add it to the checks of a router: checks = [\"{}\"]",
                                          check.check.name));
            } else {
                report_.warning(check.place, message, "it is never run");
            }
        }
    }

    /// Puts a check behind those that it refers to.
    void visit(std::size_t index) {
        const CheckDraft& check = draft_.checks[index];
        visits_[index] = Visit::begun;
        for (const auto& [name, place] : check.references) {
            const auto other = find(check.kind, name);
            if (!other) {
                report_undefined(fmt::format("check {}", check.check.name), check.kind, name,
                                 place);
            } else if (visits_[*other] == Visit::begun) {
                report_.error(
                    place,
                    fmt::format("check {} waits for itself by way of {}", name, check.check.name),
                    "let one of them name no other check");
            } else if (visits_[*other] == Visit::never) {
                visit(*other);
            }
        }
        visits_[index] = Visit::done;
        order_.push_back(index);
    }

    /// What a router says of a check counts before what the check says of itself.
    [[nodiscard]] health::CheckUse use_of(const CheckMention& mention, std::size_t index) const {
        const CheckDraft& check = draft_.checks[index];
        health::CheckUse use{names_[index], check.check.weight, mention.is_inverted};
        if (mention.weight) {
            use.weight = *mention.weight == 0 ? std::nullopt : mention.weight;
        }
        if (mention.is_reversed.value_or(check.is_reversed)) {
            // What good added bad takes away: the same as the opposite with the other sign.
            use.is_inverted = !use.is_inverted;
            use.weight = use.weight ? std::optional(-*use.weight) : std::nullopt;
        }
        return use;
    }

    /// A check may ask who is master of a router, also of one that uses it.
    void check_routers_of_probes() {
        std::vector<std::string> names;
        for (const RouterDraft& router : draft_.routers) {
            names.push_back(router.router.name);
        }
        for (const CheckDraft& check : draft_.checks) {
            const auto* const peers = std::get_if<health::PeersProbeConfig>(&check.check.probe);
            if (peers != nullptr && !peers->router.empty() &&
                std::ranges::find(names, peers->router) == names.end()) {
                report_.error(check.probe_place,
                              fmt::format("there is no router {}", in_quotes(peers->router)),
                              suggest(peers->router, names));
            }
        }
    }

    void use_checks(const RouterDraft& draft, Router& router) const {
        for (const CheckMention& mention : draft.checks) {
            const auto index = find(mention.kind, mention.name);
            if (!index || !mention.is_here) {
                continue;
            }
            const health::CheckUse use = use_of(mention, *index);
            if (std::ranges::find(router.checks, use.name, &health::CheckUse::name) ==
                router.checks.end()) {
                router.checks.push_back(use);
                router.check_places.push_back(mention.place);
            }
        }
    }

    void take_checks(Config& config) const {
        for (const std::size_t index : order_) {
            if (is_used_here_.contains(index)) {
                const CheckDraft& check = draft_.checks[index];
                config.checks.push_back(check.check);
                config.checks.back().name = names_[index];
                config.check_places.push_back({check.probe_place, check.user_place});
            }
        }
    }

    const Draft& draft_;
    Report& report_;
    std::map<Key, std::size_t> indices_;
    std::vector<std::string> names_;  ///< as they are told, in the order of the draft
    std::set<std::size_t> is_used_somewhere_;
    std::set<std::size_t> is_used_here_;
    std::map<std::size_t, Visit> visits_;
    std::vector<std::size_t> order_;
    std::set<Place> told_;
};

}  // namespace

void resolve_checks(const Draft& draft, Severity unused_check, Config& config, Report& report) {
    Resolver(draft, report).resolve(unused_check, config);
}

}  // namespace config
