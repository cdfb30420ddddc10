#pragma once

#include <string>
#include <string_view>

// What is made from the table of TOML keys.

/// The schema for editors: conf/understudy.schema.json.
[[nodiscard]] std::string make_schema();

/// A page of the manual with the rows of its tables of keys as the table of keys has them. Which
/// keys a table has is told by the heading above it.
[[nodiscard]] std::string with_key_tables(std::string_view page);
