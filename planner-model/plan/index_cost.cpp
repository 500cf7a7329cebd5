// What reading an index costs. Source: selfuncs.c (genericcostestimate(), btcostestimate(), ...),
// PostgreSQL 15.
#include "planner-model/plan/index_cost.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/btree_bounds.hpp"
#include "planner-model/plan/gin_cost.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

/// DEFAULT_PAGE_CPU_MULTIPLIER: operators' worth of work for each page of a descent.
constexpr double kPageCpuMultiplier = 50.0;

struct GenericCosts {
  double startup = 0;
  double total = 0;
  double selectivity = 0;
  double index_pages = 0;
  double index_tuples = 0;
  double array_scans = 1;
};

std::vector<RestrictInfo*> index_quals(const Path& path) {
  std::vector<RestrictInfo*> quals;
  for (const auto& clause : path.index_clauses) {
    quals.insert(quals.end(), clause.quals.begin(), clause.quals.end());
  }
  return quals;
}

double array_scans(PlannerInfo& root, const Path& path) {
  double scans = 1;
  for (const auto* qual : index_quals(path)) {
    if (qual->clause->kind == ExprKind::ScalarArrayOpExpr) {
      const double length = estimate_array_length(root, qual->clause->args[1]);
      if (length > 1) {
        scans *= length;
      }
    }
  }
  return scans;
}

/// index_other_operands_eval_cost().
double other_operands_cost(PlannerInfo& root, const std::vector<RestrictInfo*>& quals) {
  double cost = 0;
  for (const auto* qual : quals) {
    const auto& expr = qual->clause;
    if ((expr->kind == ExprKind::OpExpr || expr->kind == ExprKind::ScalarArrayOpExpr) &&
        expr->args.size() == 2) {
      const QualCost other = expr_cost(expr->args[1], root);
      cost += other.startup + other.per_tuple;
    } else if (expr->kind == ExprKind::RowCompareExpr) {
      for (auto i = expr->args.size() / 2; i < expr->args.size(); ++i) {
        const QualCost other = expr_cost(expr->args[i], root);
        cost += other.startup + other.per_tuple;
      }
    }
  }
  return cost;
}

GenericCosts generic_cost(PlannerInfo& root, const Path& path, double loop_count,
                          double index_tuples, double array_scans) {
  const auto& p = root.global->cost;
  const IndexOptInfo& index = *path.index;
  const RelOptInfo& rel = *index.rel;
  const auto quals = index_quals(path);
  GenericCosts costs;
  costs.array_scans = array_scans;
  costs.selectivity = restriction_selectivity(root, with_predicate(root, index, quals), rel.range);
  double tuples = index_tuples;
  if (tuples <= 0) {
    tuples = std::rint(costs.selectivity * rel.tuples / costs.array_scans);
  }
  tuples = std::max(std::min(tuples, index.tuples), 1.0);
  const double pages =
      index.pages > 1 && index.tuples > 1 ? std::ceil(tuples * index.pages / index.tuples) : 1.0;
  const double scans = costs.array_scans * loop_count;
  if (scans > 1) {
    const double fetched = index_pages_fetched(pages * scans, index.pages, index.pages, root);
    costs.total = fetched * p.random_page_cost / loop_count;
  } else {
    costs.total = pages * p.random_page_cost;
  }
  double operands = other_operands_cost(root, quals);
  for (const auto& distance : path.index_order) {
    const QualCost other = expr_cost(distance->args[1], root);
    operands += other.startup + other.per_tuple;
  }
  const double operators =
      p.cpu_operator_cost * static_cast<double>(quals.size() + path.index_order.size());
  costs.startup = operands;
  costs.total += operands;
  costs.total += tuples * costs.array_scans * (p.cpu_index_tuple_cost + operators);
  costs.index_pages = pages;
  costs.index_tuples = tuples;
  return costs;
}

/// Descending a tree: comparisons, and work for each page on the way.
void add_descent(GenericCosts& costs, double comparisons, double height, const CostParameters& p) {
  const double compared = comparisons * p.cpu_operator_cost;
  costs.startup += compared;
  costs.total += costs.array_scans * compared;
  const double pages = (height + 1) * kPageCpuMultiplier * p.cpu_operator_cost;
  costs.startup += pages;
  costs.total += costs.array_scans * pages;
}

/// Of a column of the index with the rows' order: an expression's is the index's own, also where
/// the index is partial.
std::optional<double> key_correlation(PlannerInfo& root, const IndexOptInfo& index,
                                      std::size_t column) {
  if (index.columns[column] == 0) {
    const auto& statistics = index.index->keys[column].statistics;
    if (statistics || root.global->guesses.derived == nullptr) {
      return statistics ? statistics->correlation : std::nullopt;
    }
  }
  const auto variable = examine_variable(root, index.expressions[column], 0).variable;
  return variable.statistics != nullptr ? variable.statistics->correlation : std::nullopt;
}

double first_column_correlation(PlannerInfo& root, const IndexOptInfo& index) {
  const auto& types = *root.global->types;
  // Statistics are in the type's default order; an index in another order has no correlation known.
  const Oid less = types.operator_for(index.opfamilies[0], index.input_types[0],
                                      index.input_types[0], btree_strategy::kLess);
  if (less == 0 || types.ordering(index.input_types[0]).less != less) {
    return 0;
  }
  const auto known = key_correlation(root, index, 0);
  if (!known) {
    return 0;
  }
  if (index.collations[0] != 0 && index.expressions[0]->collation != index.collations[0]) {
    return 0;
  }
  const double correlation = index.descending[0] ? -*known : *known;
  return index.key_columns > 1 ? correlation * 0.75 : correlation;
}

IndexAccessCost btree_cost(PlannerInfo& root, const Path& path, double loop_count) {
  const auto& p = root.global->cost;
  const IndexOptInfo& index = *path.index;
  const BtreeBounds bounds = btree_bounds(root, index, path.index_clauses);
  double descents = bounds.descents;
  double tuples = 1.0;
  if (!bounds.one_row_at_most) {
    const double selectivity =
        restriction_selectivity(root, with_predicate(root, index, bounds.quals), index.rel->range);
    if (p.server.btree_arrays_share_descents()) {
      descents = std::max(1.0, std::min(descents, std::ceil(index.pages * 0.3333333)));
    }
    tuples = std::rint(selectivity * index.rel->tuples / descents);
  }
  GenericCosts costs =
      generic_cost(root, path, loop_count, tuples,
                   p.server.btree_arrays_share_descents() ? descents : array_scans(root, path));
  const double comparisons =
      index.tuples > 1 ? std::ceil(std::log(index.tuples) / std::log(2.0)) : 0;
  add_descent(costs, comparisons, index.tree_height, p);
  return {costs.startup, costs.total, costs.selectivity, first_column_correlation(root, index),
          costs.index_pages};
}

IndexAccessCost tree_cost(PlannerInfo& root, const Path& path, double loop_count) {
  // gistcostestimate(), spgcostestimate(): the height is guessed from a fan-out of 100, and a level
  // has not two branches: the logarithm is the natural one.
  const IndexOptInfo& index = *path.index;
  GenericCosts costs = generic_cost(root, path, loop_count, 0, array_scans(root, path));
  const double height = index.pages > 1 ? std::floor(std::log(index.pages) / std::log(100.0)) : 0;
  add_descent(costs, index.tuples > 1 ? std::ceil(std::log(index.tuples)) : 0, height,
              root.global->cost);
  return {costs.startup, costs.total, costs.selectivity, 0, costs.index_pages};
}

IndexAccessCost brin_cost(PlannerInfo& root, const Path& path, double loop_count) {
  const auto& p = root.global->cost;
  const IndexOptInfo& index = *path.index;
  const RelOptInfo& rel = *index.rel;
  const auto quals = index_quals(path);
  double pages_per_range = 128;
  if (const auto it = index.index->options.find("pages_per_range");
      it != index.index->options.end()) {
    pages_per_range = std::max(1.0, std::atof(it->second.c_str()));
  }
  const double ranges = std::max(std::ceil(rel.pages / pages_per_range), 1.0);
  // REVMAP_PAGE_MAXITEMS: (8192 - 24 - 8) / 6. brinGetStats() does not count the first of a real
  // index; an imagined one is taken to have it.
  const double revmap_pages = index.as_hypopg ? std::min(std::floor(ranges / 1360) + 1, index.pages)
                                              : std::floor((ranges - 1) / 1360);
  double correlation = 0;
  for (const auto& clause : path.index_clauses) {
    const auto known = key_correlation(root, index, static_cast<std::size_t>(clause.column));
    correlation = std::max(correlation, std::fabs(known.value_or(0)));
  }
  const double selectivity = restriction_selectivity(root, quals, rel.range);
  const double minimal = std::ceil(ranges * selectivity);
  const double estimated = correlation < 1.0e-10 ? ranges : std::min(minimal / correlation, ranges);
  const double fraction = std::clamp(estimated / ranges, 0.0, 1.0);
  const double operands = other_operands_cost(root, quals);
  IndexAccessCost cost;
  cost.startup = p.seq_page_cost * revmap_pages * loop_count + operands;
  cost.total = cost.startup + p.random_page_cost * (index.pages - revmap_pages) * loop_count;
  cost.total += 0.1 * p.cpu_operator_cost * estimated * pages_per_range;
  cost.selectivity = fraction;
  cost.correlation = correlation;
  cost.pages = index.pages;
  return cost;
}

}  // namespace

IndexAccessCost index_access_cost(PlannerInfo& root, const Path& path, double loop_count) {
  switch (path.index->method) {
    case AccessMethod::Btree:
      return btree_cost(root, path, loop_count);
    case AccessMethod::Gist:
    case AccessMethod::SpGist:
      return tree_cost(root, path, loop_count);
    case AccessMethod::Brin:
      return brin_cost(root, path, loop_count);
    case AccessMethod::Gin:
      return gin_cost(root, path, loop_count);
    case AccessMethod::Bloom:
    case AccessMethod::Hash:
    case AccessMethod::Other: {
      // blcostestimate(), contrib/bloom/blcost.c: the whole index is read.
      const bool whole = path.index->method == AccessMethod::Bloom;
      if (path.index->method == AccessMethod::Other) {
        root.global->unmodelled.insert("the costs of access method " +
                                       path.index->index->access_method);
      }
      const auto costs = generic_cost(root, path, loop_count, whole ? path.index->tuples : 0,
                                      array_scans(root, path));
      return {costs.startup, costs.total, costs.selectivity, 0, costs.index_pages};
    }
  }
  return {};
}

std::vector<RestrictInfo*> non_index_conditions(std::span<RestrictInfo* const> clauses,
                                                const std::vector<IndexClause>& index_clauses) {
  std::vector<RestrictInfo*> result;
  for (auto* clause : clauses) {
    if (clause->pseudoconstant) {
      continue;
    }
    const bool redundant =
        std::any_of(index_clauses.begin(), index_clauses.end(), [&](const IndexClause& c) {
          return !c.lossy && (c.rinfo == clause || (clause->parent_ec != nullptr &&
                                                    c.rinfo->parent_ec == clause->parent_ec));
        });
    if (!redundant) {
      result.push_back(clause);
    }
  }
  return result;
}

}  // namespace quern::planner_model
