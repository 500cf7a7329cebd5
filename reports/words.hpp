#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "collector/base/units.hpp"

#include "advisor/advice.hpp"
#include "advisor/check/check.hpp"

/// Numbers and enumerations as a reader sees them. Every renderer says them the same way.
namespace quern::reports {

/// As pg_size_pretty() prints them: "8192 bytes", "136 MB". Source: pg_size_pretty(), PostgreSQL
/// 15, src/backend/utils/adt/dbsize.c.
[[nodiscard]] std::string size_words(Bytes size);

/// "0.850 ms", "12.3 ms", "4.21 s", "12 min 3 s", "5 h 12 min", "3 d 4 h".
[[nodiscard]] std::string duration_words(Microseconds duration);

/// "1,234,567"; fractions are rounded.
[[nodiscard]] std::string count_words(double count);

/// "1 call", "2 calls".
[[nodiscard]] std::string plural(double count, std::string_view one, std::string_view many);

/// Planner units without the unit's name: "8.44", "1,234", "12.3 M", "4.56 G".
[[nodiscard]] std::string cost_words(Cost cost);

/// "34.2 %", "<0.1 %" for what is more than nothing, "0 %".
[[nodiscard]] std::string share_words(double share);

/// After against before: "-93.1 %", "+4.0 %", "12.3x" from tenfold up, "same" within 0.05 %.
[[nodiscard]] std::string change_words(Cost before, Cost after);

/// "2024-05-01 12:30:00 UTC"; empty for 0, which is "unknown".
[[nodiscard]] std::string time_words(std::int64_t unix_microseconds);
/// "2026-11-21 05:29:13 to 05:31:25 UTC"; with both dates where they differ.
[[nodiscard]] std::string time_range_words(std::int64_t from_us, std::int64_t until_us);

[[nodiscard]] std::string_view kind_words(advisor::ProposalKind kind);
[[nodiscard]] std::string_view confidence_words(advisor::Confidence confidence);
[[nodiscard]] std::string_view equivalence_words(advisor::Equivalence equivalence);
[[nodiscard]] std::string_view severity_words(advisor::Severity severity);

/// Valid UTF-8 whatever came in: broken bytes and NUL become U+FFFD, other control characters but
/// tab and newline a space. Logs are hostile; what is shown never carries a terminal escape.
[[nodiscard]] std::string clean_text(std::string_view text);

/// clean_text() on one line: white space folded, cut to `columns` characters with an ellipsis.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t columns);

}  // namespace quern::reports
