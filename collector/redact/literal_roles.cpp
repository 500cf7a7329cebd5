#include "collector/redact/literal_roles.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/redact/expression_types.hpp"
#include "collector/redact/function_roles.hpp"
#include "collector/redact/redact_sql.hpp"
#include "collector/sql/visit_messages.hpp"

namespace quern::collector {

namespace {

/// Kinds that a bare number can be of.
bool may_be_number(ValueKind kind) {
  constexpr std::array kKinds = {ValueKind::Keep,     ValueKind::Number, ValueKind::Real,
                                 ValueKind::Small,    ValueKind::Year,   ValueKind::Operand,
                                 ValueKind::RowCount, ValueKind::Epoch};
  return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

class RoleFinder {
 public:
  RoleFinder(const ParseTree& tree, const CatalogSnapshot& catalog, LiteralRoles& roles)
      : types_{tree, catalog}, catalog_{catalog}, roles_{roles} {}

  void find(const ParseTree& tree) {
    for (const auto& statement : tree.statements()) {
      visit_messages(statement.node->base, [&](const ProtobufCMessage& m) { visit(m); });
    }
  }

 private:
  using Node = PgQuery__Node;
  static constexpr ValueType kKeep{ValueKind::Keep};
  static constexpr ValueType kText{ValueKind::Text};
  static constexpr ValueType kOperand{ValueKind::Operand};

  // --- literals --------------------------------------------------------------------------------

  /// Says what a literal is, or each of several. The first to speak is right: parents come first.
  void say(const Node* node, ValueType type) {
    if (node == nullptr) {
      return;
    }
    const auto all = [&](Node* const* nodes, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        say(nodes[i], type);
      }
    };
    switch (node->node_case) {
      case PG_QUERY__NODE__NODE_A_CONST:
        literal(*node->a_const, type);
        break;
      case PG_QUERY__NODE__NODE_PARAM_REF:
        roles_.parameters.emplace(node->param_ref->number, type);
        break;
      case PG_QUERY__NODE__NODE_TYPE_CAST:
        cast(*node->type_cast, type);
        break;
      case PG_QUERY__NODE__NODE_LIST:
        all(node->list->items, node->list->n_items);
        break;
      case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        type.array = false;
        all(node->a_array_expr->elements, node->a_array_expr->n_elements);
        break;
      case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        say(node->collate_clause->arg, type);
        break;
      case PG_QUERY__NODE__NODE_A_EXPR:
        sum_of_constants(*node->a_expr, type);
        break;
      case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        all(node->coalesce_expr->args, node->coalesce_expr->n_args);
        break;
      case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        all(node->min_max_expr->args, node->min_max_expr->n_args);
        break;
      case PG_QUERY__NODE__NODE_CASE_EXPR:
        results(*node->case_expr, type);
        break;
      case PG_QUERY__NODE__NODE_FUNC_CALL:
        argument(*node->func_call, type);
        break;
      default:
        break;
    }
  }

  /// Of a call that keeps the type of its argument; LIKE's ESCAPE is a call as well.
  void argument(const PgQuery__FuncCall& f, ValueType type) {
    const std::string_view name = last_name(f.funcname, f.n_funcname);
    if (f.n_args > 0 && (passes_type(name) ||
                         (type.pattern && among(name, {"like_escape", "similar_to_escape"})))) {
      say(f.args[0], type);
    }
  }

  void results(const PgQuery__CaseExpr& c, ValueType type) {
    for (std::size_t i = 0; i < c.n_args; ++i) {
      say(c.args[i]->case_when->result, type);
    }
    say(c.defresult, type);
  }

  void literal(const PgQuery__AConst& c, ValueType type) {
    if (c.isnull || c.location < 0 ||
        (c.val_case != PG_QUERY__A__CONST__VAL_SVAL && c.val_case != PG_QUERY__A__CONST__VAL_IVAL &&
         c.val_case != PG_QUERY__A__CONST__VAL_FVAL)) {
      return;
    }
    LiteralRoles::Literal role{type};
    role.text = c.val_case == PG_QUERY__A__CONST__VAL_SVAL;
    if (role.text) {
      role.value = c.sval->sval;
    } else if (type.kind == ValueKind::Guess) {
      role.type.kind =
          c.val_case == PG_QUERY__A__CONST__VAL_FVAL ? ValueKind::Real : ValueKind::Number;
    } else if (!may_be_number(type.kind)) {
      role.type.kind = ValueKind::Operand;
    }
    roles_.by_offset.emplace(static_cast<std::size_t>(c.location), std::move(role));
  }

  void cast(const PgQuery__TypeCast& c, ValueType otherwise) {
    ValueType type = c.type_name == nullptr ? otherwise : types_.type_of_cast(c.type_name);
    if (type.kind == ValueKind::Guess || otherwise.kind == ValueKind::Keep ||
        otherwise.kind == ValueKind::RowCount) {
      type.kind = otherwise.kind;
    }
    type.pattern = otherwise.pattern;
    if (c.arg != nullptr && c.arg->node_case == PG_QUERY__NODE__NODE_PARAM_REF &&
        type.kind == ValueKind::Keep) {
      type = otherwise;
    }
    say(c.arg, type);
  }

  // --- places ----------------------------------------------------------------------------------

  void visit(const ProtobufCMessage& m) {
    if (const auto* e = message_as<PgQuery__AExpr>(m, pg_query__a__expr__descriptor)) {
      expression(*e);
    } else if (const auto* f = message_as<PgQuery__FuncCall>(m, pg_query__func_call__descriptor)) {
      function(*f);
    } else if (const auto* coalesce =
                   message_as<PgQuery__CoalesceExpr>(m, pg_query__coalesce_expr__descriptor)) {
      same_type(coalesce->args, coalesce->n_args);
    } else if (const auto* greatest =
                   message_as<PgQuery__MinMaxExpr>(m, pg_query__min_max_expr__descriptor)) {
      same_type(greatest->args, greatest->n_args);
    } else if (const auto* of = message_as<PgQuery__CaseExpr>(m, pg_query__case_expr__descriptor)) {
      cases(*of);
    } else if (const auto* c = message_as<PgQuery__TypeCast>(m, pg_query__type_cast__descriptor)) {
      cast(*c, {});
    } else if (const auto* t = message_as<PgQuery__TypeName>(m, pg_query__type_name__descriptor)) {
      say_all(t->typmods, t->n_typmods, kKeep);
    } else if (const auto* o = message_as<PgQuery__SortBy>(m, pg_query__sort_by__descriptor)) {
      position(o->node);
    } else if (const auto* k = message_as<PgQuery__AConst>(m, pg_query__a__const__descriptor)) {
      literal(*k, k->val_case == PG_QUERY__A__CONST__VAL_SVAL ? ValueType{} : kOperand);
    } else if (const auto* p = message_as<PgQuery__ParamRef>(m, pg_query__param_ref__descriptor)) {
      roles_.parameters.emplace(p->number, ValueType{});
    } else {
      visit_clause(m);
    }
  }

  void visit_clause(const ProtobufCMessage& m) {
    if (const auto* s = message_as<PgQuery__SelectStmt>(m, pg_query__select_stmt__descriptor)) {
      select(*s);
    } else if (const auto* n =
                   message_as<PgQuery__InsertStmt>(m, pg_query__insert_stmt__descriptor)) {
      insert(*n);
    } else if (const auto* u =
                   message_as<PgQuery__UpdateStmt>(m, pg_query__update_stmt__descriptor)) {
      for (std::size_t t = 0; t < u->n_target_list; ++t) {
        assign(u->relation, u->target_list[t]->res_target);
      }
    } else if (const auto* sample = message_as<PgQuery__RangeTableSample>(
                   m, pg_query__range_table_sample__descriptor)) {
      say_all(sample->args, sample->n_args, kKeep);
    } else if (const auto* set = message_as<PgQuery__VariableSetStmt>(
                   m, pg_query__variable_set_stmt__descriptor)) {
      say_all(set->args, set->n_args, is_own_setting(set->name) ? ValueType{} : kKeep);
    } else if (const auto* execute =
                   message_as<PgQuery__ExecuteStmt>(m, pg_query__execute_stmt__descriptor)) {
      say_all(execute->params, execute->n_params, {});
    } else if (const auto* call =
                   message_as<PgQuery__CallStmt>(m, pg_query__call_stmt__descriptor)) {
      say_all(call->funccall->args, call->funccall->n_args, {});
    }
  }

  void expression(const PgQuery__AExpr& e) {
    const std::string_view op = last_name(e.name, e.n_name);
    const bool like = e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_LIKE ||
                      e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE ||
                      e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR;
    const bool regex = among(op, {"~", "~*", "!~", "!~*"});
    if (like || regex) {
      const bool similar = e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR;
      say(e.rexpr, ValueType{ValueKind::Text, false, like, regex || similar});
      say(e.lexpr, kText);
      return;
    }
    if (among(op, {"->", "->>", "#>", "#>>", "||"})) {
      say(e.lexpr, kText);
      say(e.rexpr, kText);
      return;
    }
    const bool compares = e.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
                          among(op, {"=", "<>", "!=", "<", ">", "<=", ">=", "@>", "<@", "&&", "?"});
    if (!compares) {
      operands(e);
      return;
    }
    if (is_row(e.lexpr) && is_row(e.rexpr)) {
      const auto& left = *e.lexpr->row_expr;
      const auto& right = *e.rexpr->row_expr;
      for (std::size_t i = 0; i < std::min(left.n_args, right.n_args); ++i) {
        compare(left.args[i], right.args[i], false);
      }
      return;
    }
    compare(e.lexpr, e.rexpr,
            e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY ||
                e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ALL);
  }

  static bool is_row(const Node* node) {
    return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_ROW_EXPR;
  }

  /// `many`: the right side is an array of what the left side is.
  void compare(const Node* left, const Node* right, bool many) {
    // Whether there are any: EXISTS in other words.
    if (is_subquery(left) || is_subquery(right)) {
      return;
    }
    ValueType of_left = types_.type_of(left).value_or(ValueType{});
    of_left.array = of_left.array || many;
    // Of what type is not known, but it is a value: by its looks.
    if (of_left.kind != ValueKind::Guess || has_column(left)) {
      say(right, of_left);
    }
    if (const auto of_right = types_.type_of(right); of_right || has_column(right)) {
      ValueType type = of_right.value_or(ValueType{});
      type.array = type.array && !many;
      say(left, type);
    }
  }

  /// Arguments of one type, constants among them.
  void same_type(Node* const* nodes, std::size_t count) {
    if (const auto type = types_.first_type(nodes, count)) {
      say_all(nodes, count, *type);
    }
  }

  void cases(const PgQuery__CaseExpr& c) {
    if (const auto type = types_.type_of_results(c)) {
      results(c, *type);
    }
    for (std::size_t i = 0; c.arg != nullptr && i < c.n_args; ++i) {
      compare(c.arg, c.args[i]->case_when->expr, false);
    }
  }

  void say_all(Node* const* nodes, std::size_t count, ValueType type) {
    for (std::size_t i = 0; i < count; ++i) {
      say(nodes[i], type);
    }
  }

  static bool is_subquery(const Node* node) {
    return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_SUB_LINK;
  }

  /// The planner computes what has no column in it before it looks at statistics.
  static bool has_column(const Node* node) {
    bool found = false;
    if (node != nullptr) {
      visit_messages(node->base, [&](const ProtobufCMessage& m) {
        found = found || m.descriptor == &pg_query__column_ref__descriptor;
      });
    }
    return found;
  }

  static bool is_number(const Node* node) {
    return node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
           node->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL;
  }

  /// `total * 1000`, `now() - '7 days'`.
  void operands(const PgQuery__AExpr& e) {
    const bool computed = !has_column(e.lexpr) && !has_column(e.rexpr);
    const bool moment = types_.type_of(e.lexpr) == ValueType{ValueKind::Time};
    for (const Node* node : {e.lexpr, e.rexpr}) {
      if (node == nullptr) {
        continue;
      }
      if (is_number(node)) {
        literal(*node->a_const, computed ? kKeep : kOperand);
      } else if (moment && node == e.rexpr &&
                 types_.type_of(node).value_or(ValueType{}) == ValueType{}) {
        say(node, ValueType{ValueKind::Interval});
      }
    }
  }

  /// `5 + 10` in the place of one value: the sum moves as its first part does.
  void sum_of_constants(const PgQuery__AExpr& e, ValueType type) {
    const bool sum = among(last_name(e.name, e.n_name), {"+", "-"}) && e.lexpr != nullptr &&
                     e.rexpr != nullptr && !has_column(e.lexpr) && !has_column(e.rexpr);
    if (sum && is_number(e.rexpr)) {
      literal(*e.rexpr->a_const, kKeep);
      say(e.lexpr, type);
    }
  }

  /// GROUP BY 1
  void position(const Node* node) {
    if (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST) {
      say(node, kKeep);
    }
  }

  void select(const PgQuery__SelectStmt& s) {
    say(s.limit_count, ValueType{ValueKind::RowCount});
    say(s.limit_offset, ValueType{ValueKind::RowCount});
    for (std::size_t i = 0; i < s.n_group_clause; ++i) {
      position(s.group_clause[i]);
    }
    say_all(s.values_lists, s.n_values_lists, {});
  }

  void assign(const PgQuery__RangeVar* range, const PgQuery__ResTarget* target) {
    const Table* table = types_.table_named(range);
    if (target != nullptr) {
      say(target->val, types_.type_in(table, target->name).value_or(ValueType{}));
    }
  }

  void insert(const PgQuery__InsertStmt& s) {
    const Table* table = types_.table_named(s.relation);
    if (s.select_stmt == nullptr || s.select_stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
      return;
    }
    std::vector<ValueType> types;
    for (std::size_t i = 0; i < s.n_cols; ++i) {
      types.push_back(types_.type_in(table, s.cols[i]->res_target->name).value_or(ValueType{}));
    }
    if (types.empty() && table != nullptr) {
      for (const Column& column : table->columns) {
        types.push_back(types_.type_of_column(column));
      }
    }
    const PgQuery__SelectStmt& values = *s.select_stmt->select_stmt;
    for (std::size_t r = 0; r < values.n_values_lists; ++r) {
      const PgQuery__List& row = *values.values_lists[r]->list;
      for (std::size_t i = 0; i < std::min(row.n_items, types.size()); ++i) {
        say(row.items[i], types[i]);
      }
    }
    for (std::size_t i = 0; i < std::min(values.n_target_list, types.size()); ++i) {
      say(values.target_list[i]->res_target->val, types[i]);
    }
  }

  void function(const PgQuery__FuncCall& f) {
    const std::vector<ArgumentRole> roles = argument_roles(f, catalog_);
    for (std::size_t i = 0; i < f.n_args; ++i) {
      say(f.args[i], is_number(f.args[i]) ? roles[i].number : roles[i].text);
    }
  }

  ExpressionTypes types_;
  const CatalogSnapshot& catalog_;
  LiteralRoles& roles_;
};

}  // namespace

LiteralRoles literal_roles(const ParseTree& tree, const CatalogSnapshot& catalog) {
  LiteralRoles roles;
  RoleFinder{tree, catalog, roles}.find(tree);
  return roles;
}

std::optional<ValueType> type_of_condition(const ParseTree& tree, const CatalogSnapshot& catalog) {
  if (tree.statements().empty() ||
      tree.statements().front().node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
    return std::nullopt;
  }
  return ExpressionTypes{tree, catalog}.type_of(
      tree.statements().front().node->select_stmt->where_clause);
}

}  // namespace quern::collector
