// CREATE FUNCTION of a schema file, as pg_proc would have it.
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <utility>

#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"

namespace quern::collector {

namespace {

constexpr Oid kRecord = 2249;

/// pg_type of what only functions take and give.
constexpr std::pair<std::string_view, Oid> kPseudoTypes[] = {
    {"record", kRecord},         {"void", 2278},     {"trigger", 2279},
    {"anyelement", 2283},        {"anyarray", 2277}, {"anynonarray", 2776},
    {"anyenum", 3500},           {"anyrange", 3831}, {"anycompatible", 5077},
    {"anycompatiblearray", 5078}};

Oid pseudo_type(const PgQuery__TypeName& name) {
  const auto parts = strings_of(name.names, name.n_names);
  const auto* found =
      std::find_if(std::begin(kPseudoTypes), std::end(kPseudoTypes),
                   [&](const auto& one) { return !parts.empty() && one.first == parts.back(); });
  return found == std::end(kPseudoTypes) ? 0 : found->second;
}

constexpr std::size_t kLongestBody = 10000;  ///< as of a live snapshot

using Mode = PgQuery__FunctionParameterMode;

bool is_input(Mode mode) {
  return mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT &&
         mode != PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE;
}

bool is_output(Mode mode) {
  return mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_OUT ||
         mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_INOUT ||
         mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_TABLE;
}

/// RETURN expression, or BEGIN ATOMIC with one statement; empty: several.
std::string sql_body(const PgQuery__Node& body) {
  if (body.node_case == PG_QUERY__NODE__NODE_RETURN_STMT) {
    return "SELECT " + expression_text(body.return_stmt->returnval);
  }
  const PgQuery__Node* inner = &body;
  for (int level = 0; level < 2 && inner->node_case == PG_QUERY__NODE__NODE_LIST; ++level) {
    if (inner->list->n_items != 1) {
      return {};
    }
    inner = inner->list->items[0];
  }
  return select_text(inner);
}

/// What CREATE FUNCTION says behind its parameters.
struct Options {
  std::string body = {};
  bool security_definer = false;
  bool has_settings = false;
};

Options read_options(const PgQuery__CreateFunctionStmt& statement, FunctionDefinition& function) {
  Options options;
  for (std::size_t i = 0; i < statement.n_options; ++i) {
    const PgQuery__DefElem& option = *statement.options[i]->def_elem;
    const std::string key = option.defname;
    const std::string value = option_text(option.arg);
    if (key == "volatility") {
      function.volatility = value.empty() ? 'v' : value.front();
    } else if (key == "strict") {
      function.strict = value == "true";
    } else if (key == "parallel") {
      function.parallel = value.empty() ? 'u' : value.front();
    } else if (key == "leakproof") {
      function.leakproof = value == "true";
    } else if (key == "language") {
      function.language = value;
    } else if (key == "cost") {
      function.cost = std::strtod(value.c_str(), nullptr);
    } else if (key == "rows") {
      function.rows = std::strtod(value.c_str(), nullptr);
    } else if (key == "security") {
      options.security_definer = value == "true";
    } else if (key == "set") {
      options.has_settings = true;
    } else if (key == "as" && option.arg != nullptr &&
               option.arg->node_case == PG_QUERY__NODE__NODE_LIST &&
               option.arg->list->n_items == 1) {
      options.body = string_of(option.arg->list->items[0]);
    }
  }
  if (statement.sql_body != nullptr) {
    function.language = "sql";
    options.body = sql_body(*statement.sql_body);
  }
  return options;
}

/// As the live snapshot's query asks: the planner would look at the body.
bool keeps_body(const FunctionDefinition& function, const Options& options) {
  return function.language == "sql" && function.kind == 'f' && !options.security_definer &&
         !options.has_settings && options.body.size() < kLongestBody &&
         (function.returns_set ? function.volatility != 'v' && !function.strict
                               : function.result != kRecord && function.result_columns.empty());
}

}  // namespace

void SchemaBuilder::read_parameters(const PgQuery__CreateFunctionStmt& statement,
                                    FunctionDefinition& function) const {
  std::int32_t modifier = -1;
  bool is_named = false;
  for (std::size_t i = 0; i < statement.n_parameters; ++i) {
    const PgQuery__FunctionParameter& parameter = *statement.parameters[i]->function_parameter;
    const Oid named = resolve_type(*parameter.arg_type, modifier);
    const Oid type = named != 0 ? named : pseudo_type(*parameter.arg_type);
    const std::string name = parameter.name == nullptr ? "" : parameter.name;
    if (is_output(parameter.mode)) {
      function.result_columns.push_back({.name = name, .type = type});
    }
    if (!is_input(parameter.mode)) {
      continue;
    }
    is_named = is_named || !name.empty();
    function.arguments.push_back(type);
    function.argument_names.push_back(name);
    if (parameter.defexpr != nullptr) {
      function.argument_defaults.push_back(expression_text(parameter.defexpr));
    }
    if (parameter.mode == PG_QUERY__FUNCTION_PARAMETER_MODE__FUNC_PARAM_VARIADIC) {
      PgQuery__TypeName element = *parameter.arg_type;
      element.n_array_bounds = 0;
      function.variadic = resolve_type(element, modifier);
    }
  }
  if (!is_named) {
    function.argument_names.clear();
  }
  function.defaults = static_cast<std::int16_t>(function.argument_defaults.size());
}

void SchemaBuilder::read_result(const PgQuery__CreateFunctionStmt& statement,
                                FunctionDefinition& function) const {
  if (statement.return_type == nullptr) {
    const auto& columns = function.result_columns;
    function.result = columns.empty() ? 0 : columns.size() == 1 ? columns.front().type : kRecord;
    return;
  }
  const PgQuery__TypeName& type = *statement.return_type;
  std::int32_t modifier = -1;
  function.result = resolve_type(type, modifier);
  function.result = function.result != 0 ? function.result : pseudo_type(type);
  function.returns_set = type.setof;
  function.rows = function.returns_set ? 1000 : 0;
  if (function.result != 0) {
    return;
  }
  // The rows of a table, whose type has no number here.
  const auto name = split_schema(strings_of(type.names, type.n_names));
  for (const Table& table : snapshot_.tables) {
    if (table.schema == name[0] && table.name == name[1] && type.n_array_bounds == 0) {
      function.result = kRecord;
      for (const Column& column : table.columns) {
        function.result_columns.push_back({.name = column.name, .type = column.type});
      }
    }
  }
}

void SchemaBuilder::create_function(const PgQuery__CreateFunctionStmt& statement) {
  const auto name = split_schema(strings_of(statement.funcname, statement.n_funcname));
  FunctionDefinition function;
  function.oid = next_oid_++;
  function.schema = name[0];
  function.name = name[1];
  function.kind = statement.is_procedure ? 'p' : 'f';
  read_parameters(statement, function);
  read_result(statement, function);
  Options options = read_options(statement, function);
  if (keeps_body(function, options)) {
    function.body = std::move(options.body);
  }
  const auto same = std::find_if(
      snapshot_.functions.begin(), snapshot_.functions.end(), [&](const FunctionDefinition& other) {
        return other.schema == function.schema && other.name == function.name &&
               other.arguments == function.arguments;
      });
  if (same != snapshot_.functions.end()) {  // OR REPLACE
    function.oid = same->oid;
    *same = std::move(function);
  } else {
    snapshot_.functions.push_back(std::move(function));
  }
}

}  // namespace quern::collector
