#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// RangeBound (rangetypes.h).
struct RangeBound {
  std::optional<Value> value = {};  ///< none: infinite
  bool inclusive = false;
  bool lower = false;  ///< else upper
};

struct RangeValue {
  RangeBound lower = {.lower = true};
  RangeBound upper = {};
  bool empty = false;
};

/// make_range() (rangetypes.c) in canonical form: of discrete types [from,to). nullopt: the server
/// would fail, or the order of the values is not known.
[[nodiscard]] std::optional<RangeValue> make_range(RangeBound lower, RangeBound upper,
                                                   const TypeSystem& types);
/// range_in(); nullopt likewise.
[[nodiscard]] std::optional<RangeValue> parse_range(std::string_view text, Oid range_type,
                                                    const TypeSystem& types);
/// multirange_in(): in order, none empty, none that meets the next; nullopt likewise.
[[nodiscard]] std::optional<std::vector<RangeValue>> parse_multirange(std::string_view text,
                                                                      Oid range_type,
                                                                      const TypeSystem& types);
/// multirange_canonicalize().
[[nodiscard]] std::vector<RangeValue> make_multirange(std::vector<RangeValue> ranges,
                                                      const TypeSystem& types);
/// multirange_out().
[[nodiscard]] std::string print_multirange(const std::vector<RangeValue>& ranges);
/// range_out().
[[nodiscard]] std::string print_range(const RangeValue& range);

/// range_cmp_bounds().
[[nodiscard]] std::strong_ordering compare_bounds(const RangeBound& a, const RangeBound& b,
                                                  const TypeSystem& types);

/// The range types' SUBTYPE_DIFF: int4range_subdiff() and the like (rangetypes.c), `a` - `b` in the
/// type's own unit. nullopt: the subtype has none.
[[nodiscard]] std::optional<double> range_difference(const Value& a, const Value& b);

}  // namespace quern::planner_model
