#include <algorithm>
#include <vector>

#include "planner-model/query/simplify_internal.hpp"
#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/value_text.hpp"

// Constructors whose value is their text: ranges (rangetypes.c), multiranges (multirangetypes.c)
// and points (geo_ops.c).

namespace quern::planner_model {
namespace {

RangeBound bound_of(const std::optional<Value>& value, bool inclusive) {
  return {.value = value, .inclusive = inclusive};
}

/// multirange_constructor2() and its like: ranges one by one, or as an array.
std::optional<Value> evaluate_multirange(std::span<const std::optional<Value>> args, Oid result,
                                         const TypeSystem& types) {
  const Oid type = types.multirange_range(result);
  std::vector<RangeValue> ranges;
  const auto add = [&](const std::optional<Value>& value) {
    const auto range =
        value && value->type == type ? parse_range(value->text, type, types) : std::nullopt;
    if (range) {
      ranges.push_back(*range);
    }
    return range.has_value();
  };
  for (const auto& arg : args) {
    if (!arg ||
        !(arg->elements.empty() ? add(arg)
                                : std::all_of(arg->elements.begin(), arg->elements.end(), add))) {
      return std::nullopt;
    }
  }
  return Value{.type = result,
               .form = ValueForm::Opaque,
               .text = print_multirange(make_multirange(std::move(ranges), types))};
}

}  // namespace

std::optional<Value> evaluate_range(const Function& function,
                                    std::span<const std::optional<Value>> args, Oid result,
                                    const TypeSystem& types) {
  const Type* type = types.type(result);
  if (type != nullptr && type->name == function.name && types.is_multirange(result)) {
    return evaluate_multirange(args, result, types);
  }
  if (!types.is_range(result) || type == nullptr || type->name != function.name ||
      (args.size() != 2 && args.size() != 3) || (args.size() == 3 && !args[2])) {
    return std::nullopt;
  }
  const std::string bounds = args.size() == 3 ? args[2]->text : "[)";
  if (bounds.size() != 2 || (bounds[0] != '[' && bounds[0] != '(') ||
      (bounds[1] != ']' && bounds[1] != ')')) {
    return std::nullopt;
  }
  const auto range =
      make_range(bound_of(args[0], bounds[0] == '['), bound_of(args[1], bounds[1] == ']'), types);
  return range ? std::optional{Value{
                     .type = result, .form = ValueForm::Opaque, .text = print_range(*range)}}
               : std::nullopt;
}

std::optional<std::optional<Value>> evaluate_range_part(const Function& function,
                                                        std::span<const Value> args,
                                                        const TypeSystem& types) {
  if (args.size() != 1 || !types.is_range(args[0].type)) {
    return std::nullopt;
  }
  const auto range = parse_range(args[0].text, args[0].type, types);
  if (!range) {
    return std::nullopt;
  }
  const std::string_view name = function.name;
  if (name == "lower" || name == "upper") {
    const auto& bound = name == "lower" ? range->lower : range->upper;
    return std::optional{range->empty ? std::optional<Value>{} : bound.value};
  }
  const auto is = [](bool flag) { return std::optional{std::optional{make_bool(flag)}}; };
  if (name == "isempty") {
    return is(range->empty);
  }
  if (name == "lower_inc" || name == "upper_inc") {
    return is(!range->empty && (name == "lower_inc" ? range->lower : range->upper).inclusive);
  }
  if (name == "lower_inf" || name == "upper_inf") {
    return is(!range->empty && !(name == "lower_inf" ? range->lower : range->upper).value);
  }
  return std::nullopt;
}

std::optional<Value> evaluate_constructor(const Function& function, std::span<const Value> args,
                                          Oid result) {
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
