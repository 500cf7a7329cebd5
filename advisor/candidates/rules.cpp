#include "advisor/candidates/rules.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "advisor/candidates/covering.hpp"
#include "advisor/candidates/operator_classes.hpp"
#include "advisor/candidates/other_methods.hpp"
#include "advisor/candidates/partial.hpp"

namespace quern::advisor {

namespace {

using planner_model::ClauseKind;
using planner_model::ClauseUse;
using planner_model::SortUse;
using planner_model::TableUse;

bool indexable(const ClauseUse& clause) {
  return clause.column > 0 || !clause.expression.empty();
}

KeyPart key_of(const ClauseUse& clause) {
  return {.column = clause.column,
          .expression = clause.column != 0 ? "" : parenthesized(clause.expression)};
}

bool same_target(const KeyPart& a, const KeyPart& b) {
  return a.column == b.column && a.expression == b.expression;
}

void append(KeyList& keys, const KeyPart& key) {
  if (std::none_of(keys.begin(), keys.end(),
                   [&](const KeyPart& other) { return same_target(other, key); })) {
    keys.push_back(key);
  }
}

KeyList joined(KeyList head, const KeyList& tail) {
  for (const auto& key : tail) {
    append(head, key);
  }
  return head;
}

/// Clauses of the given kinds, most selective first, as keys.
template <class Wanted>
KeyList keys_where(const RuleInput& input, Wanted wanted) {
  std::vector<const ClauseUse*> found;
  for (const auto& clause : input.use.clauses) {
    if (indexable(clause) && wanted(clause)) {
      found.push_back(&clause);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const ClauseUse* a, const ClauseUse* b) {
    return std::tie(a->selectivity, a->column, a->expression) <
           std::tie(b->selectivity, b->column, b->expression);
  });
  KeyList keys;
  for (const auto* clause : found) {
    append(keys, key_of(*clause));
  }
  return keys;
}

bool is_equality(const ClauseUse& clause) {
  return !clause.is_join &&
         (clause.kind == ClauseKind::Equal || clause.kind == ClauseKind::EqualAny ||
          clause.kind == ClauseKind::IsNull || clause.kind == ClauseKind::BooleanColumn);
}

/// Equalities that keep the order of the keys after them: not IN lists, whose scans jump.
bool is_single_value(const ClauseUse& clause) {
  return is_equality(clause) && clause.kind != ClauseKind::EqualAny;
}

KeyList equalities(const RuleInput& input) {
  return keys_where(input, is_equality);
}

KeyList single_values(const RuleInput& input) {
  return keys_where(input, is_single_value);
}

KeyList ranges(const RuleInput& input) {
  return keys_where(input, [](const ClauseUse& clause) {
    return !clause.is_join &&
           (clause.kind == ClauseKind::Range || clause.kind == ClauseKind::IsNotNull);
  });
}

/// A btree reads both ways: an order that begins descending is kept reversed, so that equal needs
/// give equal candidates.
KeyList order_keys(const std::vector<SortUse>& items) {
  KeyList keys;
  const bool reverse = !items.empty() && items.front().descending;
  for (const auto& item : items) {
    append(keys, {.column = item.column,
                  .expression = item.column != 0 ? "" : parenthesized(item.expression),
                  .descending = item.descending != reverse,
                  .nulls_first = item.nulls_first != reverse});
  }
  return keys;
}

// --- the numbered rules --------------------------------------------------------------------------

std::vector<KeyList> equality(const RuleInput& input) {
  const KeyList all = equalities(input);
  std::vector<KeyList> found{all};
  for (const auto& key : all) {
    found.push_back({key});
  }
  return found;
}

/// A btree narrows on one range column only; a second would be a filter.
std::vector<KeyList> equality_then_range(const RuleInput& input) {
  std::vector<KeyList> found;
  for (const auto& range : ranges(input)) {
    found.push_back(joined(equalities(input), {range}));
    found.push_back({range});
  }
  return found;
}

/// Delivers rows sorted, so that a LIMIT stops early and a sort is saved. The range column after
/// the order lets the scan filter without visiting the table.
std::vector<KeyList> equality_then_order(const RuleInput& input) {
  const KeyList order = order_keys(input.use.order_by);
  if (order.empty()) {
    return {};
  }
  std::vector<KeyList> found{joined(single_values(input), order), order};
  for (const auto& key : single_values(input)) {
    found.push_back(joined({key}, order));
  }
  return found;
}

/// The inner side of a nested loop looks up the join columns; constants narrow it further.
std::vector<KeyList> join_columns(const RuleInput& input) {
  std::vector<KeyList> found;
  const KeyList fixed = equalities(input);
  std::map<Oid, KeyList> by_partner;
  for (const auto& clause : input.use.clauses) {
    if (clause.is_join && clause.kind == ClauseKind::Equal && indexable(clause)) {
      append(by_partner[clause.join_table], key_of(clause));
      found.push_back({key_of(clause)});
    }
  }
  for (const auto& [partner, keys] : by_partner) {
    found.push_back(keys);
    if (!fixed.empty()) {
      found.push_back(joined(keys, fixed));
      found.push_back(joined(fixed, keys));
    }
    for (const auto& range : ranges(input)) {
      found.push_back(joined(joined(keys, fixed), {range}));
    }
    if (const KeyList order = order_keys(input.use.order_by); !order.empty()) {
      found.push_back(joined(joined(keys, single_values(input)), order));
    }
  }
  return found;
}

/// Groups and distinct values come together from an ordered scan.
std::vector<KeyList> grouping(const RuleInput& input) {
  const KeyList group = order_keys(input.use.group_by);
  if (group.empty()) {
    return {};
  }
  return {joined(single_values(input), group), group};
}

/// LIKE 'abc%' is a range only where the index compares bytes.
/// Source: match_pattern_prefix(), PostgreSQL 15, src/backend/utils/adt/like_support.c.
std::vector<KeyList> pattern(const RuleInput& input) {
  std::vector<KeyList> found;
  for (const auto& clause : input.use.clauses) {
    if (clause.kind != ClauseKind::Pattern || clause.is_join || !indexable(clause)) {
      continue;
    }
    KeyPart key = key_of(clause);
    key.operator_class = pattern_operator_class(input, clause);
    found.push_back({key});
    found.push_back(joined(equalities(input), {key}));
  }
  return found;
}

bool has_expression(const KeyList& keys) {
  return std::any_of(keys.begin(), keys.end(), [](const KeyPart& key) { return key.column == 0; });
}

void add(std::vector<CandidateIndex>& found, CandidateIndex candidate) {
  const bool known = std::any_of(found.begin(), found.end(), [&](const CandidateIndex& other) {
    return other.definition == candidate.definition;
  });
  if (!known && !candidate.definition.keys.empty()) {
    found.push_back(std::move(candidate));
  }
}

/// As many keys as are allowed, and none that may not be one.
void narrow(const RuleInput& input, std::vector<CandidateIndex>& candidates) {
  std::vector<CandidateIndex> kept;
  for (auto& candidate : candidates) {
    KeyList& keys = candidate.definition.keys;
    keys.resize(std::min(keys.size(), input.max_width));
    if (keys_allowed(input, keys)) {
      add(kept, std::move(candidate));
    }
  }
  candidates = std::move(kept);
}

/// Block ranges of a part of the rows are those of all; a hash index has no other use.
bool may_be_partial(const CandidateIndex& other) {
  return other.rule == kContainmentRule || other.rule == kNearestRule;
}

}  // namespace

const std::vector<CandidateRule>& candidate_rules() {
  static const std::vector<CandidateRule> kRules{
      {"C01 equality", equality},
      {"C02 equality, then range", equality_then_range},
      {"C03 equality, then order by", equality_then_order},
      {"C04 join columns", join_columns},
      {"C05 group by or distinct", grouping},
      {kPatternRule, pattern},
  };
  return kRules;
}

std::vector<CandidateIndex> apply_rules(const RuleInput& input) {
  std::vector<CandidateIndex> plain;
  for (const auto& rule : candidate_rules()) {
    for (const KeyList& keys : rule.apply(input)) {
      add(plain, {.definition = {.table = input.table.oid, .keys = keys},
                  .rule = has_expression(keys) ? kExpressionRule : rule.name});
    }
  }
  std::vector<CandidateIndex> whole = plain;
  narrow(input, whole);
  std::vector<CandidateIndex> found = whole;
  for (auto& candidate : covering(input, whole)) {
    add(found, std::move(candidate));
  }
  // A condition takes keys away, and so comes before the limit of their number.
  const std::vector<CandidateIndex> wide = covering(input, plain);
  plain.insert(plain.end(), wide.begin(), wide.end());
  std::vector<CandidateIndex> parts = partial(input, plain);
  narrow(input, parts);
  for (auto& candidate : parts) {
    add(found, std::move(candidate));
  }
  std::vector<CandidateIndex> others = other_methods(input);
  for (const auto& candidate : others) {
    add(found, candidate);
  }
  std::erase_if(others, [](const CandidateIndex& other) { return !may_be_partial(other); });
  for (auto& candidate : partial(input, others)) {
    add(found, std::move(candidate));
  }
  return found;
}

}  // namespace quern::advisor
