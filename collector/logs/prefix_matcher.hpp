#pragma once

#include <array>
#include <string>
#include <string_view>

#include "collector/logs/log_line_prefix.hpp"

namespace quern::collector {

/// LogLinePrefix::match() for the lines of one log. Where the prefix begins with a time, what
/// stands between the time and the message tag is nearly always what it was in another line of the
/// same backend, so what it told is remembered by its bytes.
class PrefixMatcher {
 public:
  explicit PrefixMatcher(LogLinePrefix prefix);

  /// The views in `fields` are valid until the next call.
  bool match(std::string_view line, PrefixFields& fields);

 private:
  struct Remembered {
    std::string text = {};     ///< from the time to the tag
    PrefixFields fields = {};  ///< the views point into `text`
  };

  Remembered& place_of(std::string_view rest);
  static void remember(Remembered& place, std::string_view text, PrefixFields fields);

  LogLinePrefix prefix_;
  bool time_first_;
  std::array<Remembered, 64> places_ = {};
};

}  // namespace quern::collector
