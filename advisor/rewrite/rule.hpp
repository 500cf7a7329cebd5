#pragma once

#include <optional>
#include <string>
#include <vector>

#include "advisor/advice.hpp"
#include "advisor/rewrite/query.hpp"

namespace quern::advisor::rewrite {

/// One side condition of a rewrite: read from the catalog, or left to the reader.
struct Condition {
  std::string text;
  bool proven = true;
};

/// What a rule found in one statement.
struct Finding {
  Equivalence equivalence = Equivalence::Proven;
  std::string replacement = {};  ///< empty: advice in words only
  std::string why;               ///< one or two sentences for the rationale
  std::vector<Condition> conditions = {};
  std::vector<std::string> indexes = {};  ///< DDL without which the rewrite may not pay
  bool correctness = false;               ///< a likely bug: reported whatever it costs
  /// Not reported where the statement without its LIMIT is estimated to return one row.
  bool of_many_rows = false;
};

struct Rule {
  const char* id;    ///< as in the rule catalogue: "R01"
  const char* name;  ///< "NOT IN to NOT EXISTS"
  /// Applied to a query of its own: the tree is the rule's to change.
  std::optional<Finding> (*apply)(Query&);
};

/// In the order applied. A class may get one finding a rule.
[[nodiscard]] const std::vector<Rule>& rules();

// One rule a file: rule_<name>.cpp.
std::optional<Finding> equals_null(Query& query);
std::optional<Finding> nullable_not_in(Query& query);
std::optional<Finding> not_in(Query& query);
std::optional<Finding> left_join_is_null(Query& query);
std::optional<Finding> count_to_exists(Query& query);
std::optional<Finding> redundant_distinct(Query& query);
std::optional<Finding> distinct_to_exists(Query& query);
std::optional<Finding> or_across_tables(Query& query);
std::optional<Finding> function_on_column(Query& query);
std::optional<Finding> arithmetic_on_column(Query& query);
std::optional<Finding> cast_of_column(Query& query);
std::optional<Finding> coalesce_on_column(Query& query);
std::optional<Finding> optional_filter(Query& query);
std::optional<Finding> deep_offset(Query& query);
std::optional<Finding> shared_cte(Query& query);
std::optional<Finding> union_of_disjoint(Query& query);
std::optional<Finding> join_to_parent(Query& query);
std::optional<Finding> self_in(Query& query);
std::optional<Finding> unobserved_order(Query& query);
std::optional<Finding> order_by_random(Query& query);
std::optional<Finding> limit_without_order(Query& query);
std::optional<Finding> write_without_where(Query& query);

}  // namespace quern::advisor::rewrite
