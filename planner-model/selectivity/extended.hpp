#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "planner-model/selectivity/join.hpp"
#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

/// CREATE STATISTICS data, read once. Items are attnums; expressions are -1, -2, ... in their
/// order.
struct ParsedExtendedStatistics {
  const ExtendedStatistics* definition = nullptr;
  std::vector<int> items = {};  ///< ascending, as the server orders keys: columns, then expressions
  std::vector<DistinctItem> distinct = {};

  struct Dependency {
    std::vector<int> determinants;
    int dependent = 0;
    double degree = 0;
  };

  std::vector<Dependency> dependencies = {};

  struct McvItem {
    std::vector<std::optional<Value>> values;  ///< in the order of `items`
    double frequency = 0;
    double base_frequency = 0;
  };

  std::vector<McvItem> most_common = {};
  bool unreadable = false;  ///< the type of an expression is a guess
};

/// `item_types`: type of each item, in the order of columns then expressions.
[[nodiscard]] ParsedExtendedStatistics parse_extended_statistics(
    const ExtendedStatistics& statistics, std::span<const Oid> item_types, const TypeSystem& types);

/// One simple clause over an item of the statistics, in the forms that MCV lists understand
/// (statext_is_compatible_clause(), extended_stats.c).
struct McvClause {
  enum class Kind : std::uint8_t {
    Operator,
    Any,
    All,
    IsNull,
    IsNotNull,
    Boolean,
    NotBoolean,
    And,
    Or,
    Not
  };
  Kind kind = Kind::Operator;
  int item = 0;
  const Operator* op = nullptr;  ///< Operator, Any, All
  Oid collation = 0;
  bool variable_on_left = true;
  std::vector<std::optional<Value>> constants =
      {};                                 ///< one for Operator; the elements for Any, All
  std::vector<McvClause> arguments = {};  ///< And, Or, Not
};

struct McvListSelectivity {
  double selectivity = 0;  ///< of the items that match
  double base = 0;         ///< what independence would have said of them
  double total = 0;        ///< of all items
};

/// mcv_clauselist_selectivity() (mcv.c): all clauses AND-ed, or OR-ed.
[[nodiscard]] McvListSelectivity mcv_list_selectivity(const ParsedExtendedStatistics& statistics,
                                                      std::span<const McvClause> clauses,
                                                      bool is_or, const TypeSystem& types);
/// mcv_combine_selectivities(): corrects the simple product by the list.
[[nodiscard]] double combine_with_mcv_list(double simple, const McvListSelectivity& list);

/// The equality-type clauses on one item, with their simple selectivity.
struct DependencyClause {
  int item = 0;
  double selectivity = 1;  ///< of all compatible clauses on the item
};

struct DependencySelectivity {
  double selectivity = 1;
  std::vector<int> covered = {};  ///< items whose clauses are accounted for, ascending
};

/// dependencies_clauselist_selectivity() (dependencies.c). Empty `covered`: nothing applied.
[[nodiscard]] DependencySelectivity dependencies_selectivity(
    std::span<const ParsedExtendedStatistics* const> statistics,
    std::span<const DependencyClause> clauses);

}  // namespace quern::planner_model
