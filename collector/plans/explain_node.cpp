#include "collector/plans/explain_node.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

namespace quern::collector {

namespace {

void describe(const ExplainNode& node, std::string& text) {
  for (const std::string* part :
       {&node.node_type, &node.join_type, &node.strategy, &node.relation, &node.index}) {
    text += *part;
    text += '\x1f';
  }
  text += '(';
  for (const ExplainNode& child : node.children) {
    describe(child, text);
  }
  text += ')';
}

nlohmann::json as_json(const ExplainNode& node) {
  nlohmann::json json = {{"Node Type", node.node_type},
                         {"Startup Cost", node.startup_cost},
                         {"Total Cost", node.total_cost},
                         {"Plan Rows", node.rows},
                         {"Plan Width", node.width}};
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) {
      json[key] = value;
    }
  };
  add("Join Type", node.join_type);
  add("Strategy", node.strategy);
  add("Relation Name", node.relation);
  add("Alias", node.alias);
  add("Index Name", node.index);
  if (node.actual_rows) {
    json["Actual Rows"] = *node.actual_rows;
    json["Actual Loops"] = node.actual_loops.value_or(1);
  }
  for (const ExplainNode& child : node.children) {
    json["Plans"].push_back(as_json(child));
  }
  return json;
}

}  // namespace

std::string plan_shape(const ExplainNode& plan) {
  std::string text;
  describe(plan, text);
  return fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
}

std::string explain_json(const ExplainNode& plan) {
  return nlohmann::json{{"Plan", as_json(plan)}}.dump(-1, ' ', false,
                                                      nlohmann::json::error_handler_t::replace);
}

}  // namespace quern::collector
