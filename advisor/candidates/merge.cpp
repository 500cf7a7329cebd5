#include "advisor/candidates/merge.hpp"

#include <algorithm>

#include "advisor/candidates/rules.hpp"

namespace quern::advisor {

namespace {

constexpr std::size_t kMostIncluded = 6;

bool mergeable(const IndexDefinition& a, const IndexDefinition& b) {
  return a.table == b.table && a.method == "btree" && b.method == "btree" &&
         a.predicate == b.predicate && a.keys.front() == b.keys.front();
}

/// a's keys, then those of b that a lacks; INCLUDE is what is left of both.
IndexDefinition merged(const IndexDefinition& a, const IndexDefinition& b) {
  IndexDefinition result = a;
  const auto is_key = [&](std::int16_t column, const std::string& expression) {
    return std::any_of(result.keys.begin(), result.keys.end(), [&](const KeyPart& key) {
      return key.column == column && key.expression == expression;
    });
  };
  for (const auto& key : b.keys) {
    if (!is_key(key.column, key.expression)) {
      result.keys.push_back(key);
    }
  }
  result.included.insert(result.included.end(), b.included.begin(), b.included.end());
  std::sort(result.included.begin(), result.included.end());
  result.included.erase(std::unique(result.included.begin(), result.included.end()),
                        result.included.end());
  std::erase_if(result.included, [&](std::int16_t column) { return is_key(column, ""); });
  return result;
}

CandidateIndex derived(IndexDefinition definition, const CandidateIndex& a,
                       const CandidateIndex& b) {
  CandidateIndex candidate{.definition = std::move(definition), .rule = kMergeRule};
  candidate.serves = a.serves;
  candidate.serves.insert(b.serves.begin(), b.serves.end());
  return candidate;
}

}  // namespace

std::vector<CandidateIndex> merges(const std::vector<CandidateIndex>& candidates,
                                   std::size_t max_width) {
  std::vector<CandidateIndex> found;
  for (const auto& a : candidates) {
    for (std::size_t width = 1; width < a.definition.keys.size(); ++width) {
      IndexDefinition prefix = a.definition;
      prefix.keys.resize(width);
      prefix.included.clear();
      found.push_back(derived(std::move(prefix), a, a));
    }
    for (const auto& b : candidates) {
      if (&a == &b || !mergeable(a.definition, b.definition)) {
        continue;
      }
      IndexDefinition both = merged(a.definition, b.definition);
      if (both.keys.size() <= max_width && both.included.size() <= kMostIncluded) {
        found.push_back(derived(std::move(both), a, b));
      }
    }
  }
  return found;
}

}  // namespace quern::advisor
