#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"
#include "collector/workload/workload.hpp"

#include "advisor/rewrite/tree.hpp"

namespace quern::advisor::rewrite {

/// One item of FROM (or the target of UPDATE and DELETE).
struct Source {
  std::string alias;             ///< the name its columns may be qualified with
  const Table* table = nullptr;  ///< null: a subquery, a function, a CTE, or not in the catalog
  bool nullable = false;         ///< on the side of an outer join that may be filled with NULLs
  const PgQuery__RangeVar* node = nullptr;
};

/// One SELECT, UPDATE or DELETE level of a statement, with its names resolved against the catalog.
struct Block {
  ProtobufCMessage* statement = nullptr;
  PgQuery__SelectStmt* select = nullptr;  ///< null for UPDATE and DELETE
  PgQuery__Node** where = nullptr;        ///< the slot of the WHERE clause
  std::vector<Source> sources;
  const Block* outer = nullptr;  ///< the level whose columns this one may refer to
  bool top_level = false;        ///< the statement itself (or an arm of its UNION)
};

struct ResolvedColumn {
  const Block* block = nullptr;  ///< where its source stands: the own level or an outer one
  const Source* source = nullptr;
  const Column* column = nullptr;

  [[nodiscard]] bool never_null() const { return column->not_null && !source->nullable; }
};

/// A statement under a rule's hands: a private tree, its levels, and what is known of its objects.
/// Blocks and sources point into the tree: after changing FROM, a rule returns.
class Query {
 public:
  /// Nothing when the text does not parse.
  [[nodiscard]] static std::optional<Query> read(const std::string& sql,
                                                 const CatalogSnapshot& catalog);

  Tree tree;
  const CatalogSnapshot* catalog = nullptr;
  std::deque<Block> blocks;  ///< outer before inner
  std::vector<const SampleExecution*> samples =
      {};  ///< of the class; parameters are of `tree`'s text

  /// Nothing when the name is ambiguous, unknown, or may belong to a source whose columns are not
  /// known.
  [[nodiscard]] std::optional<ResolvedColumn> resolve(const Block& block,
                                                      const PgQuery__Node* node) const;
  /// The reference written with its source's alias: valid in every level below.
  [[nodiscard]] static std::string qualified(const ResolvedColumn& column);
  [[nodiscard]] std::vector<const Index*> unique_keys(const Table& table) const;
  /// Whether a unique, never-null, immediate key of the table is within `columns`.
  [[nodiscard]] bool covers_key(const Table& table, const std::set<std::int16_t>& columns) const;
  /// No volatile function, no sequence, no unknown function, below the node.
  [[nodiscard]] bool deterministic(PgQuery__Node* node) const;
  [[nodiscard]] bool deterministic(ProtobufCMessage* message) const;
  [[nodiscard]] bool is_user_function(const std::string& name) const;

 private:
  Query() = default;
  void add_blocks(ProtobufCMessage* message, const Block* outer, std::set<std::string> ctes,
                  bool top_level);
  void add_source(Block& block, const PgQuery__Node* item, bool nullable,
                  const std::set<std::string>& ctes) const;
  [[nodiscard]] const Table* find_table(const PgQuery__RangeVar& name) const;
};

/// A predicate in a place where FALSE and NULL mean the same: a WHERE or ON conjunct, or an arm of
/// an OR in one. Only there do equivalences that turn one into the other hold.
struct Filter {
  Block* block;
  PgQuery__Node* node;  ///< may be overwritten: *node = *replacement
  bool conjunct;        ///< not under an OR
};

[[nodiscard]] std::vector<Filter> filters(Query& query);

/// Whether every row is returned at most once per source row: no grouping, aggregate, window,
/// DISTINCT, LIMIT, set operation or row lock.
[[nodiscard]] bool is_plain_select(const Query& query, const PgQuery__SelectStmt& select);
[[nodiscard]] bool has_aggregate(const Query& query, const PgQuery__SelectStmt& select);
/// Whether the column is named anywhere below `root` except below `except`. Star expressions count.
[[nodiscard]] bool mentions_source(const Query& query, const Block& block, const Source& source,
                                   ProtobufCMessage* root,
                                   const std::set<const void*>& except = {});

namespace type {
constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kText = 25, kFloat4 = 700,
              kFloat8 = 701, kBpchar = 1042, kVarchar = 1043, kDate = 1082, kTimestamp = 1114,
              kTimestamptz = 1184, kNumeric = 1700, kUuid = 2950, kJson = 114;

[[nodiscard]] constexpr bool is_integer(Oid type) {
  return type == kInt2 || type == kInt4 || type == kInt8;
}

/// Whether a whole number is a value of the integer type.
[[nodiscard]] bool holds(Oid type, std::int64_t value);
}  // namespace type

}  // namespace quern::advisor::rewrite
