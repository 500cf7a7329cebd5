#pragma once

#include <nlohmann/json_fwd.hpp>

namespace quern {

/// No number of the document is beyond 64 bits: nlohmann casts one that stands where an integer
/// belongs unchecked, which is undefined for 2e75.
[[nodiscard]] bool numbers_fit_64_bits(const nlohmann::json& document);

}  // namespace quern
