#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// Byte order: C, POSIX, and C.UTF-8, whose order is that of code points.
[[nodiscard]] bool orders_by_bytes(Oid collation, const TypeSystem& types);

/// Text in a collation. Locales other than C are approximated: see collation_key().
[[nodiscard]] std::strong_ordering compare_text(std::string_view a, std::string_view b,
                                                Oid collation, const TypeSystem& types);

/// Stands in for strxfrm(): the first level of a language's order (punctuation, digits, letters
/// regardless of case, other characters by code point), so that interpolation within a histogram
/// bin works on the weights that decide. The identity where bytes decide.
[[nodiscard]] std::string collation_key(std::string_view text, Oid collation,
                                        const TypeSystem& types);

}  // namespace quern::planner_model
