#include <simdjson.h>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

namespace dom = simdjson::dom;

/// The parser refuses documents deeper than its limit, so the recursion is bounded.
PlanValue value_of(const dom::element& element) {
  std::string_view text;
  dom::array list;
  dom::object object;
  bool truth = false;
  if (element.get(text) == simdjson::SUCCESS) {
    return PlanValue::text(text);
  }
  if (element.get(object) == simdjson::SUCCESS) {
    PlanValue value = PlanValue::object();
    for (const auto& [key, member] : object) {
      value.add(key, value_of(member));
    }
    return value;
  }
  if (element.get(list) == simdjson::SUCCESS) {
    PlanValue value = PlanValue::list({});
    for (const dom::element item : list) {
      value.items.push_back(value_of(item));
    }
    return value;
  }
  if (element.get(truth) == simdjson::SUCCESS) {
    return {PlanValue::Kind::Bool, truth ? "true" : "false"};
  }
  return PlanValue::number(simdjson::minify(element));
}

}  // namespace

std::optional<PlanValue> read_explain_json(std::string_view text) {
  dom::parser parser;
  dom::element root;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  // EXPLAIN itself writes a list, of a plan for each statement.
  if (dom::array list;
      root.get(list) == simdjson::SUCCESS && list.at(0).get(root) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return root.is_object() ? std::optional{value_of(root)} : std::nullopt;
}

}  // namespace quern::collector
