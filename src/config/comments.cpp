#include "config/comments.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace config {

namespace {

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t#!");
    if (first == std::string_view::npos) {
        return "";
    }
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

/// Looks for comments, and over what only looks like one.
class CommentFinder {
public:
    CommentFinder(std::string_view text, Format format) : text_(text), format_(format) {}

    std::vector<Comment> find() {
        while (position_ < text_.size()) {
            const char letter = text_[position_];
            if (letter == '#' || (letter == '!' && format_ == Format::keepalived)) {
                take_comment();
            } else if (letter == '"' || (letter == '\'' && format_ == Format::toml)) {
                is_behind_ = true;
                skip_text(letter);
            } else {
                step(letter);
            }
        }
        return std::move(comments_);
    }

private:
    void step(char letter) {
        ++position_;
        if (letter == '\n') {
            ++line_;
            is_behind_ = false;
        } else if (letter == '\\' && format_ == Format::keepalived && position_ < text_.size() &&
                   text_[position_] != '\n') {
            ++position_;
        }
        is_behind_ = letter != '\n' && (is_behind_ || (letter != ' ' && letter != '\t'));
    }

    void take_comment() {
        const std::size_t end = std::min(text_.find('\n', position_), text_.size());
        comments_.push_back({line_, is_behind_, trimmed(text_.substr(position_, end - position_))});
        position_ = end;
    }

    void skip_text(char quote) {
        const std::string marks(3, quote);
        const bool is_long = format_ == Format::toml && text_.substr(position_).starts_with(marks);
        const std::string_view end = std::string_view(marks).substr(0, is_long ? 3 : 1);
        position_ += end.size();
        while (position_ < text_.size() && !text_.substr(position_).starts_with(end)) {
            if (text_[position_] == '\n') {
                if (!is_long) {
                    return;
                }
                ++line_;
            }
            const bool is_escape =
                format_ == Format::toml && quote == '"' && text_[position_] == '\\';
            position_ += is_escape && text_.substr(position_ + 1, 1) != "\n" ? 2 : 1;
        }
        position_ = std::min(position_ + end.size(), text_.size());
    }

    std::string_view text_;
    Format format_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
    bool is_behind_ = false;
    std::vector<Comment> comments_;
};

void add_once(std::vector<std::string>& texts, const std::string& text) {
    if (std::ranges::find(texts, text) == texts.end()) {
        texts.push_back(text);
    }
}

/// How many comments stand above all else, and apart from it by a blank line.
std::size_t count_head(const std::vector<Comment>& comments,
                       const std::vector<ConvertedLine>& lines) {
    std::size_t first = std::string::npos;
    for (const ConvertedLine& line : lines) {
        first = std::min(first, line.line);
    }
    std::size_t count = 0;
    while (count < comments.size() && comments[count].line < first) {
        ++count;
    }
    std::size_t above = first;
    while (count > 0 && comments[count - 1].line + 1 == above) {
        above = comments[--count].line;
    }
    return count;
}

class Attacher {
public:
    Attacher(const std::vector<ConvertedLine>& lines, std::vector<TomlTable>& tables,
             LooseComments& loose)
        : lines_(lines), loose_(loose) {
        std::ranges::stable_sort(lines_, {}, &ConvertedLine::line);
        for (TomlTable& table : tables) {
            tables_.emplace(table.path, &table);
        }
    }

    void attach(const Comment& comment) {
        if (comment.text.empty()) {
            return;
        }
        const auto next = std::ranges::lower_bound(
            lines_, comment.line + (comment.is_behind ? 1 : 0), {}, &ConvertedLine::line);
        if (comment.is_behind) {
            attach_behind(comment, next == lines_.begin() ? nullptr : &*std::prev(next));
        } else if (next == lines_.end()) {
            add_once(loose_.tail, comment.text);
        } else {
            attach_above(comment, *next);
        }
    }

private:
    TomlTable* table_of(const ConvertedLine& line) {
        const auto found = tables_.find(line.path);
        return found == tables_.end() ? nullptr : found->second;
    }

    static TomlEntry* entry_of(TomlTable& table, const std::string& key) {
        if (key == probe_key) {
            return table.entries.empty() ? nullptr : &table.entries.front();
        }
        const auto found = std::ranges::find(table.entries, key, &TomlEntry::key);
        return found == table.entries.end() ? nullptr : &*found;
    }

    void attach_above(const Comment& comment, const ConvertedLine& line) {
        TomlTable* const table = table_of(line);
        if (table == nullptr) {
            add_once(loose_.head, comment.text);
        } else if (TomlEntry* const entry = entry_of(*table, line.key)) {
            entry->is_default = false;
            if (entry->remark != comment.text) {
                add_once(entry->comments, comment.text);
            }
        } else {
            add_once(table->comments, comment.text);
        }
    }

    /// Where something stands behind a key already, the next one stands above it.
    void attach_behind(const Comment& comment, const ConvertedLine* line) {
        TomlTable* const table = line == nullptr ? nullptr : table_of(*line);
        if (table == nullptr) {
            add_once(loose_.head, comment.text);
            return;
        }
        TomlEntry* const entry = entry_of(*table, line->key);
        std::string& remark = entry == nullptr ? table->remark : entry->remark;
        if (remark.empty()) {
            remark = comment.text;
        } else if (remark != comment.text) {
            add_once(entry == nullptr ? table->comments : entry->comments, comment.text);
        }
        if (entry != nullptr) {
            entry->is_default = false;
        }
    }

    std::vector<ConvertedLine> lines_;
    std::map<std::vector<std::string>, TomlTable*> tables_;
    LooseComments& loose_;
};

}  // namespace

std::vector<Comment> find_comments(std::string_view text, Format format) {
    return CommentFinder(text, format).find();
}

void attach_comments(const std::vector<Comment>& comments, const std::vector<ConvertedLine>& lines,
                     std::vector<TomlTable>& tables, LooseComments& loose) {
    Attacher attacher(lines, tables, loose);
    const std::size_t head = count_head(comments, lines);
    for (std::size_t index = 0; index < comments.size(); ++index) {
        if (index < head && !comments[index].text.empty()) {
            add_once(loose.head, comments[index].text);
        } else {
            attacher.attach(comments[index]);
        }
    }
}

}  // namespace config
