#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/sql/message_arena.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::advisor::rewrite {

// --- looking at libpg_query's nodes
// ---------------------------------------------------------------

/// The descriptor of a node's struct: what tells one message of the tree from another. Only of
/// those listed below.
template <class T>
extern const ProtobufCMessageDescriptor* const kDescriptor;

#define QUERN_NODE(type, lower)                                                 \
  template <>                                                                   \
  inline const ProtobufCMessageDescriptor* const kDescriptor<PgQuery__##type> = \
      &pg_query__##lower##__descriptor;
QUERN_NODE(Node, node)
QUERN_NODE(SelectStmt, select_stmt)
QUERN_NODE(UpdateStmt, update_stmt)
QUERN_NODE(DeleteStmt, delete_stmt)
QUERN_NODE(InsertStmt, insert_stmt)
QUERN_NODE(SubLink, sub_link)
QUERN_NODE(AExpr, a__expr)
QUERN_NODE(AConst, a__const)
QUERN_NODE(AStar, a__star)
QUERN_NODE(BoolExpr, bool_expr)
QUERN_NODE(CoalesceExpr, coalesce_expr)
QUERN_NODE(ColumnRef, column_ref)
QUERN_NODE(CommonTableExpr, common_table_expr)
QUERN_NODE(FuncCall, func_call)
QUERN_NODE(Integer, integer)
QUERN_NODE(JoinExpr, join_expr)
QUERN_NODE(List, list)
QUERN_NODE(LockStmt, lock_stmt)
QUERN_NODE(NullTest, null_test)
QUERN_NODE(ParamRef, param_ref)
QUERN_NODE(RangeFunction, range_function)
QUERN_NODE(RangeSubselect, range_subselect)
QUERN_NODE(RangeVar, range_var)
QUERN_NODE(ResTarget, res_target)
QUERN_NODE(SortBy, sort_by)
QUERN_NODE(SQLValueFunction, sqlvalue_function)
QUERN_NODE(String, string)
QUERN_NODE(TypeCast, type_cast)
QUERN_NODE(AlterObjectSchemaStmt, alter_object_schema_stmt)
QUERN_NODE(AlterTableCmd, alter_table_cmd)
QUERN_NODE(AlterTableStmt, alter_table_stmt)
QUERN_NODE(ClusterStmt, cluster_stmt)
QUERN_NODE(ColumnDef, column_def)
QUERN_NODE(Constraint, constraint)
QUERN_NODE(CreateExtensionStmt, create_extension_stmt)
QUERN_NODE(CreateStmt, create_stmt)
QUERN_NODE(CreateTableAsStmt, create_table_as_stmt)
QUERN_NODE(DefElem, def_elem)
QUERN_NODE(DoStmt, do_stmt)
QUERN_NODE(DropStmt, drop_stmt)
QUERN_NODE(IndexElem, index_elem)
QUERN_NODE(IndexStmt, index_stmt)
QUERN_NODE(PartitionCmd, partition_cmd)
QUERN_NODE(RefreshMatViewStmt, refresh_mat_view_stmt)
QUERN_NODE(ReindexStmt, reindex_stmt)
QUERN_NODE(RenameStmt, rename_stmt)
QUERN_NODE(TransactionStmt, transaction_stmt)
QUERN_NODE(TruncateStmt, truncate_stmt)
QUERN_NODE(VacuumRelation, vacuum_relation)
QUERN_NODE(VacuumStmt, vacuum_stmt)
QUERN_NODE(VariableSetStmt, variable_set_stmt)
#undef QUERN_NODE

/// The message inside a node; null for an empty one.
[[nodiscard]] ProtobufCMessage* content(const PgQuery__Node* node);

template <class T>
[[nodiscard]] T* as(ProtobufCMessage* message) {
  return message != nullptr && message->descriptor == kDescriptor<T> ? reinterpret_cast<T*>(message)
                                                                     : nullptr;
}

template <class T>
[[nodiscard]] T* as(const PgQuery__Node* node) {
  return as<T>(content(node));
}

/// Visits every message below `root` (itself first); `visit` returns false to stay above.
void walk(ProtobufCMessage* root, const std::function<bool(ProtobufCMessage*)>& visit);

/// Visits every Node wrapper at or below, which is what may be replaced by assignment.
void walk_nodes(PgQuery__Node* root, const std::function<bool(PgQuery__Node*)>& visit);

template <class T>
[[nodiscard]] bool contains(PgQuery__Node* root) {
  bool found = false;
  walk_nodes(root, [&](PgQuery__Node* node) {
    found = found || as<T>(node) != nullptr;
    return !found;
  });
  return found;
}

/// "date" of pg_catalog.date(...); "=" of an operator's name.
[[nodiscard]] std::string last_name(PgQuery__Node* const* names, std::size_t count);
[[nodiscard]] std::string function_name(const PgQuery__FuncCall& call);
/// "int4", "timestamptz": the server's internal name, as the grammar gives it. Empty for arrays.
[[nodiscard]] std::string type_name(const PgQuery__TypeCast& cast);
/// The operator of a plain binary expression; empty for anything else.
[[nodiscard]] std::string binary_operator(const PgQuery__AExpr* expression);
/// ">" for "<": the operator with its sides exchanged.
[[nodiscard]] std::string mirrored(const std::string& comparison);

/// A literal, looking through '...'::type and type '...'; nothing for NULL and everything else.
struct Literal {
  enum class Kind { Integer, Decimal, String, Boolean } kind;
  std::string text;
  std::string cast;  ///< type it is cast to; empty: none
};

[[nodiscard]] std::optional<Literal> literal(const PgQuery__Node* node);
[[nodiscard]] bool is_null_literal(const PgQuery__Node* node);
/// A whole number of at most 18 digits, with sign.
[[nodiscard]] std::optional<std::int64_t> integer_literal(const PgQuery__Node* node);
/// $n, perhaps under casts.
[[nodiscard]] const PgQuery__ParamRef* parameter(const PgQuery__Node* node);

// --- changing them
// --------------------------------------------------------------------------------

/// A private copy of one parsed statement that a rule may change, with room for new nodes. Nodes
/// live as long as the tree.
class Tree {
 public:
  /// Nothing when the text does not parse or holds more than one statement.
  [[nodiscard]] static std::optional<Tree> copy_of(std::string_view sql);

  [[nodiscard]] PgQuery__Node* statement() const { return result_->stmts[0]->stmt; }

  /// The changed statement as SQL, which parses to this very tree. Throws UserError when it cannot
  /// be written so.
  [[nodiscard]] std::string sql() const;

  /// A node parsed from SQL text: how rules write what they put in. Throws logic_error when a rule
  /// writes what does not parse.
  [[nodiscard]] PgQuery__Node* expression(std::string_view sql);
  [[nodiscard]] PgQuery__SelectStmt* select(std::string_view sql);
  /// The SQL of an expression or a SELECT of this tree.
  [[nodiscard]] static std::string text(const PgQuery__Node* expression);
  [[nodiscard]] static std::string text(const PgQuery__SelectStmt& select);
  /// The SQL of an item of FROM.
  [[nodiscard]] static std::string from_text(const PgQuery__Node* item);
  /// Room for a repeated field.
  [[nodiscard]] PgQuery__Node** list(const std::vector<PgQuery__Node*>& nodes);

 private:
  std::shared_ptr<collector::MessageArena> arena_;
  PgQuery__ParseResult* result_ = nullptr;
};

/// The AND-ed parts of a predicate; empty for none.
[[nodiscard]] std::vector<PgQuery__Node*> conjuncts(PgQuery__Node* predicate);
/// Their conjunction again; null for none.
[[nodiscard]] PgQuery__Node* conjunction(Tree& tree, const std::vector<PgQuery__Node*>& parts);

}  // namespace quern::advisor::rewrite
