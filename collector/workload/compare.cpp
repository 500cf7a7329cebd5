#include "collector/workload/compare.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string_view>
#include <tuple>

namespace quern {

namespace {

/// Durations of 0, which have no bin, stand below all.
std::map<std::int32_t, std::pair<double, double>> both(const DurationSketch& a,
                                                       const DurationSketch& b) {
  std::map<std::int32_t, std::pair<double, double>> counts;
  constexpr auto kZeros = std::numeric_limits<std::int32_t>::min();
  if (a.zeros() + b.zeros() > 0) {
    counts[kZeros] = {static_cast<double>(a.zeros()), static_cast<double>(b.zeros())};
  }
  for (const auto& [bin, count] : a.bins()) {
    counts[bin].first += static_cast<double>(count);
  }
  for (const auto& [bin, count] : b.bins()) {
    counts[bin].second += static_cast<double>(count);
  }
  return counts;
}

Microseconds mean(const QueryClass& c) {
  const std::uint64_t timed = c.calls - c.untimed;
  return Microseconds{timed == 0 ? 0 : c.total.count() / static_cast<std::int64_t>(timed)};
}

std::string_view common_plan(const QueryClass& c) {
  const auto most = std::max_element(
      c.plans.begin(), c.plans.end(),
      [](const ObservedPlan& a, const ObservedPlan& b) { return a.calls < b.calls; });
  return most == c.plans.end() ? std::string_view{} : std::string_view{most->shape};
}

bool differ(Microseconds a, Microseconds b, double least_ratio) {
  const auto [less, more] = std::minmax({a.count(), b.count()});
  return static_cast<double>(more) > static_cast<double>(less) * least_ratio;
}

ClassChange change_of(const QueryClass* before, const QueryClass* after,
                      const CompareOptions& options) {
  ClassChange change;
  const QueryClass& any = after != nullptr ? *after : *before;
  change.fingerprint = any.fingerprint;
  change.sql = any.sql;
  if (before != nullptr) {
    change.calls_before = before->calls;
    change.mean_before = mean(*before);
    change.median_before = before->durations.quantile(0.5);
    change.p95_before = before->durations.quantile(0.95);
    change.total_before = before->total;
    change.errors_before = before->errors;
  }
  if (after != nullptr) {
    change.calls_after = after->calls;
    change.mean_after = mean(*after);
    change.median_after = after->durations.quantile(0.5);
    change.p95_after = after->durations.quantile(0.95);
    change.total_after = after->total;
    change.errors_after = after->errors;
  }
  if (before == nullptr || after == nullptr) {
    change.trend = before == nullptr ? Trend::New : Trend::Gone;
    return change;
  }
  const auto then = common_plan(*before);
  const auto now = common_plan(*after);
  change.plans_changed = !then.empty() && !now.empty() && then != now;
  const bool enough = before->durations.count() >= options.least_calls &&
                      after->durations.count() >= options.least_calls;
  change.trend = enough ? Trend::Unchanged : Trend::TooFew;
  if (enough) {
    const RankSumTest test = rank_sum_test(before->durations, after->durations);
    change.p_value = test.p_value;
    change.later_is_longer = test.later_is_longer;
  }
  return change;
}

/// Holm's step-down adjustment: among many classes some seem to change by chance.
void adjust(std::vector<ClassChange*> tested) {
  std::sort(tested.begin(), tested.end(), [](const ClassChange* a, const ClassChange* b) {
    return std::tie(a->p_value, a->fingerprint) < std::tie(b->p_value, b->fingerprint);
  });
  double greatest = 0;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    const auto left = static_cast<double>(tested.size() - i);
    greatest = std::max(greatest, std::min(1.0, tested[i]->p_value * left));
    tested[i]->p_value = greatest;
  }
}

void judge(ClassChange& change, const CompareOptions& options) {
  const bool news = change.p_value < options.significance &&
                    (differ(change.median_before, change.median_after, options.least_ratio) ||
                     differ(change.mean_before, change.mean_after, options.least_ratio));
  if (news) {
    change.trend = change.later_is_longer > 0.5 ? Trend::Slower : Trend::Faster;
  }
}

std::int64_t weight(const ClassChange& change) {
  return std::llabs(change.total_after.count() - change.total_before.count());
}

}  // namespace

RankSumTest rank_sum_test(const DurationSketch& before, const DurationSketch& after) {
  const auto n = static_cast<double>(before.count());
  const auto m = static_cast<double>(after.count());
  if (n == 0 || m == 0) {
    return {};
  }
  double below = 0;  // executions before, in lesser bins
  double u = 0;      // pairs in which the later one is longer
  double ties = 0;
  for (const auto& [bin, counts] : both(before, after)) {
    u += counts.second * (below + counts.first / 2);
    below += counts.first;
    const double tied = counts.first + counts.second;
    ties += tied * tied * tied - tied;
  }
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - ties / (all * std::max(all - 1, 1.0)));
  RankSumTest test;
  test.later_is_longer = u / (n * m);
  if (variance > 0) {
    const double distance = std::max(0.0, std::abs(u - n * m / 2) - 0.5);
    test.p_value = std::erfc(distance / std::sqrt(2 * variance));
  }
  return test;
}

std::vector<ClassChange> compare(const Workload& before, const Workload& after,
                                 const CompareOptions& options) {
  std::map<std::string_view, std::pair<const QueryClass*, const QueryClass*>> pairs;
  for (const QueryClass& c : before.classes) {
    pairs[c.fingerprint].first = &c;
  }
  for (const QueryClass& c : after.classes) {
    pairs[c.fingerprint].second = &c;
  }
  std::vector<ClassChange> changes;
  changes.reserve(pairs.size());
  for (const auto& [fingerprint, pair] : pairs) {
    changes.push_back(change_of(pair.first, pair.second, options));
  }
  std::vector<ClassChange*> tested;
  for (ClassChange& change : changes) {
    if (change.trend == Trend::Unchanged) {
      tested.push_back(&change);
    }
  }
  adjust(tested);
  for (ClassChange* change : tested) {
    judge(*change, options);
  }
  std::sort(changes.begin(), changes.end(), [](const ClassChange& a, const ClassChange& b) {
    return std::make_tuple(weight(b), std::string_view{a.fingerprint}) <
           std::make_tuple(weight(a), std::string_view{b.fingerprint});
  });
  return changes;
}

}  // namespace quern
