#include "tests/bench/hypopg_costs.hpp"

#include <nlohmann/json.hpp>

namespace quern::bench {

namespace {

void collect_indexes(const nlohmann::json& node, std::set<std::string>& names) {
  if (node.contains("Index Name")) {
    names.insert(node["Index Name"].get<std::string>());
  }
  for (const auto& child : node.value("Plans", nlohmann::json::array())) {
    collect_indexes(child, names);
  }
}

}  // namespace

HypopgCosts::HypopgCosts(const std::string& dsn, std::vector<WeightedStatement> statements,
                         Leaves leaves)
    : connection_{dsn},
      session_{connection_},
      statements_{std::move(statements)},
      leaves_{std::move(leaves)},
      known_(statements_.size()) {
  session_.exec("CREATE EXTENSION IF NOT EXISTS hypopg");
  session_.exec("SELECT hypopg_reset()");
}

std::set<HypoIndex> HypopgCosts::that_matter(std::size_t number,
                                             const std::set<HypoIndex>& indexes) const {
  std::set<HypoIndex> matter;
  for (const auto& index : indexes) {
    if (statements_[number].tables.count(index.table) != 0) {
      matter.insert(index);
    }
  }
  return matter;
}

void HypopgCosts::imagine(const std::set<HypoIndex>& indexes) {
  if (indexes == imagined_) {
    return;
  }
  session_.exec("SELECT hypopg_reset()");
  by_name_.clear();
  for (const auto& index : indexes) {
    const std::string on = " ON " + index.table + " (";
    const auto leaves = leaves_.find(index.table);
    const auto place = index.ddl.find(on);
    if (leaves == leaves_.end() || place == std::string::npos) {
      imagine_one(index, index.ddl);
      continue;
    }
    for (const std::string& leaf : leaves->second) {
      std::string ddl = index.ddl;
      imagine_one(index, ddl.replace(place, on.size(), " ON " + leaf + " ("));
    }
  }
  imagined_ = indexes;
}

void HypopgCosts::imagine_one(const HypoIndex& index, const std::string& ddl) {
  const auto row =
      session_.exec("SELECT indexname FROM hypopg_create_index(" + session_.quote(ddl) + ")");
  by_name_[row[0][0].as<std::string>()] = index;
}

double HypopgCosts::statement(std::size_t number, const std::set<HypoIndex>& indexes) {
  auto matter = that_matter(number, indexes);
  const auto known = known_[number].find(matter);
  if (known != known_[number].end()) {
    return known->second;
  }
  imagine(matter);
  ++explains_;
  const auto rows = session_.exec("EXPLAIN (FORMAT JSON) " + statements_[number].sql);
  const auto plan = nlohmann::json::parse(rows[0][0].as<std::string>())[0]["Plan"];
  return known_[number][std::move(matter)] = plan["Total Cost"].get<double>();
}

double HypopgCosts::workload(const std::set<HypoIndex>& indexes) {
  double cost = 0;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    cost += statements_[i].calls * statement(i, indexes);
  }
  return cost;
}

double HypopgCosts::bytes(const HypoIndex& index) {
  const auto [entry, fresh] = sizes_.try_emplace(index, -1);
  if (fresh) {
    try {
      imagine({index});
      const auto rows =
          session_.exec("SELECT sum(hypopg_relation_size(indexrelid)) FROM hypopg_list_indexes");
      entry->second = rows[0][0].is_null() ? -1 : rows[0][0].as<double>();
    } catch (const pqxx::sql_error&) {
      imagined_.clear();
      session_.exec("SELECT hypopg_reset()");
    }
  }
  return entry->second;
}

std::set<HypoIndex> HypopgCosts::used(const std::set<HypoIndex>& indexes) {
  std::set<HypoIndex> seen;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    imagine(that_matter(i, indexes));
    const auto rows = session_.exec("EXPLAIN (FORMAT JSON) " + statements_[i].sql);
    std::set<std::string> names;
    collect_indexes(nlohmann::json::parse(rows[0][0].as<std::string>())[0]["Plan"], names);
    for (const auto& name : names) {
      if (const auto index = by_name_.find(name); index != by_name_.end()) {
        seen.insert(index->second);
      }
    }
  }
  return seen;
}

}  // namespace quern::bench
