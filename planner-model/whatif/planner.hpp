#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/base/units.hpp"
#include "collector/catalog/snapshot.hpp"

#include "planner-model/whatif/plan_node.hpp"

namespace quern::planner_model {

enum class SizeModel : std::uint8_t { AsBuilt, HypoPG };

/// An index that may or may not exist: a definition bound to the catalog, sized.
/// `name` is the DDL's, or made as the server would make it (table_columns_idx).
struct HypotheticalIndex {
  std::string ddl;   ///< CREATE INDEX without CONCURRENTLY, canonical: equal text = equal index
  Index definition;  ///< pages, reltuples and tree_height estimated
  Bytes size;
};

/// What a plan's cost rests on and could be otherwise.
struct Assumptions {
  /// Rows that a table's own conditions let through, as a multiple of the estimate: the selectivity
  /// of each list of clauses that restricts a table, or that an index scan searches by, is
  /// multiplied, to 1 at most. Joins and groups follow from there.
  double row_factor = 1;
  std::optional<double> random_page_cost = {};  ///< instead of the snapshot's setting
};

/// A set of index changes to imagine. Order does not matter.
struct IndexConfiguration {
  std::vector<HypotheticalIndex> created = {};
  std::vector<std::string> dropped = {};  ///< index names, optionally schema-qualified
  Assumptions assumed = {};
};

/// A parsed and bound statement: catalog lookups, types and rewriting done, ready to be planned
/// many times. Immutable, cheap to copy.
class BoundQuery;

/// What a plan costs where its total counts what does not run. An EXISTS may be planned twice, row
/// by row and as a hashed subplan: the server counts the first in the costs of paths
/// (cost_qual_eval_walker(), costsize.c) and may run the second (fix_alternative_subplan(),
/// setrefs.c). And partitions that now() and the like leave out are planned all the same, and
/// skipped when the execution begins (ExecInitPartitionPruning(), execPartition.c).
enum class Counting : std::uint8_t {
  WhatRuns,
  AsExplained  ///< EXPLAIN's total, also where it counts what does not run
};

/// How many rows a condition lets through whose expression has no statistics.
enum class Expressions : std::uint8_t {
  AsKnown,  ///< by the server's default, as it plans today
  /// What ANALYZE would find of it, from the statistics of the column that it reads
  /// (size/derived_statistics.hpp), where an index of the catalog or the configuration is on it:
  /// such an index is analyzed with its table. Elsewhere as the server.
  AsAnalyzed,
  /// AsAnalyzed, but where no index is on it and the plan with what is to be expected of it costs
  /// more than the server's, that plan is the answer, being the least that the query can take: a
  /// LIMIT over a default selectivity looks cheap, and reads the table to its end.
  AsExpected
};

struct PlanResult {
  PlanNode plan;
  Cost startup;
  Cost total;
  Cost counted;  ///< `total`, or what runs of it, by the planner's Counting
  /// EXPLAIN's total where the server guesses less of an expression without statistics than this
  /// plan costs (Expressions::AsExpected).
  std::optional<Cost> guessed = {};
  Rows rows;
  int width = 0;
  long paths = 0;  ///< made on the way: what planning takes, said of no machine
  std::vector<std::string> indexes_used = {};  ///< sorted, unique
  /// Not in the plan, but in its total: read by an EXISTS that is counted row by row and runs as a
  /// hashed subplan, or of a partition that is skipped. Sorted, unique. Counting AsExplained: none,
  /// they are among the ones used.
  std::vector<std::string> indexes_priced = {};
  int partitions_skipped = 0;  ///< scans that are in the plan and do not run
  int subplans_hashed = 0;     ///< that the total counts row by row
  int subplans_spared = 0;     ///< in filters whose cheaper checks leave them fewer rows
  /// Hypothetical indexes that hid what could be cheaper: of paths that others were dropped for
  /// within the 1 % that add_path() takes for equal, or before they were gathered
  /// (add_partial_path_precheck(), pathnode.c), or by the order of nulls that MIN and MAX try first
  /// (planagg.c). Without others that the plan does not use the total is the same. Sorted, unique.
  std::vector<std::string> indexes_preferred = {};
  /// Indexes on expressions without statistics that the estimates take to have been analyzed.
  /// Sorted, unique.
  std::vector<std::string> indexes_analyzed = {};
  /// Constructs priced with less than the server's own formula. Never priced as zero.
  std::vector<std::string> unmodelled = {};
};

/// One way to read one occurrence of a table that was priced on the way to a plan, whether the plan
/// takes it or not. Accesses of one answer with the same place, outer, order and bitmap do the same
/// for the plan: the cheapest of them is the only one that matters.
struct IndexAccess {
  std::string index = {};   ///< the one index that it reads; empty: a sequential scan
  std::uint32_t place = 0;  ///< the occurrence of a table, or of a partition, or an arm of an OR
  std::uint64_t outer = 0;  ///< occurrences to be read first, for their columns; 0: none
  std::vector<int> order = {};  ///< sort keys that it delivers; equal numbers are the same key
  bool bitmap = false;
  bool runs =
      true;    ///< false: in an EXISTS that is counted row by row and runs as a hashed subplan
  Cost total;  ///< of an arm of an OR: of its index scan alone
};

// --- what the statement could use an index for: input of the advisor's candidate rules -----------

enum class ClauseKind : std::uint8_t {
  Equal,     ///< column = value
  EqualAny,  ///< column IN (...) or = ANY (...)
  Range,     ///< < <= > >= BETWEEN, one side or both
  IsNull,
  IsNotNull,
  Pattern,       ///< LIKE 'abc%' or a regular expression with a fixed prefix
  Containment,   ///< any other operator of an operator class: @> <@ && ? @@ and friends
  BooleanColumn  ///< column, NOT column
};

/// An operator class, not of btree, whose indexes answer a clause's operator.
struct OperatorClassUse {
  std::string access_method;
  std::string name = {};    ///< empty: the default of the access method and type
  std::string schema = {};  ///< empty: found without it
};

/// One top-level AND-ed restriction or join clause on one column or expression of a table.
struct ClauseUse {
  std::int16_t column = 0;      ///< attnum; 0: `expression`
  std::string expression = {};  ///< as it would stand in CREATE INDEX, parenthesized
  ClauseKind kind = ClauseKind::Equal;
  bool is_join = false;  ///< the other side is a column of another table
  Oid join_table = 0;
  std::int16_t join_column = 0;
  std::string text = {};  ///< the clause as SQL over the table's own columns, constants included
  std::string constant = {};  ///< the constant as a SQL literal; empty: parameter or expression
  double selectivity = 1;     ///< the model's estimate, in [0, 1]
  std::vector<OperatorClassUse> classes = {};  ///< of `column <operator> constant` alone
};

struct SortUse {
  std::int16_t column = 0;
  std::string expression = {};
  bool descending = false;
  bool nulls_first = false;
};

/// ORDER BY column <-> value: rows by their distance from a value, the nearest first.
struct DistanceUse {
  std::int16_t column = 0;
  std::string expression = {};
  std::vector<OperatorClassUse> classes = {};  ///< whose indexes read rows in this order
};

/// Everything one range-table entry of a statement asks of its table.
struct TableUse {
  Oid table = 0;  ///< a plain or partitioned table; partitions are reported through their parent
  std::string alias = {};
  std::vector<ClauseUse> clauses = {};
  std::vector<SortUse> order_by = {};         ///< leading ORDER BY items that are of this table
  std::optional<DistanceUse> nearest = {};    ///< the ORDER BY, where this is all of it
  std::vector<SortUse> group_by = {};         ///< GROUP BY or DISTINCT items of this table
  std::vector<std::int16_t> referenced = {};  ///< all columns the statement needs, sorted
  bool whole_row = false;                     ///< needs every column, or ctid etc.
  bool is_target = false;                     ///< of INSERT, UPDATE, DELETE
  std::vector<std::int16_t> updated = {};     ///< columns an UPDATE sets, sorted
  bool has_limit = false;                     ///< the statement ends in LIMIT
};

/// Plans statements against one catalog as PostgreSQL would. Thread-compatible: const methods may
/// run at once. The snapshot must outlive the planner.
class Planner {
 public:
  explicit Planner(const CatalogSnapshot& catalog, SizeModel sizes = SizeModel::AsBuilt,
                   Counting counting = Counting::WhatRuns,
                   Expressions expressions = Expressions::AsKnown);
  ~Planner();
  Planner(const Planner&) = delete;
  Planner& operator=(const Planner&) = delete;

  /// Throws UserError with the server's words when the statement does not parse, names what the
  /// catalog does not have, or is not SELECT, INSERT, UPDATE, DELETE, MERGE or VALUES (EXPLAIN of
  /// these is accepted). `parameters` are text values for $1...; values not given are planned
  /// generically. `role`: who executes it, for the policies of row-level security (what views read
  /// is read as their owners); empty: one who bypasses them.
  [[nodiscard]] std::shared_ptr<const BoundQuery> bind(
      std::string_view sql, const std::vector<std::optional<std::string>>& parameters = {},
      std::string_view role = {}) const;

  /// Reads CREATE INDEX [CONCURRENTLY] text and sizes the index. Throws UserError.
  [[nodiscard]] HypotheticalIndex hypothetical(std::string_view create_index) const;

  [[nodiscard]] PlanResult plan(const BoundQuery& query,
                                const IndexConfiguration& configuration = {}) const;

  /// As plan(), and how each index of the catalog and the configuration could have been used.
  [[nodiscard]] PlanResult plan(const BoundQuery& query, const IndexConfiguration& configuration,
                                std::vector<IndexAccess>& accesses) const;

  /// One entry a base table occurrence, in range-table order, subqueries included.
  [[nodiscard]] std::vector<TableUse> table_uses(const BoundQuery& query) const;

  [[nodiscard]] const CatalogSnapshot& catalog() const;

 private:
  [[nodiscard]] PlanResult plan(const BoundQuery& query, const IndexConfiguration& configuration,
                                std::vector<IndexAccess>* accesses) const;
  /// `guessed`: comes back true where an estimate rests on a default that the expression's own
  /// statistics would replace; called with true, they do.
  [[nodiscard]] PlanResult plan(const BoundQuery& query, const IndexConfiguration& configuration,
                                std::vector<IndexAccess>* accesses, bool& guessed) const;

  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace quern::planner_model
