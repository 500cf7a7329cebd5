#include "advisor/candidates/other_methods.hpp"

#include <algorithm>
#include <cmath>

#include "advisor/candidates/operator_classes.hpp"

namespace quern::advisor {

namespace {

using planner_model::ClauseKind;
using planner_model::ClauseUse;
using planner_model::OperatorClassUse;

/// A BRIN index reads ranges of 128 pages (BRIN_DEFAULT_PAGES_PER_RANGE, brin.h) or leaves them
/// out: of fewer than eight there is little to leave out.
constexpr std::int64_t kFewestBrinPages = 8 * 128;

/// brincostestimate() (selfuncs.c) divides the ranges that hold matches by the correlation: below
/// this, half of what is read is read in vain.
constexpr double kLeastBrinCorrelation = 0.5;

/// A hash index holds four bytes of a key whatever its width, a btree all of it. A judgement: for
/// shorter keys the space saved is not worth what a btree can do besides (order, ranges, prefixes,
/// uniqueness, reading the index alone).
constexpr int kNarrowestHashKey = 64;

/// An equality that finds less than one range of rows is a btree's work.
bool finds_a_range(const RuleInput& input, const ClauseUse& clause) {
  constexpr double kRange = 128;
  return clause.kind == ClauseKind::Range ||
         clause.selectivity * static_cast<double>(input.table.pages) >= kRange;
}

/// How far the values follow the table's order. Equal values are ranked by their place
/// (compute_scalar_stats(), PostgreSQL 15, src/backend/commands/analyze.c), so that a column of few
/// values seems to follow it wherever they stand: with frequencies f the covariance is that of
/// each value with itself, and the correlation the sum of f squared.
double correlation(const Column& column) {
  const auto& statistics = column.statistics ? column.statistics : column.inherited_statistics;
  if (!statistics || !statistics->correlation) {
    return 0;
  }
  const double present = std::max(1e-9, 1 - statistics->null_fraction);
  double by_ties = 0;
  for (const double frequency : statistics->most_common_frequencies) {
    by_ties += frequency * frequency / (present * present);
  }
  return by_ties >= 1 ? 0 : std::abs((*statistics->correlation - by_ties) / (1 - by_ties));
}

bool compares(const ClauseUse& clause) {
  return clause.kind == ClauseKind::Equal || clause.kind == ClauseKind::Range;
}

const char* rule_of(const RuleInput& input, const ClauseUse& clause, const OperatorClassUse& use) {
  const Column* column = clause.column > 0 ? find_column(input.table, clause.column) : nullptr;
  if (use.access_method == "brin") {
    const bool worth = column != nullptr && use.name.empty() && finds_a_range(input, clause) &&
                       (input.table.kind == 'p' || input.table.pages >= kFewestBrinPages) &&
                       correlation(*column) >= kLeastBrinCorrelation;
    return worth ? kBrinRule : nullptr;
  }
  if (use.access_method == "hash") {
    const bool worth = column != nullptr && use.name.empty() && clause.kind == ClauseKind::Equal &&
                       average_width(*column) >= kNarrowestHashKey;
    return worth ? kHashRule : nullptr;
  }
  // Comparisons of single values are a btree's work (btree_gin, btree_gist, SP-GiST over text).
  return compares(clause) ? nullptr : kContainmentRule;
}

CandidateIndex index_by(const RuleInput& input, std::int16_t column, const std::string& expression,
                        const OperatorClassUse& use, const char* rule) {
  return {.definition = {.table = input.table.oid,
                         .method = use.access_method,
                         .keys = {{.column = column,
                                   .expression = column != 0 ? "" : parenthesized(expression),
                                   .operator_class = use.name,
                                   .operator_class_schema = use.schema}}},
          .rule = rule};
}

}  // namespace

std::vector<CandidateIndex> other_methods(const RuleInput& input) {
  std::vector<CandidateIndex> found;
  for (const ClauseUse& clause : input.use.clauses) {
    if (clause.is_join && compares(clause)) {
      continue;
    }
    for (const OperatorClassUse& use : clause.classes) {
      if (const char* rule = rule_of(input, clause, use)) {
        found.push_back(index_by(input, clause.column, clause.expression, use, rule));
      }
    }
  }
  // Without a LIMIT all rows are read, in whatever order.
  if (input.use.nearest && input.use.has_limit) {
    const auto& [column, expression, classes] = *input.use.nearest;
    for (const OperatorClassUse& use : classes) {
      found.push_back(index_by(input, column, expression, use, kNearestRule));
    }
  }
  return found;
}

}  // namespace quern::advisor
