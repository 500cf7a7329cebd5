#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/log_format.hpp"

namespace quern::collector {

struct DetectedFormat {
  LogFormat format = LogFormat::Stderr;
  std::string prefix = {};  ///< log_line_prefix of a stderr log, inferred
};

/// What the first lines of a log look like; nothing when none of the formats fits.
[[nodiscard]] std::optional<DetectedFormat> detect_format(
    const std::vector<std::string_view>& lines);

/// Words for an error: the first lines, safe to print, and what they look like.
[[nodiscard]] std::string describe_lines(const std::vector<std::string_view>& lines);

}  // namespace quern::collector
