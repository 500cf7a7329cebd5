#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/log_line_prefix.hpp"

namespace quern::collector {

/// The log_line_prefix that matches most of the lines (those that begin with a tab aside): one of
/// those seen in the wild, or one put together from the tokens before `LOG:  ` and the like.
/// Nothing when none matches a single line.
[[nodiscard]] std::optional<LogLinePrefix> infer_prefix(const std::vector<std::string_view>& lines);

/// A prefix that would match this one line, from its time stamps, numbers, brackets and
/// `name=value` pairs; nothing when the line has no message tag.
[[nodiscard]] std::optional<std::string> prefix_of_line(std::string_view line);

}  // namespace quern::collector
