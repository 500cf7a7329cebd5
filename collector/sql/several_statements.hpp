#pragma once

#include <string_view>
#include <vector>

namespace quern::collector {

/// The statements of a query string that holds several (`BEGIN; UPDATE t SET ...; COMMIT`), without
/// empty ones. Nothing when it holds but one: that stands as it is.
[[nodiscard]] std::vector<std::string_view> several_statements(std::string_view sql);

/// It reads or changes data, by its first word: SELECT, INSERT, WITH and so on.
[[nodiscard]] bool is_data_statement(std::string_view sql);

/// Of several statements the only one on data; else the text itself.
[[nodiscard]] std::string_view principal_statement(std::string_view sql);

/// Blanks, comments and semicolons: nothing that is executed.
[[nodiscard]] bool is_empty_statement(std::string_view sql);

}  // namespace quern::collector
