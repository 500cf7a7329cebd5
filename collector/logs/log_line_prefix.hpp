#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/logs/message_tag.hpp"

namespace quern::collector {

/// What a log_line_prefix tells. The views point into the line.
struct PrefixFields {
  std::int64_t at_us = 0;
  bool zone_known = true;
  std::string_view session = {};
  std::string_view user = {};
  std::string_view database = {};
  std::string_view application = {};
  std::string_view sqlstate = {};
  std::int64_t query_id = 0;  ///< 0: not told, or none
  MessageTag tag = {};
  std::size_t text_from = 0;  ///< where the message begins, after the tag
  /// Lines with the same number have the same session, user, database, application, SQLSTATE and
  /// query id; 0 tells nothing.
  std::uint64_t same = 0;
};

/// A log_line_prefix (`%m [%p] %q%u@%d `) compiled into a matcher: all 17 escapes, %q, %% and
/// padding (`%-10u`). A line matches when a message tag (`LOG:  `) follows the prefix. Values that
/// hold the prefix's own separators are found by trying the next one, within a bounded effort.
class LogLinePrefix {
 public:
  /// Throws UserError on an escape that PostgreSQL does not know.
  static LogLinePrefix compile(std::string_view prefix);

  [[nodiscard]] bool match(std::string_view line, PrefixFields& fields) const;

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  struct Step {
    char escape = 0;  ///< 0: literal
    std::string literal = {};
    std::size_t width = 0;  ///< of a padded field
    bool pad_left = false;
  };

  struct Attempt;
  bool match_from(std::size_t step, std::size_t position, Attempt& attempt) const;
  bool match_text(std::size_t step, std::size_t position, Attempt& attempt) const;

  std::string text_;
  std::vector<Step> steps_;
};

}  // namespace quern::collector
