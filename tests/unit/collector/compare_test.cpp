#include "collector/workload/compare.hpp"

#include <random>

#include <catch2/catch.hpp>

namespace quern {

namespace {

DurationSketch sketch(double mean_us, int count, unsigned seed) {
  std::mt19937 random{seed};
  std::exponential_distribution<double> durations{1 / mean_us};
  DurationSketch result;
  for (int i = 0; i < count; ++i) {
    result.add(Microseconds{static_cast<std::int64_t>(durations(random)) + 1});
  }
  return result;
}

QueryClass class_of(const std::string& fingerprint, double mean_us, int count, unsigned seed) {
  QueryClass c;
  c.fingerprint = fingerprint;
  c.calls = static_cast<std::uint64_t>(count);
  c.durations = sketch(mean_us, count, seed);
  c.total = Microseconds{static_cast<std::int64_t>(mean_us * count)};
  return c;
}

}  // namespace

TEST_CASE("rank-sum test: pairs in which the later one is longer, ties counted half") {
  // 1..10 against 6..15: 5.5 + 6.5 + 7.5 + 8.5 + 9.5 + 5 * 10 of 100 pairs.
  DurationSketch a;
  DurationSketch b;
  for (int i = 1; i <= 10; ++i) {
    a.add(Microseconds{i * 1000});
    b.add(Microseconds{(i + 5) * 1000});
  }
  const RankSumTest test = rank_sum_test(a, b);
  CHECK(test.later_is_longer == Approx(0.875));
  CHECK(test.p_value < 0.01);
  CHECK(rank_sum_test(a, a).p_value == Approx(1));
  CHECK(rank_sum_test(a, DurationSketch{}).p_value == 1);
}

TEST_CASE("compare: what got slower is found, chance alone is not") {
  Workload before;
  Workload after;
  for (unsigned i = 0; i < 200; ++i) {
    const std::string name = "same" + std::to_string(i);
    before.classes.push_back(class_of(name, 1000, 300, i));
    after.classes.push_back(class_of(name, 1000, 300, i + 1000));
  }
  before.classes.push_back(class_of("slower", 1000, 300, 7));
  after.classes.push_back(class_of("slower", 1600, 300, 8));
  before.classes.push_back(class_of("gone", 1000, 300, 9));
  after.classes.push_back(class_of("new", 1000, 300, 9));
  before.classes.push_back(class_of("rare", 1000, 3, 9));
  after.classes.push_back(class_of("rare", 90000, 3, 9));
  int slower = 0;
  for (const ClassChange& change : compare(before, after)) {
    if (change.trend == Trend::Slower || change.trend == Trend::Faster) {
      CHECK(change.fingerprint == "slower");
      ++slower;
    }
    CHECK((change.trend == Trend::New) == (change.fingerprint == "new"));
    CHECK((change.trend == Trend::Gone) == (change.fingerprint == "gone"));
    CHECK((change.trend == Trend::TooFew) == (change.fingerprint == "rare"));
  }
  CHECK(slower == 1);
}

}  // namespace quern
