#pragma once

#include <array>
#include <string>
#include <string_view>

#include "collector/base/time_text.hpp"
#include "collector/logs/log_line_prefix.hpp"

namespace quern::collector {

/// LogLinePrefix::match() for the lines of one log. Where the prefix begins with a time, what
/// stands between the time and the message tag is nearly always what it was in another line of the
/// same backend, so what it told is remembered by its bytes.
class PrefixMatcher {
 public:
  explicit PrefixMatcher(LogLinePrefix prefix);

  /// Valid until the next call; null when the line does not match.
  const PrefixFields* match(std::string_view line);

 private:
  struct Remembered {
    std::string text = {};     ///< from the time to the tag
    PrefixFields fields = {};  ///< the views point into `text`
  };

  Remembered& place_of(std::string_view rest);
  void remember(Remembered& place, std::string_view text);

  LogLinePrefix prefix_;
  bool time_first_;
  TimeReader times_;
  PrefixFields fields_ = {};  ///< of a line that nothing was remembered for
  std::array<Remembered, 256> places_ = {};
  std::uint64_t remembered_ = 0;
};

}  // namespace quern::collector
