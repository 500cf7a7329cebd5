#include "planner-model/writes/new_rows.hpp"

#include <algorithm>
#include <optional>

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

  /// Of rows whose statement must give the columns of `column = constant`; nothing: not of these.
  [[nodiscard]] std::optional<double> share_given(const Expr& condition) const {
    if (condition.kind != ExprKind::OpExpr || condition.args.size() != 2) {
      return std::nullopt;
    }
    const Operator* op = types_.op(condition.op);
    const bool turned = condition.args[0]->kind == ExprKind::Const;
    const Expr& side = *condition.args[turned ? 1 : 0];
    const Expr& variable = side.kind == ExprKind::RelabelType ? *side.args.front() : side;
    const Expr& constant = *condition.args[turned ? 0 : 1];
    const Column* column = variable.kind == ExprKind::Var ? column_of(variable) : nullptr;
    if (op == nullptr || op->restriction != "eqsel" || column == nullptr || !column->statistics ||
        !column->not_null || !column->default_expression.empty() || column->identity != '\0' ||
        column->generated != '\0' || constant.kind != ExprKind::Const || !constant.value) {
      return std::nullopt;
    }
    const auto& statistics = *column->statistics;
    const auto& values = statistics.most_common_values;
    const auto found = std::find(values.begin(), values.end(), constant.value->text);
    const auto number = static_cast<std::size_t>(found - values.begin());
    return number < statistics.most_common_frequencies.size()
               ? statistics.most_common_frequencies[number]
               : 0;
  }

 private:
  [[nodiscard]] const Column* column_of(const Expr& variable) const {
    const auto column =
        std::find_if(table_.columns.begin(), table_.columns.end(),
                     [&](const Column& one) { return one.number == variable.attno; });
    return column == table_.columns.end() ? nullptr : &*column;
  }

  [[nodiscard]] ExprPtr put_in(const ExprPtr& expr) const {
    return expr->kind == ExprKind::Var
               ? value_of(expr)
               : map_children(expr, [&](const ExprPtr& child) { return put_in(child); });
  }

  /// The variable itself where it is given by no constant.
  [[nodiscard]] ExprPtr value_of(const ExprPtr& variable) const {
    const Column* column = column_of(*variable);
    if (column == nullptr || column->identity != '\0' || column->generated != '\0') {
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

double new_rows_indexed(const Index& index, const Table& table, const TableExpressions& expressions,
                        const TypeSystem& types) {
  if (index.predicate.empty()) {
    return 0;
  }
  const DefaultRow row{table, expressions, types};
  double share = 1;
  bool by_default = false;
  try {
    for (const ExprPtr& one : expressions.condition(index.predicate, table, 1)) {
      const std::optional<double> given = row.share_given(*one);
      share *= given ? *given : row.satisfies(one) ? 1 : 0;
      by_default = by_default || !given;
    }
    return by_default ? share : 0;
  } catch (const UserError&) {
    return 0;  // names something that this model does not know
  }
}

}  // namespace quern::planner_model
