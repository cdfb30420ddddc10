#include "config/toml_parse.hpp"

#include "config/toml_word.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace config {

namespace {

bool ends_word(char letter) {
    return std::string_view(" \t\n,[]{}#=.\"'").find(letter) != std::string_view::npos;
}

TomlValue make_table(TomlMaker maker, std::size_t offset) {
    TomlValue table;
    table.maker = maker;
    table.offset = offset;
    return table;
}

/// Nobody may add to what braces have closed.
void close(TomlValue& table) {
    table.maker = TomlMaker::braces;
    for (auto& [key, value] : table.entries) {
        if (value.kind == TomlKind::table) {
            close(value);
        }
    }
}

/// Reads a text whose shape is known to be right: what is looked for is there.
class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::expected<TomlValue, TomlRefusal> parse() {
        TomlValue root = make_table(TomlMaker::header, 0);
        table_ = &root;
        for (skip_to_word(); position_ < text_.size(); skip_to_word()) {
            statement_ = position_;
            const bool is_good = peek() == '[' ? take_header(root) : take_assignment(*table_);
            if (!is_good) {
                return std::unexpected(refusal_);
            }
        }
        return root;
    }

private:
    bool refuse(bool is_duplicate) {
        refusal_ = {statement_, is_duplicate};
        return false;
    }

    [[nodiscard]] char peek() const { return position_ < text_.size() ? text_[position_] : '\n'; }

    bool take(std::string_view expected) {
        if (!text_.substr(std::min(position_, text_.size())).starts_with(expected)) {
            return false;
        }
        position_ += expected.size();
        return true;
    }

    void skip_blanks() {
        while (position_ < text_.size() && (peek() == ' ' || peek() == '\t')) {
            ++position_;
        }
    }

    /// Over blanks, line ends and comments.
    void skip_to_word() {
        for (skip_blanks(); position_ < text_.size(); skip_blanks()) {
            if (peek() == '#') {
                position_ = std::min(text_.find('\n', position_), text_.size());
            } else if (!take("\n")) {
                return;
            }
        }
    }

    std::optional<std::vector<std::string>> take_key() {
        std::vector<std::string> parts;
        do {
            skip_blanks();
            if (peek() == '"' || peek() == '\'') {
                auto part = take_text();
                if (!part) {
                    refuse(false);
                    return std::nullopt;
                }
                parts.push_back(std::move(*part));
            } else {
                const std::size_t start = position_;
                while (!ends_word(peek())) {
                    ++position_;
                }
                parts.emplace_back(text_.substr(start, position_ - start));
            }
            skip_blanks();
        } while (take("."));
        return parts;
    }

    bool take_header(TomlValue& root) {
        const bool is_list = take("[[");
        if (!is_list) {
            take("[");
        }
        auto key = take_key();
        if (!key) {
            return false;
        }
        take(is_list ? "]]" : "]");
        const std::string last = std::move(key->back());
        key->pop_back();
        TomlValue* table = &root;
        for (const std::string& part : *key) {
            table = step(*table, part);
            if (table == nullptr) {
                return refuse(true);
            }
        }
        return is_list ? open_item(*table, last) : open_table(*table, last);
    }

    /// The table of this name on the way to another one; of a list of tables the last. Nullptr
    /// where it is something else.
    TomlValue* step(TomlValue& table, const std::string& part) {
        const auto [entry, is_new] =
            table.entries.try_emplace(part, make_table(TomlMaker::passing, statement_));
        TomlValue& next = entry->second;
        if (next.is_list_of_headers) {
            return &next.items.back();
        }
        return next.kind == TomlKind::table && next.maker != TomlMaker::braces ? &next : nullptr;
    }

    bool open_table(TomlValue& parent, const std::string& name) {
        const auto [entry, is_new] =
            parent.entries.try_emplace(name, make_table(TomlMaker::header, statement_));
        TomlValue& table = entry->second;
        if (!is_new && (table.kind != TomlKind::table || table.maker != TomlMaker::passing)) {
            return refuse(true);
        }
        table.maker = TomlMaker::header;
        table.offset = statement_;
        table_ = &table;
        return true;
    }

    bool open_item(TomlValue& parent, const std::string& name) {
        TomlValue list;
        list.kind = TomlKind::list;
        list.offset = statement_;
        list.is_list_of_headers = true;
        TomlValue& found = parent.entries.try_emplace(name, std::move(list)).first->second;
        if (!found.is_list_of_headers) {
            return refuse(true);
        }
        found.items.push_back(make_table(TomlMaker::header, statement_));
        table_ = &found.items.back();
        return true;
    }

    bool take_assignment(TomlValue& table) {
        const std::size_t start = position_;
        const auto key = take_key();
        if (!key) {
            return false;
        }
        TomlValue* target = &table;
        for (std::size_t index = 0; index + 1 < key->size(); ++index) {
            const auto [entry, is_new] =
                target->entries.try_emplace((*key)[index], make_table(TomlMaker::dotted, start));
            target = &entry->second;
            if (target->kind != TomlKind::table || target->maker != TomlMaker::dotted) {
                return refuse(true);
            }
        }
        take("=");
        auto value = take_value();
        if (!value) {
            return false;
        }
        const bool is_new = target->entries.try_emplace(key->back(), std::move(*value)).second;
        return is_new || refuse(true);
    }

    std::optional<TomlValue> take_value() {
        skip_blanks();
        const std::size_t start = position_;
        auto value = peek() == '"' || peek() == '\'' ? text_value()
                     : peek() == '['                 ? list_value()
                     : peek() == '{'                 ? braces_value()
                                                     : word_value();
        if (value) {
            value->offset = start;
        }
        return value;
    }

    std::optional<TomlValue> text_value() {
        auto text = take_text();
        if (!text) {
            refuse(false);
            return std::nullopt;
        }
        TomlValue value;
        value.kind = TomlKind::text;
        value.text = std::move(*text);
        return value;
    }

    std::optional<TomlValue> list_value() {
        TomlValue list;
        list.kind = TomlKind::list;
        take("[");
        for (skip_to_word(); !take("]"); skip_to_word()) {
            auto item = take_value();
            if (!item) {
                return std::nullopt;
            }
            list.items.push_back(std::move(*item));
            skip_to_word();
            take(",");
        }
        return list;
    }

    std::optional<TomlValue> braces_value() {
        TomlValue table = make_table(TomlMaker::dotted, position_);
        take("{");
        for (skip_blanks(); !take("}"); skip_blanks()) {
            if (!take_assignment(table)) {
                return std::nullopt;
            }
            skip_blanks();
            take(",");
        }
        close(table);
        return table;
    }

    std::optional<TomlValue> word_value() {
        const std::size_t start = position_;
        while (peek() == '.' || !ends_word(peek())) {
            ++position_;
        }
        auto value = to_toml_word(text_.substr(start, position_ - start));
        if (!value) {
            refuse(false);
        }
        return value;
    }

    /// The text of a string; nullopt where an escape is wrong.
    std::optional<std::string> take_text() {
        const char quote = peek();
        const std::string marks(3, quote);
        if (!take(marks)) {
            const std::size_t start = ++position_;
            position_ = end_of_text(std::string_view(marks).substr(0, 1));
            const std::string_view written = text_.substr(start, position_ - start);
            ++position_;
            return quote == '"' ? resolve_escapes(written, false) : std::string(written);
        }
        take("\n");
        const std::size_t start = position_;
        position_ = end_of_text(marks);
        // Up to two quotes may belong to the text itself.
        while (position_ + marks.size() < text_.size() &&
               text_[position_ + marks.size()] == quote) {
            ++position_;
        }
        const std::string_view written = text_.substr(start, position_ - start);
        position_ += marks.size();
        return quote == '"' ? resolve_escapes(written, true) : std::string(written);
    }

    /// Where the quotes at its end begin.
    [[nodiscard]] std::size_t end_of_text(std::string_view marks) const {
        std::size_t end = position_;
        while (end < text_.size() && !text_.substr(end).starts_with(marks)) {
            end += marks.front() == '"' && text_[end] == '\\' ? 2 : 1;
        }
        return std::min(end, text_.size());
    }

    std::string_view text_;
    std::size_t position_ = 0;
    std::size_t statement_ = 0;  ///< where the line in hand begins
    TomlValue* table_ = nullptr;
    TomlRefusal refusal_;
};

}  // namespace

std::expected<TomlValue, TomlRefusal> parse_toml(std::string_view text) {
    return Parser(text).parse();
}

}  // namespace config
