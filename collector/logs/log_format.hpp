#pragma once

#include <cstdint>

namespace quern::collector {

enum class LogFormat : std::uint8_t { Auto, Stderr, Csv, Json, Sql };

/// As the document names it: "stderr", "csvlog", "jsonlog", "sql".
[[nodiscard]] const char* format_name(LogFormat format);

}  // namespace quern::collector
