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

namespace {

/// add_jsonb(): a value as JSON writes it. nullopt: another type's text is not known here.
std::optional<std::string> as_json(const std::optional<Value>& value) {
  if (!value) {
    return "null";
  }
  if (value->type == type_oid::kBool) {
    return value->integer != 0 ? "true" : "false";
  }
  if (value->type == type_oid::kJsonb) {
    return value->text;
  }
  if (value->type == type_oid::kInt2 || value->type == type_oid::kInt4 ||
      value->type == type_oid::kInt8) {
    return std::to_string(value->integer);
  }
  if (value->type == type_oid::kText || value->type == type_oid::kVarchar ||
      value->type == type_oid::kUnknown) {
    return json_quoted(value->text);
  }
  return std::nullopt;
}

/// A key is its value's text, whatever the type.
std::optional<std::string> as_json_key(const std::optional<Value>& value) {
  return value ? std::optional{json_quoted(value->text)} : std::nullopt;
}

}  // namespace

std::optional<Value> build_jsonb(const Function& function,
                                 std::span<const std::optional<Value>> args) {
  const bool object = function.name == "jsonb_build_object";
  const bool array = function.name == "jsonb_build_array";
  if ((!object && !array && function.name != "to_jsonb") || (object && args.size() % 2 != 0)) {
    return std::nullopt;
  }
  std::string text;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool key = object && i % 2 == 0;
    const auto part = key ? as_json_key(args[i]) : as_json(args[i]);
    if (!part) {
      return std::nullopt;
    }
    text += (i == 0 ? "" : object && !key ? ": " : ", ") + *part;
  }
  const auto printed = print_jsonb(object ? "{" + text + "}" : array ? "[" + text + "]" : text);
  return printed ? std::optional{Value{.type = type_oid::kJsonb, .text = *printed}} : std::nullopt;
}

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
