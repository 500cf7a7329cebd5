#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "planner-model/query/query.hpp"

// Which sorts and hash tables answer GROUPING SETS, ROLLUP and CUBE. Source: planner.c
// (preprocess_grouping_sets, consider_groupingsets_paths), PostgreSQL 15. Columns are positions in
// the query's GROUP BY.

namespace quern::planner_model {

struct GroupingSet {
  std::vector<int> columns = {};  ///< in the order that a sort would have them
  double groups = 0;
};

/// Sets that one sorted pass computes together, each a prefix of the one before it; or one set in a
/// hash table.
struct Rollup {
  std::vector<int> columns = {};  ///< of the largest set, which comes first
  std::vector<GroupingSet> sets = {};
  bool hashable = false;
  bool hashed = false;

  [[nodiscard]] double groups() const;
};

struct GroupingSets {
  std::vector<Rollup> rollups = {};
  std::vector<GroupingSet> unsortable = {};  ///< can only be hashed
  bool any_hashable = false;

  [[nodiscard]] double groups() const;
};

/// Sets in as few rollups as there can be (a minimum chain cover by bipartite matching, as
/// extract_rollup_sets() finds it), a single one in the order of ORDER BY where that fits. Groups
/// are not estimated yet.
[[nodiscard]] GroupingSets plan_grouping_sets(const Query& query);

enum class GroupingStrategy : std::uint8_t { Sorted, Hashed, Mixed };

/// Hashed rollups come first; the first one that is not hashed takes the input as it comes, the
/// others sort it anew.
struct GroupingChoice {
  GroupingStrategy strategy = GroupingStrategy::Sorted;
  std::vector<Rollup> rollups = {};
};

struct GroupingMemory {
  double limit = 0;                                 ///< bytes that a hash aggregate may take
  std::function<double(double groups)> table = {};  ///< bytes of a table of so many groups
};

/// Everything in hash tables; `in_order` when the input happens to be sorted for the first rollup.
[[nodiscard]] std::optional<GroupingChoice> hashed_grouping(const GroupingSets& plan, bool in_order,
                                                            const GroupingMemory& memory);

/// With input sorted for the first rollup: hash tables for as many of the others as fit in memory,
/// and sorts alone.
[[nodiscard]] std::vector<GroupingChoice> sorted_grouping(const GroupingSets& plan, bool can_hash,
                                                          const GroupingMemory& memory);

}  // namespace quern::planner_model
