#include "tests/support/plan_reader.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace quern::testing {

using planner_model::PlanNode;
using planner_model::Word;

namespace {

using Json = nlohmann::ordered_json;

/// PlanNode's words, kept for good.
Word word(const std::string& text) {
  static std::set<std::string> words;
  return words.insert(text).first->c_str();
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

PlanNode::Property list_property(const std::string& name, const Json& items) {
  return {.name = word(name), .text = {}, .items = items.get<std::vector<std::string>>()};
}

void read_grouping_sets(const Json& sets, PlanNode& node) {
  for (const Json& set : sets) {
    for (const auto& [name, value] : set.items()) {
      if (name == "Sort Key") {
        node.properties.push_back(list_property(name, value));
        continue;
      }
      for (const Json& keys : value) {
        PlanNode::Property& property =
            node.properties.emplace_back(list_property(name.substr(0, name.size() - 1), keys));
        property.text = keys.empty() ? "()" : "";
      }
    }
  }
}

PlanNode read_node(const Json& json);

/// What PlanNode keeps in a field of its own, by EXPLAIN's name.
void read_member(const std::string& name, const Json& value, PlanNode& node) {
  static const std::map<std::string, Word PlanNode::*> kWords = {
      {"Node Type", &PlanNode::node_type}, {"Parent Relationship", &PlanNode::relationship},
      {"Join Type", &PlanNode::join_type}, {"Strategy", &PlanNode::strategy},
      {"Operation", &PlanNode::operation}, {"Partial Mode", &PlanNode::partial_mode},
      {"Command", &PlanNode::command},     {"Scan Direction", &PlanNode::scan_direction}};
  static const std::map<std::string, std::string PlanNode::*> kTexts = {
      {"Subplan Name", &PlanNode::subplan_name},
      {"Relation Name", &PlanNode::relation},
      {"Alias", &PlanNode::alias},
      {"Index Name", &PlanNode::index},
      {"CTE Name", &PlanNode::cte_name},
      {"Function Name", &PlanNode::function_name}};
  static const std::map<std::string, bool PlanNode::*> kTruths = {
      {"Parallel Aware", &PlanNode::parallel_aware},
      {"Single Copy", &PlanNode::single_copy},
      {"Inner Unique", &PlanNode::inner_unique}};
  if (const auto field = kTexts.find(name); field != kTexts.end()) {
    node.*field->second = value.get<std::string>();
  } else if (const auto field_of_word = kWords.find(name); field_of_word != kWords.end()) {
    node.*field_of_word->second = word(value.get<std::string>());
  } else if (const auto truth = kTruths.find(name); truth != kTruths.end()) {
    node.*truth->second = value.get<bool>();
  } else if (name == "Disabled") {
    node.disabled = value.get<bool>();
  } else if (name == "Workers Planned") {
    node.workers_planned = value.get<int>();
  } else if (name == "Startup Cost") {
    node.startup = Cost{value.get<double>()};
  } else if (name == "Total Cost") {
    node.total = Cost{value.get<double>()};
  } else if (name == "Plan Rows") {
    node.rows = Rows{value.get<double>()};
  } else if (name == "Plan Width") {
    node.width = value.get<int>();
  } else if (name == "Grouping Sets") {
    read_grouping_sets(value, node);
  } else if (name == "Target Tables") {
    for (const Json& table : value) {
      node.properties.push_back({.name = "Target Table",
                                 .text = {},
                                 .items = {table["Relation Name"].get<std::string>(),
                                           table["Alias"].get<std::string>()}});
    }
  } else if (name == "Plans") {
    for (const Json& child : value) {
      node.children.push_back(read_node(child));
    }
  } else if (value.is_array()) {
    node.properties.push_back(list_property(name, value));
  } else if (name != "Async Capable") {
    node.properties.push_back({.name = word(name), .text = text_of(value)});
  }
}

PlanNode read_node(const Json& json) {
  PlanNode node;
  for (const auto& [name, value] : json.items()) {
    read_member(name, value, node);
  }
  return node;
}

}  // namespace

PlanNode read_plan(std::string_view explain_json) {
  return read_node(Json::parse(explain_json).at(0).at("Plan"));
}

}  // namespace quern::testing
