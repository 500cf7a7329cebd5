#include "advisor/review/replan.hpp"

#include <algorithm>

#include "collector/base/in_parallel.hpp"

namespace quern::advisor {

namespace {

/// A wider index costs a scan a little more; below this share it is not worth an index of its own.
constexpr double kTolerance = 0.02;

bool uses_table(const PlannedClass& query, Oid table) {
  return std::any_of(query.uses.begin(), query.uses.end(),
                     [table](const auto& use) { return use.table == table; });
}

}  // namespace

std::vector<QueryEffect> slower_without(const ReviewInput& input,
                                        const std::vector<std::string>& before,
                                        const std::vector<std::string>& after, Oid table) {
  const auto& classes = input.workload.classes;
  std::vector<QueryEffect> effects(classes.size());
  in_parallel(classes.size(), [&](std::size_t i) {
    const PlannedClass& query = classes[i];
    QueryEffect effect{.fingerprint = query.fingerprint, .sql = query.sql, .calls = query.calls};
    if (!uses_table(query, table)) {
      return;
    }
    for (const auto sample : query.samples) {
      const auto with = input.costs.plan(sample, input.chosen, before);
      const auto without = input.costs.plan(sample, input.chosen, after);
      effect.before += with.counted / static_cast<double>(query.samples.size());
      effect.after += without.counted / static_cast<double>(query.samples.size());
      if (sample == query.samples.front()) {
        effect.plan_before = with.plan;
        effect.plan_after = without.plan;
      }
    }
    effects[i] = std::move(effect);
  });
  std::erase_if(effects, [](const QueryEffect& effect) {
    return !(effect.after > (1 + kTolerance) * effect.before);
  });
  return effects;
}

}  // namespace quern::advisor
