#include <algorithm>

#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/value_collation.hpp"

// patternsel_common() and prefix_selectivity() (like_support.c).

namespace quern::planner_model {
namespace {

constexpr Oid kTextEqual = 98;

/// A string above all that start with `prefix` in the column's order, as make_greater_string()
/// finds it: in locales other than C it must exceed the prefix followed by the highest of Z, z,
/// y, 9.
std::optional<std::string> greater_in_collation(std::string_view prefix, const Variable& variable) {
  const bool is_bytea = variable.type == type_oid::kBytea;
  if (is_bytea || variable.types->collation_is_c(variable.collation) || prefix.empty()) {
    return greater_string(prefix, is_bytea);
  }
  const auto below = [&](std::string_view a, std::string_view b) {
    return compare_text(a, b, variable.collation, *variable.types) < 0;
  };
  std::string_view highest = "Z";
  for (const std::string_view candidate : {"z", "y", "9"}) {
    highest = below(highest, candidate) ? candidate : highest;
  }
  const std::string wanted = std::string{prefix} + std::string{highest};
  std::string rest{prefix};
  constexpr int kTries = 4096;
  for (int tries = 0; tries < kTries && !rest.empty(); ++tries) {
    const auto candidate = greater_string(rest, false);
    if (!candidate) {
      return std::nullopt;
    }
    if (below(wanted, *candidate)) {
      return candidate;
    }
    rest = *candidate;
  }
  return std::nullopt;
}

double prefix_selectivity(const Variable& variable, const std::string& prefix) {
  const auto as_value = [&](std::string_view text) {
    Value value =
        make_text(text, variable.type == type_oid::kBpchar ? type_oid::kBpchar : type_oid::kText);
    if (variable.type == type_oid::kBytea) {
      value.type = type_oid::kBytea;
      value.form = ValueForm::Bytes;
    }
    return value;
  };
  double selectivity =
      inequality_histogram_selectivity(variable, Inequality::GreaterEqual, as_value(prefix));
  if (selectivity < 0) {
    return kDefaultMatchSelectivity;
  }
  if (const auto greater = greater_in_collation(prefix, variable)) {
    selectivity +=
        inequality_histogram_selectivity(variable, Inequality::Less, as_value(*greater)) - 1.0;
  }
  // Long prefixes fall between two entries: never less than one value.
  const Operator* equal = variable.types->op(kTextEqual);
  return std::max(selectivity, equal_to_constant(variable, *equal, as_value(prefix), true, false));
}

}  // namespace

std::optional<PatternKind> pattern_kind(const Operator& op, bool& negate) {
  struct Row {
    std::string_view estimator;
    PatternKind kind;
    bool negate;
  };

  static constexpr Row kRows[] = {
      {"likesel", PatternKind::Like, false},        {"nlikesel", PatternKind::Like, true},
      {"iclikesel", PatternKind::ILike, false},     {"icnlikesel", PatternKind::ILike, true},
      {"regexeqsel", PatternKind::Regex, false},    {"regexnesel", PatternKind::Regex, true},
      {"icregexeqsel", PatternKind::IRegex, false}, {"icregexnesel", PatternKind::IRegex, true},
      {"prefixsel", PatternKind::Prefix, false},
  };
  for (const Row& row : kRows) {
    if (row.estimator == op.restriction) {
      negate = row.negate;
      return row.kind;
    }
  }
  return std::nullopt;
}

double pattern_selectivity(const Variable& variable, const Operator& op, PatternKind kind,
                           const Value* constant, Oid operator_collation, bool negate) {
  const double default_answer = negate ? 1.0 - kDefaultMatchSelectivity : kDefaultMatchSelectivity;
  // varchar stands under a relabeling to text; the statistics are its own.
  const bool known_type = variable.type == type_oid::kText || variable.type == type_oid::kVarchar ||
                          variable.type == type_oid::kName || variable.type == type_oid::kBpchar ||
                          variable.type == type_oid::kBytea;
  if (constant == nullptr || !known_type) {
    return default_answer;
  }
  const Operator* positive = &op;
  if (negate) {
    positive = variable.types->op(op.negator) != nullptr ? variable.types->op(op.negator) : &op;
  }
  const double nulls = variable.statistics == nullptr ? 0.0 : variable.statistics->null_fraction;
  const FixedPrefix fixed =
      fixed_prefix(kind, constant->bytes, variable.types->collation_is_c(operator_collation));

  double selectivity = 0;
  if (fixed.status == PrefixStatus::Exact) {
    const Value exact = make_text(fixed.prefix, variable.type);
    selectivity = equal_to_constant(variable, *variable.types->op(kTextEqual), exact, true, false);
  } else {
    int entries = 0;
    selectivity = histogram_selectivity(variable, *positive, *constant, true, 10, 1, &entries);
    if (entries < 100) {
      const double prefix =
          fixed.status == PrefixStatus::Partial ? prefix_selectivity(variable, fixed.prefix) : 1.0;
      const double heuristic = prefix * fixed.rest_selectivity;
      const double trust = selectivity < 0 ? 0.0 : entries / 100.0;
      selectivity = std::max(selectivity, 0.0) * trust + heuristic * (1.0 - trust);
    }
    selectivity = std::clamp(selectivity, 0.0001, 0.9999);
    const auto common = mcv_selectivity(variable, *positive, *constant, true);
    selectivity = selectivity * (1.0 - nulls - common.total) + common.matching;
  }
  return std::clamp(negate ? 1.0 - selectivity - nulls : selectivity, 0.0, 1.0);
}

}  // namespace quern::planner_model
