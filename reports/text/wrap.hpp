#pragma once

#include <string>
#include <string_view>

namespace quern::reports {

inline constexpr std::size_t kColumns = 100;  ///< where no terminal says how wide it is

/// `text` in lines of at most `columns` characters, broken at spaces; the first line starts with
/// `first`, the others with `rest`. A word longer than a line stands alone, unbroken. Newlines in
/// `text` are kept.
[[nodiscard]] std::string wrap(std::string_view text, std::string_view first, std::string_view rest,
                               std::size_t columns = kColumns);

/// Characters, not bytes: code points of UTF-8.
[[nodiscard]] std::size_t width_of(std::string_view text);

/// Padded with spaces on the right (left: on the left) to `width` characters.
[[nodiscard]] std::string pad(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);

}  // namespace quern::reports
