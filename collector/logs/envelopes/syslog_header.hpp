#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace quern::collector {

/// What stands before the message in a line of syslog.
struct SyslogHeader {
  std::int64_t at_us = 0;  ///< 0: the line tells no time
  std::string_view host = {};
  std::string_view tag = {};  ///< program: postgres, pgbouncer
  std::string_view process = {};
  std::string_view database = {};  ///< Heroku names it by the attachment's colour
  std::uint64_t sequence = 0;      ///< `[5-1]`: message 5 of the process, part 1. 0: not there
  std::uint64_t part = 0;          ///< 0: not there
  std::size_t text_from = 0;
};

/// RFC 3164 (`Feb 11 13:15:39 host postgres[10808]: [3-2] text`), RFC 5424 with and without octet
/// count, rsyslog's ISO times, journalctl's short formats, Heroku's logplex. `reference_us` gives
/// the year where the line has none: the latest one in which the time is not after it.
[[nodiscard]] std::optional<SyslogHeader> read_syslog_header(std::string_view line,
                                                             std::int64_t reference_us);

}  // namespace quern::collector
