#include "reports/json/read_advice.hpp"

#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

namespace quern::reports {

namespace {

std::string without(std::string text, const std::string& part) {
  const auto at = text.find(part);
  return at == std::string::npos ? text : text.erase(at, part.size());
}

void add_statement(advisor::Prediction& prediction, std::string statement, bool of_index) {
  while (!statement.empty() && statement.back() == ';') {
    statement.pop_back();
  }
  if (statement.rfind("CREATE INDEX ", 0) == 0 || statement.rfind("CREATE UNIQUE INDEX ", 0) == 0) {
    prediction.create.push_back(without(statement, "CONCURRENTLY "));
  } else if (statement.rfind("ALTER INDEX ", 0) == 0) {
    prediction.attach.push_back(statement);
  } else if (statement.rfind("DROP INDEX ", 0) == 0) {
    prediction.drop.push_back(without(statement, "CONCURRENTLY "));
  } else if (statement.rfind("ANALYZE ", 0) == 0 && of_index) {
    prediction.analyze.push_back(statement);
  }  // SET and RESET are for a build beside traffic; statistics have no prediction
}

/// Of all nodes of a plan, however deep.
void add_indexes(const nlohmann::json& plan, std::set<std::string>& indexes) {
  std::vector<const nlohmann::json*> open{&plan};
  while (!open.empty()) {
    const nlohmann::json& node = *open.back();
    open.pop_back();
    if (node.contains("Index Name")) {
      indexes.insert(node["Index Name"].get<std::string>());
    }
    if (node.contains("Plans")) {
      for (const auto& child : node["Plans"]) {
        open.push_back(&child);
      }
    }
  }
}

}  // namespace

advisor::Prediction read_prediction(const std::string& json, const std::string& path) {
  try {
    const auto document = nlohmann::json::parse(json);
    if (document.value("format", "") != "quern-advice") {
      throw UserError{
          fmt::format("{}: not an advice document (quern advise --json writes one)", path)};
    }
    advisor::Prediction prediction;
    for (const auto& proposal : document.at("proposals")) {
      const bool of_index = proposal.value("kind", "") != "collect_statistics";
      for (const auto& statement : proposal.at("ddl_up")) {
        add_statement(prediction, statement.get<std::string>(), of_index);
      }
    }
    for (const auto& query : document.at("queries")) {
      auto& predicted = prediction.classes[query.at("fingerprint").get<std::string>()];
      predicted = {.calls = query.at("calls").get<double>(),
                   .before = query.contains("cost_guessed") ? query["cost_guessed"].get<double>()
                                                            : query.at("cost_before").get<double>(),
                   .after = query.at("cost_after").get<double>()};
      if (query.contains("plan_after") && query["plan_after"].contains("Plan")) {
        add_indexes(query["plan_after"]["Plan"], predicted.indexes);
      }
      if (query.contains("rests_on_analyze_of")) {
        predicted.analyzed = query["rests_on_analyze_of"].get<std::vector<std::string>>();
      }
    }
    return prediction;
  } catch (const nlohmann::json::exception& error) {
    throw UserError{fmt::format("{}: not a complete advice document: {}", path, error.what())};
  }
}

}  // namespace quern::reports
