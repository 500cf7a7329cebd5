#include "advisor/review/replan.hpp"

#include <algorithm>

#include "collector/base/in_parallel.hpp"

namespace quern::advisor {

namespace {

/// A wider index costs a scan a little more; below this share it is not worth an index of its own.
constexpr double kTolerance = 0.02;

void add_parents(Oid table, const CatalogSnapshot& catalog, std::set<Oid>& family) {
  if (const Table* found = find_table(catalog, table)) {
    for (const Oid parent : found->parents) {
      if (family.insert(parent).second) {
        add_parents(parent, catalog, family);
      }
    }
  }
}

void add_children(Oid table, const CatalogSnapshot& catalog, std::set<Oid>& family) {
  for (const Table& other : catalog.tables) {
    const auto& parents = other.parents;
    if (std::find(parents.begin(), parents.end(), table) != parents.end() &&
        family.insert(other.oid).second) {
      add_children(other.oid, catalog, family);
    }
  }
}

}  // namespace

std::set<Oid> family_of(Oid table, const CatalogSnapshot& catalog) {
  std::set<Oid> family{table};
  add_parents(table, catalog, family);
  add_children(table, catalog, family);
  return family;
}

bool uses_any(const PlannedClass& query, const std::set<Oid>& tables) {
  return std::any_of(query.uses.begin(), query.uses.end(),
                     [&](const auto& use) { return tables.contains(use.table); });
}

std::vector<QueryEffect> slower_without(const ReviewInput& input,
                                        const std::vector<std::string>& before,
                                        const std::vector<std::string>& after, Oid table) {
  const auto& classes = input.workload.classes;
  const std::set<Oid> family = family_of(table, input.catalog);
  std::vector<QueryEffect> effects(classes.size());
  in_parallel(classes.size(), [&](std::size_t i) {
    const PlannedClass& query = classes[i];
    QueryEffect effect{.fingerprint = query.fingerprint, .sql = query.sql, .calls = query.calls};
    if (!uses_any(query, family)) {
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
