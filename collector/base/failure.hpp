#pragma once

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace quern {

/// The user or the environment is at fault: unreadable file, bad flag, lost connection. Ends the
/// command with exit code 2. The message says what is wrong, where, and what to do; it never holds
/// a password (see collector/postgres/dsn.hpp).
class UserError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// We are at fault: a broken invariant. Never reachable by input.
inline void ensure(bool holds, std::string_view what, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  if (!holds) {
    throw std::logic_error{std::string{file} + ":" + std::to_string(line) + " " +
                           std::string{what}};
  }
}

/// Where a fact came from. `line` counts from 1; 0 means "the file as a whole".
struct TextPosition {
  std::string file;
  std::uint64_t line = 0;
  auto operator<=>(const TextPosition&) const = default;
};

/// What was not used, by reason, with the first place it was met. The data are at fault: expected,
/// counted, shown at the end of every report, never thrown. Merging is associative and commutative
/// (`first` is the smallest position).
class SkipReport {
 public:
  struct Entry {
    std::uint64_t count = 0;
    TextPosition first = {};
    bool operator==(const Entry&) const = default;
  };

  void add(const std::string& reason, const TextPosition& where, std::uint64_t count = 1) {
    auto [entry, inserted] = by_reason_.try_emplace(reason);
    if (inserted || where < entry->second.first) {
      entry->second.first = where;
    }
    entry->second.count += count;
  }

  void merge(const SkipReport& other) {
    for (const auto& [reason, entry] : other.by_reason_) {
      add(reason, entry.first, entry.count);
    }
  }

  [[nodiscard]] const std::map<std::string, Entry>& by_reason() const { return by_reason_; }

  bool operator==(const SkipReport&) const = default;

 private:
  std::map<std::string, Entry> by_reason_;
};

}  // namespace quern
