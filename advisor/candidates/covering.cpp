#include "advisor/candidates/covering.hpp"

#include <algorithm>

namespace quern::advisor {

namespace {

constexpr std::size_t kMostIncluded = 5;
constexpr int kWidestIncluded = 64;  // bytes: about what an entry with its key takes without them

int width_of(const Table& table, std::int16_t number) {
  constexpr int kUnknown = 32;  // get_typavgwidth(), lsyscache.c
  const Column* column = find_column(table, number);
  if (column == nullptr) {
    return kUnknown;
  }
  const auto& statistics = column->statistics ? column->statistics : column->inherited_statistics;
  return statistics ? statistics->average_width : kUnknown;
}

bool is_key(const IndexDefinition& index, std::int16_t column) {
  return std::any_of(index.keys.begin(), index.keys.end(),
                     [column](const KeyPart& key) { return key.column == column; });
}

}  // namespace

std::vector<CandidateIndex> covering(const RuleInput& input,
                                     const std::vector<CandidateIndex>& plain) {
  std::vector<CandidateIndex> found;
  if (input.use.whole_row || input.use.is_target) {
    return found;
  }
  for (const auto& candidate : plain) {
    CandidateIndex wide = candidate;
    int bytes = 0;
    for (const auto column : input.use.referenced) {
      if (!is_key(candidate.definition, column)) {
        wide.definition.included.push_back(column);
        bytes += width_of(input.table, column);
      }
    }
    const auto& included = wide.definition.included;
    const std::size_t held = candidate.definition.keys.size() + included.size();
    if (held >= input.table.columns.size() && held > kMostIncluded) {
      continue;  // a copy of the table
    }
    if (included.empty() || included.size() > kMostIncluded || bytes > kWidestIncluded ||
        included.front() <= 0) {
      continue;
    }
    wide.made_from = wide.rule;
    wide.rule = kCoveringRule;
    found.push_back(std::move(wide));
  }
  return found;
}

}  // namespace quern::advisor
