#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "planner-model/query/expr.hpp"

namespace quern::planner_model {

// A statement bound to the catalog: the server's Query tree (src/include/nodes/parsenodes.h) after
// parse analysis and view expansion, with one simplification: columns merged by JOIN USING are
// already resolved to the side they come from (COALESCE for FULL), so joins have no range-table
// entry of their own.

enum class RangeKind : std::uint8_t { Relation, Subquery, Function, Values, Cte, Result };

struct RangeColumn {
  std::string name;
  Oid type = 0;
  std::int32_t typmod = -1;
  Oid collation = 0;
};

/// The columns of a range. Copies share them until one is changed: a statement is copied for each
/// plan, and a table's columns are the same for all statements.
class RangeColumns {
 public:
  using List = std::vector<RangeColumn>;

  RangeColumns() = default;

  // NOLINTNEXTLINE(google-explicit-constructor): a list of columns is one
  RangeColumns(List list) : shared_{std::make_shared<List>(std::move(list))} {}

  [[nodiscard]] const List& list() const {
    static const List kNone;
    return shared_ ? *shared_ : kNone;
  }

  [[nodiscard]] std::size_t size() const { return shared_ ? shared_->size() : 0; }

  [[nodiscard]] const RangeColumn& operator[](std::size_t i) const { return (*shared_)[i]; }

  [[nodiscard]] auto begin() const { return list().begin(); }

  [[nodiscard]] auto end() const { return list().end(); }

  /// To change them. Ends references.
  [[nodiscard]] List& edit() {
    if (!shared_ || shared_.use_count() > 1) {
      shared_ = std::make_shared<List>(list());
    }
    return *shared_;
  }

  void push_back(RangeColumn column) { edit().push_back(std::move(column)); }

 private:
  std::shared_ptr<List> shared_;
};

/// One arm of a UNION ALL that became an appended relation (AppendRelInfo): another range of the
/// same query, and what each column of the whole is in it.
struct UnionArm {
  int range = 0;
  std::vector<ExprPtr> outputs = {};
};

/// attno of the first of RangeTableEntry::computed.
inline constexpr int kFirstComputed = 10'000;

struct RangeTableEntry {
  RangeKind kind = RangeKind::Relation;
  std::string alias;          ///< as referred to in the query; eref->aliasname
  bool has_alias = false;     ///< the query gave the alias explicitly
  RangeColumns columns = {};  ///< by attno - 1; for tables, holes have an empty name
  bool lateral = false;

  const Table* table = nullptr;  ///< Relation

  /// PlaceHolderVars that go as further columns of it. Of a subquery over several relations: this
  /// is one of those that compute it, and `scope` holds a bit for each of them (phrels).
  struct Computed {
    ExprPtr expr;
    std::uint64_t scope = 0;  ///< 0: this relation alone
  };

  std::vector<Computed> computed = {};
  bool inherit = true;  ///< false: ONLY
  /// What rows must fulfil to be seen at all, one after the other (RangeTblEntry.securityQuals):
  /// by the policies of row-level security.
  std::vector<ExprPtr> security_quals = {};
  std::optional<double> sample_fraction = {};  ///< TABLESAMPLE percent / 100
  std::string sample_method = {};
  std::string sample_percent = {};  ///< where it is a constant
  std::string sample_seed = {};     ///< REPEATABLE, where it is a constant

  std::shared_ptr<Query> subquery = {};  ///< Subquery (views are expanded to this)
  /// The view that it was; of a relation that is changed, the one that it is changed through.
  const Table* view = nullptr;
  bool security_barrier = false;    ///< that view keeps its rows from what may leak them
  std::vector<UnionArm> arms = {};  ///< of a flattened UNION ALL; then there is no subquery

  std::vector<ExprPtr> functions = {};     ///< Function
  std::vector<int> function_columns = {};  ///< how many columns each gives
  bool ordinality = false;

  std::vector<std::vector<ExprPtr>> values = {};  ///< Values

  std::string cte = {};  ///< Cte
  int cte_levels_up = 0;
  bool cte_self_reference = false;  ///< the recursive reference inside its own definition
};

/// Null: the column is no computed one.
[[nodiscard]] inline ExprPtr computed_column(const RangeTableEntry& entry, int attno) {
  const auto at = static_cast<std::size_t>(attno - kFirstComputed);
  return attno >= kFirstComputed && at < entry.computed.size() ? entry.computed[at].expr : nullptr;
}

/// RightSemi and RightAnti are made by join planning only: a semijoin or antijoin with its sides
/// swapped.
enum class JoinType : std::uint8_t { Inner, Left, Full, Right, Semi, Anti, RightSemi, RightAnti };

/// RangeTblRef, JoinExpr and FromExpr in one: leaf, binary join, or list with quals.
struct JoinTree {
  enum class Kind : std::uint8_t { Range, Join, From };
  Kind kind = Kind::From;
  int range = 0;                        ///< Range: index into the range table, from 1
  JoinType join = JoinType::Inner;      ///< Join
  std::vector<JoinTree> children = {};  ///< Join: left, right; From: any number
  ExprPtr quals = {};                   ///< Join: ON; From: WHERE; null: none
};

struct TargetEntry {
  ExprPtr expr;
  std::string name;
  int sort_group_ref = 0;  ///< joins SortGroupClause::ref; 0: none
  bool junk = false;       ///< not part of the result
  int column = 0;          ///< INSERT, UPDATE: attnum of the target column
};

struct SortGroupClause {
  int ref = 0;
  Oid equality = 0;       ///< operator
  Oid sort_operator = 0;  ///< 0: not sortable
  bool descending = false;
  bool nulls_first = false;
  bool hashable = false;
};

/// Bits of WindowClause::frame_options (nodes/parsenodes.h).
namespace frame {
inline constexpr int kNonDefault = 0x00001;
inline constexpr int kRange = 0x00002;
inline constexpr int kRows = 0x00004;
inline constexpr int kGroups = 0x00008;
inline constexpr int kBetween = 0x00010;
inline constexpr int kStartUnboundedPreceding = 0x00020;
inline constexpr int kEndUnboundedFollowing = 0x00100;
inline constexpr int kStartCurrentRow = 0x00200;
inline constexpr int kEndCurrentRow = 0x00400;
inline constexpr int kStartOffsetPreceding = 0x00800;
inline constexpr int kEndOffsetPreceding = 0x01000;
inline constexpr int kStartOffsetFollowing = 0x02000;
inline constexpr int kEndOffsetFollowing = 0x04000;
inline constexpr int kExcludeCurrentRow = 0x08000;
inline constexpr int kExcludeGroup = 0x10000;
inline constexpr int kExcludeTies = 0x20000;
}  // namespace frame

struct WindowClause {
  std::string name;  ///< empty: it has none; the planner may give it one
  std::vector<SortGroupClause> partition = {};
  std::vector<SortGroupClause> order = {};
  int frame_options = 0;
  ExprPtr start_offset = {};
  ExprPtr end_offset = {};
  /// Conditions above that stop the window early; the planner finds them.
  std::vector<ExprPtr> run_conditions = {};
};

struct SetOperation {
  enum class Kind : std::uint8_t { Leaf, Union, Intersect, Except };
  Kind kind = Kind::Leaf;
  bool all = false;
  int range = 0;                        ///< Leaf: the subquery's range-table index
  std::vector<SetOperation> arms = {};  ///< left, right
  std::vector<RangeColumn> columns = {};
  std::vector<SortGroupClause> grouping = {};  ///< one a column unless `all`
};

struct CommonTableExpression {
  enum class Materialize : std::uint8_t { Default, Always, Never };
  std::string name;
  Materialize materialize = Materialize::Default;
  bool recursive = false;  ///< really refers to itself
  std::shared_ptr<Query> query;
  int references = 0;  ///< how often the statement refers to it, self-references apart
};

enum class Command : std::uint8_t { Select, Insert, Update, Delete, Merge };

/// OnConflictExpr (primnodes.h): which unique index decides, and what DO UPDATE does.
struct OnConflict {
  /// InferenceElem: a column or an expression, and what the index must have beside it.
  struct Element {
    ExprPtr expr;
    Oid collation = 0;                ///< 0: any
    std::string operator_class = {};  ///< empty: any
  };

  bool update = false;  ///< false: DO NOTHING
  std::vector<Element> elements = {};
  ExprPtr arbiter_where = {};
  std::string constraint = {};
  std::vector<TargetEntry> update_targets = {};
  ExprPtr update_where = {};
  int excluded = 0;  ///< the range of the rows that were not inserted; 0: DO NOTHING
};

struct Query {
  Command command = Command::Select;
  std::vector<RangeTableEntry> range_table = {};  ///< range index i is range_table[i - 1]
  JoinTree join_tree = {};                        ///< kind From; quals = WHERE
  std::vector<TargetEntry> targets = {};
  std::vector<SortGroupClause> group_by = {};
  /// Lists of indexes into group_by; empty: plain GROUP BY. From ROLLUP, CUBE, GROUPING SETS.
  std::vector<std::vector<int>> grouping_sets = {};
  bool has_grouping_sets = false;
  ExprPtr having = {};
  std::vector<SortGroupClause> distinct = {};
  bool distinct_on = false;
  std::vector<SortGroupClause> order_by = {};
  ExprPtr limit = {};
  ExprPtr offset = {};
  bool limit_with_ties = false;
  std::vector<WindowClause> windows = {};
  std::optional<SetOperation> set_operation = {};
  std::vector<CommonTableExpression> ctes = {};
  bool has_recursive = false;
  bool has_aggregates = false;
  bool has_window_functions = false;
  bool has_sublinks = false;
  bool has_returning_set = false;   ///< set-returning functions in the select list
  bool for_update = false;          ///< FOR UPDATE / SHARE: LockRows above the plan
  std::vector<int> row_marks = {};  ///< range indexes locked

  int result_range = 0;  ///< target table of INSERT, UPDATE, DELETE
  std::vector<TargetEntry> returning = {};
  std::optional<OnConflict> on_conflict = {};
  std::vector<std::int16_t> updated_columns = {};  ///< sorted
};

/// The answer of Planner::bind().
class BoundQuery {
 public:
  Query query;
  std::string text;
  std::vector<std::string> unmodelled = {};  ///< found while binding
  bool parallel_unsafe = false;              ///< it may not be planned for workers at all
};

}  // namespace quern::planner_model
