#include <fmt/core.h>

#include "advisor/rewrite/comparison.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// The $n of `$n IS NULL`; 0 for anything else.
int tested_parameter(const PgQuery__Node* node) {
  const auto* test = as<PgQuery__NullTest>(node);
  if (test == nullptr || test->nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NULL) {
    return 0;
  }
  const auto* tested = parameter(test->arg);
  return tested == nullptr ? 0 : tested->number;
}

/// The column that `node` compares with $number; empty for anything else.
std::string compared_column(const Query& query, const Block& block, const PgQuery__Node* node,
                            int number) {
  for (const Comparison& comparison : comparisons(node)) {
    const auto column = query.resolve(block, comparison.subject);
    const auto* value = parameter(comparison.value);
    if (column && value != nullptr && value->number == number) {
      return column->source->table->name + "." + column->column->name;
    }
  }
  return {};
}

}  // namespace

std::optional<Finding> optional_filter(Query& query) {
  std::string columns;
  for (const Filter& filter : filters(query)) {
    const auto* either = as<PgQuery__BoolExpr>(filter.node);
    if (either == nullptr || either->boolop != PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ||
        either->n_args != 2) {
      continue;
    }
    for (const auto& [test, use] : {std::pair{either->args[0], either->args[1]},
                                    std::pair{either->args[1], either->args[0]}}) {
      const int number = tested_parameter(test);
      const std::string column =
          number == 0 ? std::string{} : compared_column(query, *filter.block, use, number);
      if (!column.empty()) {
        columns += (columns.empty() ? "" : ", ") + column;
      }
    }
  }
  if (columns.empty()) {
    return std::nullopt;
  }
  return Finding{
      .equivalence = Equivalence::ChangesMeaning,
      .why = fmt::format(
          "A filter that a NULL parameter switches off ({}) can use an index only in a plan "
          "made for the very values. From the sixth execution of a prepared statement the "
          "server may keep one generic plan, which has to read everything. Send a statement "
          "with only the filters that are set, or SET plan_cache_mode = force_custom_plan.",
          columns),
      .conditions = {{"the statement is prepared and run more than five times", false}}};
}

}  // namespace quern::advisor::rewrite
