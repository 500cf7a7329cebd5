#pragma once

#include <string_view>

#include "collector/base/units.hpp"

namespace quern::reports {

/// "500MB" is 500,000,000 bytes, "500MiB" is 500 * 1024 * 1024; "2GB", "1.5 TiB", "4096" and
/// "4096B" are read too, in any case. Throws UserError on anything else, signs and infinities
/// included.
[[nodiscard]] Bytes parse_size(std::string_view text);

/// "90", "90s", "20min", "1.5h" as seconds. Throws UserError on anything else.
[[nodiscard]] double parse_seconds(std::string_view text);

}  // namespace quern::reports
