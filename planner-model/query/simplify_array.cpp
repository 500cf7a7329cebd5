// Functions of arrays over constants, NULL among them: arrayfuncs.c, array_userfuncs.c. Arrays of
// one dimension alone.
#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "planner-model/query/simplify_internal.hpp"

namespace quern::planner_model {

namespace {

using MaybeNull = std::optional<Value>;
using Elements = std::vector<MaybeNull>;
using Answer = std::optional<MaybeNull>;

const Answer kNull = MaybeNull{};

bool is_array(const MaybeNull& value) {
  return value && value->form == ValueForm::Array && value->dimensions <= 1 &&
         value->text.starts_with('{');
}

Answer array_of(Elements elements, Oid type) {
  return MaybeNull{make_array(type, std::move(elements))};
}

bool same(const MaybeNull& a, const MaybeNull& b) {
  return a && b ? equal_values(*a, *b) : a.has_value() == b.has_value();
}

/// No elements of none.
Elements elements_of(const MaybeNull& array) {
  return array ? array->elements : Elements{};
}

Answer append(std::span<const MaybeNull> args, Oid result) {
  Elements elements = elements_of(args[0]);
  elements.push_back(args[1]);
  return array_of(std::move(elements), result);
}

Answer prepend(std::span<const MaybeNull> args, Oid result) {
  Elements elements = elements_of(args[1]);
  elements.insert(elements.begin(), args[0]);
  return array_of(std::move(elements), result);
}

Answer concatenate(std::span<const MaybeNull> args, Oid result) {
  if (!args[0] && !args[1]) {
    return kNull;
  }
  Elements elements = elements_of(args[0]);
  const Elements more = elements_of(args[1]);
  elements.insert(elements.end(), more.begin(), more.end());
  return array_of(std::move(elements), result);
}

Answer remove(std::span<const MaybeNull> args, Oid result) {
  Elements elements = elements_of(args[0]);
  std::erase_if(elements, [&](const MaybeNull& one) { return same(one, args[1]); });
  return array_of(std::move(elements), result);
}

Answer replace(std::span<const MaybeNull> args, Oid result) {
  Elements elements = elements_of(args[0]);
  for (MaybeNull& one : elements) {
    if (same(one, args[1])) {
      one = args[2];
    }
  }
  return array_of(std::move(elements), result);
}

Answer position(std::span<const MaybeNull> args, Oid) {
  const Elements elements = elements_of(args[0]);
  const auto found = std::find_if(elements.begin(), elements.end(),
                                  [&](const MaybeNull& one) { return same(one, args[1]); });
  return found == elements.end() ? kNull : MaybeNull{make_integer(found - elements.begin() + 1)};
}

Answer positions(std::span<const MaybeNull> args, Oid result) {
  Elements found;
  const Elements elements = elements_of(args[0]);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (same(elements[i], args[1])) {
      found.emplace_back(make_integer(static_cast<std::int64_t>(i) + 1));
    }
  }
  return array_of(std::move(found), result);
}

Answer cardinality(std::span<const MaybeNull> args, Oid) {
  return MaybeNull{make_integer(static_cast<std::int64_t>(args[0]->elements.size()))};
}

Answer dimensions(std::span<const MaybeNull> args, Oid) {
  return args[0]->elements.empty() ? kNull : MaybeNull{make_integer(1)};
}

/// array_length() and array_upper() of arrays that begin at 1.
Answer length(std::span<const MaybeNull> args, Oid) {
  const bool has_it = args[1]->integer == 1 && !args[0]->elements.empty();
  return has_it ? MaybeNull{make_integer(static_cast<std::int64_t>(args[0]->elements.size()))}
                : kNull;
}

Answer lower(std::span<const MaybeNull> args, Oid) {
  const bool has_it = args[1]->integer == 1 && !args[0]->elements.empty();
  return has_it ? MaybeNull{make_integer(1)} : kNull;
}

/// Times are printed by the session's settings: left to the server.
bool has_plain_text(const Value& value) {
  return value.form == ValueForm::Text || value.form == ValueForm::Integer ||
         value.form == ValueForm::Numeric || value.form == ValueForm::Floating;
}

Answer to_string(std::span<const MaybeNull> args, Oid result) {
  std::string text;
  bool first = true;
  for (const MaybeNull& one : args[0]->elements) {
    if (one && !has_plain_text(*one)) {
      return std::nullopt;
    }
    if (!one && (args.size() < 3 || !args[2])) {
      continue;
    }
    text += first ? "" : args[1]->text;
    text += one ? one->text : args[2]->text;
    first = false;
  }
  return MaybeNull{make_text(text, result)};
}

struct ArrayFunction {
  std::size_t fewest_arguments = 0;
  std::size_t most_arguments = 0;
  std::size_t array = 0;          ///< the argument that is an array
  bool takes_null_array = false;  ///< else NULL for NULL
  Answer (*value)(std::span<const MaybeNull>, Oid);
};

const std::unordered_map<std::string_view, ArrayFunction>& functions() {
  static const std::unordered_map<std::string_view, ArrayFunction> all{
      {"array_append", {2, 2, 0, true, append}},
      {"array_prepend", {2, 2, 1, true, prepend}},
      {"array_cat", {2, 2, 0, true, concatenate}},
      {"array_remove", {2, 2, 0, false, remove}},
      {"array_replace", {3, 3, 0, false, replace}},
      {"array_position", {2, 2, 0, false, position}},
      {"array_positions", {2, 2, 0, false, positions}},
      {"cardinality", {1, 1, 0, false, cardinality}},
      {"array_ndims", {1, 1, 0, false, dimensions}},
      {"array_length", {2, 2, 0, false, length}},
      {"array_upper", {2, 2, 0, false, length}},
      {"array_lower", {2, 2, 0, false, lower}},
      {"array_to_string", {2, 3, 0, false, to_string}},
  };
  return all;
}

/// concat() and concat_ws() of what is no array: NULL is left out.
Answer concatenated_texts(std::string_view separator, std::span<const MaybeNull> args, Oid result) {
  std::string text;
  bool first = true;
  for (const MaybeNull& arg : args) {
    if (!arg) {
      continue;
    }
    if (!has_plain_text(*arg)) {
      return std::nullopt;
    }
    text += first ? "" : separator;
    text += arg->text;
    first = false;
  }
  return MaybeNull{make_text(text, result)};
}

}  // namespace

Answer evaluate_array(const Function& function, std::span<const MaybeNull> args, Oid result) {
  if (function.name == "concat") {
    return concatenated_texts("", args, result);
  }
  if (function.name == "concat_ws" && !args.empty()) {
    return args[0] ? concatenated_texts(args[0]->text, args.subspan(1), result) : kNull;
  }
  const auto found = functions().find(function.name);
  if (found == functions().end()) {
    return std::nullopt;
  }
  const ArrayFunction& listed = found->second;
  if (args.size() < listed.fewest_arguments || args.size() > listed.most_arguments) {
    return std::nullopt;
  }
  const MaybeNull& array = args[listed.array];
  if (!array && !listed.takes_null_array) {
    return kNull;
  }
  const bool is_concatenation = function.name == "array_cat";
  const bool all_arrays =
      is_concatenation ? std::all_of(args.begin(), args.end(),
                                     [](const MaybeNull& one) { return !one || is_array(one); })
                       : !array || is_array(array);
  return all_arrays ? listed.value(args, result) : std::nullopt;
}

}  // namespace quern::planner_model
