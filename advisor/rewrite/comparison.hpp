#pragma once

#include <optional>
#include <string>

#include "advisor/rewrite/query.hpp"

namespace quern::advisor::rewrite {

/// `something op value` with the operator turned so that `value` stands on the right. BETWEEN gives
/// two values.
struct Comparison {
  PgQuery__Node* subject = nullptr;
  std::string op;  ///< = < <= > >= <> or "between"
  PgQuery__Node* value = nullptr;
  PgQuery__Node* upper = nullptr;  ///< of BETWEEN
};

/// Both readings of a comparison: each side as the subject.
[[nodiscard]] std::vector<Comparison> comparisons(const PgQuery__Node* predicate);

/// What a rule knows of a value to compare with, without running it.
enum class ValueKind { Literal, Parameter, CurrentDate, Now, Unknown };
[[nodiscard]] ValueKind value_kind(const PgQuery__Node* node);

/// "2024-05-01" in ISO form: what makes a literal a finite date in any DateStyle. With a time part
/// only when `time` is given (then "" for none).
struct IsoDate {
  int year, month, day;
  std::string time;
};

[[nodiscard]] std::optional<IsoDate> iso_date(const std::string& text);

}  // namespace quern::advisor::rewrite
