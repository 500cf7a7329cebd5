#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "planner-model/query/simplify_internal.hpp"

// Functions of constants, in lists: what one is called, what it takes, and how its value is found.
namespace quern::planner_model {

using Arguments = std::span<const Value>;

struct ListedFunction {
  std::string_view name;
  /// A letter an argument: t text or name, i integer, f float8, n numeric, y bytea, d date, s
  /// timestamp with or without zone, c time of day, v interval.
  std::string_view takes;
  /// nullopt: the server would fail, or the value is not known.
  std::optional<Value> (*value)(Arguments args, Oid result, const FoldContext& context);
};

class FunctionList {
 public:
  FunctionList(std::initializer_list<ListedFunction> functions);

  /// nullopt also when the list has no function of that name that takes these.
  [[nodiscard]] std::optional<Value> value(const Function& function, Arguments args, Oid result,
                                           const FoldContext& context) const;

 private:
  std::unordered_multimap<std::string_view, ListedFunction> functions_;
};

[[nodiscard]] const FunctionList& text_functions();
[[nodiscard]] const FunctionList& pattern_functions();
[[nodiscard]] const FunctionList& byte_functions();
[[nodiscard]] const FunctionList& float_functions();
[[nodiscard]] const FunctionList& number_functions();
[[nodiscard]] const FunctionList& interval_functions();
[[nodiscard]] const FunctionList& format_functions();

}  // namespace quern::planner_model
