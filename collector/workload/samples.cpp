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

/// A sample's place in the order: what decides nearly always is at hand. Samples are large, and
/// they are put in order each time one is added.
struct Place {
  int rank;
  std::uint64_t hash;  ///< of typical ones
  SampleExecution* sample;

  bool operator<(const Place& other) const {
    const SampleExecution& a = *sample;
    const SampleExecution& b = *other.sample;
    if (rank != other.rank) {
      return rank < other.rank;
    }
    if (rank == 1) {
      return hash != other.hash ? hash < other.hash : content(a) < content(b);
    }
    if (rank == 2 && a.plan_shape != b.plan_shape) {
      return a.plan_shape < b.plan_shape;
    }
    return a.duration != b.duration ? a.duration > b.duration : content(a) < content(b);
  }
};

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
  std::vector<Place> places;
  places.reserve(samples.size());
  for (SampleExecution& sample : samples) {
    const int group = rank(sample);
    places.push_back({group, group == 1 ? sample_hash(sample) : 0, &sample});
  }
  std::sort(places.begin(), places.end());
  std::size_t slowest = 0;
  std::size_t typical = 0;
  std::vector<SampleExecution> kept;
  kept.reserve(samples.size());
  for (const Place& place : places) {
    if (!kept.empty() && *place.sample == kept.back()) {
      continue;
    }
    const bool wanted = place.rank == 0   ? ++slowest <= kSlowestSamples
                        : place.rank == 1 ? ++typical <= kTypicalSamples
                                          : kept.empty() || rank(kept.back()) != 2 ||
                                                kept.back().plan_shape != place.sample->plan_shape;
    if (wanted) {
      kept.push_back(std::move(*place.sample));
    }
  }
  samples = std::move(kept);
}

}  // namespace quern
