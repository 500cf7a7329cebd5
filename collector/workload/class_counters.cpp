#include "collector/workload/class_counters.hpp"

#include <algorithm>
#include <limits>

namespace quern::collector {

std::size_t NameCounter::add_another(std::map<std::string, std::uint64_t>& counts,
                                     std::string_view name, std::uint64_t calls, bool room) {
  constexpr std::size_t kMostNames = 1000;
  constexpr std::size_t kFewNames = 8;
  constexpr const char* kOthers = "(others)";
  last_name_ = name;
  std::size_t bytes = 0;
  auto place = counts.find(last_name_);
  if (place == counts.end()) {
    constexpr std::size_t kNode = 96;
    bytes = counts.size() < (room ? kMostNames : kFewNames) ? kNode + name.size() : 0;
    place = counts.try_emplace(bytes > 0 ? last_name_ : std::string{kOthers}).first;
  }
  last_ = &place->second;
  *last_ += calls;
  return bytes;
}

void BinCounters::add(DurationSketch& sketch, Microseconds duration, std::uint64_t calls) {
  constexpr std::uint64_t kOften = 256;
  if (duration.count() <= 0 || ++added_ < kOften || calls != 1) {
    sketch.add(duration, calls);
    return;
  }
  const std::int32_t bin = DurationSketch::bin_of(duration);
  if (bin < first_ || bin >= first_ + static_cast<std::int32_t>(counters_.size())) {
    flush(sketch);
    make_room(bin);
  }
  std::uint32_t& counter = counters_[static_cast<std::size_t>(bin - first_)];
  if (++counter == std::numeric_limits<std::uint32_t>::max()) {
    flush(sketch);
  }
}

void BinCounters::flush(DurationSketch& sketch) {
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    if (counters_[i] != 0) {
      sketch.counter(first_ + static_cast<std::int32_t>(i)) += counters_[i];
      counters_[i] = 0;
    }
  }
}

void BinCounters::make_room(std::int32_t bin) {
  constexpr std::int32_t kMargin = 32;
  const auto end = counters_.empty() ? bin : first_ + static_cast<std::int32_t>(counters_.size());
  const std::int32_t last = std::max(end, bin + kMargin);
  first_ = counters_.empty() ? bin - kMargin : std::min(first_, bin - kMargin);
  counters_.assign(static_cast<std::size_t>(last - first_), 0);
}

}  // namespace quern::collector
