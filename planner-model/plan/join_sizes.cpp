// How many rows a join gives. Source: costsize.c (calc_joinrel_size_estimate,
// compute_semi_anti_join_factors), PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/plan/join_path_search.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

struct QualSplit {
  std::vector<RestrictInfo*> join;
  std::vector<RestrictInfo*> pushed;
};

/// get_foreign_key_join_selectivity(): removes the clauses a foreign key explains.
double foreign_key_selectivity(PlannerInfo& root, Relids outer, Relids inner, const SpecialJoin& sj,
                               std::vector<RestrictInfo*>& list) {
  double selectivity = 1.0;
  const JoinType type = sj.type;
  for (const auto& key : root.foreign_keys) {
    bool referenced_inside = false;
    if (overlaps(singleton(key.referencing), outer) && overlaps(singleton(key.referenced), inner)) {
      referenced_inside = true;
    } else if (overlaps(singleton(key.referenced), outer) &&
               overlaps(singleton(key.referencing), inner)) {
      referenced_inside = false;
    } else {
      continue;
    }
    if ((type == JoinType::Semi || type == JoinType::Anti) &&
        (!referenced_inside || !is_singleton(inner))) {
      continue;
    }
    std::vector<RestrictInfo*> kept;
    std::vector<RestrictInfo*> removed;
    for (auto* clause : list) {
      bool explained = false;
      for (std::size_t i = 0; i < key.ec.size() && !explained; ++i) {
        if (clause->parent_ec != nullptr) {
          explained = key.ec[i] == clause->parent_ec;
        } else {
          explained = std::find(key.clauses[i].begin(), key.clauses[i].end(), clause) !=
                      key.clauses[i].end();
        }
      }
      (explained ? removed : kept).push_back(clause);
    }
    const auto expected =
        static_cast<std::size_t>(key.matched_ec - key.const_ec + key.matched_clauses);
    if (removed.empty() || removed.size() != expected) {
      continue;
    }
    list = kept;
    auto* referenced = root.base[static_cast<std::size_t>(key.referenced)];
    if (type == JoinType::Semi || type == JoinType::Anti) {
      const double tuples = std::max(referenced->tuples, 1.0);
      selectivity *= referenced->rows / tuples;
    } else {
      selectivity *= 1.0 / std::max(referenced->tuples, 1.0);
    }
    // A column also fixed by a constant was counted in a table's restriction: the referenced one's,
    // whose member match_eclasses_to_foreign_key_col() keeps.
    if (key.const_ec > 0) {
      for (std::size_t i = 0; i < key.ec.size(); ++i) {
        if (key.ec[i] == nullptr || !key.ec[i]->has_const || key.referenced_member[i] == nullptr) {
          continue;
        }
        for (auto* clause : referenced->restrictions) {
          if (clause->clause->kind == ExprKind::OpExpr &&
              (clause->left_em == key.referenced_member[i] ||
               clause->right_em == key.referenced_member[i])) {
            const double s = clause_selectivity(root, *clause, 0, JoinType::Inner, nullptr);
            if (s > 0) {
              selectivity /= s;
            }
            break;
          }
        }
      }
    }
  }
  return std::clamp(selectivity, 0.0, 1.0);
}

double joinrel_size(PlannerInfo& root, const RelOptInfo& joinrel, Relids outer_relids,
                    Relids inner_relids, double outer_rows, double inner_rows,
                    const SpecialJoin& sj, const std::vector<RestrictInfo*>& restrict_list) {
  auto list = restrict_list;
  // root->fkey_list names tables as a whole: joins of partitions find none.
  const double fk =
      is_child(joinrel) ? 1.0 : foreign_key_selectivity(root, outer_relids, inner_relids, sj, list);
  double join_selectivity = 1;
  double pushed_selectivity = 1;
  const bool outer_join =
      sj.type == JoinType::Left || sj.type == JoinType::Full || sj.type == JoinType::Anti;
  if (outer_join) {
    QualSplit split;
    for (auto* clause : list) {
      (is_pushed_down(*clause, joinrel.relids) ? split.pushed : split.join).push_back(clause);
    }
    join_selectivity = clauselist_selectivity(root, split.join, 0, sj.type, &sj);
    pushed_selectivity = clauselist_selectivity(root, split.pushed, 0, sj.type, &sj);
  } else {
    join_selectivity = clauselist_selectivity(root, list, 0, sj.type, &sj);
  }
  double rows = 0;
  switch (sj.type) {
    case JoinType::Inner:
      rows = outer_rows * inner_rows * fk * join_selectivity;
      break;
    case JoinType::Left:
      rows = std::max(outer_rows * inner_rows * fk * join_selectivity, outer_rows);
      rows *= pushed_selectivity;
      break;
    case JoinType::Full:
      rows = std::max({outer_rows * inner_rows * fk * join_selectivity, outer_rows, inner_rows});
      rows *= pushed_selectivity;
      break;
    case JoinType::Semi:
      rows = outer_rows * fk * join_selectivity;
      break;
    case JoinType::Anti:
      rows = outer_rows * (1.0 - fk * join_selectivity) * pushed_selectivity;
      break;
    default:
      break;
  }
  return clamp_row_est(rows);
}

}  // namespace

void set_joinrel_size_estimates(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                RelOptInfo& inner, SpecialJoin& sj,
                                const std::vector<RestrictInfo*>& restrict_list) {
  joinrel.rows = joinrel_size(root, joinrel, outer.relids, inner.relids, outer.rows, inner.rows, sj,
                              restrict_list);
}

double parameterized_joinrel_size(PlannerInfo& root, RelOptInfo& joinrel, const Path& outer,
                                  const Path& inner, const SpecialJoin& sj,
                                  const std::vector<RestrictInfo*>& restrict_list) {
  const double rows = joinrel_size(root, joinrel, outer.parent->relids, inner.parent->relids,
                                   outer.rows, inner.rows, sj, restrict_list);
  return std::min(rows, joinrel.rows);
}

SemiAntiFactors semi_anti_factors(PlannerInfo& root, RelOptInfo& joinrel, RelOptInfo& outer,
                                  RelOptInfo& inner, JoinType type, const SpecialJoin& sj,
                                  const std::vector<RestrictInfo*>& restrict_list) {
  std::vector<RestrictInfo*> quals;
  for (auto* clause : restrict_list) {
    if (!is_outer_join(type) || !is_pushed_down(*clause, joinrel.relids)) {
      quals.push_back(clause);
    }
  }
  const JoinType semi_type = type == JoinType::Anti ? JoinType::Anti : JoinType::Semi;
  const double semi = clauselist_selectivity(root, quals, 0, semi_type, &sj);
  SpecialJoin normal;
  normal.type = JoinType::Inner;
  normal.min_left = normal.syn_left = outer.relids;
  normal.min_right = normal.syn_right = inner.relids;
  const double all = clauselist_selectivity(root, quals, 0, JoinType::Inner, &normal);
  SemiAntiFactors factors;
  factors.outer_match_fraction = semi;
  factors.match_count = semi > 0 ? std::max(1.0, all * inner.rows / semi) : 1.0;
  return factors;
}

}  // namespace quern::planner_model
