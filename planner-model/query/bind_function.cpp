// Calls: parse_func.c (ParseFuncOrColumn).
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

std::string display(const QualifiedName& name) {
  return name.schema.empty() ? name.name : name.schema + "." + name.name;
}

}  // namespace

void Analyzer::function_error(const QualifiedName& name, Resolution resolution,
                              const std::vector<Oid>& arguments) {
  std::string list;
  for (const Oid type : arguments) {
    list += (list.empty() ? "" : ", ") + types_.format_type(type);
  }
  if (resolution == Resolution::Ambiguous) {
    throw UserError{fmt::format("function {}({}) is not unique", display(name), list)};
  }
  throw UserError{fmt::format(
      "function {}({}) does not exist (neither PostgreSQL {} nor the catalog snapshot has it)",
      display(name), list, catalog_.server_version / 10000)};
}

/// reorder_function_arguments() and add_function_defaults() (clauses.c), which the server leaves to
/// the planner: one argument for each parameter.
std::vector<ExprPtr> Analyzer::in_parameter_order(const ResolvedFunction& found,
                                                  std::vector<ExprPtr> values) {
  const Function& function = *found.function;
  const std::size_t nominal = function.arguments.size();
  if (found.variadic > 0 || (found.positions.empty() && values.size() == nominal)) {
    return values;
  }
  std::vector<ExprPtr> placed(nominal);
  for (std::size_t i = 0; i < values.size(); ++i) {
    placed[found.positions.empty() ? i : found.positions[i]] = values[i];
  }
  const std::size_t first = nominal - static_cast<std::size_t>(function.defaults);
  for (std::size_t i = 0; i < nominal; ++i) {
    if (placed[i]) {
      continue;
    }
    if (function.argument_defaults == nullptr || i < first ||
        i - first >= function.argument_defaults->size()) {
      unmodelled_.push_back(fmt::format("defaults of the parameters of {}", function.name));
      return values;
    }
    placed[i] = parameter_default((*function.argument_defaults)[i - first], function.arguments[i]);
  }
  return placed;
}

ExprPtr Analyzer::parameter_default(const std::string& sql, Oid type) {
  const auto tree = collector::ParseTree::parse_or_throw(fmt::format("SELECT {}", sql));
  const PgQuery__SelectStmt& select = *tree.statements().at(0).node->select_stmt;
  Scope scope{nullptr};
  const ExprPtr value =
      transform_expr(scope, select.target_list[0]->res_target->val, ExprUse::Other);
  return types_.is_polymorphic(type) ? value : implicit(value, type);
}

/// text(x), date(x): a cast written as a call. Explicit, but shown as a function.
ExprPtr Analyzer::function_as_cast(Oid target, const ExprPtr& argument) {
  return coerce_type(argument, target, -1, CoercionContext::Explicit, CoercionForm::Call);
}

/// make_fn_arguments(), and the array around variadic arguments.
std::vector<ExprPtr> Analyzer::coerce_arguments(const ResolvedFunction& found,
                                                std::vector<ExprPtr> values,
                                                bool explicit_variadic) {
  for (std::size_t i = 0; i < values.size() && i < found.arguments.size(); ++i) {
    values[i] = implicit(values[i], found.arguments[i]);
  }
  const auto variadic = static_cast<std::size_t>(std::max(found.variadic, 0));
  if (variadic == 0 || explicit_variadic || found.function->variadic == type_oid::kAny ||
      variadic > values.size()) {
    return values;
  }
  auto array = std::make_shared<Expr>();
  array->kind = ExprKind::ArrayExpr;
  array->args.assign(values.end() - static_cast<std::ptrdiff_t>(variadic), values.end());
  array->type = types_.array_type(array->args.front()->type);
  values.resize(values.size() - variadic);
  values.push_back(std::move(array));
  return values;
}

/// Of most built-in functions the parameters' names are not recorded.
bool Analyzer::names_are_unknown(const QualifiedName& name, const Arguments& arguments) const {
  const auto all = types_.functions_named(name.name);
  return !arguments.names.empty() && std::any_of(all.begin(), all.end(), [](const Function* one) {
    return one->argument_names == nullptr;
  });
}

ExprPtr Analyzer::transform_func_call(Scope& scope, const PgQuery__FuncCall& call) {
  const QualifiedName name = qualified_name(list_of(call.n_funcname, call.funcname));
  Arguments arguments;
  for (const ParseNode* node : list_of(call.n_args, call.args)) {
    if (is(node, PG_QUERY__NODE__NODE_NAMED_ARG_EXPR)) {
      arguments.names.emplace_back(text_of(node->named_arg_expr->name));
    } else if (!arguments.names.empty()) {
      throw UserError{"positional argument cannot follow named argument"};
    }
    arguments.values.push_back(transform(scope, node));
  }
  if (call.agg_within_group != 0) {
    arguments.direct = arguments.values;
    for (const ParseNode* node : list_of(call.n_agg_order, call.agg_order)) {
      arguments.values.push_back(transform(scope, node->sort_by->node));
    }
  }
  std::vector<Oid> argument_types;
  for (const ExprPtr& value : arguments.values) {
    argument_types.push_back(value->type);
  }
  ResolvedFunction found = types_.resolve_function(name.schema, name.name, argument_types,
                                                   arguments.names, call.func_variadic != 0);
  if (found.resolution == Resolution::NotFound && names_are_unknown(name, arguments)) {
    unmodelled_.push_back(fmt::format("named arguments of {}", display(name)));
    found = types_.resolve_function(name.schema, name.name, argument_types, {},
                                    call.func_variadic != 0);  // in the order written
  }
  if (found.resolution == Resolution::Found && found.is_cast && found.function == nullptr) {
    return function_as_cast(found.result, arguments.values.front());
  }
  if (found.resolution != Resolution::Found) {
    if (arguments.values.size() == 1 && name.schema.empty() &&
        arguments.values[0]->type == type_oid::kRecord) {
      for (const RangeColumn& column : row_columns(scope, *arguments.values[0])) {
        if (column.name == name.name) {
          return select_field(scope, arguments.values[0], name.name);
        }
      }
    }
    function_error(name, found.resolution, argument_types);
  }
  return make_call(scope, call, name, arguments, found);
}

namespace {

/// What only aggregates and window functions may be called with.
void check_plain_call(const PgQuery__FuncCall& call, const std::string& name) {
  const auto refuse = [&](bool present, std::string_view what) {
    if (present) {
      throw UserError{fmt::format("{} specified, but {} is not an aggregate function", what, name)};
    }
  };
  refuse(call.agg_star != 0, name + "(*)");
  refuse(call.agg_distinct != 0, "DISTINCT");
  refuse(call.agg_within_group != 0, "WITHIN GROUP");
  refuse(call.n_agg_order > 0, "ORDER BY");
  refuse(is_set(call.agg_filter), "FILTER");
  if (call.over != nullptr) {
    throw UserError{fmt::format(
        "OVER specified, but {} is not a window function nor an aggregate function", name)};
  }
}

}  // namespace

ExprPtr Analyzer::make_call(Scope& scope, const PgQuery__FuncCall& call, const QualifiedName& name,
                            const Arguments& arguments, const ResolvedFunction& found) {
  const Function& function = *found.function;
  auto node = std::make_shared<Expr>();
  node->kind = ExprKind::FuncExpr;
  node->function = function.oid;
  node->name = std::string{function.name};
  node->type = found.result;
  node->returns_set = function.returns_set;
  // Arguments for VARIADIC "any" are passed one by one, with no array around them.
  node->variadic =
      call.func_variadic != 0 || (found.variadic > 0 && found.function->variadic != type_oid::kAny);
  node->form = call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX
                   ? CoercionForm::SqlSyntax
                   : CoercionForm::Call;
  node->location = call.location;
  node->args =
      in_parameter_order(found, coerce_arguments(found, arguments.values, call.func_variadic != 0));
  switch (function.kind) {
    case 'a':
      if (call.over != nullptr) {
        make_window_call(scope, call, *node);
      } else {
        make_aggregate(scope, call, *node);
      }
      return node;
    case 'w':
      if (call.over == nullptr) {
        throw UserError{fmt::format("window function {} requires an OVER clause", display(name))};
      }
      make_window_call(scope, call, *node);
      return node;
    case 'p':
      throw UserError{fmt::format("{} is a procedure", display(name))};
    default:
      break;
  }
  check_plain_call(call, display(name));
  if (node->returns_set) {
    check_srf_placement(scope);
  }
  return node;
}

/// check_srf_call_placement()
void Analyzer::check_srf_placement(Scope& scope) {
  switch (scope.use) {
    case ExprUse::SelectTarget:
      scope.query.has_returning_set = true;
      return;
    case ExprUse::InsertTarget:
    case ExprUse::Other:
    case ExprUse::FromFunction:
    case ExprUse::GroupBy:
    case ExprUse::OrderBy:
    case ExprUse::DistinctOn:
      if (scope.use != ExprUse::FromFunction && scope.use != ExprUse::Other) {
        scope.query.has_returning_set = true;
      }
      return;
    case ExprUse::JoinOn:
      throw UserError{"set-returning functions are not allowed in JOIN conditions"};
    case ExprUse::WindowPartition:
    case ExprUse::WindowOrder:
    case ExprUse::WindowFrame:
      throw UserError{"set-returning functions are not allowed in window definitions"};
    case ExprUse::IndexExpression:
      throw UserError{"set-returning functions are not allowed in index expressions"};
    case ExprUse::IndexPredicate:
      throw UserError{"set-returning functions are not allowed in index predicates"};
    case ExprUse::Values:
      scope.query.has_returning_set = true;
      return;
    default:
      throw UserError{
          fmt::format("set-returning functions are not allowed in {}", name_of(scope.use))};
  }
}

}  // namespace quern::planner_model
