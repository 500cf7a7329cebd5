#pragma once

#include <string>
#include <string_view>

namespace quern {

/// True when `text` is valid UTF-8 without NUL bytes. Fast on plain ASCII.
[[nodiscard]] bool is_clean_utf8(std::string_view text);

/// `text` with every byte that is not part of valid UTF-8, and every NUL, written as \xHH
/// (`escape` and two hexadecimal digits).
[[nodiscard]] std::string to_clean_utf8(std::string_view text, std::string_view escape = "\\x");

/// The largest length not beyond `most` at which clean UTF-8 may be cut.
[[nodiscard]] std::size_t end_of_utf8(std::string_view text, std::size_t most);

}  // namespace quern
