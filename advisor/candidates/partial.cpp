#include "advisor/candidates/partial.hpp"

#include <algorithm>

namespace quern::advisor {

namespace {

using planner_model::ClauseKind;
using planner_model::ClauseUse;

/// A partial index over more of the table than this is the whole index with a risk.
constexpr double kLargestShare = 0.5;
/// A column with more values than this is data, not a state.
constexpr double kMostStates = 30;

bool is_state(const RuleInput& input, const ClauseUse& clause) {
  const Column* column = find_column(input.table, clause.column);
  if (column == nullptr) {
    return false;
  }
  const auto& statistics = column->statistics ? column->statistics : column->inherited_statistics;
  return statistics && statistics->n_distinct > 0 && statistics->n_distinct <= kMostStates;
}

bool recurring(const RuleInput& input, const ClauseUse& clause) {
  if (clause.is_join || clause.column <= 0 || clause.text.empty() ||
      clause.selectivity > kLargestShare) {
    return false;
  }
  switch (clause.kind) {
    case ClauseKind::IsNull:
    case ClauseKind::BooleanColumn:
      return true;
    case ClauseKind::Equal:
      return !clause.constant.empty() && is_state(input, clause);
    default:
      return false;
  }
}

}  // namespace

std::vector<CandidateIndex> partial(const RuleInput& input,
                                    const std::vector<CandidateIndex>& plain) {
  std::vector<CandidateIndex> found;
  for (const auto& clause : input.use.clauses) {
    if (!recurring(input, clause)) {
      continue;
    }
    for (CandidateIndex candidate : plain) {
      auto& keys = candidate.definition.keys;
      const KeyPart first = keys.front();
      std::erase_if(keys, [&](const KeyPart& key) { return key.column == clause.column; });
      if (keys.empty()) {
        keys = {first};  // the condition alone: few rows, and writes to the others leave it alone
      }
      std::erase(candidate.definition.included, clause.column);
      candidate.definition.predicate = parenthesized(clause.text);
      candidate.rule = kPartialRule;
      found.push_back(std::move(candidate));
    }
  }
  return found;
}

}  // namespace quern::advisor
