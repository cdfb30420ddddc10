#pragma once

#include "config/values.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// ~SEQ(…), ~SEQx(…) or ~LST(…) in front of a line: for which values of which names the line is
/// read.
struct KeepalivedSequence {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;  ///< of a list: a value for each name
    // Of a sequence of numbers, with both ends:
    std::int64_t start = 0;
    std::int64_t step = 1;
    std::int64_t end = 0;
    bool is_hexadecimal = false;
    bool is_list = false;

    [[nodiscard]] std::size_t count() const;
    /// The values of the names, each time that the line is read.
    [[nodiscard]] std::vector<std::string> values(std::size_t index) const;
};

/// The size of the word that begins a sequence in a text, with its opening parenthesis: "~SEQ(";
/// 0 where there is none.
[[nodiscard]] std::size_t sequence_word_size(std::string_view text);

/// What stands within the parentheses, after definitions were replaced; `word` is "~SEQ(".
[[nodiscard]] Checked<KeepalivedSequence> to_sequence(std::string_view word,
                                                      std::string_view arguments);

}  // namespace config
