// Scans by ctid. Source: tidpath.c, PostgreSQL 15.
#include <algorithm>
#include <array>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

constexpr Oid kTidEqual = 387;
constexpr std::array<Oid, 4> kTidRange{2799, 2800, 2801, 2802};

bool is_ctid(const ExprPtr& expr, const RelOptInfo& rel) {
  return expr->kind == ExprKind::Var && expr->varno == rel.range && expr->attno == -1 &&
         expr->levels_up == 0;
}

bool is_pseudoconstant(const PlannerInfo& root, const ExprPtr& expr, const RelOptInfo& rel) {
  return !overlaps(relids_of(expr), rel.relids) && !contains_volatile(expr, root);
}

/// IsBinaryTidClause()
bool compares_ctid(const PlannerInfo& root, const Expr& clause, const RelOptInfo& rel) {
  if (clause.kind != ExprKind::OpExpr || clause.args.size() != 2) {
    return false;
  }
  const bool left = is_ctid(clause.args[0], rel);
  return (left || is_ctid(clause.args[1], rel)) &&
         is_pseudoconstant(root, clause.args[left ? 1 : 0], rel);
}

bool is_equal_clause(const PlannerInfo& root, const RestrictInfo& clause, const RelOptInfo& rel) {
  return clause.clause->op == kTidEqual && compares_ctid(root, *clause.clause, rel);
}

/// TidQualFromRestrictInfo()
bool finds_rows(const PlannerInfo& root, const RestrictInfo& clause, const RelOptInfo& rel) {
  const Expr& e = *clause.clause;
  if (clause.pseudoconstant) {
    return false;
  }
  return is_equal_clause(root, clause, rel) || e.kind == ExprKind::CurrentOf ||
         (e.kind == ExprKind::ScalarArrayOpExpr && e.op == kTidEqual && e.use_or &&
          is_ctid(e.args[0], rel) && is_pseudoconstant(root, e.args[1], rel));
}

/// TidQualFromRestrictInfoList(): conditions of which one must hold; none: none are of use.
std::vector<RestrictInfo*> tid_quals(const PlannerInfo& root,
                                     const std::vector<RestrictInfo*>& clauses,
                                     const RelOptInfo& rel) {
  for (auto* clause : clauses) {
    std::vector<RestrictInfo*> found;
    if (clause->or_arms.empty() && finds_rows(root, *clause, rel)) {
      found = {clause};
    }
    for (const auto& arm : clause->or_arms) {
      const auto part = tid_quals(root, arm, rel);
      if (part.empty()) {
        found.clear();
        break;
      }
      found.insert(found.end(), part.begin(), part.end());
    }
    if (!found.empty()) {
      return found;
    }
  }
  return {};
}

void add_tid_path(PlannerInfo& root, RelOptInfo& rel, std::vector<RestrictInfo*> quals,
                  Relids required) {
  auto* path = new_path(root, PathKind::TidScan, &rel, &rel.target);
  path->join_clauses = std::move(quals);
  path->param = base_param_info(root, rel, required);
  cost_tidscan(*path, root, rel, path->param);
  add_path(rel, path);
}

/// BuildParameterizedTidPaths()
void add_join_paths(PlannerInfo& root, RelOptInfo& rel, const std::vector<RestrictInfo*>& clauses) {
  for (auto* clause : clauses) {
    if (!clause->pseudoconstant && is_securely_promotable(*clause, rel, root) &&
        is_equal_clause(root, *clause, rel) && movable_to(*clause, rel)) {
      add_tid_path(root, rel, {clause},
                   (clause->required_relids | rel.lateral_relids) & ~rel.relids);
    }
  }
}

}  // namespace

void create_tid_paths(PlannerInfo& root, RelOptInfo& rel) {
  if (auto quals = tid_quals(root, rel.restrictions, rel); !quals.empty()) {
    add_tid_path(root, rel, std::move(quals), rel.lateral_relids);
  }
  std::vector<RestrictInfo*> ranges;
  for (auto* clause : rel.restrictions) {
    const bool is_range =
        std::find(kTidRange.begin(), kTidRange.end(), clause->clause->op) != kTidRange.end();
    if (is_range && compares_ctid(root, *clause->clause, rel)) {
      ranges.push_back(clause);
    }
  }
  if (!ranges.empty() && root.global->cost.server.scans_tid_ranges()) {
    auto* path = new_path(root, PathKind::TidRangeScan, &rel, &rel.target);
    path->join_clauses = std::move(ranges);
    path->param = base_param_info(root, rel, rel.lateral_relids);
    cost_tidrangescan(*path, root, rel, path->param);
    add_path(rel, path);
  }
  const auto needed = rel.needed.find(-1);
  if (needed == rel.needed.end()) {
    return;  // no join condition names ctid
  }
  if (rel.has_ec_joins) {
    const auto matches = [&](const EquivalenceClass&, const EquivalenceMember& member) {
      return is_ctid(member.expr, rel);
    };
    add_join_paths(
        root, rel,
        generate_implied_equalities_for_column(root, rel, matches, rel.lateral_referencers));
  }
  add_join_paths(root, rel, rel.join_info);
}

}  // namespace quern::planner_model
