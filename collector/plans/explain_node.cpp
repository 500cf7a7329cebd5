#include "collector/plans/explain_node.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <xxhash.h>

namespace quern::collector {

namespace {

void describe(const ExplainNode& node, PlanShape& shape) {
  shape.begin({node.node_type, node.join_type, node.strategy, {}, node.relation, node.index});
  for (const ExplainNode& child : node.children) {
    describe(child, shape);
  }
  shape.end();
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

void PlanShape::begin(const ShapeParts& node) {
  const std::string_view strategy = !node.strategy.empty()       ? node.strategy
                                    : node.operation != "Select" ? node.operation
                                                                 : std::string_view{};
  for (const std::string_view part :
       {node.node_type, node.join_type, strategy, node.relation, node.index}) {
    text_ += part;
    text_ += '\x1f';
  }
  text_ += '(';
}

void PlanShape::end() {
  text_ += ')';
}

std::string PlanShape::take() {
  std::string shape = fmt::format("{:016x}", XXH3_64bits(text_.data(), text_.size()));
  text_.clear();
  return shape;
}

std::string plan_shape(const ExplainNode& plan) {
  PlanShape shape;
  describe(plan, shape);
  return shape.take();
}

std::string explain_json(const ExplainNode& plan) {
  return nlohmann::json{{"Plan", as_json(plan)}}.dump(-1, ' ', false,
                                                      nlohmann::json::error_handler_t::replace);
}

}  // namespace quern::collector
