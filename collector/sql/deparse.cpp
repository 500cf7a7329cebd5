#include "collector/sql/deparse.hpp"

#include <cstdint>
#include <cstring>
#include <new>
#include <string_view>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/sql/message_arena.hpp"
#include "collector/sql/passing_tree.hpp"
#include "collector/sql/visit_messages.hpp"

namespace quern::collector {

namespace {

/// A copy of a tree that is ours to change.
class OwnTree {
 public:
  explicit OwnTree(const PgQuery__ParseResult& tree)
      : tree_{reinterpret_cast<PgQuery__ParseResult*>(arena_.copy(tree.base))} {}

  [[nodiscard]] const PgQuery__ParseResult& tree() const { return *tree_; }

  /// Every message of one kind, parents before their children.
  template <class Message, class Visit>
  void each(const ProtobufCMessageDescriptor& kind, const Visit& visit) {
    visit_messages(tree_->base, [&](const ProtobufCMessage& message) {
      if (message.descriptor == &kind) {
        visit(reinterpret_cast<Message&>(const_cast<ProtobufCMessage&>(message)));
      }
    });
  }

  /// Room for a message or a list that lives as long as the tree.
  template <class T>
  T* make(const T& value) {
    return new (arena_.allocate(sizeof(T))) T(value);
  }

  PgQuery__Node** list(const std::vector<PgQuery__Node*>& nodes) {
    auto** items = static_cast<PgQuery__Node**>(arena_.allocate(nodes.size() * sizeof(void*)));
    std::memcpy(items, nodes.data(), nodes.size() * sizeof(void*));
    return items;
  }

  void forget_positions() {
    visit_messages(tree_->base, [](const ProtobufCMessage& message) {
      if (message.descriptor == &pg_query__node__descriptor) {
        return;
      }
      auto* bytes = reinterpret_cast<char*>(const_cast<ProtobufCMessage*>(&message));
      for (unsigned i = 0; i < message.descriptor->n_fields; ++i) {
        const ProtobufCFieldDescriptor& field = message.descriptor->fields[i];
        const std::string_view name = field.name;
        if (name == "location" || name == "stmt_location" || name == "stmt_len") {
          *reinterpret_cast<std::int32_t*>(bytes + field.offset) = 0;
        }
      }
    });
  }

 private:
  MessageArena arena_;
  PgQuery__ParseResult* tree_;
};

/// Arguments of a BoolExpr with those of inner ones of the same kind in their place.
void flatten(const PgQuery__BoolExpr& both, std::vector<PgQuery__Node*>& parts) {
  for (std::size_t i = 0; i < both.n_args; ++i) {
    PgQuery__Node* arg = both.args[i];
    if (arg->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR && arg->bool_expr->boolop == both.boolop &&
        both.boolop != PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
      flatten(*arg->bool_expr, parts);
    } else {
      parts.push_back(arg);
    }
  }
}

/// Bytes that are equal for trees that differ in source positions and nesting of AND and OR only.
std::vector<std::uint8_t> canonical(const PgQuery__ParseResult& tree) {
  OwnTree own{tree};
  own.forget_positions();
  own.each<PgQuery__BoolExpr>(pg_query__bool_expr__descriptor, [&](PgQuery__BoolExpr& both) {
    std::vector<PgQuery__Node*> parts;
    flatten(both, parts);
    both.n_args = parts.size();
    both.args = own.list(parts);
  });
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < own.tree().n_stmts; ++i) {
    const ProtobufCMessage& statement = own.tree().stmts[i]->base;
    const std::size_t before = bytes.size();
    bytes.resize(before + protobuf_c_message_get_packed_size(&statement));
    protobuf_c_message_pack(&statement, bytes.data() + before);
  }
  return bytes;
}

bool parses_to(const std::string& text, const std::vector<std::uint8_t>& wanted) {
  bool same = false;
  look_at_tree(text, [&](const PgQuery__ParseResult& again) { same = canonical(again) == wanted; });
  return same;
}

bool is_negative(const PgQuery__AConst& constant) {
  switch (constant.val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return constant.ival->ival < 0;
    case PG_QUERY__A__CONST__VAL_FVAL:
      return std::string_view{constant.fval->fval}.starts_with('-');
    default:
      return false;
  }
}

/// What needs no parentheses wherever an operand may stand.
bool stands_alone(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
    case PG_QUERY__NODE__NODE_PARAM_REF:
      return true;
    case PG_QUERY__NODE__NODE_A_CONST:
      return !is_negative(*node.a_const);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return node.func_call->funcformat != PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX &&
             node.func_call->over == nullptr;
    default:
      return false;
  }
}

/// Puts every operand that is more than a name between parentheses of its own: a row of one column
/// without ROW, which the deparser writes as (x) and the grammar reads as x.
class Parentheses {
 public:
  explicit Parentheses(OwnTree& own) : own_{own} {}

  void put() {
    own_.each<PgQuery__TypeCast>(pg_query__type_cast__descriptor,
                                 [&](PgQuery__TypeCast& cast) { around(cast.arg); });
    own_.each<PgQuery__CollateClause>(pg_query__collate_clause__descriptor,
                                      [&](PgQuery__CollateClause& by) { around(by.arg); });
    own_.each<PgQuery__AExpr>(pg_query__a__expr__descriptor, [&](PgQuery__AExpr& expression) {
      around(expression.lexpr);
      around(expression.rexpr);
    });
    own_.each<PgQuery__NullTest>(pg_query__null_test__descriptor,
                                 [&](PgQuery__NullTest& test) { around(test.arg); });
    own_.each<PgQuery__BooleanTest>(pg_query__boolean_test__descriptor,
                                    [&](PgQuery__BooleanTest& test) { around(test.arg); });
    own_.each<PgQuery__AIndirection>(pg_query__a__indirection__descriptor,
                                     [&](PgQuery__AIndirection& part) { around(part.arg); });
    own_.each<PgQuery__SubLink>(pg_query__sub_link__descriptor,
                                [&](PgQuery__SubLink& link) { around(link.testexpr); });
    own_.each<PgQuery__BoolExpr>(pg_query__bool_expr__descriptor, [&](PgQuery__BoolExpr& both) {
      around_all(both.args, both.n_args);
    });
    own_.each<PgQuery__FuncCall>(pg_query__func_call__descriptor, [&](PgQuery__FuncCall& call) {
      if (is_infix(call)) {
        around_all(call.args, call.n_args);
      }
    });
  }

 private:
  /// value AT TIME ZONE zone: of the functions with a syntax of their own, the one between
  /// operands.
  static bool is_infix(const PgQuery__FuncCall& call) {
    const auto* last = call.n_funcname == 0 ? nullptr : call.funcname[call.n_funcname - 1];
    return call.funcformat == PG_QUERY__COERCION_FORM__COERCE_SQL_SYNTAX && last != nullptr &&
           last->node_case == PG_QUERY__NODE__NODE_STRING &&
           std::string_view{last->string->sval} == "timezone";
  }

  void around_all(PgQuery__Node** nodes, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      around(nodes[i]);
    }
  }

  void around(PgQuery__Node*& operand) {
    if (operand == nullptr || stands_alone(*operand)) {
      return;
    }
    if (operand->node_case == PG_QUERY__NODE__NODE_LIST) {
      around_all(operand->list->items, operand->list->n_items);
      return;
    }
    PgQuery__RowExpr row = PG_QUERY__ROW_EXPR__INIT;
    row.n_args = 1;
    row.args = own_.list({operand});
    row.row_format = PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST;
    PgQuery__Node node = PG_QUERY__NODE__INIT;
    node.node_case = PG_QUERY__NODE__NODE_ROW_EXPR;
    node.row_expr = own_.make(row);
    operand = own_.make(node);
  }

  OwnTree& own_;
};

}  // namespace

std::string deparse(const PgQuery__ParseResult& tree) {
  const std::vector<std::uint8_t> wanted = canonical(tree);
  if (std::string text = library_text(tree); parses_to(text, wanted)) {
    return text;
  }
  OwnTree own{tree};
  Parentheses{own}.put();
  std::string text = library_text(own.tree());
  if (!parses_to(text, wanted)) {
    throw UserError{"a statement that cannot be written back as SQL without changing it"};
  }
  return text;
}

}  // namespace quern::collector
