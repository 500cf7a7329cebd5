#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "planner-model/query/bind_parse_nodes.hpp"
#include "planner-model/query/query.hpp"

namespace quern::planner_model {

/// What an expression is for (ParseExprKind, parse_node.h): decides what it may contain, and the
/// words of the errors.
enum class ExprUse : std::uint8_t {
  Other,
  SelectTarget,
  Where,
  Having,
  JoinOn,
  FromFunction,
  FromSubselect,
  GroupBy,
  OrderBy,
  DistinctOn,
  WindowPartition,
  WindowOrder,
  WindowFrame,
  Limit,
  Offset,
  InsertTarget,
  UpdateSource,
  Values,
  Returning,
  Filter,
  IndexExpression,
  IndexPredicate
};

[[nodiscard]] std::string_view name_of(ExprUse use);

/// Columns that a range can be asked for, in order: those added one by one, or a table's, then
/// those of the sets that a join puts together. Nothing is copied: of most sets few columns are
/// asked for.
class ColumnSet {
 public:
  static constexpr int kAmbiguous = -2;
  static constexpr int kMissing = -1;

  ColumnSet() = default;
  /// All columns of a table of the catalog.
  ColumnSet(int range, const Table& table);

  /// Before any append().
  void add(std::string name, ExprPtr expr);
  /// The columns of `set` but those at the positions `taken`.
  void append(std::shared_ptr<const ColumnSet> set, const std::vector<int>& taken);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const std::string& name(std::size_t position) const;
  /// A Var of this query level, or what a merged join column stands for.
  [[nodiscard]] ExprPtr expr(std::size_t position) const;
  /// A position, kAmbiguous or kMissing.
  [[nodiscard]] int find(std::string_view name) const;

 private:
  struct Column {
    std::string name;
    ExprPtr expr;
  };

  struct Part {
    std::shared_ptr<const ColumnSet> set;
    std::vector<std::size_t> positions;  ///< in `set`; empty: all
    std::size_t size = 0;
  };

  /// Of the columns that are no part's.
  [[nodiscard]] std::size_t own_size() const;
  /// The part that holds a position, and where in its set.
  [[nodiscard]] std::pair<const ColumnSet*, std::size_t> in_part(std::size_t position) const;

  int range_ = 0;
  const Table* table_ = nullptr;
  std::vector<Column> own_ = {};
  std::vector<Part> parts_ = {};
};

/// ParseNamespaceItem (parse_node.h): a name that expressions can refer to.
struct NamespaceItem {
  std::string name;  ///< alias or table name
  const Table* table = nullptr;
  bool has_alias = false;  ///< hides schema.table
  int range = 0;           ///< 0: a join
  std::shared_ptr<const ColumnSet> columns;
  bool relation_visible = true;
  bool columns_visible = true;
  bool lateral_only = false;
  bool lateral_ok = true;
};

/// A WITH query while its statement is bound.
struct CteEntry {
  std::string name;
  std::size_t position = 0;  ///< in Query::ctes
  bool visible = true;       ///< false: a later one of a plain WITH
  bool being_defined = false;
  bool columns_known = false;
  std::vector<RangeColumn> columns = {};
};

/// ParseState (parse_node.h): one query level while it is bound.
struct Scope {
  explicit Scope(Scope* enclosing) : parent{enclosing} {}

  Scope* parent;
  Query query = {};
  std::vector<NamespaceItem> names = {};
  std::vector<CteEntry> ctes = {};
  ExprUse use = ExprUse::Other;
  bool lateral_active = false;
  bool inside_aggregate_arguments = false;
  bool resolve_unknowns = true;
  std::vector<const PgQuery__WindowDef*> window_definitions = {};
  std::vector<std::string> window_texts = {};  ///< location_free_text of the inline ones
};

/// Puts another value in place for one C++ scope.
template <class T>
class Swapped {
 public:
  Swapped(T& place, T value) : place_{place}, old_{std::exchange(place, std::move(value))} {}

  ~Swapped() { place_ = std::move(old_); }

  Swapped(const Swapped&) = delete;
  Swapped& operator=(const Swapped&) = delete;

 private:
  T& place_;
  T old_;
};

}  // namespace quern::planner_model
