#include "collector/postgres/explained.hpp"

#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

namespace quern::collector {

namespace {

void collect(const nlohmann::json& node, Explained& plan) {
  if (node.contains("Index Name")) {
    plan.indexes.push_back(node["Index Name"].get<std::string>());
  }
  for (const auto& child : node.value("Plans", nlohmann::json::array())) {
    collect(child, plan);
  }
}

}  // namespace

Explained read_explained(const std::string& json) {
  try {
    const auto document = nlohmann::json::parse(json).at(0);
    const auto& top = document.at("Plan");
    Explained plan{
        .cost = top.at("Total Cost").get<double>(),
        .milliseconds = document.value("Execution Time", 0.0),
        .blocks = top.value("Shared Hit Blocks", 0.0) + top.value("Shared Read Blocks", 0.0)};
    collect(top, plan);
    return plan;
  } catch (const nlohmann::json::exception& error) {
    throw UserError{std::string{"the server's EXPLAIN is not what PostgreSQL prints: "} +
                    error.what()};
  }
}

}  // namespace quern::collector
