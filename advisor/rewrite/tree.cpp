#include "advisor/rewrite/tree.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "collector/base/failure.hpp"
#include "collector/sql/deparse.hpp"

namespace quern::advisor::rewrite {

ProtobufCMessage* content(const PgQuery__Node* node) {
  if (node == nullptr || node->node_case == PG_QUERY__NODE__NODE__NOT_SET) {
    return nullptr;
  }
  // Every member of the union is a pointer to a message, so any of them reads the same.
  return reinterpret_cast<ProtobufCMessage*>(node->select_stmt);
}

namespace {

/// Calls `visit` with each message that is a direct field of `message`.
void for_each_child(ProtobufCMessage* message,
                    const std::function<void(ProtobufCMessage*)>& visit) {
  char* base = reinterpret_cast<char*>(message);
  for (unsigned i = 0; i < message->descriptor->n_fields; ++i) {
    const ProtobufCFieldDescriptor& field = message->descriptor->fields[i];
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) {
      continue;
    }
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const auto count = *reinterpret_cast<std::size_t*>(base + field.quantifier_offset);
      auto* const items = *reinterpret_cast<ProtobufCMessage***>(base + field.offset);
      for (std::size_t k = 0; k < count; ++k) {
        visit(items[k]);
      }
      continue;
    }
    const bool one_of = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (one_of && *reinterpret_cast<std::uint32_t*>(base + field.quantifier_offset) != field.id) {
      continue;
    }
    if (auto* child = *reinterpret_cast<ProtobufCMessage**>(base + field.offset)) {
      visit(child);
    }
  }
}

}  // namespace

void walk(ProtobufCMessage* root, const std::function<bool(ProtobufCMessage*)>& visit) {
  if (root == nullptr || !visit(root)) {
    return;
  }
  if (auto* node = as<PgQuery__Node>(root)) {
    walk(content(node), visit);  // the union has 240 members; go straight to the one that is set
    return;
  }
  for_each_child(root, [&](ProtobufCMessage* child) { walk(child, visit); });
}

void walk_nodes(PgQuery__Node* root, const std::function<bool(PgQuery__Node*)>& visit) {
  if (root == nullptr) {
    return;
  }
  walk(&root->base, [&](ProtobufCMessage* message) {
    auto* node = as<PgQuery__Node>(message);
    return node == nullptr || visit(node);
  });
}

std::string last_name(PgQuery__Node* const* names, std::size_t count) {
  const auto* name = count == 0 ? nullptr : as<PgQuery__String>(names[count - 1]);
  return name == nullptr ? std::string{} : std::string{name->sval};
}

std::string function_name(const PgQuery__FuncCall& call) {
  return last_name(call.funcname, call.n_funcname);
}

std::string type_name(const PgQuery__TypeCast& cast) {
  const PgQuery__TypeName* type = cast.type_name;
  return type == nullptr || type->n_array_bounds > 0 ? std::string{}
                                                     : last_name(type->names, type->n_names);
}

std::string binary_operator(const PgQuery__AExpr* expression) {
  if (expression == nullptr || expression->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
      expression->lexpr == nullptr || expression->rexpr == nullptr) {
    return {};
  }
  return last_name(expression->name, expression->n_name);
}

std::string mirrored(const std::string& comparison) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kPairs{
      {{"<", ">"}, {">", "<"}, {"<=", ">="}, {">=", "<="}, {"=", "="}, {"<>", "<>"}}};
  for (const auto& [from, to] : kPairs) {
    if (comparison == from) {
      return std::string{to};
    }
  }
  return {};
}

std::optional<Literal> literal(const PgQuery__Node* node) {
  if (const auto* cast = as<PgQuery__TypeCast>(node)) {
    auto inner = literal(cast->arg);
    if (!inner || !inner->cast.empty() || type_name(*cast).empty()) {
      return std::nullopt;
    }
    inner->cast = type_name(*cast);
    return inner;
  }
  if (const auto* sign = as<PgQuery__AExpr>(node);
      sign != nullptr && sign->lexpr == nullptr &&
      sign->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP &&
      last_name(sign->name, sign->n_name) == "-") {
    auto inner = literal(sign->rexpr);
    if (!inner || inner->kind == Literal::Kind::String || inner->text.starts_with('-')) {
      return std::nullopt;
    }
    inner->text.insert(0, "-");
    return inner;
  }
  const auto* constant = as<PgQuery__AConst>(node);
  if (constant == nullptr || constant->isnull) {
    return std::nullopt;
  }
  switch (constant->val_case) {
    case PG_QUERY__A__CONST__VAL_IVAL:
      return Literal{Literal::Kind::Integer, std::to_string(constant->ival->ival), {}};
    case PG_QUERY__A__CONST__VAL_FVAL: {
      // Integers beyond 32 bits arrive as Float nodes too.
      const std::string text = constant->fval->fval;
      const bool whole = text.find_first_not_of("0123456789") == std::string::npos;
      return Literal{whole ? Literal::Kind::Integer : Literal::Kind::Decimal, text, {}};
    }
    case PG_QUERY__A__CONST__VAL_SVAL:
      return Literal{Literal::Kind::String, constant->sval->sval, {}};
    case PG_QUERY__A__CONST__VAL_BOOLVAL:
      return Literal{Literal::Kind::Boolean, constant->boolval->boolval ? "true" : "false", {}};
    default:
      return std::nullopt;
  }
}

bool is_null_literal(const PgQuery__Node* node) {
  if (const auto* cast = as<PgQuery__TypeCast>(node)) {
    return is_null_literal(cast->arg);
  }
  const auto* constant = as<PgQuery__AConst>(node);
  return constant != nullptr && constant->isnull;
}

std::optional<std::int64_t> integer_literal(const PgQuery__Node* node) {
  const auto value = literal(node);
  constexpr std::size_t kSafeDigits = 18;
  if (!value || value->kind != Literal::Kind::Integer || !value->cast.empty() ||
      value->text.size() > kSafeDigits) {
    return std::nullopt;
  }
  return std::strtoll(value->text.c_str(), nullptr, 10);
}

const PgQuery__ParamRef* parameter(const PgQuery__Node* node) {
  while (const auto* cast = as<PgQuery__TypeCast>(node)) {
    node = cast->arg;
  }
  return as<PgQuery__ParamRef>(node);
}

// --- Tree
// -----------------------------------------------------------------------------------------

namespace {

std::string deparse_statement(PgQuery__Node* statement) {
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = statement;
  std::array<PgQuery__RawStmt*, 1> statements{&raw};
  PgQuery__ParseResult result = PG_QUERY__PARSE_RESULT__INIT;
  result.n_stmts = 1;
  result.stmts = statements.data();
  return collector::deparse(result);
}

/// SQL text of a SELECT whose only non-empty part is what `fill` puts in.
std::string deparse_within_select(const std::function<void(PgQuery__SelectStmt&)>& fill) {
  PgQuery__SelectStmt select = PG_QUERY__SELECT_STMT__INIT;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.op = PG_QUERY__SET_OPERATION__SETOP_NONE;
  fill(select);
  return Tree::text(select);
}

}  // namespace

std::optional<Tree> Tree::copy_of(std::string_view sql) {
  collector::SyntaxError error;
  const auto parsed = collector::ParseTree::parse(sql, error);
  if (!parsed || parsed->statements().size() != 1) {
    return std::nullopt;
  }
  Tree tree;
  tree.arena_ = std::make_shared<collector::MessageArena>();
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = const_cast<PgQuery__Node*>(parsed->statements().front().node);
  std::array<PgQuery__RawStmt*, 1> statements{&raw};
  PgQuery__ParseResult result = PG_QUERY__PARSE_RESULT__INIT;
  result.n_stmts = 1;
  result.stmts = statements.data();
  tree.result_ = reinterpret_cast<PgQuery__ParseResult*>(tree.arena_->copy(result.base));
  if (content(tree.statement()) == nullptr) {
    return std::nullopt;
  }
  return tree;
}

std::string Tree::sql() const {
  return deparse_statement(statement());
}

PgQuery__SelectStmt* Tree::select(std::string_view sql) {
  collector::SyntaxError error;
  const auto parsed = collector::ParseTree::parse(sql, error);
  ensure(parsed && parsed->statements().size() == 1, "a rule wrote SQL that parses");
  auto* copy = arena_->copy(parsed->statements().front().node->base);
  auto* select = as<PgQuery__SelectStmt>(as<PgQuery__Node>(copy));
  ensure(select != nullptr, "a rule wrote a SELECT");
  return select;
}

PgQuery__Node* Tree::expression(std::string_view sql) {
  const PgQuery__SelectStmt* parsed = select("SELECT " + std::string{sql});
  ensure(parsed->n_target_list == 1, "a rule wrote one expression");
  return as<PgQuery__ResTarget>(parsed->target_list[0])->val;
}

std::string Tree::text(const PgQuery__SelectStmt& select) {
  PgQuery__Node node = PG_QUERY__NODE__INIT;
  node.node_case = PG_QUERY__NODE__NODE_SELECT_STMT;
  node.select_stmt = const_cast<PgQuery__SelectStmt*>(&select);
  PgQuery__RawStmt raw = PG_QUERY__RAW_STMT__INIT;
  raw.stmt = &node;
  std::array<PgQuery__RawStmt*, 1> statements{&raw};
  PgQuery__ParseResult result = PG_QUERY__PARSE_RESULT__INIT;
  result.n_stmts = 1;
  result.stmts = statements.data();
  Tree tree;
  tree.result_ = &result;
  return tree.sql();
}

std::string Tree::text(const PgQuery__Node* expression) {
  PgQuery__ResTarget target = PG_QUERY__RES_TARGET__INIT;
  target.val = const_cast<PgQuery__Node*>(expression);
  PgQuery__Node node = PG_QUERY__NODE__INIT;
  node.node_case = PG_QUERY__NODE__NODE_RES_TARGET;
  node.res_target = &target;
  std::array<PgQuery__Node*, 1> targets{&node};
  return deparse_within_select([&](PgQuery__SelectStmt& select) {
           select.n_target_list = 1;
           select.target_list = targets.data();
         })
      .substr(std::string_view{"SELECT "}.size());
}

std::string Tree::from_text(const PgQuery__Node* item) {
  std::array<PgQuery__Node*, 1> items{const_cast<PgQuery__Node*>(item)};
  const std::string sql = deparse_within_select([&](PgQuery__SelectStmt& select) {
    select.n_from_clause = 1;
    select.from_clause = items.data();
  });
  return sql.substr(sql.find("FROM ") + std::string_view{"FROM "}.size());
}

PgQuery__Node** Tree::list(const std::vector<PgQuery__Node*>& nodes) {
  auto** room = static_cast<PgQuery__Node**>(
      arena_->allocate(std::max<std::size_t>(nodes.size(), 1) * sizeof(PgQuery__Node*)));
  std::copy(nodes.begin(), nodes.end(), room);
  return room;
}

std::vector<PgQuery__Node*> conjuncts(PgQuery__Node* predicate) {
  if (predicate == nullptr) {
    return {};
  }
  const auto* both = as<PgQuery__BoolExpr>(predicate);
  if (both == nullptr || both->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    return {predicate};
  }
  std::vector<PgQuery__Node*> parts;
  for (std::size_t i = 0; i < both->n_args; ++i) {
    const auto inner = conjuncts(both->args[i]);
    parts.insert(parts.end(), inner.begin(), inner.end());
  }
  return parts;
}

PgQuery__Node* conjunction(Tree& tree, const std::vector<PgQuery__Node*>& parts) {
  if (parts.size() < 2) {
    return parts.empty() ? nullptr : parts.front();
  }
  PgQuery__Node* node = tree.expression("true AND true");
  node->bool_expr->n_args = parts.size();
  node->bool_expr->args = tree.list(parts);
  return node;
}

}  // namespace quern::advisor::rewrite
