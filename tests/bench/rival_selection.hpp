#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/hypopg_costs.hpp"

namespace quern::bench {

struct IndexableColumns {
  /// Columns that the workload searches, joins, orders or groups by, by table.
  std::map<std::string, std::vector<std::string>> by_table = {};
  /// Keys of the indexes that are there: a copy of one is no candidate of the tuning advisor.
  /// HypoPG's trees have no levels, so that a copy of a primary key would seem to be better than
  /// the key itself. Extend may have copies: it grows an index column by column, past them.
  std::set<std::pair<std::string, std::vector<std::string>>> existing = {};
};

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
