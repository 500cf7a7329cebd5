#include "collector/workload/samples.hpp"

#include <algorithm>
#include <tuple>

#include <xxhash.h>

namespace quern {

namespace {

int rank(const SampleExecution& sample) {
  return sample.why == "slowest" ? 0 : sample.why == "typical" ? 1 : 2;
}

/// All of a sample, so that no two different ones tie.
auto content(const SampleExecution& s) {
  return std::tie(s.at_us, s.sql, s.parameters, s.parameters_complete, s.duration, s.plan_shape);
}

bool before(const SampleExecution& a, const SampleExecution& b) {
  const int rank_a = rank(a);
  const int rank_b = rank(b);
  if (rank_a != rank_b) {
    return rank_a < rank_b;
  }
  if (rank_a == 1) {
    const auto hash_a = sample_hash(a);
    const auto hash_b = sample_hash(b);
    return hash_a != hash_b ? hash_a < hash_b : content(a) < content(b);
  }
  if (rank_a == 2 && a.plan_shape != b.plan_shape) {
    return a.plan_shape < b.plan_shape;
  }
  return a.duration != b.duration ? a.duration > b.duration : content(a) < content(b);
}

}  // namespace

std::uint64_t sample_hash(std::uint64_t text_hash, Microseconds duration, std::int64_t at_us) {
  // The finalizer of MurmurHash3.
  std::uint64_t h = text_hash ^ static_cast<std::uint64_t>(at_us) * 0x9E3779B97F4A7C15U ^
                    static_cast<std::uint64_t>(duration.count()) * 0xC2B2AE3D27D4EB4FU;
  h = (h ^ (h >> 33U)) * 0xFF51AFD7ED558CCDU;
  h = (h ^ (h >> 33U)) * 0xC4CEB9FE1A85EC53U;
  return h ^ (h >> 33U);
}

std::uint64_t sample_hash(const SampleExecution& s) {
  return sample_hash(XXH3_64bits(s.sql.data(), s.sql.size()), s.duration, s.at_us);
}

void keep_best_samples(std::vector<SampleExecution>& samples) {
  std::sort(samples.begin(), samples.end(), before);
  samples.erase(std::unique(samples.begin(), samples.end()), samples.end());
  std::size_t slowest = 0;
  std::size_t typical = 0;
  std::vector<SampleExecution> kept;
  kept.reserve(samples.size());
  for (SampleExecution& sample : samples) {
    const int group = rank(sample);
    const bool wanted = group == 0   ? ++slowest <= kSlowestSamples
                        : group == 1 ? ++typical <= kTypicalSamples
                                     : kept.empty() || rank(kept.back()) != 2 ||
                                           kept.back().plan_shape != sample.plan_shape;
    if (wanted) {
      kept.push_back(std::move(sample));
    }
  }
  samples = std::move(kept);
}

}  // namespace quern
