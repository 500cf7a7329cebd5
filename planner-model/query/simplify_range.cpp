#include <algorithm>

#include "planner-model/query/simplify_internal.hpp"
#include "planner-model/selectivity/value_text.hpp"

// Constructors whose value is their text: ranges (rangetypes.c) and points (geo_ops.c).

namespace quern::planner_model {
namespace {

/// range_bound_escape(): quoted where a character would not be read back.
std::string bound_text(const std::string& text) {
  constexpr std::string_view kQuoted = "\"\\(),[] \t\n\r\v\f";
  if (!text.empty() && text.find_first_of(kQuoted) == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += (c == '"' || c == '\\') ? std::string(2, c) : std::string(1, c);
  }
  return quoted + "\"";
}

/// The next value of a discrete type: its canonical ranges are [from,to).
std::optional<Value> next_value(const Value& value) {
  switch (value.type) {
    case type_oid::kInt4:
      return value.integer < INT32_MAX ? std::optional{make_integer(value.integer + 1)}
                                       : std::nullopt;
    case type_oid::kInt8:
      return value.integer < INT64_MAX
                 ? std::optional{make_integer(value.integer + 1, type_oid::kInt8)}
                 : std::nullopt;
    case type_oid::kDate:
      return value.integer != kTimeInfinity && value.integer != kTimeMinusInfinity
                 ? std::optional{make_date(value.integer + 1)}
                 : std::nullopt;
    default:
      return std::nullopt;
  }
}

bool is_discrete(Oid subtype) {
  return subtype == type_oid::kInt4 || subtype == type_oid::kInt8 || subtype == type_oid::kDate;
}

std::optional<Value> make_range(std::span<const Value> args, Oid result, const TypeSystem& types) {
  const std::string bounds = args.size() > 2 ? args[2].text : "[)";
  if (bounds.size() != 2 || (bounds[0] != '[' && bounds[0] != '(') ||
      (bounds[1] != ']' && bounds[1] != ')') || args[0].type != args[1].type) {
    return std::nullopt;
  }
  const auto order = compare(args[0], args[1], 0, types);
  if (!order || *order > 0) {
    return std::nullopt;  // the server would fail
  }
  bool with_lower = bounds[0] == '[';
  bool with_upper = bounds[1] == ']';
  Value lower = args[0];
  Value upper = args[1];
  bool empty = *order == 0 && !(with_lower && with_upper);
  if (!empty && is_discrete(lower.type)) {
    const auto from = with_lower ? std::optional{lower} : next_value(lower);
    const auto to = with_upper ? next_value(upper) : std::optional{upper};
    if (!from || !to) {
      return std::nullopt;
    }
    lower = *from;
    upper = *to;
    with_lower = true;
    with_upper = false;
    empty = lower.integer >= upper.integer;
  }
  const std::string text = empty
                               ? "empty"
                               : (with_lower ? "[" : "(") + bound_text(lower.output_text()) + "," +
                                     bound_text(upper.output_text()) + (with_upper ? "]" : ")");
  return Value{.type = result, .form = ValueForm::Opaque, .text = text};
}

}  // namespace

std::optional<Value> evaluate_constructor(const Function& function, std::span<const Value> args,
                                          Oid result, const TypeSystem& types) {
  if (types.is_range(result) && (args.size() == 2 || args.size() == 3)) {
    const Type* type = types.type(result);
    return type != nullptr && type->name == function.name ? make_range(args, result, types)
                                                          : std::nullopt;
  }
  if (function.name == "point" && args.size() == 2 && args[0].type == type_oid::kFloat8 &&
      args[1].type == type_oid::kFloat8) {
    return Value{.type = result,
                 .form = ValueForm::Opaque,
                 .text = "(" + value_text::print_float(args[0].number, false) + "," +
                         value_text::print_float(args[1].number, false) + ")"};
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
