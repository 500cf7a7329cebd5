// Source: gincostestimate(), selfuncs.c.
#include "planner-model/plan/gin_cost.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

/// DEFAULT_PAGE_CPU_MULTIPLIER.
constexpr double kPageCpuMultiplier = 50.0;

/// How many keys an operand asks for: what the opclass's extractQuery would return. Arrays give one
/// a distinct element; other operands (jsonb, tsquery, trigrams) are counted from their text.
double search_entries(PlannerInfo& root, const ExprPtr& operand) {
  const ExprPtr value = strip_relabel(estimation_value(root, operand));
  if (value->kind != ExprKind::Const || value->is_null) {
    return 1;
  }
  if (value->value && value->value->form == ValueForm::Array) {
    return std::max<double>(1, static_cast<double>(value->value->elements.size()));
  }
  if (value->type == type_oid::kJsonb) {
    // One hash a leaf value (jsonb_path_ops), or a key and a value each.
    const auto leaves = std::count(value->text.begin(), value->text.end(), ':');
    return std::max<double>(1, static_cast<double>(leaves));
  }
  if (value->type == type_oid::kText || value->type == type_oid::kVarchar) {
    // pg_trgm: each word of n letters between wildcards gives about n - 2 trigrams.
    double run = 0;
    double trigrams = 0;
    for (const char c : value->text + "%") {
      if (c == '%' || c == '_' || c == ' ') {
        trigrams += std::max(0.0, run - 2);
        run = 0;
      } else {
        run += 1;
      }
    }
    return std::max(1.0, trigrams);
  }
  return 1;
}

}  // namespace

IndexAccessCost gin_cost(PlannerInfo& root, const Path& path, double loop_count) {
  const auto& p = root.global->cost;
  const IndexOptInfo& index = *path.index;
  root.global->unmodelled.insert("GIN index (entry counts are estimated from its size)");
  std::vector<RestrictInfo*> quals;
  for (const auto& clause : path.index_clauses) {
    quals.insert(quals.end(), clause.quals.begin(), clause.quals.end());
  }
  const double pages = std::max(index.pages, 10.0);
  const double entry_pages = std::floor(pages * 0.90);
  const double data_pages = pages - entry_pages;
  const double entries = std::max(1.0, std::floor(entry_pages * 100));
  IndexAccessCost cost;
  cost.selectivity = restriction_selectivity(root, quals, index.rel->range);
  double exact = 0;
  double operands = 0;
  for (const auto* qual : quals) {
    if (qual->clause->args.size() == 2) {
      exact += search_entries(root, qual->clause->args[1]);
      const QualCost other = expr_cost(qual->clause->args[1], root);
      operands += other.startup + other.per_tuple;
    }
  }
  if (quals.empty()) {
    exact = entries;
  }
  double entry_fetched = std::ceil(exact * std::rint(std::pow(entry_pages, 0.15)));
  const double page_cpu = kPageCpuMultiplier * p.cpu_operator_cost;
  const bool charges_cpu = p.server.gin_charges_cpu();
  if (charges_cpu) {
    const double descent =
        entries > 1 ? std::ceil(std::log(entries) / std::log(2.0)) * p.cpu_operator_cost : 0;
    // Charged twice: as startup, and again in the total that the startup is added to.
    cost.startup = cost.total = descent * exact + entry_fetched * page_cpu;
  }
  if (loop_count > 1) {
    entry_fetched =
        index_pages_fetched(entry_fetched * loop_count, entry_pages, entry_pages, root) /
        loop_count;
  }
  cost.startup += entry_fetched * p.random_page_cost;
  double data_fetched = std::ceil(data_pages * exact / entries);
  data_fetched =
      std::max(data_fetched, std::ceil(cost.selectivity * (index.tuples / (8192.0 / 3))));
  if (charges_cpu) {
    cost.startup += page_cpu * exact;
    cost.total += data_fetched * page_cpu;
  }
  if (loop_count > 1) {
    data_fetched =
        index_pages_fetched(data_fetched * loop_count, data_pages, data_pages, root) / loop_count;
  }
  cost.total += cost.startup + data_fetched * p.random_page_cost;
  const double operators = p.cpu_operator_cost * static_cast<double>(quals.size());
  cost.startup += operands;
  cost.total += operands;
  if (charges_cpu) {
    cost.total += exact * operators + index.tuples * cost.selectivity * p.cpu_index_tuple_cost;
  } else {
    cost.total += index.tuples * cost.selectivity * (p.cpu_index_tuple_cost + operators);
  }
  cost.pages = data_fetched;
  return cost;
}

}  // namespace quern::planner_model
