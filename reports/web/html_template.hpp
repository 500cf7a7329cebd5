#pragma once

#include <string_view>

namespace quern::reports {

/// One HTML file with the placeholder "QUERN_DATA" in its script element `quern-data`.
[[nodiscard]] std::string_view html_template();

}  // namespace quern::reports
