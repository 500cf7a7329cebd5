// Functions in FROM: transformRangeFunction() (parse_clause.c), addRangeTableEntryForFunction().
#include <algorithm>

#include <fmt/format.h>

#include "collector/sql/parse_tree.hpp"

#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/bind_analyzer.hpp"
#include "planner-model/query/sql_functions.hpp"

namespace quern::planner_model {

namespace {

struct OutColumn {
  std::string_view name;
  Oid type;
};

/// OUT parameters of PostgreSQL's own functions that are called in FROM (proargnames is not
/// recorded).
std::vector<OutColumn> out_columns(const Expr& call) {
  using namespace type_oid;
  constexpr Oid kTextArray = 1009;
  constexpr Oid kInt2Array = 1005;
  constexpr Oid kBuiltinEnd = 16384;
  const std::string& name = call.name;
  if (call.function >= kBuiltinEnd) {
    return {};
  }
  if (name == "jsonb_each") {
    return {{"key", kText}, {"value", kJsonb}};
  }
  if (name == "json_each") {
    return {{"key", kText}, {"value", kJson}};
  }
  if (name == "jsonb_each_text" || name == "json_each_text") {
    return {{"key", kText}, {"value", kText}};
  }
  if (name == "jsonb_array_elements") {
    return {{"value", kJsonb}};
  }
  if (name == "json_array_elements") {
    return {{"value", kJson}};
  }
  if (name == "jsonb_array_elements_text" || name == "json_array_elements_text") {
    return {{"value", kText}};
  }
  if (name == "unnest" && !call.args.empty() && call.args[0]->type == kTsVector) {
    return {{"lexeme", kText}, {"positions", kInt2Array}, {"weights", kTextArray}};
  }
  if (name == "ts_stat") {
    return {{"word", kText}, {"ndoc", kInt4}, {"nentry", kInt4}};
  }
  if (name == "ts_parse") {
    return {{"tokid", kInt4}, {"token", kText}};
  }
  if (name == "pg_timezone_names") {
    return {{"name", kText}, {"abbrev", kText}, {"utc_offset", kInterval}, {"is_dst", kBool}};
  }
  if (name == "pg_options_to_table") {
    return {{"option_name", kText}, {"option_value", kText}};
  }
  return {};
}

/// unnest(a, b): one call an array.
bool is_multi_unnest(const PgQuery__FuncCall& call) {
  return call.n_funcname == 1 && string_of(call.funcname[0]) == "unnest" && call.n_args > 1 &&
         call.n_agg_order == 0 && !is_set(call.agg_filter) && call.over == nullptr &&
         call.agg_star == 0 && call.agg_distinct == 0 && call.func_variadic == 0;
}

}  // namespace

std::vector<RangeColumn> Analyzer::column_definitions(ParseList definitions) {
  std::vector<RangeColumn> columns;
  for (const ParseNode* node : definitions) {
    ensure(is(node, PG_QUERY__NODE__NODE_COLUMN_DEF), "column definition lists hold ColumnDefs");
    const TypeReference type = resolve_type_name(*node->column_def->type_name);
    columns.push_back(RangeColumn{std::string{text_of(node->column_def->colname)}, type.type,
                                  type.typmod, types_.type_collation(type.type)});
  }
  return columns;
}

std::vector<RangeColumn> Analyzer::function_result_columns(const Expr& call,
                                                           const std::string& name, bool only_one,
                                                           const PgQuery__Alias* alias) {
  std::vector<RangeColumn> columns;
  if (const auto* definition = definition_of(call.function); definition != nullptr) {
    for (const auto& column : definition->result_columns) {
      if (types_.is_polymorphic(column.type)) {
        columns.clear();
        break;
      }
      columns.push_back(
          RangeColumn{column.name, column.type, -1, types_.type_collation(column.type)});
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name.empty()) {
        columns[i].name = fmt::format("column{}", i + 1);
      }
    }
    if (!columns.empty()) {
      return columns;
    }
  }
  for (const OutColumn& column : out_columns(call)) {
    columns.push_back(
        RangeColumn{std::string{column.name}, column.type, -1, types_.type_collation(column.type)});
  }
  if (!columns.empty()) {
    return columns;
  }
  if (types_.is_composite(call.type)) {
    const Type* type = types_.type(call.type);
    const Table* table = type == nullptr ? nullptr : types_.relation(type->schema, type->name);
    if (table != nullptr) {
      for (const Column& column : table->columns) {
        columns.push_back(
            RangeColumn{column.name, column.type, column.type_modifier, column.collation});
      }
      return columns;
    }
    if (auto fields = types_.fields(call.type); !fields.empty()) {
      return fields;
    }
  }
  if (call.type == type_oid::kRecord || types_.is_composite(call.type)) {
    throw UserError{
        call.function >= 16384
            ? fmt::format("the columns that function {} returns are not in the catalog snapshot",
                          name)
            : "a column definition list is required for functions returning \"record\""};
  }
  const bool by_alias = only_one && alias != nullptr;
  columns.push_back(RangeColumn{by_alias ? std::string{text_of(alias->aliasname)} : name, call.type,
                                call.typmod, types_.type_collation(call.type)});
  return columns;
}

const FunctionDefinition* Analyzer::definition_of(Oid function) const {
  constexpr Oid kFirstOwn = 16384;
  if (function < kFirstOwn) {
    return nullptr;
  }
  const auto found =
      std::find_if(catalog_.functions.begin(), catalog_.functions.end(),
                   [&](const FunctionDefinition& each) { return each.oid == function; });
  return found == catalog_.functions.end() ? nullptr : &*found;
}

namespace {

/// inline_set_returning_function(): whether the planner would look at its body.
bool may_inline_rows(const Expr& call, const FunctionDefinition& function,
                     const TypeSystem& types) {
  return call.kind == ExprKind::FuncExpr && call.returns_set && !call.variadic &&
         !function.body.empty() && function.returns_set && !function.strict &&
         function.volatility != 'v' && call.args.size() == function.arguments.size() &&
         std::none_of(function.arguments.begin(), function.arguments.end(),
                      [&](Oid type) { return types.is_polymorphic(type); }) &&
         std::none_of(call.args.begin(), call.args.end(), [&](const ExprPtr& argument) {
           return any_of(argument, [&](const Expr& e) {
             const auto* called = e.function != 0 ? types.function(e.function) : nullptr;
             return e.kind == ExprKind::SubLink || (called != nullptr && called->volatility == 'v');
           });
         });
}

}  // namespace

/// inline_set_returning_function(), clauses.c: the body with the arguments in place; null: the call
/// stays.
std::shared_ptr<Query> Analyzer::inlined_rows(const Expr& call,
                                              const std::vector<RangeColumn>& columns) {
  const auto* function = definition_of(call.function);
  constexpr int kDeepest = 20;       // views and bodies within each other
  constexpr int kMostBodies = 1000;  // bodies that hold several each multiply
  if (function == nullptr || !may_inline_rows(call, *function, types_) || view_depth_ >= kDeepest ||
      ++*inlined_bodies_ > kMostBodies) {
    return nullptr;
  }
  try {
    const auto tree = collector::ParseTree::parse_or_throw(statement_of(function->body));
    if (tree.statements().size() != 1 ||
        !is(tree.statements()[0].node, PG_QUERY__NODE__NODE_SELECT_STMT)) {
      return nullptr;
    }
    std::map<int, Oid> declared;
    for (std::size_t i = 0; i < function->arguments.size(); ++i) {
      declared[static_cast<int>(i) + 1] = function->arguments[i];
    }
    const std::vector<std::optional<std::string>> no_values;
    Analyzer inner{catalog_, types_, no_values, declared};
    inner.view_depth_ = view_depth_ + 1;
    inner.inlined_bodies_ = inlined_bodies_;
    auto body = std::make_shared<Query>(inner.function_body(*tree.statements()[0].node, *function));
    std::size_t visible = 0;
    for (const TargetEntry& target : body->targets) {
      if (!target.junk &&
          (visible >= columns.size() || target.expr->type != columns[visible++].type)) {
        return nullptr;
      }
    }
    if (visible != columns.size()) {
      return nullptr;
    }
    change_query(*body, [&](const ExprPtr& e, int depth) -> ExprPtr {
      const auto at = static_cast<std::size_t>(e->param_id) - 1;
      return e->kind == ExprKind::Param && e->param_kind == ParamKind::External &&
                     at < call.args.size()
                 ? raised(call.args[at], depth + 1)
                 : nullptr;
    });
    inlined_parallel_unsafe_ =
        inlined_parallel_unsafe_ || function->parallel == 'u' || inner.inlined_parallel_unsafe_;
    return body;
  } catch (const UserError&) {
    return nullptr;  // the call stays, and costs what a call does
  }
}

Query Analyzer::function_body(const ParseNode& statement, const FunctionDefinition& function) {
  function_name_ = function.name;
  function_parameters_ = function.argument_names;
  return transform_select(*statement.select_stmt, nullptr);
}

Analyzer::FromItem Analyzer::transform_function(Scope& scope,
                                                const PgQuery__RangeFunction& function) {
  RangeTableEntry range;
  range.kind = RangeKind::Function;
  range.ordinality = function.ordinality != 0;

  struct Call {
    ExprPtr expr;
    std::string name;
    ParseList definitions = {};
  };

  std::vector<Call> calls;
  {
    const Swapped<ExprUse> in_place{scope.use, ExprUse::FromFunction};
    const Swapped<bool> lateral{scope.lateral_active, true};
    for (const ParseNode* pair : list_of(function.n_functions, function.functions)) {
      const ParseNode* node = pair->list->items[0];
      const ParseNode* definitions = pair->list->n_items > 1 ? pair->list->items[1] : nullptr;
      ParseList columns = is(definitions, PG_QUERY__NODE__NODE_LIST)
                              ? list_of(definitions->list->n_items, definitions->list->items)
                              : ParseList{};
      if (is(node, PG_QUERY__NODE__NODE_FUNC_CALL) && is_multi_unnest(*node->func_call)) {
        for (std::size_t i = 0; i < node->func_call->n_args; ++i) {
          PgQuery__FuncCall one = *node->func_call;
          one.n_args = 1;
          one.args = node->func_call->args + i;
          calls.push_back(Call{transform_func_call(scope, one), "unnest"});
        }
        continue;
      }
      const std::string name = guess_column_name(node);
      calls.push_back(Call{transform(scope, node), name.empty() ? "?column?" : name, columns});
    }
  }
  if (function.n_coldeflist > 0) {
    if (calls.size() != 1) {
      throw UserError{"ROWS FROM() with multiple functions cannot have a column definition list"};
    }
    calls[0].definitions = list_of(function.n_coldeflist, function.coldeflist);
  }
  for (const Call& call : calls) {
    const std::vector<RangeColumn> columns =
        !call.definitions.empty()
            ? column_definitions(call.definitions)
            : function_result_columns(*call.expr, call.name, calls.size() == 1, function.alias);
    const ExprPtr expr = assign_collations(resolve_unknown(call.expr), types_);
    range.functions.push_back(expr);
    range.function_columns.push_back(static_cast<int>(columns.size()));
    auto& all = range.columns.edit();
    all.insert(all.end(), columns.begin(), columns.end());
    if (columns.size() == 1 && call.definitions.empty()) {
      all.back().collation = expr->collation;
    }
    range.lateral = range.lateral || lowest_level(expr).has_value();
  }
  range.lateral = range.lateral || function.lateral != 0;
  if (range.ordinality) {
    range.columns.push_back(RangeColumn{"ordinality", type_oid::kInt8});
  }
  range.alias = calls.empty() ? std::string{} : calls.front().name;
  if (calls.size() == 1 && !range.ordinality && calls[0].definitions.empty()) {
    if (auto body = inlined_rows(*range.functions.front(), range.columns.list())) {
      range.kind = RangeKind::Subquery;
      range.subquery = std::move(body);
      range.functions.clear();
      range.function_columns.clear();
    }
  }
  return add_range(scope, std::move(range), function.alias);
}

/// XMLTABLE: its columns are typed, its work is not modelled.
Analyzer::FromItem Analyzer::transform_table_function(Scope& scope,
                                                      const PgQuery__RangeTableFunc& function) {
  unmodelled_.emplace_back("XMLTABLE");
  RangeTableEntry range;
  range.kind = RangeKind::Function;
  range.alias = "xmltable";
  auto call = std::make_shared<Expr>();
  call->name = "xmltable";
  call->type = type_oid::kRecord;
  call->returns_set = true;
  {
    const Swapped<ExprUse> in_place{scope.use, ExprUse::FromFunction};
    const Swapped<bool> lateral{scope.lateral_active, true};
    for (const ParseNode* node : {function.docexpr, function.rowexpr}) {
      if (is_set(node)) {
        call->args.push_back(assign_collations(resolve_unknown(transform(scope, node)), types_));
      }
    }
  }
  for (const ParseNode* node : list_of(function.n_columns, function.columns)) {
    const PgQuery__RangeTableFuncCol& column = *node->range_table_func_col;
    RangeColumn result{std::string{text_of(column.colname)}, type_oid::kInt4};
    if (column.for_ordinality == 0) {
      const TypeReference type = resolve_type_name(*column.type_name);
      result.type = type.type;
      result.typmod = type.typmod;
      result.collation = types_.type_collation(type.type);
    }
    range.columns.push_back(std::move(result));
  }
  range.lateral = true;
  range.functions.push_back(std::move(call));
  range.function_columns.push_back(static_cast<int>(range.columns.size()));
  return add_range(scope, std::move(range), function.alias);
}

}  // namespace quern::planner_model
