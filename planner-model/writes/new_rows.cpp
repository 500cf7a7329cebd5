#include "planner-model/writes/new_rows.hpp"

#include <algorithm>

#include "collector/base/failure.hpp"

#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {
namespace {

class DefaultRow {
 public:
  DefaultRow(const Table& table, const TableExpressions& expressions, const TypeSystem& types)
      : table_{table}, expressions_{expressions}, types_{types} {}

  [[nodiscard]] bool satisfies(const ExprPtr& condition) const {
    const ExprPtr folded = simplify(put_in(condition), types_);
    return folded->kind == ExprKind::Const && !folded->is_null && folded->value &&
           folded->value->integer != 0;
  }

 private:
  [[nodiscard]] ExprPtr put_in(const ExprPtr& expr) const {
    return expr->kind == ExprKind::Var
               ? value_of(expr)
               : map_children(expr, [&](const ExprPtr& child) { return put_in(child); });
  }

  /// The variable itself where it is given by no constant.
  [[nodiscard]] ExprPtr value_of(const ExprPtr& variable) const {
    const auto column =
        std::find_if(table_.columns.begin(), table_.columns.end(),
                     [&](const Column& one) { return one.number == variable->attno; });
    if (column == table_.columns.end() || column->identity != '\0' || column->generated != '\0') {
      return variable;
    }
    if (column->default_expression.empty()) {
      return make_null(variable->type, variable->typmod, variable->collation);
    }
    const ExprPtr given =
        simplify(expressions_.expression(column->default_expression, table_, 1), types_);
    return given->kind == ExprKind::Const && given->type == variable->type ? given : variable;
  }

  const Table& table_;
  const TableExpressions& expressions_;
  const TypeSystem& types_;
};

}  // namespace

bool default_row_is_indexed(const Index& index, const Table& table,
                            const TableExpressions& expressions, const TypeSystem& types) {
  if (index.predicate.empty()) {
    return false;
  }
  const DefaultRow row{table, expressions, types};
  try {
    const auto& conditions = expressions.condition(index.predicate, table, 1);
    return std::all_of(conditions.begin(), conditions.end(),
                       [&](const ExprPtr& one) { return row.satisfies(one); });
  } catch (const UserError&) {
    return false;  // names something that this model does not know
  }
}

}  // namespace quern::planner_model
