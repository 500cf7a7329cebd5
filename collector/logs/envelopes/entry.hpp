#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/logs/envelopes/unwrapper.hpp"

namespace quern::collector {

/// An entry of a structured log, flattened: `properties.message`. Numbers are their digits.
struct EntryField {
  std::string path;
  std::string value;
  bool number = false;
};

/// Microseconds since 1970 UTC from a text, or from a number since then in seconds, milli-, micro-
/// or nanoseconds by its size; quotes around it do not matter. 0: neither.
[[nodiscard]] std::int64_t read_entry_time(std::string_view value);

using EntryFields = std::vector<EntryField>;

/// What a structured entry says, by the names of its fields: a server message with its parts
/// (jsonlog's names, csvlog's, Azure's), or text of a log inside (Docker's `log`, Google's
/// `textPayload`, systemd's `MESSAGE`). Keeps the parts of split lines.
class EntryReader {
 public:
  void read(const EntryFields& fields, UnwrappedSink& sink);
  void finish(UnwrappedSink& sink);

  /// The start of a line whose end is in an entry to come.
  [[nodiscard]] bool holds_part() const { return !part_.empty(); }

  void forget() { part_.clear(); }

 private:
  bool server_fields(const EntryFields& fields, UnwrappedSink& sink);
  bool azure(const EntryFields& fields, UnwrappedSink& sink);
  void text(const EntryFields& fields, UnwrappedSink& sink);
  void lines(std::string_view text, LineFacts facts, UnwrappedSink& sink);

  std::string part_;  ///< Docker splits lines at 16 KiB
};

}  // namespace quern::collector
