#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/type_system.hpp"
#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// Column statistics with their values read once.
struct ParsedStatistics {
  double null_fraction = 0;
  std::int32_t average_width = 0;
  double n_distinct = 0;  ///< as in pg_stats
  std::vector<Value> most_common_values = {};
  std::vector<double> most_common_frequencies = {};
  double most_common_total = 0;  ///< sum of the frequencies
  std::vector<Value> histogram = {};
  std::optional<double> correlation = {};
  std::vector<Value> most_common_elements = {};
  std::vector<double> most_common_element_frequencies = {};  ///< one an element
  double minimum_element_frequency = 0;
  double maximum_element_frequency = 0;
  double null_element_frequency = 0;
  std::vector<double> element_count_histogram = {};
  std::vector<RangeBound> range_lower_bounds = {};  ///< both of the histogram of ranges, in order
  std::vector<RangeBound> range_upper_bounds = {};
  std::vector<double> range_lengths = {};
  double empty_range_fraction = 0;                 ///< of the ranges that are not null
  std::optional<Value> lowest = {}, highest = {};  ///< of the table as it was, where read
};

[[nodiscard]] ParsedStatistics parse_statistics(const ColumnStatistics& statistics, Oid type,
                                                const TypeSystem& types);

/// One per planner: statistics parsed on first use, kept by address. Safe from several threads.
struct ParsedExtendedStatistics;

class StatisticsCache {
 public:
  explicit StatisticsCache(const TypeSystem& types);
  ~StatisticsCache();

  [[nodiscard]] const ParsedStatistics* get(const ColumnStatistics& statistics, Oid type) const;

  /// What `read` made of a CREATE STATISTICS object when it was first asked for.
  [[nodiscard]] const ParsedExtendedStatistics* get(
      const ExtendedStatistics& statistics,
      const std::function<ParsedExtendedStatistics()>& read) const;

  [[nodiscard]] const TypeSystem& types() const { return types_; }

 private:
  struct Implementation;
  const TypeSystem& types_;
  std::unique_ptr<Implementation> implementation_;
};

/// What is known of one side of a clause: VariableStatData of selfuncs.h. `statistics` null: no
/// statistics row (not analysed, or not a column).
struct Variable {
  const TypeSystem* types = nullptr;
  const ParsedStatistics* statistics = nullptr;
  Oid type = 0;                ///< of the expression as the operator sees it
  Oid collation = 0;           ///< 0: not collatable
  bool has_relation = false;   ///< belongs to exactly one relation (vardata.rel)
  double relation_tuples = 0;  ///< rel->tuples: before restrictions
  double relation_rows = 0;    ///< rel->rows: after restrictions
  bool is_unique = false;      ///< a unique index on this column alone, or DISTINCT on it alone
  bool is_values = false;      ///< column of VALUES
  /// System columns without statistics rows: ctid is unique, tableoid has one value.
  bool is_ctid = false;
  bool is_tableoid = false;
  /// A plain btree index leads with the column, so the server reads the true end points at planning
  /// time (get_actual_variable_range()). Where they were not read, they are taken to be the ends of
  /// all values that the statistics hold, common ones included: the histogram's own are of those
  /// that are not common.
  bool has_ordering_index = false;
  /// Row-level security hides rows: only leakproof functions may see the values of the statistics
  /// (all_rows_selectable(), selfuncs.c).
  bool values_hidden = false;
};

/// Does the operator tell nothing of its arguments but its answer (get_func_leakproof())?
[[nodiscard]] bool is_leakproof(const Operator& op, const TypeSystem& types);

/// statistic_proc_security_check(): may `op` be asked about common values and bounds?
[[nodiscard]] bool may_see_values(const Variable& variable, const Operator& op);

inline constexpr double kDefaultEqualitySelectivity = 0.005;
inline constexpr double kDefaultInequalitySelectivity = 0.3333333333333333;
inline constexpr double kDefaultRangeInequalitySelectivity = 0.005;
inline constexpr double kDefaultMultirangeInequalitySelectivity = 0.005;
inline constexpr double kDefaultMatchSelectivity = 0.005;
inline constexpr double kDefaultMatchingSelectivity = 0.010;
inline constexpr double kDefaultDistinct = 200;
inline constexpr double kDefaultUnknownSelectivity = 0.005;
inline constexpr double kDefaultNotUnknownSelectivity = 1.0 - kDefaultUnknownSelectivity;
inline constexpr double kDefaultContainmentSelectivity = 0.001;  ///< contsel()
inline constexpr double kDefaultPositionSelectivity = 0.1;       ///< positionsel(), areasel(): .005
inline constexpr double kDefaultAreaSelectivity = 0.005;

struct Distinct {
  double count = kDefaultDistinct;
  bool is_default = true;
};

/// get_variable_numdistinct() (selfuncs.c).
[[nodiscard]] Distinct number_of_distinct(const Variable& variable);

}  // namespace quern::planner_model
