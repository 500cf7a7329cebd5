// Source: gincostestimate(), gincost_opexpr(), gincost_scalararrayopexpr(), selfuncs.c.
#include "planner-model/plan/gin_cost.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/btree_bounds.hpp"
#include "planner-model/plan/gin_query.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/size/gin_shapes.hpp"

namespace quern::planner_model {

namespace {

/// DEFAULT_PAGE_CPU_MULTIPLIER.
constexpr double kPageCpuMultiplier = 50.0;

/// What the server takes the index to be made of.
struct Shape {
  double entry_pages = 0;
  double data_pages = 0;
  double entries = 1;
};

Shape shape_of(PlannerInfo& root, const IndexOptInfo& index) {
  auto& global = *root.global;
  const auto known =
      global.gin_shapes->get(*index.index, *index.rel->table, index.as_hypopg, index.tuples);
  if (known == nullptr || index.pages <= 0) {
    const double pages = std::max(index.pages, 10.0);
    const double entry_pages = std::floor(pages * 0.90);
    return {entry_pages, pages - entry_pages, std::max(1.0, std::floor(entry_pages * 100))};
  }
  if (!known->from_statistics) {
    global.unmodelled.insert("GIN index " + index.index->name + " (no statistics of its columns)");
  }
  const double scale = index.pages / known->pages;
  Shape shape;
  shape.entry_pages = std::min(std::ceil(known->entry_pages * scale - 1e-9), index.pages);
  shape.data_pages =
      std::min(std::ceil(known->data_pages * scale - 1e-9), index.pages - shape.entry_pages);
  shape.entries = std::max(1.0, std::ceil(known->entries * scale - 1e-9));
  return shape;
}

/// GinQualCounts.
struct Lookups {
  double exact = 0;
  double partial = 0;
  double all = 0;
  double scans = 1;  ///< of arrays
  std::vector<bool> whole;
  std::vector<bool> normal;
};

class LookupCounter {
 public:
  LookupCounter(PlannerInfo& root, const IndexOptInfo& index, double entries)
      : root_{root}, index_{index}, entries_{entries} {
    lookups_.whole.resize(static_cast<std::size_t>(index.key_columns));
    lookups_.normal.resize(static_cast<std::size_t>(index.key_columns));
  }

  /// False: no row can match.
  bool add(const IndexClause& clause) {
    const auto column = static_cast<std::size_t>(clause.column);
    return std::all_of(clause.quals.begin(), clause.quals.end(), [&](const RestrictInfo* qual) {
      const Expr& expr = *qual->clause;
      return expr.args.size() != 2                      ? true
             : expr.kind == ExprKind::ScalarArrayOpExpr ? add_array(expr, column)
                                                        : add_operator(expr, column);
    });
  }

  [[nodiscard]] Lookups result(bool no_quals) const {
    Lookups answer = lookups_;
    bool whole = no_quals;
    for (std::size_t i = 0; i < answer.whole.size(); ++i) {
      whole = whole || (answer.whole[i] && !answer.normal[i]);
    }
    if (whole) {
      answer.partial = 0;
      answer.exact = answer.all = entries_;
    }
    return answer;
  }

 private:
  PlannerInfo& root_;
  const IndexOptInfo& index_;
  double entries_;
  Lookups lookups_ = {};

  [[nodiscard]] GinKeys keys(const Expr& expr, std::size_t column, const Value& value) {
    const auto found = gin_keys(expr.name, index_.index->keys[column].operator_class_name, value);
    if (!found.understood) {
      root_.global->unmodelled.insert("keys that " + expr.name + " looks up in GIN index " +
                                      index_.index->name);
    }
    return found;
  }

  void add_one() {
    ++lookups_.exact;
    ++lookups_.all;
  }

  bool add_operator(const Expr& expr, std::size_t column) {
    const ExprPtr operand = strip_relabel(estimation_value(root_, expr.args[1]));
    if (operand->kind != ExprKind::Const) {
      add_one();
      return true;
    }
    if (operand->is_null) {
      return false;
    }
    if (!operand->value) {
      add_one();
      lookups_.normal[column] = true;
      return true;
    }
    const GinKeys found = keys(expr, column, *operand->value);
    if (!found.satisfied) {
      return false;
    }
    lookups_.exact += found.exact;
    lookups_.partial += found.partial;
    lookups_.all += found.lookups;
    (found.whole ? lookups_.whole : lookups_.normal)[column] = true;
    return true;
  }

  /// An average over the elements that can match.
  bool add_array(const Expr& expr, std::size_t column) {
    const ExprPtr array = strip_relabel(estimation_value(root_, expr.args[1]));
    if (array->kind != ExprKind::Const || (!array->is_null && !array->value)) {
      add_one();
      lookups_.scans *= estimate_array_length(root_, expr.args[1]);
      return true;
    }
    if (array->is_null) {
      return false;
    }
    GinKeys sum;
    double possible = 0;
    for (const auto& element : array->value->elements) {
      const GinKeys found = element ? keys(expr, column, *element) : GinKeys{.satisfied = false};
      if (found.satisfied) {
        ++possible;
        sum.exact += found.whole ? entries_ : found.exact;
        sum.partial += found.whole ? 0 : found.partial;
        sum.lookups += found.whole ? entries_ : found.lookups;
      }
    }
    if (possible < 0.5) {
      return false;
    }
    lookups_.exact += sum.exact / possible;
    lookups_.partial += sum.partial / possible;
    lookups_.all += sum.lookups / possible;
    lookups_.scans *= possible;
    return true;
  }
};

}  // namespace

IndexAccessCost gin_cost(PlannerInfo& root, const Path& path, double loop_count) {
  const auto& p = root.global->cost;
  const IndexOptInfo& index = *path.index;
  const Shape shape = shape_of(root, index);
  LookupCounter counter{root, index, shape.entries};
  std::vector<RestrictInfo*> quals;
  bool possible = true;
  for (const auto& clause : path.index_clauses) {
    quals.insert(quals.end(), clause.quals.begin(), clause.quals.end());
    possible = possible && counter.add(clause);
  }
  IndexAccessCost cost;
  if (!possible) {
    return cost;
  }
  const Lookups lookups = counter.result(quals.empty());
  cost.selectivity =
      restriction_selectivity(root, with_predicate(root, index, quals), index.rel->range);
  double operands = 0;
  for (const auto* qual : quals) {
    if (qual->clause->args.size() == 2) {
      const QualCost other = expr_cost(qual->clause->args[1], root);
      operands += other.startup + other.per_tuple;
    }
  }
  const double scans = loop_count * lookups.scans;
  const auto cached = [&](double fetched, double pages) {
    return scans > 1 ? index_pages_fetched(fetched * scans, pages, pages, root) / loop_count
                     : fetched;
  };
  const double partial_share = std::min(1.0, lookups.partial / shape.entries);
  const double entry_fetched =
      std::ceil(lookups.all * std::rint(std::pow(shape.entry_pages, 0.15))) +
      std::ceil(shape.entry_pages * partial_share);
  const double partial_data = std::ceil(shape.data_pages * partial_share);
  const double page_cpu = kPageCpuMultiplier * p.cpu_operator_cost;
  const bool charges_cpu = p.server.gin_charges_cpu();
  if (charges_cpu) {
    const double descent =
        shape.entries > 1 ? std::ceil(std::log(shape.entries) / std::log(2.0)) * p.cpu_operator_cost
                          : 0;
    // Descents are charged twice: as startup, and again in the total that the startup is added to.
    cost.startup = descent * lookups.all + (entry_fetched + partial_data) * page_cpu;
    cost.total = (descent * lookups.all + entry_fetched * page_cpu) * lookups.scans +
                 partial_data * (lookups.scans - 1) * page_cpu;
  }
  cost.startup +=
      (cached(entry_fetched, shape.entry_pages) + cached(partial_data, shape.data_pages)) *
      p.random_page_cost;
  double data_fetched = std::ceil(shape.data_pages * lookups.exact / shape.entries);
  data_fetched =
      std::max(data_fetched, std::ceil(cost.selectivity * (index.tuples / (8192.0 / 3))));
  if (charges_cpu) {
    cost.startup += page_cpu * lookups.all;
    cost.total += data_fetched * lookups.scans * page_cpu;
  }
  data_fetched = cached(data_fetched, shape.data_pages);
  cost.total += cost.startup + data_fetched * p.random_page_cost;
  const double operators = p.cpu_operator_cost * static_cast<double>(quals.size());
  cost.startup += operands;
  cost.total += operands;
  if (charges_cpu) {
    cost.total += lookups.exact * lookups.scans * operators +
                  index.tuples * cost.selectivity * p.cpu_index_tuple_cost;
  } else {
    cost.total += index.tuples * cost.selectivity * (p.cpu_index_tuple_cost + operators);
  }
  cost.pages = data_fetched;
  return cost;
}

}  // namespace quern::planner_model
