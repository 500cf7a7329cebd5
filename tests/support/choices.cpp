#include "tests/support/choices.hpp"

namespace quern::testing {

std::uint32_t Choices::next() {
  if (replays_) {
    return taken_.size() < recorded_.size() ? recorded_[taken_.size()] : 0;
  }
  // splitmix64 (Steele, Lea and Flood 2014).
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<std::uint32_t>((z ^ (z >> 31)) >> 32);
}

std::size_t Choices::below(std::size_t bound) {
  const std::uint32_t drawn = next();
  const auto result = static_cast<std::size_t>(drawn % bound);
  // Recorded as the decision itself, so that lowering an entry lowers the decision.
  taken_.push_back(static_cast<std::uint32_t>(result));
  return result;
}

std::size_t Choices::weighted(const std::vector<unsigned>& weights) {
  std::size_t total = 0;
  for (const unsigned weight : weights) {
    total += weight;
  }
  std::size_t at = below(total);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (at < weights[i]) {
      return i;
    }
    at -= weights[i];
  }
  return 0;
}

}  // namespace quern::testing
