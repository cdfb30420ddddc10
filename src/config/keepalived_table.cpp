#include "config/keepalived_table.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <map>
#include <utility>

namespace config {

namespace {

std::vector<KeepalivedBlock> all_blocks() {
    std::vector<KeepalivedBlock> blocks = {
        {"keepalived.conf", "The file itself", root_rows()},
        {"global_defs", "`global_defs`", globals_rows()},
        {"vrrp_instance", "`vrrp_instance NAME`", instance_rows()},
    };
    std::ranges::copy(small_blocks(), std::back_inserter(blocks));
    return blocks;
}

using Index = std::map<std::pair<std::string_view, std::string_view>, const KeepalivedRow*>;

Index make_index() {
    Index index;
    for (const KeepalivedBlock& block : keepalived_blocks()) {
        for (const KeepalivedRow& row : block.rows) {
            const bool is_new = index.try_emplace({block.name, row.keyword}, &row).second;
            assert(is_new);
        }
    }
    return index;
}

}  // namespace

std::span<const KeepalivedBlock> keepalived_blocks() {
    // Never destroyed: a thread may read a file while the program ends.
    static const auto& blocks = *new std::vector<KeepalivedBlock>(all_blocks());
    return blocks;
}

const KeepalivedRow* find_row(std::string_view block, std::string_view keyword) {
    static const auto& index = *new Index(make_index());
    const auto found = index.find({block, keyword});
    return found != index.end() ? found->second : nullptr;
}

std::vector<std::string> keywords_of(std::string_view block) {
    std::vector<std::string> keywords;
    for (const KeepalivedBlock& candidate : keepalived_blocks()) {
        if (candidate.name == block) {
            for (const KeepalivedRow& row : candidate.rows) {
                keywords.emplace_back(row.keyword);
            }
        }
    }
    return keywords;
}

std::vector<KeepalivedRow> joined(std::initializer_list<std::span<const KeepalivedRow>> parts) {
    std::vector<KeepalivedRow> rows;
    for (const std::span<const KeepalivedRow> part : parts) {
        rows.insert(rows.end(), part.begin(), part.end());
    }
    return rows;
}

std::string_view to_text(KeywordClass effect) {
    switch (effect) {
        case KeywordClass::honoured: return "honoured";
        case KeywordClass::translated: return "translated";
        case KeywordClass::no_effect: return "without effect";
        case KeywordClass::unsupported: return "not supported";
    }
    return "";
}

}  // namespace config
