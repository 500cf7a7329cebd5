#include "reports/cli/planning_options.hpp"

#include <algorithm>

#include "collector/base/failure.hpp"
#include "collector/sql/quote.hpp"

namespace quern::reports {

namespace {

bool names(const std::string& dropped, const Index& index) {
  return dropped == index.name || dropped == index.schema + "." + index.name ||
         dropped == quote_identifier(index.name) ||
         dropped == quote_identifier(index.schema) + "." + quote_identifier(index.name);
}

}  // namespace

planner_model::SizeModel parse_size_model(std::string_view text) {
  if (text == "as-built") {
    return planner_model::SizeModel::AsBuilt;
  }
  if (text == "hypopg") {
    return planner_model::SizeModel::HypoPG;
  }
  throw UserError{"size model \"" + std::string{text} + "\": use as-built or hypopg"};
}

planner_model::IndexConfiguration index_configuration(const planner_model::Planner& planner,
                                                      const std::vector<std::string>& create,
                                                      const std::vector<std::string>& drop) {
  planner_model::IndexConfiguration configuration;
  for (const std::string& ddl : create) {
    configuration.created.push_back(planner.hypothetical(ddl));
  }
  const auto& indexes = planner.catalog().indexes;
  for (const std::string& name : drop) {
    const auto found = std::find_if(indexes.begin(), indexes.end(),
                                    [&](const Index& index) { return names(name, index); });
    if (found == indexes.end()) {
      throw UserError{"index \"" + name + "\" to drop is not in the catalog"};
    }
    configuration.dropped.push_back(found->schema + "." + found->name);
  }
  return configuration;
}

}  // namespace quern::reports
