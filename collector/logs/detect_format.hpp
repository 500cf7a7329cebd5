#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/log_format.hpp"

namespace quern::collector {

/// What the first lines of a log look like; nothing when no format fits. `reference_us` as in
/// LogLayout.
[[nodiscard]] std::optional<LogLayout> detect_layout(const std::vector<std::string_view>& lines,
                                                     std::int64_t reference_us = 0);

/// The same where the format inside or the log_line_prefix is given; envelopes are detected.
[[nodiscard]] std::optional<LogLayout> detect_layout_of(const std::vector<std::string_view>& lines,
                                                        LogFormat format,
                                                        const std::optional<std::string>& prefix,
                                                        std::int64_t reference_us = 0);

/// Plain SQL: the first line that is no comment begins with a word that begins a statement.
[[nodiscard]] bool looks_like_sql(const std::vector<std::string_view>& lines);

/// What a file is that holds no log, in short words for the skip report.
[[nodiscard]] std::string foreign_kind(const std::vector<std::string_view>& lines);

/// Words for an error: the first lines, safe to print, and what they look like.
[[nodiscard]] std::string describe_lines(const std::vector<std::string_view>& lines);

}  // namespace quern::collector
