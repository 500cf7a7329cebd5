#include "collector/redact/literal_roles.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "collector/redact/redact_sql.hpp"
#include "collector/sql/visit_messages.hpp"

namespace quern::collector {

namespace {

std::string_view last_name(PgQuery__Node* const* names, std::size_t count) {
  const PgQuery__Node* last = count == 0 ? nullptr : names[count - 1];
  return last != nullptr && last->node_case == PG_QUERY__NODE__NODE_STRING
             ? std::string_view{last->string->sval}
             : std::string_view{};
}

bool among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Functions whose text arguments are words of the language, not of a customer.
bool takes_words(std::string_view function) {
  return among(function, {"date_trunc", "date_part", "extract", "to_char", "to_date",
                          "to_timestamp", "to_number", "timezone", "nextval", "currval", "setval",
                          "set_config", "current_setting", "encode", "decode", "make_interval"});
}

class RoleFinder {
 public:
  RoleFinder(const CatalogSnapshot& catalog, LiteralRoles& roles)
      : catalog_{catalog}, roles_{roles} {}

  void find(const ParseTree& tree) {
    for (const auto& statement : tree.statements()) {
      visit_messages(statement.node->base, [&](const ProtobufCMessage& m) { note_table(m); });
    }
    for (const auto& statement : tree.statements()) {
      visit_messages(statement.node->base, [&](const ProtobufCMessage& m) { visit(m); });
    }
  }

 private:
  using Node = PgQuery__Node;
  static constexpr ValueType kKeep{ValueKind::Keep};
  static constexpr ValueType kText{ValueKind::Text};
  static constexpr ValueType kOperand{ValueKind::Operand};

  template <class Message>
  static const Message* as(const ProtobufCMessage& m, const ProtobufCMessageDescriptor& kind) {
    return m.descriptor == &kind ? reinterpret_cast<const Message*>(&m) : nullptr;
  }

  void note_table(const ProtobufCMessage& m) {
    if (const auto* range = as<PgQuery__RangeVar>(m, pg_query__range_var__descriptor)) {
      for (const Table& table : catalog_.tables) {
        if (table.name == range->relname) {
          tables_.push_back(
              {range->alias == nullptr ? std::string{} : range->alias->aliasname, &table});
        }
      }
    }
  }

  // --- what the other side is ------------------------------------------------------------------

 public:
  /// Of the expression that stands as the condition of the first statement.
  std::optional<ValueType> type_of_condition(const ParseTree& tree) {
    if (tree.statements().empty()) {
      return std::nullopt;
    }
    const Node* node = tree.statements().front().node;
    visit_messages(node->base, [&](const ProtobufCMessage& m) { note_table(m); });
    return node->node_case == PG_QUERY__NODE__NODE_SELECT_STMT
               ? type_of(node->select_stmt->where_clause)
               : std::nullopt;
  }

 private:
  static const Column* column_in(const Table& table, std::string_view name) {
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const Column& c) { return c.name == name; });
    return column == table.columns.end() ? nullptr : &*column;
  }

  std::optional<ValueType> type_of_column(const PgQuery__ColumnRef& ref) const {
    const std::string_view name = last_name(ref.fields, ref.n_fields);
    const std::string_view of = ref.n_fields > 1 ? last_name(ref.fields, ref.n_fields - 1) : "";
    const Column* found = nullptr;
    for (const auto& [alias, table] : tables_) {
      const bool meant = of.empty() || of == alias || of == table->name;
      const Column* column = meant ? column_in(*table, name) : nullptr;
      found = found == nullptr ? column : found;
    }
    // Behind a subquery or a CTE: columns of one name are mostly of one type.
    for (const Table& table : catalog_.tables) {
      found = found == nullptr ? column_in(table, name) : found;
    }
    return found == nullptr ? std::nullopt : std::optional{value_type(found->type, catalog_.types)};
  }

  static std::optional<ValueType> type_of_cast(const PgQuery__TypeName* name,
                                               const std::vector<TypeDefinition>& types) {
    const std::string_view word = name == nullptr ? "" : last_name(name->names, name->n_names);
    for (const TypeDefinition& type : types) {
      if (type.name == word) {
        return value_type(type.oid, types);
      }
    }
    ValueType type = value_type(word);
    type.array = type.array || (name != nullptr && name->n_array_bounds > 0);
    return type;
  }

  std::optional<ValueType> type_of(const Node* node) const {
    if (node == nullptr) {
      return std::nullopt;
    }
    switch (node->node_case) {
      case PG_QUERY__NODE__NODE_COLUMN_REF:
        return type_of_column(*node->column_ref);
      case PG_QUERY__NODE__NODE_TYPE_CAST:
        return type_of_cast(node->type_cast->type_name, catalog_.types);
      case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        return type_of(node->collate_clause->arg);
      case PG_QUERY__NODE__NODE_A_EXPR:
        return type_of_expression(*node->a_expr);
      case PG_QUERY__NODE__NODE_FUNC_CALL:
        return type_of_function(*node->func_call);
      case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return first_type(node->coalesce_expr->args, node->coalesce_expr->n_args);
      case PG_QUERY__NODE__NODE_LIST:
        return first_type(node->list->items, node->list->n_items);
      default:
        return std::nullopt;
    }
  }

  std::optional<ValueType> first_type(Node* const* nodes, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto type = type_of(nodes[i])) {
        return type;
      }
    }
    return std::nullopt;
  }

  std::optional<ValueType> type_of_expression(const PgQuery__AExpr& e) const {
    const std::string_view op = last_name(e.name, e.n_name);
    if (among(op, {"||", "->>", "#>>"})) {
      return kText;
    }
    if (among(op, {"->", "#>"})) {
      return ValueType{ValueKind::Json};
    }
    const auto left = type_of(e.lexpr);
    return left ? left : type_of(e.rexpr);
  }

  std::optional<ValueType> type_of_function(const PgQuery__FuncCall& f) const {
    const std::string_view name = last_name(f.funcname, f.n_funcname);
    if (among(name, {"count", "length", "char_length", "extract", "date_part", "array_length",
                     "sum", "avg", "abs", "round", "floor", "ceil"})) {
      return ValueType{ValueKind::Number};
    }
    if (among(name, {"date", "date_trunc", "now", "to_date", "to_timestamp", "timezone"})) {
      return ValueType{ValueKind::Time};
    }
    return first_type(f.args, f.n_args);
  }

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
      default:
        break;
    }
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
    }
    roles_.by_offset.emplace(static_cast<std::size_t>(c.location), std::move(role));
  }

  void cast(const PgQuery__TypeCast& c, ValueType otherwise) {
    ValueType type = type_of_cast(c.type_name, catalog_.types).value_or(otherwise);
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
    if (const auto* e = as<PgQuery__AExpr>(m, pg_query__a__expr__descriptor)) {
      expression(*e);
    } else if (const auto* s = as<PgQuery__SelectStmt>(m, pg_query__select_stmt__descriptor)) {
      select(*s);
    } else if (const auto* n = as<PgQuery__InsertStmt>(m, pg_query__insert_stmt__descriptor)) {
      insert(*n);
    } else if (const auto* u = as<PgQuery__UpdateStmt>(m, pg_query__update_stmt__descriptor)) {
      for (std::size_t t = 0; t < u->n_target_list; ++t) {
        assign(u->relation, u->target_list[t]->res_target);
      }
    } else if (const auto* f = as<PgQuery__FuncCall>(m, pg_query__func_call__descriptor)) {
      function(*f);
    } else if (const auto* c = as<PgQuery__TypeCast>(m, pg_query__type_cast__descriptor)) {
      cast(*c, {});
    } else if (const auto* t = as<PgQuery__TypeName>(m, pg_query__type_name__descriptor)) {
      for (std::size_t i = 0; i < t->n_typmods; ++i) {
        say(t->typmods[i], kKeep);
      }
    } else if (const auto* o = as<PgQuery__SortBy>(m, pg_query__sort_by__descriptor)) {
      say(o->node, kKeep);
    } else if (const auto* sample =
                   as<PgQuery__RangeTableSample>(m, pg_query__range_table_sample__descriptor)) {
      for (std::size_t i = 0; i < sample->n_args; ++i) {
        say(sample->args[i], kKeep);
      }
    } else if (const auto* k = as<PgQuery__AConst>(m, pg_query__a__const__descriptor)) {
      literal(*k, k->val_case == PG_QUERY__A__CONST__VAL_SVAL ? ValueType{} : kOperand);
    } else if (const auto* p = as<PgQuery__ParamRef>(m, pg_query__param_ref__descriptor)) {
      roles_.parameters.emplace(p->number, ValueType{});
    }
  }

  void expression(const PgQuery__AExpr& e) {
    const std::string_view op = last_name(e.name, e.n_name);
    const bool like = e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_LIKE ||
                      e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE ||
                      e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_SIMILAR;
    if (like || among(op, {"~", "~*", "!~", "!~*"})) {
      say_pattern(e.rexpr);
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
    ValueType of_left = type_of(left).value_or(ValueType{});
    of_left.array = of_left.array || many;
    if (of_left.kind != ValueKind::Guess) {
      say(right, of_left);
    }
    if (const auto of_right = type_of(right)) {
      ValueType type = *of_right;
      type.array = type.array && !many;
      say(left, type);
    }
  }

  void say_pattern(const Node* node) { say(node, ValueType{ValueKind::Text, false, true}); }

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
    const bool moment = type_of(e.lexpr) == ValueType{ValueKind::Time};
    for (const Node* node : {e.lexpr, e.rexpr}) {
      if (node == nullptr) {
        continue;
      }
      if (is_number(node)) {
        literal(*node->a_const, computed ? kKeep : kOperand);
      } else if (moment && node == e.rexpr && type_of(node).value_or(ValueType{}) == ValueType{}) {
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

  void select(const PgQuery__SelectStmt& s) {
    say(s.limit_count, ValueType{ValueKind::RowCount});
    say(s.limit_offset, ValueType{ValueKind::RowCount});
    for (std::size_t i = 0; i < s.n_group_clause; ++i) {
      say(s.group_clause[i], kKeep);
    }
  }

  const Table* table_named(const PgQuery__RangeVar* range) const {
    const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const auto& named) {
      return range != nullptr && named.second->name == range->relname;
    });
    return found == tables_.end() ? nullptr : found->second;
  }

  void assign(const PgQuery__RangeVar* range, const PgQuery__ResTarget* target) {
    const Table* table = table_named(range);
    const Column* column = table == nullptr || target == nullptr || target->name == nullptr
                               ? nullptr
                               : column_in(*table, target->name);
    if (column != nullptr) {
      say(target->val, value_type(column->type, catalog_.types));
    }
  }

  void insert(const PgQuery__InsertStmt& s) {
    const Table* table = table_named(s.relation);
    if (table == nullptr || s.select_stmt == nullptr ||
        s.select_stmt->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
      return;
    }
    std::vector<ValueType> types;
    for (std::size_t i = 0; i < s.n_cols; ++i) {
      const Column* column = column_in(*table, s.cols[i]->res_target->name);
      types.push_back(column == nullptr ? ValueType{} : value_type(column->type, catalog_.types));
    }
    if (types.empty()) {
      for (const Column& column : table->columns) {
        types.push_back(value_type(column.type, catalog_.types));
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
    const std::string_view name = last_name(f.funcname, f.n_funcname);
    const ValueType strings = takes_words(name) ? kKeep : ValueType{};
    const bool query = name.find("tsquery") != std::string_view::npos ||
                       name.find("tsvector") != std::string_view::npos;
    const bool computed = std::none_of(f.args, f.args + f.n_args, has_column);
    const ValueType number = name == "to_timestamp" && f.n_args == 1 ? ValueType{ValueKind::Epoch}
                             : computed                              ? kKeep
                                                                     : kOperand;
    for (std::size_t i = 0; i < f.n_args; ++i) {
      const bool configuration = query && i == 0 && f.n_args > 1;
      say(f.args[i], is_number(f.args[i]) ? number
                     : configuration      ? kKeep
                     : query              ? kText
                                          : strings);
    }
  }

  const CatalogSnapshot& catalog_;
  LiteralRoles& roles_;
  std::vector<std::pair<std::string, const Table*>> tables_;
};

}  // namespace

LiteralRoles literal_roles(const ParseTree& tree, const CatalogSnapshot& catalog) {
  LiteralRoles roles;
  RoleFinder{catalog, roles}.find(tree);
  return roles;
}

std::optional<ValueType> type_of_condition(const ParseTree& tree, const CatalogSnapshot& catalog) {
  LiteralRoles roles;
  return RoleFinder{catalog, roles}.type_of_condition(tree);
}

}  // namespace quern::collector
