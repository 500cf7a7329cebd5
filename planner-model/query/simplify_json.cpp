// Steps into jsonb documents: jsonfuncs.c.
#include <charconv>

#include "planner-model/query/simplify_internal.hpp"
#include "planner-model/selectivity/value_json.hpp"

namespace quern::planner_model {
namespace {

/// The text[] of #> and #>>: what is a number steps into an array, everything else into an object.
/// One text serves for both, so that the document decides. Nothing: an element is NULL.
std::optional<std::vector<std::string>> path_of(const Value& array) {
  std::vector<std::string> path;
  for (const auto& step : array.elements) {
    if (!step) {
      return std::nullopt;
    }
    path.push_back(step->text);
  }
  return path;
}

std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number}
                                                                  : std::nullopt;
}

/// jsonb_extract_path(): an array takes a number, and nothing else.
JsonFound along(const std::string& document, const std::vector<std::string>& path) {
  JsonFound found = json_at(document, {});
  for (const std::string& step : path) {
    if (!found.text) {
      return found;
    }
    const bool in_array = found.text->starts_with('[');
    const auto number = in_array ? whole_number(step) : std::nullopt;
    if (in_array && !number) {
      return {.known = true};
    }
    found = json_at(*found.text, {number ? JsonStep{*number} : JsonStep{step}});
  }
  return found;
}

}  // namespace

std::optional<std::optional<Value>> evaluate_json(const Function& function,
                                                  std::span<const Value> args, Oid result) {
  const std::string_view name = function.name;
  if (args.size() != 2 || args[0].type != type_oid::kJsonb || !name.starts_with("jsonb_")) {
    return std::nullopt;
  }
  JsonFound found;
  if (name == "jsonb_object_field" || name == "jsonb_object_field_text") {
    found = json_at(args[0].text, {args[1].text});
  } else if (name == "jsonb_array_element" || name == "jsonb_array_element_text") {
    found = json_at(args[0].text, {args[1].integer});
  } else if (name == "jsonb_extract_path" || name == "jsonb_extract_path_text") {
    const auto path = args[1].form == ValueForm::Array ? path_of(args[1]) : std::nullopt;
    found =
        path ? along(args[0].text, *path) : JsonFound{.known = args[1].form == ValueForm::Array};
  }
  if (!found.known) {
    return std::nullopt;
  }
  if (!found.text) {
    return std::optional<Value>{};
  }
  if (result == type_oid::kJsonb) {
    return std::optional{
        Value{.type = result, .form = ValueForm::Opaque, .text = std::move(*found.text)}};
  }
  const auto text = json_as_text(*found.text);
  return text ? std::optional{make_text(*text, result)} : std::optional<Value>{};
}

}  // namespace quern::planner_model
