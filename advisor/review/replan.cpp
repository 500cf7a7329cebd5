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

namespace {

/// Two schemas may have indexes of one name: plans say the name alone.
bool may_differ_without(const planner_model::PlanResult& plan,
                        const std::vector<const Index*>& indexes) {
  return std::any_of(indexes.begin(), indexes.end(), [&](const Index* index) {
    return index->unique ||
           std::binary_search(plan.indexes_used.begin(), plan.indexes_used.end(), index->name);
  });
}

}  // namespace

Replanning::Replanning(const ReviewInput& input)
    : input_{input}, now_(input.workload.samples.size()), without_(now_.size()) {}

Replanning::Plan Replanning::without(std::size_t sample, const Plan& now,
                                     const std::vector<const Index*>& indexes,
                                     const std::vector<std::string>& names) const {
  return may_differ_without(*now, indexes) ? std::make_shared<const planner_model::PlanResult>(
                                                 input_.costs.plan(sample, input_.chosen, names))
                                           : now;
}

std::vector<QueryEffect> Replanning::slower_without(const std::vector<const Index*>& indexes,
                                                    Oid table) {
  const auto& classes = input_.workload.classes;
  const std::set<Oid> family = family_of(table, input_.catalog);
  asked_ = gone_;
  for (const Index* index : indexes) {
    asked_.push_back(index->schema + "." + index->name);
  }
  without_ = now_;
  std::vector<QueryEffect> effects(classes.size());
  in_parallel(classes.size(), [&](std::size_t i) {
    const PlannedClass& query = classes[i];
    QueryEffect effect{.fingerprint = query.fingerprint, .sql = query.sql, .calls = query.calls};
    if (!uses_any(query, family)) {
      return;
    }
    for (const auto sample : query.samples) {
      Plan& with = now_[sample];
      if (with == nullptr) {
        with = std::make_shared<const planner_model::PlanResult>(
            input_.costs.plan(sample, input_.chosen, gone_));
      }
      without_[sample] = without(sample, with, indexes, asked_);
      const double share = input_.workload.samples[sample].share;
      effect.before += share * with->counted;
      effect.after += share * without_[sample]->counted;
      if (sample == query.samples.front()) {
        effect.plan_before = with->plan;
        effect.plan_after = without_[sample]->plan;
      }
    }
    effects[i] = std::move(effect);
  });
  std::erase_if(effects, [](const QueryEffect& effect) {
    return !(effect.after > (1 + kTolerance) * effect.before);
  });
  return effects;
}

void Replanning::let_go() {
  gone_ = asked_;
  now_ = without_;
}

}  // namespace quern::advisor
