#pragma once

#include <optional>
#include <span>

#include "planner-model/selectivity/statistics.hpp"

namespace quern::planner_model {

// Estimators of `variable op other`, one a restriction estimator of the server. The caller has
// commuted the clause so that the variable stands left, folded the other side, and handled strict
// operators over NULL (selectivity 0). All answers are within [0, 1].

// --- equality.cpp

/// var_eq_const(); `negate`: neqsel.
[[nodiscard]] double equal_to_constant(const Variable& variable, const Operator& op,
                                       const Value& constant, bool variable_on_left, bool negate);
/// var_eq_non_const().
[[nodiscard]] double equal_to_unknown(const Variable& variable, bool negate);

// --- range.cpp

enum class Inequality : std::uint8_t { Less, LessEqual, Greater, GreaterEqual };

/// scalarineqsel(): `variable <inequality> constant`.
[[nodiscard]] double scalar_inequality(const Variable& variable, const Operator& op,
                                       Inequality inequality, const Value& constant);

/// The same by the type's own order, for callers without an operator at hand.
[[nodiscard]] double scalar_inequality(const Variable& variable, Inequality inequality,
                                       const Value& constant);

struct McvSelectivity {
  double matching = 0;  ///< sum of the frequencies of the values that match
  double total = 0;     ///< sum of all the frequencies
};

/// mcv_selectivity().
[[nodiscard]] McvSelectivity mcv_selectivity(const Variable& variable, const Operator& op,
                                             const Value& constant, bool variable_on_left);
/// histogram_selectivity(): -1 when there are fewer than `minimum` entries.
[[nodiscard]] double histogram_selectivity(const Variable& variable, const Operator& op,
                                           const Value& constant, bool variable_on_left,
                                           int minimum, int skip, int* entries);
/// ineq_histogram_selectivity(): -1 without a usable histogram.
[[nodiscard]] double inequality_histogram_selectivity(const Variable& variable,
                                                      Inequality inequality, const Value& constant);
/// generic_restriction_selectivity(), the body of matchingsel() (jsonb @>, ltree, ...).
[[nodiscard]] double generic_restriction(const Variable& variable, const Operator& op,
                                         const Value* constant, bool variable_on_left,
                                         double default_selectivity);

// --- pattern.cpp (like_support.c)

enum class PatternKind : std::uint8_t { Like, ILike, Regex, IRegex, Prefix };
enum class PrefixStatus : std::uint8_t { None, Partial, Exact };

struct FixedPrefix {
  PrefixStatus status = PrefixStatus::None;
  std::string prefix = {};
  double rest_selectivity = 1.0;
};

/// pattern_fixed_prefix(). `collation_is_c`: of the operator; decides case folding of ILIKE.
[[nodiscard]] FixedPrefix fixed_prefix(PatternKind kind, std::string_view pattern,
                                       bool collation_is_c);
/// make_greater_string(): the least simple string above every string with the prefix; nullopt:
/// none.
[[nodiscard]] std::optional<std::string> greater_string(std::string_view prefix, bool is_bytea);
/// patternsel(); null constant: the pattern is not known at planning time.
[[nodiscard]] double pattern_selectivity(const Variable& variable, const Operator& op,
                                         PatternKind kind, const Value* constant,
                                         Oid operator_collation, bool negate);
/// Which pattern operator is it, by its restriction estimator; `negate` is set for NOT forms.
[[nodiscard]] std::optional<PatternKind> pattern_kind(const Operator& op, bool& negate);
/// Does `text` match? LIKE with escape \, POSIX regular expressions by an approximating matcher.
[[nodiscard]] bool pattern_matches(PatternKind kind, std::string_view text,
                                   std::string_view pattern);

// --- null_and_boolean.cpp

/// nulltestsel().
[[nodiscard]] double null_test(const Variable& variable, bool is_null);
/// boolvarsel(): the bare boolean variable as a clause.
[[nodiscard]] double boolean_variable(const Variable& variable);
enum class BooleanTest : std::uint8_t {
  IsTrue,
  IsNotTrue,
  IsFalse,
  IsNotFalse,
  IsUnknown,
  IsNotUnknown
};
/// booltestsel() when the argument has statistics; nullopt when it has none (the caller then uses
/// the argument's own clause selectivity).
[[nodiscard]] std::optional<double> boolean_test(const Variable& variable, BooleanTest test);
inline constexpr double kBooleanUnknownDefault = kDefaultUnknownSelectivity;

// --- array.cpp (scalararraysel(), array_selfuncs.c)

/// Selectivity of `variable op ANY|ALL (elements)` from the single comparisons: `single(element)`
/// for each constant element (null element: nullptr), or `unknown` for arrays not known (10
/// elements). `is_equality` / `is_inequality`: by the operator's restriction estimator (eqsel /
/// neqsel).
[[nodiscard]] double combine_any_all(std::span<const double> singles, bool use_or, bool is_equality,
                                     bool is_inequality);
inline constexpr int kUnknownArrayLength = 10;

enum class ArrayContainment : std::uint8_t { Contains, ContainedBy, Overlaps };
/// arraycontsel(): `variable @> | <@ | && constant`.
[[nodiscard]] double array_containment(const Variable& variable, ArrayContainment operation,
                                       const Value* constant);
/// scalararraysel_containment(): `constant = ANY (variable)` and `<> ALL`; nullopt: not applicable.
[[nodiscard]] std::optional<double> scalar_in_array_variable(const Variable& variable,
                                                             const Value& scalar, bool is_equality,
                                                             bool use_or);

// --- range_histogram.cpp

/// default_range_selectivity() (rangetypes_selfuncs.c).
[[nodiscard]] double default_range_selectivity(std::string_view op);

struct RangeSelectivity {
  double selectivity = 0;
  bool is_default = false;  ///< nothing was known of the column's bounds
};

/// rangesel(): `variable op constant` (or the other way round) of a range or of its elements; a
/// null constant is one that is not known.
[[nodiscard]] RangeSelectivity range_restriction(const Variable& variable, std::string_view op,
                                                 const Value* constant, bool variable_on_left);

// --- special.cpp

/// networksel(), rangesel(), multirangesel(), tsmatchsel(): by the estimator's name. nullopt: not
/// an estimator known here. `defaulted` is set when only the server's default was used.
[[nodiscard]] std::optional<double> special_restriction(const Variable& variable,
                                                        const Operator& op, const Value* constant,
                                                        bool variable_on_left, bool* defaulted);

}  // namespace quern::planner_model
