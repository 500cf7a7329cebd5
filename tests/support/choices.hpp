#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quern::testing {

/// Where a random generator takes its decisions from: a seeded stream, the same on every machine,
/// or a recorded list. 0 is always the plainest decision, so a list with entries removed or set to
/// 0 makes a smaller case of the same kind; past its end every decision is 0. Shrinking needs
/// nothing else.
class Choices {
 public:
  explicit Choices(std::uint64_t seed) : state_{seed} {}

  explicit Choices(std::vector<std::uint32_t> recorded)
      : replays_{true}, recorded_{std::move(recorded)} {}

  /// 0 .. bound - 1.
  std::size_t below(std::size_t bound);

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
  }

  /// True in `percent` of cases; plainest: false.
  bool chance(unsigned percent) { return below(100) >= 100 - percent; }

  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

  /// The index of one of `weights`, as often as its share.
  std::size_t weighted(const std::vector<unsigned>& weights);

  [[nodiscard]] const std::vector<std::uint32_t>& taken() const { return taken_; }

 private:
  std::uint32_t next();

  std::uint64_t state_ = 0;
  bool replays_ = false;
  std::vector<std::uint32_t> recorded_ = {};
  std::vector<std::uint32_t> taken_ = {};
};

}  // namespace quern::testing
