#include "advisor/candidates/partial.hpp"

#include <algorithm>
#include <string>
#include <tuple>

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

/// Whether the condition may stand in an index: of the kinds that recur from call to call.
bool recurring(const RuleInput& input, const ClauseUse& clause) {
  if (clause.is_join || clause.column <= 0 || clause.text.empty()) {
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

/// The rows that a partial index holds, and the columns that it so needs no more.
struct Condition {
  std::string predicate = {};
  std::vector<std::int16_t> columns = {};
  double selectivity = 1;

  [[nodiscard]] bool fixes(std::int16_t column) const {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  }
};

Condition condition_of(const ClauseUse& clause) {
  return {parenthesized(clause.text), {clause.column}, clause.selectivity};
}

/// As pg_get_indexdef() has it: a boolean column stands alone.
std::string operand(const ClauseUse& clause) {
  const bool name = clause.text.find_first_of(" (") == std::string::npos;
  return name ? clause.text : parenthesized(clause.text);
}

/// All of them at once, in the table's order of columns, as two statements may not write them.
Condition all_of(std::vector<const ClauseUse*> clauses) {
  std::sort(clauses.begin(), clauses.end(), [](const ClauseUse* a, const ClauseUse* b) {
    return std::tie(a->column, a->text) < std::tie(b->column, b->text);
  });
  Condition all;
  for (const ClauseUse* clause : clauses) {
    if (!all.fixes(clause->column)) {
      all.predicate += (all.predicate.empty() ? "" : " AND ") + operand(*clause);
      all.columns.push_back(clause->column);
      all.selectivity *= clause->selectivity;
    }
  }
  all.predicate = "(" + all.predicate + ")";
  return all;
}

/// All together, then each alone. "Not deleted" keeps nearly every row and is no reason for
/// an index of its own; beside a state it spares the index a column.
std::vector<Condition> conditions(const RuleInput& input) {
  std::vector<const ClauseUse*> clauses;
  std::vector<Condition> found;
  for (const auto& clause : input.use.clauses) {
    if (recurring(input, clause)) {
      clauses.push_back(&clause);
      found.push_back(condition_of(clause));
    }
  }
  if (clauses.size() > 1) {
    if (Condition all = all_of(clauses); all.columns.size() > 1) {
      found.insert(found.begin(), std::move(all));
    }
  }
  std::erase_if(found, [](const Condition& each) { return each.selectivity > kLargestShare; });
  return found;
}

void restrict_to(const Condition& condition, IndexDefinition& index) {
  const KeyPart first = index.keys.front();
  std::erase_if(index.keys,
                [&](const KeyPart& key) { return key.column != 0 && condition.fixes(key.column); });
  if (index.keys.empty()) {
    index.keys = {first};  // the condition alone: few rows, and writes to the others leave it alone
  }
  std::erase_if(index.included, [&](std::int16_t column) { return condition.fixes(column); });
  index.predicate = condition.predicate;
}

}  // namespace

std::vector<CandidateIndex> partial(const RuleInput& input,
                                    const std::vector<CandidateIndex>& whole) {
  std::vector<CandidateIndex> found;
  for (const auto& condition : conditions(input)) {
    for (CandidateIndex candidate : whole) {
      restrict_to(condition, candidate.definition);
      candidate.made_from += candidate.rule;
      candidate.rule = kPartialRule;
      found.push_back(std::move(candidate));
    }
  }
  return found;
}

}  // namespace quern::advisor
