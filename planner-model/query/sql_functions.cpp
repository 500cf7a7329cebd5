#include "planner-model/query/sql_functions.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::planner_model {

namespace {

struct BuiltinBody {
  std::string_view signature;
  std::string_view body;
};

/// catalog/system_functions.sql and pg_proc.dat, PostgreSQL 13 to 18 alike.
constexpr std::array kBuiltinBodies{
    BuiltinBody{"textanycat(text,anynonarray)", "$1 || $2::text"},
    BuiltinBody{"anytextcat(anynonarray,text)", "$1::text || $2"},
    BuiltinBody{"quote_literal(anyelement)", "quote_literal($1::text)"},
    BuiltinBody{"quote_nullable(anyelement)", "quote_nullable($1::text)"},
    BuiltinBody{"lpad(text,integer)", "lpad($1, $2, ' ')"},
    BuiltinBody{"rpad(text,integer)", "rpad($1, $2, ' ')"},
    BuiltinBody{"substring(text,text,text)",
                "pg_catalog.substring($1, pg_catalog.similar_to_escape($2, $3))"},
    BuiltinBody{"bit_length(bit)", "length($1)"},
    BuiltinBody{"bit_length(bytea)", "octet_length($1) * 8"},
    BuiltinBody{"bit_length(text)", "octet_length($1) * 8"},
    BuiltinBody{"log(numeric)", "log(10::numeric, $1)"},
    BuiltinBody{"log10(numeric)", "log(10::numeric, $1)"},
    BuiltinBody{"round(numeric)", "round($1, 0)"},
    BuiltinBody{"trunc(numeric)", "trunc($1, 0)"},
    BuiltinBody{"numeric_pl_pg_lsn(numeric,pg_lsn)", "$2 + $1"},
    BuiltinBody{"path_contain_pt(path,point)", "on_ppath($2, $1)"},
    BuiltinBody{"polygon(circle)", "polygon(12, $1)"},
    BuiltinBody{"age(timestamp with time zone)", "age(cast(current_date as timestamptz), $1)"},
    BuiltinBody{"age(timestamp without time zone)", "age(cast(current_date as timestamp), $1)"},
    BuiltinBody{"date_part(text,date)", "date_part($1, cast($2 as timestamp))"},
    BuiltinBody{"timestamptz(date,time without time zone)", "cast(($1 + $2) as timestamptz)"},
    BuiltinBody{"timedate_pl(time without time zone,date)", "$2 + $1"},
    BuiltinBody{"timetzdate_pl(time with time zone,date)", "$2 + $1"},
    BuiltinBody{"interval_pl_time(interval,time without time zone)", "$2 + $1"},
    BuiltinBody{"interval_pl_date(interval,date)", "$2 + $1"},
    BuiltinBody{"interval_pl_timetz(interval,time with time zone)", "$2 + $1"},
    BuiltinBody{"interval_pl_timestamp(interval,timestamp without time zone)", "$2 + $1"},
    BuiltinBody{"interval_pl_timestamptz(interval,timestamp with time zone)", "$2 + $1"},
    BuiltinBody{"integer_pl_date(integer,date)", "$2 + $1"},
    BuiltinBody{"int8pl_inet(bigint,inet)", "$2 + $1"},
};

constexpr std::string_view kTimes[] = {"timestamp with time zone", "timestamp without time zone",
                                       "time without time zone"};

std::string signature_of(const Function& function, const TypeSystem& types) {
  std::string text{function.name};
  text += '(';
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    text += (i > 0 ? "," : "") + types.format_type(function.arguments[i]);
  }
  return text + ')';
}

/// OVERLAPS of periods given by their lengths.
std::string overlaps_body(std::string_view signature) {
  for (const std::string_view time : kTimes) {
    for (const bool first : {false, true}) {
      for (const bool second : {false, true}) {
        if ((first || second) &&
            signature == fmt::format("overlaps({0},{1},{0},{2})", time, first ? "interval" : time,
                                     second ? "interval" : time)) {
          return fmt::format("($1, {}) overlaps ($3, {})", first ? "$1 + $2" : "$2",
                             second ? "$3 + $4" : "$4");
        }
      }
    }
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  const auto is_outside = [](char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0 || c == ';';
  };
  while (!text.empty() && is_outside(text.back())) {
    text.remove_suffix(1);
  }
  while (!text.empty() && is_outside(text.front())) {
    text.remove_prefix(1);
  }
  return text;
}

/// The expression of "SELECT expression"; empty: something else.
std::string expression_of(const std::string& definition) {
  const std::string body = statement_of(definition);
  constexpr std::string_view kSelect = "select";
  const bool is_select =
      body.size() > kSelect.size() &&
      std::equal(kSelect.begin(), kSelect.end(), body.begin(),
                 [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
  if (!is_select || (std::isalnum(static_cast<unsigned char>(body[kSelect.size()])) != 0)) {
    return {};
  }
  return body.substr(kSelect.size());
}

/// SELECT of one value and nothing else, as inline_function() asks.
bool is_one_value(const std::string& expression) {
  const auto tree = collector::ParseTree::parse_or_throw("SELECT " + expression);
  if (tree.statements().size() != 1 ||
      tree.statements()[0].node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
    return false;
  }
  const auto& select = *tree.statements()[0].node->select_stmt;
  return select.n_target_list == 1 && select.n_from_clause == 0 && select.where_clause == nullptr &&
         select.n_group_clause == 0 && select.having_clause == nullptr &&
         select.n_window_clause == 0 && select.n_distinct_clause == 0 &&
         select.n_sort_clause == 0 && select.limit_count == nullptr &&
         select.limit_offset == nullptr && select.with_clause == nullptr &&
         select.n_values_lists == 0 && select.op == PG_QUERY__SET_OPERATION__SETOP_NONE;
}

/// `$1` as the column of that name.
std::string parameters_quoted(const std::string& sql) {
  std::string result;
  char quote = '\0';
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const char c = sql[i];
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '$' && i + 1 < sql.size() &&
               std::isdigit(static_cast<unsigned char>(sql[i + 1])) != 0) {
      result += "\"$";
      while (i + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[i + 1])) != 0) {
        result += sql[++i];
      }
      result += '"';
      continue;
    }
    result += c;
  }
  return result;
}

/// Whether a null argument makes the whole null: the contrary of contain_nonstrict_functions().
bool is_strict(const Expr& expr, const TypeSystem& types) {
  switch (expr.kind) {
    case ExprKind::Var:
    case ExprKind::Const:
    case ExprKind::RelabelType:
    case ExprKind::CoerceViaIO:
    case ExprKind::ArrayCoerceExpr:
    case ExprKind::Not:
    case ExprKind::SqlValueFunction:
      break;
    case ExprKind::FuncExpr:
    case ExprKind::OpExpr:
    case ExprKind::ScalarArrayOpExpr:
      if (!types.is_strict(expr.function)) {
        return false;
      }
      break;
    default:
      return false;
  }
  const auto parts = children(expr);
  return std::all_of(parts.begin(), parts.end(),
                     [&](const ExprPtr& part) { return is_strict(*part, types); });
}

bool is_query(const Expr& e) {
  return e.kind == ExprKind::SubLink || e.kind == ExprKind::SubPlan;
}

bool is_volatile(const Expr& e, const TypeSystem& types) {
  const auto* function = e.function != 0 ? types.function(e.function) : nullptr;
  return function != nullptr && function->volatility == 'v';
}

/// An argument that the body would repeat must be cheap: ten times cpu_operator_cost.
bool may_repeat(const ExprPtr& argument, const TypeSystem& types) {
  double cost = 0;
  return !any_of(argument, [&](const Expr& e) {
    const auto* function = e.function != 0 ? types.function(e.function) : nullptr;
    cost += function != nullptr ? function->cost : 0;
    return is_query(e) || is_volatile(e, types) || cost > 10;
  });
}

}  // namespace

std::string statement_of(std::string_view body) {
  constexpr std::string_view kReturn = "\nRETURN ", kBegin = "\nBEGIN ATOMIC\n", kEnd = "END";
  body = trimmed(body);
  if (!body.starts_with("CREATE ")) {
    return std::string{body};
  }
  if (const auto at = body.find(kReturn); at != std::string_view::npos) {
    return fmt::format("SELECT {}", trimmed(body.substr(at + kReturn.size())));
  }
  const auto begin = body.find(kBegin);
  if (begin == std::string_view::npos || !body.ends_with(kEnd)) {
    return {};
  }
  body = body.substr(begin + kBegin.size());
  body.remove_suffix(kEnd.size());
  return std::string{trimmed(body)};
}

SqlFunctions::SqlFunctions(const CatalogSnapshot& catalog, const TypeSystem& types)
    : types_{types}, binder_{catalog, types} {
  const auto add = [&](std::string_view name, auto&& body_of) {
    for (const auto* function : types.functions_named(name)) {
      if (const std::string body{body_of(signature_of(*function, types))}; !body.empty()) {
        builtin_[function->oid] = body;
      }
    }
  };
  for (const auto& one : kBuiltinBodies) {
    add(one.signature.substr(0, one.signature.find('(')), [&](const std::string& signature) {
      return signature == one.signature ? one.body : std::string_view{};
    });
  }
  add("overlaps", [](const std::string& signature) { return overlaps_body(signature); });
  for (const auto& function : catalog.functions) {
    if (!function.body.empty()) {
      own_[function.oid] = &function;
    }
  }
}

ExprPtr SqlFunctions::inlined(const Expr& call) const {
  if (call.kind != ExprKind::FuncExpr && call.kind != ExprKind::OpExpr) {
    return nullptr;
  }
  const Function* function = builtin_.contains(call.function) || own_.contains(call.function)
                                 ? types_.function(call.function)
                                 : nullptr;
  if (function == nullptr || call.returns_set || call.variadic ||
      call.args.size() != function->arguments.size()) {
    return nullptr;
  }
  const ExprPtr found = body(*function, call);
  if (!found) {
    return nullptr;
  }
  std::vector<int> uses(call.args.size(), 0);
  (void)any_of(found, [&](const Expr& e) {
    if (e.kind == ExprKind::Var) {
      ++uses[static_cast<std::size_t>(e.attno - 1) % uses.size()];
    }
    return false;
  });
  for (std::size_t i = 0; i < uses.size(); ++i) {
    if ((uses[i] == 0 && function->strict) || (uses[i] != 1 && !may_repeat(call.args[i], types_))) {
      return nullptr;
    }
  }
  const bool collated = call.input_collation != 0 && call.input_collation != kDefaultCollation;
  const std::function<ExprPtr(const ExprPtr&)> replace = [&](const ExprPtr& e) -> ExprPtr {
    if (e->kind == ExprKind::Var) {
      return call.args[static_cast<std::size_t>(e->attno - 1) % uses.size()];
    }
    const ExprPtr changed = map_children(e, replace);
    if (!collated ||
        (e->collation != kDefaultCollation && e->input_collation != kDefaultCollation)) {
      return changed;
    }
    auto copy = std::make_shared<Expr>(*changed);
    for (Oid* collation : {&copy->collation, &copy->input_collation}) {
      *collation = *collation == kDefaultCollation ? call.input_collation : *collation;
    }
    return copy;
  };
  return replace(found);
}

ExprPtr SqlFunctions::body(const Function& function, const Expr& call) const {
  Key key{function.oid};
  for (const auto& arg : call.args) {
    key.push_back(arg->type);
  }
  {
    const std::shared_lock reading{mutex_};
    if (const auto found = bodies_.find(key); found != bodies_.end()) {
      return found->second;
    }
  }
  ExprPtr made;
  try {
    made = bind_body(function, call);
  } catch (const UserError&) {
    made = nullptr;  // the body needs more than an expression may say: it stays a call
  }
  if (made && !may_stand_for(function, made)) {
    made = nullptr;
  }
  const std::unique_lock writing{mutex_};
  return bodies_.try_emplace(std::move(key), std::move(made)).first->second;
}

ExprPtr SqlFunctions::bind_body(const Function& function, const Expr& call) const {
  const auto own = own_.find(function.oid);
  std::string sql =
      own == own_.end() ? builtin_.at(function.oid) : expression_of(own->second->body);
  if (sql.empty() || !is_one_value(parameters_quoted(sql))) {
    return nullptr;
  }
  sql = parameters_quoted(sql);
  Table arguments;
  arguments.name = function.name;  // f.x means argument x of f
  const auto add = [&](const std::string& name, std::size_t i) {
    Column column;
    column.name = name;
    column.number = static_cast<std::int16_t>(arguments.columns.size() + 1);
    column.type =
        types_.is_polymorphic(function.arguments[i]) ? call.args[i]->type : function.arguments[i];
    column.collation = types_.type_collation(column.type);
    arguments.columns.push_back(std::move(column));
  };
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    add("$" + std::to_string(i + 1), i);
  }
  if (own != own_.end() && own->second->argument_names.size() == function.arguments.size()) {
    for (std::size_t i = 0; i < function.arguments.size(); ++i) {
      add(own->second->argument_names[i], i);
    }
  }
  ExprPtr bound = binder_.bind_table_expression(sql, arguments);
  if (bound && bound->type != call.type) {
    bound = binder_.bind_table_expression(
        fmt::format("({})::{}", sql, types_.format_type(call.type)), arguments);
  }
  return bound;
}

bool SqlFunctions::may_stand_for(const Function& function, const ExprPtr& body) const {
  const bool mutates = any_of(body, [&](const Expr& e) {
    const auto* called = e.function != 0 ? types_.function(e.function) : nullptr;
    const char volatility = called != nullptr                      ? called->volatility
                            : e.kind == ExprKind::SqlValueFunction ? 's'
                                                                   : 'i';
    return is_query(e) || e.kind == ExprKind::Aggref || e.kind == ExprKind::WindowFunc ||
           e.returns_set || e.kind == ExprKind::Param ||
           (volatility == 'v' && function.volatility != 'v') ||
           (volatility == 's' && function.volatility == 'i');
  });
  return !mutates && (!function.strict || is_strict(*body, types_));
}

}  // namespace quern::planner_model
