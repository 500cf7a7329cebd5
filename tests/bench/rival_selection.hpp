#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/bench/hypopg_costs.hpp"

namespace quern::bench {

/// Columns that the workload searches, joins, orders or groups by, by table.
using IndexableColumns = std::map<std::string, std::vector<std::string>>;

/// Extend (Schlosser, Kossmann and Boissier, "Efficient Scalable Multi-Attribute Index Selection
/// Using Recursive Strategies", ICDE 2019): one column at a time, a new index or one more column of
/// a chosen one, by what is saved a byte, until the budget is full.
[[nodiscard]] std::set<HypoIndex> extend(HypopgCosts& costs, const IndexableColumns& columns,
                                         double budget, std::size_t max_width);

/// In the manner of the Database Tuning Advisor (Chaudhuri and Narasayya, VLDB 1997; "Anytime
/// Algorithm of Database Tuning Advisor", 2020): the best few indexes of each statement, all
/// permutations up to `max_width` columns of one table, then greedily the one that saves the most.
[[nodiscard]] std::set<HypoIndex> tuning_advisor(HypopgCosts& costs,
                                                 const IndexableColumns& columns, double budget,
                                                 std::size_t max_width);

}  // namespace quern::bench
