#include "collector/redact/function_roles.hpp"

#include <algorithm>

#include "collector/redact/redact_sql.hpp"

namespace quern::collector {

namespace {

constexpr ArgumentRole kKept{{ValueKind::Keep}, {ValueKind::Keep}};

/// A text, where numbers are counts and positions.
constexpr ArgumentRole as_text(ValueKind kind) {
  return {{kind}, {ValueKind::Operand}};
}

bool of_constants(const PgQuery__FuncCall& call) {
  return std::all_of(call.args, call.args + call.n_args, [](const PgQuery__Node* argument) {
    return argument->node_case == PG_QUERY__NODE__NODE_A_CONST;
  });
}

std::string_view constant_text(const PgQuery__Node* node) {
  const bool text = node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
                    node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
  return text ? std::string_view{node->a_const->sval->sval} : std::string_view{};
}

/// The declared types, when the function is one of the catalog's.
std::vector<ArgumentRole> declared(std::string_view name, std::size_t count,
                                   const CatalogSnapshot& catalog) {
  const auto found = std::find_if(
      catalog.functions.begin(), catalog.functions.end(), [&](const FunctionDefinition& function) {
        return function.name == name && function.arguments.size() >= count;
      });
  std::vector<ArgumentRole> roles;
  for (std::size_t i = 0; found != catalog.functions.end() && i < count; ++i) {
    const ValueType type = value_type(found->arguments[i], catalog.types);
    roles.push_back({type, type});
  }
  return roles;
}

/// What the planner computes of constants before it looks at statistics.
bool is_arithmetic(std::string_view name) {
  return among(name,
               {"abs", "round", "trunc", "floor", "ceil", "ceiling", "power", "sqrt", "exp", "ln",
                "log", "mod", "div", "random", "make_interval", "make_time", "pg_sleep"});
}

/// Of functions on times, settings and sequences: of the first argument, and of the others.
std::pair<ArgumentRole, ArgumentRole> built_in(std::string_view name,
                                               const PgQuery__FuncCall& call) {
  const ArgumentRole time = as_text(ValueKind::Time);
  const std::size_t count = call.n_args;
  if (name == "to_timestamp" && count == 1) {
    return {{{ValueKind::Time}, {ValueKind::Epoch}}, kKept};
  }
  if (among(name, {"to_date", "to_timestamp"})) {
    return {time, kKept};
  }
  if (among(name, {"make_date", "make_timestamp", "make_timestamptz"})) {
    return {{{ValueKind::Keep}, {ValueKind::Year}}, kKept};
  }
  if (among(name, {"date_trunc", "date_part", "extract", "timezone"})) {
    return {kKept, time};
  }
  if (name == "date_bin") {
    return {as_text(ValueKind::Interval), time};
  }
  if (among(name, {"to_char", "to_number", "convert_from", "convert_to"})) {
    return {as_text(ValueKind::Guess), kKept};
  }
  if (name == "encode" || name == "decode") {
    return {as_text(name == "decode" ? ValueKind::Hex : ValueKind::Guess), kKept};
  }
  if (among(name, {"nextval", "currval", "setval", "current_setting", "set_config"})) {
    const bool own =
        name == "set_config" && count > 1 && is_own_setting(constant_text(call.args[0]));
    return {kKept, own ? ArgumentRole{} : as_text(ValueKind::Keep)};
  }
  if (name == "generate_series") {
    return {{{}, {ValueKind::Number}}, {{}, {ValueKind::Number}}};
  }
  if (is_arithmetic(name) && of_constants(call)) {
    return {kKept, kKept};
  }
  return {};
}

}  // namespace

std::string_view last_name(PgQuery__Node* const* names, std::size_t count) {
  const PgQuery__Node* last = count == 0 ? nullptr : names[count - 1];
  return last != nullptr && last->node_case == PG_QUERY__NODE__NODE_STRING
             ? std::string_view{last->string->sval}
             : std::string_view{};
}

bool among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool passes_type(std::string_view function) {
  return among(function, {"lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "abs", "round",
                          "trunc", "floor", "ceil", "ceiling", "unaccent"});
}

bool is_own_setting(std::string_view name) {
  return name.find('.') != std::string_view::npos;
}

std::vector<ArgumentRole> argument_roles(const PgQuery__FuncCall& call,
                                         const CatalogSnapshot& catalog) {
  const std::string_view name = last_name(call.funcname, call.n_funcname);
  if (auto roles = declared(name, call.n_args, catalog); !roles.empty()) {
    return roles;
  }
  const auto [first, others] = built_in(name, call);
  std::vector<ArgumentRole> roles(call.n_args, others);
  if (!roles.empty()) {
    roles.front() = first;
  }
  if (name == "generate_series" && roles.size() > 2) {
    roles[2] = {{ValueKind::Interval}, {ValueKind::Keep}};
  }
  const bool search = name.find("tsquery") != std::string_view::npos ||
                      name.find("tsvector") != std::string_view::npos;
  for (std::size_t i = 0; search && i < roles.size(); ++i) {
    const bool configuration = i == 0 && roles.size() > 1;
    roles[i].text.kind = configuration ? ValueKind::Keep : ValueKind::Text;
  }
  return roles;
}

}  // namespace quern::collector
