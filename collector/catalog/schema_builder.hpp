#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"
#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// Turns data definition statements, one after the other, into a snapshot: what the server's
/// catalog would hold after them, without statistics. Never fails on a statement that it does not
/// know: it counts it.
class SchemaBuilder {
 public:
  void add(const PgQuery__Node& statement);

  /// Ends the reading: caveats, order.
  [[nodiscard]] CatalogSnapshot finish();

 private:
  void create_table(const PgQuery__CreateStmt& statement);
  void alter_table(const PgQuery__Node& statement);
  void alter_index(const PgQuery__Node& statement);
  void create_index(const PgQuery__IndexStmt& statement);
  void create_enum(const PgQuery__CreateEnumStmt& statement);
  void create_domain(const PgQuery__CreateDomainStmt& statement);
  void create_composite(const PgQuery__CompositeTypeStmt& statement);
  void create_view(const PgQuery__ViewStmt& statement);
  void create_materialized_view(const PgQuery__Node& statement);
  void drop(const PgQuery__Node& statement);
  void create_function(const PgQuery__CreateFunctionStmt& statement);
  void read_parameters(const PgQuery__CreateFunctionStmt& statement,
                       FunctionDefinition& function) const;
  void read_result(const PgQuery__CreateFunctionStmt& statement,
                   FunctionDefinition& function) const;
  void create_extension(const PgQuery__CreateExtensionStmt& statement);
  /// False: an action that is not known.
  bool alter_what_is_there(Oid table, const PgQuery__AlterTableCmd& command, bool only);
  [[nodiscard]] std::vector<Oid> table_and_below(Oid table) const;
  [[nodiscard]] bool is_below(Oid table, Oid whole);
  void redefine(Oid table);
  void drop_column(Oid table, const std::string& name);
  void retype_column(Oid table, const std::string& name, const PgQuery__ColumnDef& definition);
  void rename_column(Oid table, const std::string& from, const std::string& to);
  void drop_constraint(Oid table, const std::string& name);
  void add_key_by_index(Table& table, const PgQuery__Constraint& constraint);
  void rename(const PgQuery__Node& statement);
  void set_schema(const PgQuery__Node& statement);
  void rename_index(Index& index, const std::string& to);
  void alter_enum(const PgQuery__AlterEnumStmt& statement);
  void create_statistics(const PgQuery__CreateStatsStmt& statement);
  void create_policy(const PgQuery__CreatePolicyStmt& statement);
  void create_rule(const PgQuery__Node& statement);

  /// False: an action that is not known.
  bool alter_table(Table& table, const PgQuery__AlterTableCmd& command, bool only);
  void add_column(Table& table, const PgQuery__ColumnDef& definition);
  void add_column_constraints(Oid table, const PgQuery__ColumnDef& definition);
  void add_constraint(Table& table, const PgQuery__Constraint& constraint,
                      const std::string& column, bool recurse);
  void add_key(Table& table, const PgQuery__Constraint& constraint, const std::string& column,
               bool recurse);
  void add_exclusion(Table& table, const PgQuery__Constraint& constraint, bool recurse);
  void add_foreign_key(Table& table, const PgQuery__Constraint& constraint,
                       const std::string& column);
  void add_foreign_key(Constraint key);
  void reference_partitions(const Constraint& key, Oid target);
  void inherit_foreign_key(const Constraint& key, const Table& parent, const Table& partition);
  void inherit_foreign_keys(const Table& parent, const Table& partition);
  [[nodiscard]] std::string foreign_key_definition(const Constraint& key, bool initially_deferred);
  /// The one column that an expression names; empty: none, or several.
  [[nodiscard]] static std::string only_column_of(const Table& table,
                                                  const std::string& expression);
  [[nodiscard]] std::string free_constraint_name(const Table& table, const std::string& columns,
                                                 std::string_view suffix) const;
  void become_partition(Table& table, const PgQuery__RangeVar& parent,
                        const PgQuery__PartitionBoundSpec* bound);

  /// Adds an index, and on a partitioned table (unless ONLY) one for every partition.
  void add_index(Index index, const Table& table, bool recurse);
  void add_index_constraint(const Index& index, const Table& table);
  void inherit_index(const Index& index, const Table& parent, const Table& partition);
  void inherit_indexes(const Table& parent, const Table& partition);
  [[nodiscard]] std::string index_name(const Table& table, const Index& index,
                                       std::string_view suffix) const;

  struct KeyType {
    Oid type = 0;
    Oid collation = 0;
  };

  [[nodiscard]] KeyType key_type(const Table& table, const IndexKey& key) const;
  [[nodiscard]] IndexKey key_of(const Table& table, const PgQuery__IndexElem& element,
                                std::string_view access_method);
  void choose_operator_class(IndexKey& key, Oid type, std::string_view access_method) const;
  void name_operator_class(IndexKey& key, const std::vector<std::string>& name,
                           std::string_view access_method) const;
  [[nodiscard]] std::string definition_of(const Index& index, const Table& table) const;

  TypeDefinition& add_type(const std::vector<std::string>& name, TypeDefinition type);
  [[nodiscard]] Oid resolve_type(const PgQuery__TypeName& name, std::int32_t& modifier) const;
  [[nodiscard]] Oid collation_of(Oid type) const;
  [[nodiscard]] bool is_binary_coercible(Oid from, Oid to) const;
  [[nodiscard]] Oid collation_named(const std::vector<std::string>& name);
  [[nodiscard]] std::string collation_name(Oid collation) const;
  [[nodiscard]] char category_of(Oid type) const;
  Table* find_table(const PgQuery__RangeVar& name);
  Table* find_table(Oid oid);
  Index* find_index(const std::string& schema, const std::string& name);
  [[nodiscard]] std::string referenced_index(Oid table, std::vector<std::int16_t> columns) const;
  void drop_table(Oid oid);
  void drop_index(const Index& index);
  [[nodiscard]] std::vector<std::int16_t> numbers_of(const Table& table,
                                                     const std::vector<std::string>& names) const;

  void count_skipped(const std::string& what, const PgQuery__Node* statement = nullptr);

  CatalogSnapshot snapshot_;
  Oid next_oid_ = 16384;

  struct Skipped {
    int count = 0;
    std::string first;  ///< the beginning of its SQL
  };

  std::map<std::string, Skipped> skipped_;
  std::vector<std::string> unknown_extensions_;
  std::map<std::string, Oid> collations_;  ///< not the server's own, by name
};

}  // namespace quern::collector
