#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

/// Original and replacement under the same indexes.
struct Price {
  planner_model::PlanResult before, after;
  std::string index = {};  ///< DDL that both were planned with; empty: the indexes that exist
  [[nodiscard]] bool is_cheaper() const;
};

/// Why there is no price, in words.
struct Unpriced {
  std::string reason;
};

/// Plans both statements with the sample's parameters: with the indexes that exist, and where that
/// does not pay, with one of the finding's own. An index counts only for what the rewrite gains on
/// top of it.
[[nodiscard]] std::variant<Price, Unpriced> price(const planner_model::Planner& planner,
                                                  const std::string& original,
                                                  const ParameterValues& parameters,
                                                  const Finding& finding);

/// How many rows the statement is estimated to return without its LIMIT; nothing where it cannot be
/// planned.
[[nodiscard]] std::optional<Rows> rows_before_limit(const planner_model::Planner& planner,
                                                    const std::string& sql,
                                                    const ParameterValues& parameters);

}  // namespace quern::advisor::rewrite
