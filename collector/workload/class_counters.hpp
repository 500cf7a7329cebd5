#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/workload/duration_sketch.hpp"

namespace quern::collector {

/// Adds to a count by name without building a key string when the name is the last one again.
/// Programs that put numbers into their names make ever new ones: a class counts so many apart, and
/// fewer when there is little room.
class NameCounter {
 public:
  /// Returns the bytes that a new name takes.
  std::size_t add(std::map<std::string, std::uint64_t>& counts, std::string_view name,
                  std::uint64_t calls, bool room) {
    if (last_ != nullptr && last_name_ == name) {
      *last_ += calls;
      return 0;
    }
    return name.empty() ? 0 : add_another(counts, name, calls, room);
  }

 private:
  std::size_t add_another(std::map<std::string, std::uint64_t>& counts, std::string_view name,
                          std::uint64_t calls, bool room);

  std::string last_name_;
  std::uint64_t* last_ = nullptr;  ///< map nodes do not move
};

/// A class's duration bins while it is filled. Once a class is seen often they stand side by side,
/// which saves looking each up in the sketch.
class BinCounters {
 public:
  void add(DurationSketch& sketch, Microseconds duration, std::uint64_t calls);
  /// What was added is in the sketch afterwards.
  void flush(DurationSketch& sketch);

 private:
  void make_room(std::int32_t bin);

  std::uint64_t added_ = 0;
  std::int32_t first_ = 0;
  std::vector<std::uint32_t> counters_ = {};
};

}  // namespace quern::collector
