// Constant folding: eval_const_expressions() (clauses.c).
#include "planner-model/query/simplify.hpp"

#include <algorithm>

#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify_internal.hpp"
#include "planner-model/query/sql_functions.hpp"

namespace quern::planner_model {

namespace {

/// Microseconds between 1970-01-01 and 2000-01-01.
constexpr std::int64_t kEpochShift = 946'684'800'000'000;

bool all_constants(const std::vector<ExprPtr>& args) {
  return std::all_of(args.begin(), args.end(), is_const);
}

Value value_of(const Expr& constant, const TypeSystem& types) {
  return constant.value ? *constant.value : read_value(constant.text, constant.type, types);
}

/// numeric_typmod_precision() and numeric_typmod_scale().
bool numeric_fits(std::int32_t from, std::int32_t into) {
  constexpr std::int32_t kHeader = 4;
  constexpr std::int32_t kScaleMask = 0x7ff;
  if (into < kHeader) {
    return true;
  }
  return from >= kHeader && ((from - kHeader) & kScaleMask) == ((into - kHeader) & kScaleMask) &&
         (from - kHeader) >> 16 <= (into - kHeader) >> 16;
}

/// varchar_support(), varbit_support(), numeric_support(), TemporalSimplify(): a cast to a length
/// or precision that every value of its argument has.
bool is_idle_length_coercion(const Expr& expr, const Function& function) {
  constexpr std::int32_t kMicroseconds = 6;  // MAX_TIMESTAMP_PRECISION, MAX_TIME_PRECISION
  if (function.support.empty() || expr.args.size() < 2 || !is_const(expr.args[1]) ||
      expr.args[1]->is_null || expr.args[1]->value == nullptr) {
    return false;
  }
  const std::int32_t from = expr.args[0]->typmod;
  const auto into = static_cast<std::int32_t>(expr.args[1]->value->integer);
  if (function.support == "numeric_support") {
    return numeric_fits(from, into);
  }
  if (function.support == "timestamp_support" || function.support == "time_support") {
    return into < 0 || into == kMicroseconds || (from >= 0 && into >= from);
  }
  return (function.support == "varchar_support" || function.support == "varbit_support") &&
         (into < 0 || (from >= 0 && from <= into));
}

/// relabel_to_typmod()
ExprPtr idle_coercion(const Expr& expr) {
  const ExprPtr& source = expr.args[0];
  auto relabel = std::make_shared<Expr>(
      *make_relabel(source, source->type, static_cast<std::int32_t>(expr.args[1]->value->integer),
                    CoercionForm::ExplicitCast));
  relabel->collation = source->collation;
  return relabel;
}

class Simplifier {
 public:
  explicit Simplifier(const FoldContext& context) : context_{context}, types_{context.types} {}

  ExprPtr run(const ExprPtr& expr) {
    if (expr->kind == ExprKind::CaseExpr) {
      return fold_case(expr);
    }
    if (expr->kind == ExprKind::CoalesceExpr) {
      return fold_coalesce(expr);
    }
    return fold(map_children(expr, [this](const ExprPtr& child) { return run(child); }));
  }

 private:
  ExprPtr fold(const ExprPtr& expr) {
    switch (expr->kind) {
      case ExprKind::And:
      case ExprKind::Or:
        return simplify_and_or(*expr, expr->args);
      case ExprKind::Not:
        return negate(expr->args.front(), types_);
      case ExprKind::FuncExpr:
        return fold_call(expr);
      case ExprKind::OpExpr:
        return fold_operator(expr);
      case ExprKind::DistinctExpr:
        return fold_distinct(expr);
      case ExprKind::NullIfExpr:
        return fold_null_if(expr);
      case ExprKind::ScalarArrayOpExpr:
        return fold_scalar_array(expr);
      case ExprKind::NullTest:
        return fold_null_test(expr);
      case ExprKind::BooleanTest:
        return fold_boolean_test(expr);
      case ExprKind::ArrayExpr:
        return fold_array(expr);
      case ExprKind::MinMaxExpr:
        return fold_min_max(expr);
      case ExprKind::RelabelType:
        return fold_relabel(expr);
      case ExprKind::CoerceViaIO:
      case ExprKind::ArrayCoerceExpr:
        return fold_cast(expr);
      case ExprKind::SqlValueFunction:
        return fold_value_function(expr);
      default:
        return expr;
    }
  }

  [[nodiscard]] bool may_fold(const Function& function) const {
    return function.kind == 'f' && !function.returns_set &&
           (function.volatility == 'i' ||
            (function.volatility == 's' && context_.stable == FoldStable::Yes));
  }

  /// simplify_function() and evaluate_function(): null when it stays.
  ExprPtr evaluate(const Expr& expr) {
    const Function* function = types_.function(expr.function);
    if (function == nullptr || expr.returns_set || function->returns_set) {
      return nullptr;
    }
    const bool any_null = std::any_of(expr.args.begin(), expr.args.end(), is_null_const);
    if (any_null && function->strict) {
      return make_null(expr.type, expr.typmod, expr.collation);
    }
    if (!may_fold(*function) || !all_constants(expr.args)) {
      return nullptr;
    }
    if (types_.is_range(expr.type) || types_.is_multirange(expr.type)) {
      return fold_range(expr, *function);
    }
    const std::vector<std::optional<Value>> with_nulls = values_or_nulls(expr);
    if (auto document = build_jsonb(*function, with_nulls)) {
      return constant_of(std::move(*document), expr.type, expr);
    }
    if (const auto array = evaluate_array(*function, with_nulls, expr.type)) {
      return constant_or_null(*array, expr);
    }
    if (any_null) {
      return nullptr;
    }
    std::vector<Value> values;
    for (const ExprPtr& arg : expr.args) {
      values.push_back(value_of(*arg, types_));
    }
    std::optional<Value> value;
    if (const Operator* op = expr.op == 0 ? nullptr : types_.op(expr.op);
        op != nullptr && values.size() == 2 && expr.type == type_oid::kBool) {
      if (const auto truth =
              OperatorEvaluator{*op, expr.input_collation, types_}(values[0], values[1])) {
        value = make_bool(*truth);
      }
    }
    if (const auto json = evaluate_json(*function, values, expr.type)) {
      return constant_or_null(*json, expr);
    }
    if (const auto part = evaluate_range_part(*function, values, types_)) {
      return constant_or_null(*part, expr);
    }
    if (!value) {
      value = evaluate_call(*function, values, expr.type, context_);
    }
    return value ? constant_of(std::move(*value), expr.type, expr) : nullptr;
  }

  static ExprPtr constant_or_null(const std::optional<Value>& value, const Expr& expr) {
    return value ? constant_of(*value, expr.type, expr)
                 : make_null(expr.type, expr.typmod, expr.collation);
  }

  std::vector<std::optional<Value>> values_or_nulls(const Expr& expr) const {
    std::vector<std::optional<Value>> values;
    for (const ExprPtr& arg : expr.args) {
      values.push_back(is_null_const(arg) ? std::nullopt : std::optional{value_of(*arg, types_)});
    }
    return values;
  }

  ExprPtr fold_range(const Expr& expr, const Function& function) {
    auto value = evaluate_range(function, values_or_nulls(expr), expr.type, types_);
    return value ? constant_of(std::move(*value), expr.type, expr) : nullptr;
  }

  ExprPtr fold_call(const ExprPtr& expr) {
    if (const ExprPtr value = evaluate(*expr)) {
      return value;
    }
    if (const Function* function = types_.function(expr->function);
        function != nullptr && is_idle_length_coercion(*expr, *function)) {
      return fold_relabel(idle_coercion(*expr));
    }
    const ExprPtr body = inlined(*expr);
    return body ? body : expr;
  }

  /// inline_function(): the simplified body; null: the call stays, as one of a function within its
  /// own body does.
  ExprPtr inlined(const Expr& call) {
    const auto* functions = types_.sql_functions();
    if (functions == nullptr ||
        std::find(active_.begin(), active_.end(), call.function) != active_.end()) {
      return nullptr;
    }
    const ExprPtr body = functions->inlined(call);
    if (!body) {
      return nullptr;
    }
    active_.push_back(call.function);
    ExprPtr result = run(body);
    active_.pop_back();
    return result;
  }

  ExprPtr fold_operator(const ExprPtr& expr) {
    if (const ExprPtr value = evaluate(*expr)) {
      return value;
    }
    if (const ExprPtr body = inlined(*expr)) {
      return body;
    }
    return simplify_boolean_equality(expr);
  }

  /// x = true is x; x = false is NOT x.
  ExprPtr simplify_boolean_equality(const ExprPtr& expr) {
    constexpr Oid kBooleanEqual = 91;
    constexpr Oid kBooleanNotEqual = 85;
    if ((expr->op != kBooleanEqual && expr->op != kBooleanNotEqual) || expr->args.size() != 2) {
      return expr;
    }
    const bool left_const = is_const(expr->args[0]);
    const ExprPtr& constant = expr->args[left_const ? 0 : 1];
    const ExprPtr& other = expr->args[left_const ? 1 : 0];
    if (!is_const(constant) || constant->is_null) {
      return expr;
    }
    const bool wanted = (constant->text == "t") == (expr->op == kBooleanEqual);
    return wanted ? other : negate(other, types_);
  }

  ExprPtr fold_distinct(const ExprPtr& expr) {
    if (!all_constants(expr->args) || expr->args.size() != 2) {
      return expr;
    }
    const bool left_null = expr->args[0]->is_null;
    const bool right_null = expr->args[1]->is_null;
    if (left_null || right_null) {
      return make_bool_const(left_null != right_null);
    }
    auto equality = std::make_shared<Expr>(*expr);
    equality->kind = ExprKind::OpExpr;
    const ExprPtr value = evaluate(*equality);
    return value ? negate(value, types_) : expr;
  }

  ExprPtr fold_null_if(const ExprPtr& expr) {
    if (!all_constants(expr->args) || expr->args.size() != 2) {
      return expr;
    }
    if (expr->args[0]->is_null || expr->args[1]->is_null) {
      return expr->args[0];
    }
    auto equality = std::make_shared<Expr>(*expr);
    equality->kind = ExprKind::OpExpr;
    equality->type = type_oid::kBool;
    const ExprPtr value = evaluate(*equality);
    if (!value) {
      return expr;
    }
    return value->text == "t" ? make_null(expr->type, expr->typmod, expr->collation)
                              : expr->args[0];
  }

  ExprPtr fold_scalar_array(const ExprPtr& expr) {
    const bool strict = types_.is_strict(expr->function);
    if (strict && (is_null_const(expr->args[1]) || is_null_const(expr->args[0]))) {
      return make_null(type_oid::kBool);
    }
    const Operator* op = types_.op(expr->op);
    if (op == nullptr || !all_constants(expr->args) || expr->args[0]->is_null ||
        expr->args[1]->is_null) {
      return expr;
    }
    const Value scalar = value_of(*expr->args[0], types_);
    const Value array = value_of(*expr->args[1], types_);
    if (array.form != ValueForm::Array) {
      return expr;
    }
    const OperatorEvaluator evaluate{*op, expr->input_collation, types_};
    bool unknown = false;
    for (const auto& element : array.elements) {
      if (!element) {
        unknown = true;
        continue;
      }
      const auto truth = evaluate(scalar, *element);
      if (!truth) {
        return expr;
      }
      if (*truth == expr->use_or) {
        return make_bool_const(expr->use_or);
      }
    }
    return unknown ? make_null(type_oid::kBool) : make_bool_const(!expr->use_or);
  }

  static ExprPtr fold_null_test(const ExprPtr& expr) {
    const ExprPtr& arg = expr->args.front();
    if (is_const(arg)) {
      return make_bool_const(arg->is_null == expr->test_is_null);
    }
    return expr;
  }

  static ExprPtr fold_boolean_test(const ExprPtr& expr) {
    const ExprPtr& arg = expr->args.front();
    if (!is_const(arg)) {
      return expr;
    }
    const bool truth = !arg->is_null && arg->text == "t";
    const bool falsehood = !arg->is_null && arg->text == "f";
    switch (expr->boolean_test) {
      case BooleanTestKind::IsTrue:
        return make_bool_const(truth);
      case BooleanTestKind::IsNotTrue:
        return make_bool_const(!truth);
      case BooleanTestKind::IsFalse:
        return make_bool_const(falsehood);
      case BooleanTestKind::IsNotFalse:
        return make_bool_const(!falsehood);
      case BooleanTestKind::IsUnknown:
        return make_bool_const(arg->is_null);
      case BooleanTestKind::IsNotUnknown:
        return make_bool_const(!arg->is_null);
    }
    return expr;
  }

  ExprPtr fold_array(const ExprPtr& expr) {
    if (!all_constants(expr->args)) {
      return expr;
    }
    std::vector<std::optional<Value>> elements;
    elements.reserve(expr->args.size());
    for (const ExprPtr& arg : expr->args) {
      if (arg->type == expr->type) {
        return expr;  // several dimensions
      }
      elements.push_back(arg->is_null ? std::nullopt
                                      : std::optional<Value>{value_of(*arg, types_)});
    }
    return constant_of(make_array(expr->type, std::move(elements)), expr->type, *expr);
  }

  ExprPtr fold_min_max(const ExprPtr& expr) {
    if (!all_constants(expr->args)) {
      return expr;
    }
    ExprPtr best;
    for (const ExprPtr& arg : expr->args) {
      if (arg->is_null) {
        continue;
      }
      if (!best) {
        best = arg;
        continue;
      }
      const auto order =
          compare(value_of(*arg, types_), value_of(*best, types_), expr->input_collation, types_);
      if (!order) {
        return expr;
      }
      if (expr->name == "GREATEST" ? *order > 0 : *order < 0) {
        best = arg;
      }
    }
    return best ? best : make_null(expr->type, expr->typmod, expr->collation);
  }

  /// applyRelabelType(): constants change type in place, nested relabellings merge.
  ExprPtr fold_relabel(const ExprPtr& expr) {
    ExprPtr inner = expr->args.front();
    while (inner->kind == ExprKind::RelabelType) {
      inner = inner->args.front();
    }
    if (is_const(inner)) {
      auto constant = std::make_shared<Expr>(*inner);
      constant->type = expr->type;
      constant->typmod = expr->typmod;
      constant->collation = expr->collation;
      return constant;
    }
    if (inner->type == expr->type && inner->typmod == expr->typmod &&
        inner->collation == expr->collation) {
      return inner;
    }
    if (inner == expr->args.front()) {
      return expr;
    }
    auto copy = std::make_shared<Expr>(*expr);
    copy->args = {inner};
    return copy;
  }

  ExprPtr fold_cast(const ExprPtr& expr) {
    const ExprPtr& arg = expr->args.front();
    if (!is_const(arg)) {
      return expr;
    }
    if (arg->is_null) {
      return make_null(expr->type, expr->typmod, expr->collation);
    }
    if (expr->kind == ExprKind::CoerceViaIO && context_.stable == FoldStable::No &&
        !is_immutable_io(arg->type, expr->type)) {
      return expr;
    }
    const Value value = value_of(*arg, types_);
    std::optional<Value> cast = expr->kind == ExprKind::CoerceViaIO
                                    ? parse_value(value.text, types_.base_type(expr->type), types_)
                                    : cast_value(value, expr->type, types_, expr->typmod);
    return cast ? constant_of(std::move(*cast), expr->type, *expr) : expr;
  }

  /// Output and input functions of dates and times depend on settings.
  [[nodiscard]] bool is_immutable_io(Oid from, Oid to) const {
    for (const Oid type : {types_.base_type(from), types_.base_type(to)}) {
      switch (type) {
        case type_oid::kDate:
        case type_oid::kTime:
        case type_oid::kTimeTz:
        case type_oid::kTimestamp:
        case type_oid::kTimestampTz:
        case type_oid::kInterval:
        case type_oid::kMoney:
        case type_oid::kRegClass:
        case type_oid::kRegType:
          return false;
        default:
          break;
      }
    }
    return true;
  }

  ExprPtr fold_value_function(const ExprPtr& expr) {
    if (context_.stable == FoldStable::No) {
      return expr;
    }
    const std::int64_t now = context_.now_us - kEpochShift;
    const Value timestamp = make_timestamp(now, type_oid::kTimestampTz);
    if (expr->type == type_oid::kTimestampTz) {
      return constant_of(timestamp, expr->type, *expr);
    }
    if (expr->type == type_oid::kDate || expr->type == type_oid::kTimestamp ||
        expr->type == type_oid::kTime) {
      if (auto cast = cast_value(timestamp, expr->type, types_, expr->typmod)) {
        return constant_of(std::move(*cast), expr->type, *expr);
      }
    }
    return expr;
  }

  ExprPtr fold_case(const ExprPtr& expr) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->args.clear();
    const std::size_t whens = (expr->args.size() - (expr->case_has_else ? 1 : 0)) / 2;
    ExprPtr otherwise;
    for (std::size_t i = 0; i < whens && !otherwise; ++i) {
      ExprPtr condition = run(expr->args[2 * i]);
      if (is_const(condition)) {
        if (!condition->is_null && condition->text == "t") {
          otherwise = run(expr->args[2 * i + 1]);  // what follows is never reached
        }
        continue;
      }
      copy->args.push_back(std::move(condition));
      copy->args.push_back(run(expr->args[2 * i + 1]));
    }
    if (!otherwise && expr->case_has_else) {
      otherwise = run(expr->args.back());
    }
    if (copy->args.empty()) {
      return otherwise ? otherwise : make_null(expr->type, expr->typmod, expr->collation);
    }
    copy->case_has_else = otherwise != nullptr;
    if (otherwise) {
      copy->args.push_back(otherwise);
    }
    return copy;
  }

  ExprPtr fold_coalesce(const ExprPtr& expr) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->args.clear();
    for (const ExprPtr& arg : expr->args) {
      ExprPtr value = run(arg);
      if (is_null_const(value)) {
        continue;
      }
      copy->args.push_back(value);
      if (is_const(value)) {
        break;
      }
    }
    if (copy->args.empty()) {
      return make_null(expr->type, expr->typmod, expr->collation);
    }
    return copy->args.size() == 1 ? copy->args.front() : ExprPtr{copy};
  }

  const FoldContext& context_;
  const TypeSystem& types_;
  std::vector<Oid> active_ = {};  ///< functions whose bodies are being simplified
};

}  // namespace

ExprPtr constant_of(Value value, Oid type, const Expr& like) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = type;
  constant->typmod = like.typmod;
  constant->collation = like.collation;
  constant->text = value.text;
  constant->value = std::make_shared<const Value>(std::move(value));
  return constant;
}

ExprPtr simplify(const ExprPtr& expr, const TypeSystem& types, FoldStable stable,
                 std::int64_t now_us) {
  if (!expr) {
    return nullptr;
  }
  const FoldContext context{types, stable, now_us};
  return Simplifier{context}.run(expr);
}

}  // namespace quern::planner_model
