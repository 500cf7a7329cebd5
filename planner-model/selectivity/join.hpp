#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

// --- equality_join.cpp

/// eqjoinsel_inner(): variables left and right of `=`.
[[nodiscard]] double equal_join_inner(const Variable& left, const Variable& right,
                                      const Operator& op);

/// eqjoinsel_semi(), for SEMI and ANTI joins: `outer` keeps its rows, `inner_rows` is the inner
/// relation's row estimate, `inner_join` the answer of equal_join_inner() (the cap).
[[nodiscard]] double equal_join_semi(const Variable& outer, const Variable& inner,
                                     const Operator& op, double inner_rows, double inner_join);

/// neqjoinsel() for SEMI and ANTI: 1 - null fraction of the outer side; otherwise 1 - equal join.
[[nodiscard]] double not_equal_join_semi(const Variable& outer);

/// The constant of a join estimator by name (scalarltjoinsel, matchingjoinsel, likejoinsel, ...);
/// kDefaultEqualitySelectivity for unknown names.
[[nodiscard]] double default_join_selectivity(std::string_view estimator);

// --- hash_and_merge.cpp

struct HashBucketStatistics {
  double most_common_frequency = 0;
  double bucket_size_fraction = 0;
};

/// estimate_hash_bucket_stats().
[[nodiscard]] HashBucketStatistics hash_bucket_statistics(const Variable& key, double buckets);

struct MergeScanFractions {
  double left_start = 0;
  double left_end = 1;
  double right_start = 0;
  double right_end = 1;
};

/// mergejoinscansel(): the parts of both inputs that a merge join reads.
[[nodiscard]] MergeScanFractions merge_join_scan(const Variable& left, const Variable& right,
                                                 bool descending, bool nulls_first);

// --- groups.cpp

struct GroupingVariable {
  int relation = 0;  ///< range-table index; 0: none
  Variable variable;
  std::vector<int> expression = {};  ///< what the caller knows it by: attnum, or negative numbers
                                     ///< for expressions of extended statistics
  double relation_rows = 0;          ///< rel->rows
  double relation_tuples = 0;        ///< rel->tuples
  bool is_boolean = false;           ///< the whole grouping expression is boolean: counted as 2
};

/// One multivariate n-distinct entry: items are attnums (or the caller's negative numbers).
struct DistinctItem {
  std::vector<int> items;
  double count = 0;
};

/// The multivariate statistics of one relation, for estimate_number_of_groups().
struct RelationDistinct {
  int relation = 0;
  std::vector<std::vector<DistinctItem>> statistics;
};

/// estimate_num_groups(): distinct combinations of the (already pulled-up, deduplicated) variables
/// in `input_rows` rows. `numeric_factor`: 2 for each boolean expression without variables, and so
/// on.
[[nodiscard]] double estimate_number_of_groups(std::span<const GroupingVariable> variables,
                                               double input_rows,
                                               std::span<const RelationDistinct> multivariate = {},
                                               double set_returning_factor = 1.0);

}  // namespace quern::planner_model
