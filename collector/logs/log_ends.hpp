#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_format.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/session_state.hpp"

namespace quern::collector {

/// Where what hangs over an end goes: into a document, where no password may stand and little room
/// is, or to another thread.
enum class Handover : std::uint8_t { IntoDocument, WithinProcess };

/// How sure it is that a piece follows another of the same log: the order of files on a command
/// line only suggests it.
enum class Neighbours : std::uint8_t { Likely, Certain };

/// What hangs over the ends of a piece of a log: what it says is known only beside the pieces
/// before and after.
struct LogEnds {
  /// The bytes before the first line that begins a record; all of them when none does.
  std::string start_text = {};
  /// Number of its first line, and of those that were too long: of chunks within the process.
  std::uint64_t start_line_number = 1;
  std::vector<std::uint64_t> start_cut = {};
  std::string start_file = {};
  LogLayout start_layout = {};  ///< Auto: nothing was read
  bool begun = false;           ///< a record begins within the piece

  /// The last message, which may have further lines, and a last line without its line feed.
  OpenMessage open = {};
  std::string end_line = {};
  std::uint64_t end_line_number = 0;
  std::string end_file = {};
  LogLayout end_layout = {};

  std::int64_t first_us = 0;  ///< time of the first and last record
  std::int64_t last_us = 0;
  EventFilter filter = {};
  std::vector<SessionState> sessions = {};
};

}  // namespace quern::collector
