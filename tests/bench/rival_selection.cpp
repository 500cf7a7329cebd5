#include "tests/bench/rival_selection.hpp"

#include <algorithm>

namespace quern::bench {

namespace {

using Columns = std::vector<std::string>;

/// An index by what it is made of.
struct Keys {
  std::string table;
  Columns columns;
  auto operator<=>(const Keys&) const = default;
};

HypoIndex index_on(const Keys& keys) {
  std::string list;
  for (const auto& column : keys.columns) {
    list += (list.empty() ? "" : ", ") + column;
  }
  return {keys.table, "CREATE INDEX ON " + keys.table + " (" + list + ")"};
}

std::set<HypoIndex> indexes_on(const std::set<Keys>& all) {
  std::set<HypoIndex> indexes;
  for (const auto& keys : all) {
    indexes.insert(index_on(keys));
  }
  return indexes;
}

double bytes_of(HypopgCosts& costs, const std::set<Keys>& all) {
  double bytes = 0;
  for (const auto& keys : all) {
    bytes += std::max(0.0, costs.bytes(index_on(keys)));
  }
  return bytes;
}

bool serves(const WeightedStatement& statement, const std::string& table,
            const std::string& column) {
  return statement.tables.count(table) != 0 && statement.sql.find(column) != std::string::npos;
}

/// All orders of up to `width` of the columns.
void permutations(const Columns& columns, std::size_t width, Columns& prefix,
                  std::vector<Columns>& out) {
  for (const auto& column : columns) {
    if (std::find(prefix.begin(), prefix.end(), column) != prefix.end()) {
      continue;
    }
    prefix.push_back(column);
    out.push_back(prefix);
    if (prefix.size() < width) {
      permutations(columns, width, prefix, out);
    }
    prefix.pop_back();
  }
}

}  // namespace

std::set<HypoIndex> extend(HypopgCosts& costs, const IndexableColumns& columns, double budget,
                           std::size_t max_width) {
  std::set<Keys> chosen;
  double cost = costs.workload({});
  for (;;) {
    std::set<Keys> best;
    double best_rate = 0;
    double best_cost = cost;
    const double bytes = bytes_of(costs, chosen);
    const auto consider = [&](const Keys& added, std::set<Keys> next) {
      if (costs.bytes(index_on(added)) < 0) {
        return;  // no btree has such keys
      }
      const double next_bytes = bytes_of(costs, next);
      if (next_bytes > budget) {
        return;
      }
      const double next_cost = costs.workload(indexes_on(next));
      const double rate = (cost - next_cost) / std::max(1.0, next_bytes - bytes);
      if (next_cost < cost * (1 - 1e-4) && rate > best_rate) {
        best_rate = rate;
        best_cost = next_cost;
        best = std::move(next);
      }
    };
    for (const auto& [table, list] : columns.by_table) {
      for (const auto& column : list) {
        std::set<Keys> next = chosen;
        if (next.insert({table, {column}}).second) {
          consider({table, {column}}, std::move(next));
        }
        for (const auto& keys : chosen) {
          const bool has =
              std::find(keys.columns.begin(), keys.columns.end(), column) != keys.columns.end();
          if (keys.table == table && !has && keys.columns.size() < max_width) {
            Keys wider = keys;
            wider.columns.push_back(column);
            std::set<Keys> extended = chosen;
            extended.erase(keys);
            extended.insert(wider);
            consider(wider, std::move(extended));
          }
        }
      }
    }
    if (best.empty()) {
      return indexes_on(chosen);
    }
    chosen = std::move(best);
    cost = best_cost;
  }
}

std::set<HypoIndex> tuning_advisor(HypopgCosts& costs, const IndexableColumns& columns,
                                   double budget, std::size_t max_width) {
  constexpr std::size_t kBestOfStatement = 3;
  std::set<HypoIndex> candidates;
  for (std::size_t i = 0; i < costs.statements().size(); ++i) {
    const auto& statement = costs.statements()[i];
    const double before = costs.statement(i, {});
    std::vector<std::pair<double, HypoIndex>> own;
    for (const auto& [table, list] : columns.by_table) {
      Columns serving;
      std::copy_if(list.begin(), list.end(), std::back_inserter(serving),
                   [&](const std::string& column) { return serves(statement, table, column); });
      std::vector<Columns> orders;
      Columns prefix;
      permutations(serving, max_width, prefix, orders);
      for (auto& order : orders) {
        if (columns.existing.count({table, order}) != 0) {
          continue;
        }
        const HypoIndex index = index_on({table, std::move(order)});
        if (costs.bytes(index) < 0) {
          continue;
        }
        const double cost = costs.statement(i, {index});
        if (cost < before * 0.999) {
          own.emplace_back(cost, index);
        }
      }
    }
    std::sort(own.begin(), own.end());
    for (std::size_t k = 0; k < std::min(own.size(), kBestOfStatement); ++k) {
      candidates.insert(own[k].second);
    }
  }
  std::set<HypoIndex> chosen;
  double cost = costs.workload({});
  double bytes = 0;
  for (;;) {
    const HypoIndex* best = nullptr;
    double best_cost = cost * (1 - 1e-4);
    for (const auto& candidate : candidates) {
      if (chosen.count(candidate) != 0 || bytes + costs.bytes(candidate) > budget) {
        continue;
      }
      auto next = chosen;
      next.insert(candidate);
      if (const double next_cost = costs.workload(next); next_cost < best_cost) {
        best_cost = next_cost;
        best = &candidate;
      }
    }
    if (best == nullptr) {
      return chosen;
    }
    chosen.insert(*best);
    bytes += costs.bytes(*best);
    cost = best_cost;
  }
}

}  // namespace quern::bench
