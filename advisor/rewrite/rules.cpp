#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

const std::vector<Rule>& rules() {
  // Likely bugs first: a query that is wrong is not worth making faster.
  static const std::vector<Rule> kRules{
      {"R47", "comparison with NULL", equals_null},
      {"R02", "NOT IN over a column that may be NULL", nullable_not_in},
      {"R50", "UPDATE or DELETE without WHERE", write_without_where},
      {"R48", "LIMIT without ORDER BY", limit_without_order},
      {"R01", "NOT IN to NOT EXISTS", not_in},
      {"R03", "LEFT JOIN ... IS NULL to NOT EXISTS", left_join_is_null},
      {"R04", "count(*) > 0 to EXISTS", count_to_exists},
      // Before R05: where DISTINCT may simply go, a semi-join need not be made.
      {"R25", "redundant DISTINCT", redundant_distinct},
      {"R05", "DISTINCT over a join to EXISTS", distinct_to_exists},
      {"R08", "OR across joined tables to UNION ALL", or_across_tables},
      {"R11", "function on a column to a range", function_on_column},
      {"R12", "arithmetic on a column", arithmetic_on_column},
      {"R13", "cast of a column", cast_of_column},
      {"R14", "coalesce on a column", coalesce_on_column},
      {"R15", "optional filter", optional_filter},
      {"R19", "OFFSET to keyset pagination", deep_offset},
      {"R22", "CTE referenced more than once", shared_cte},
      {"R24", "UNION to UNION ALL", union_of_disjoint},
      {"R27", "join to a parent that is not read", join_to_parent},
      {"R30", "IN over the table's own key", self_in},
      {"R31", "ORDER BY that nobody sees", unobserved_order},
      {"R38", "ORDER BY random()", order_by_random},
  };
  return kRules;
}

}  // namespace quern::advisor::rewrite
