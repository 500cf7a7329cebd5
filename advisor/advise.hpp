#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/advice.hpp"

namespace quern::advisor {

struct AdviceOptions {
  Bytes budget{1e18};  ///< storage of all new indexes together
  std::uint32_t max_indexes = 1000;
  double time_limit_seconds = 60;
  planner_model::SizeModel sizes = planner_model::SizeModel::AsBuilt;
  std::uint32_t max_width = 4;         ///< key columns of a candidate
  double minimum_benefit = 0.001;      ///< share of the workload's cost below which nothing is said
  std::vector<std::string> keep = {};  ///< index names never to be dropped
  std::vector<std::string> never = {};  ///< tables or indexes never to be touched
  std::function<void(const std::string& stage, double fraction)> progress = {};
};

/// The whole pipeline. Deterministic: same workload, catalog and options, same bytes.
[[nodiscard]] Advice advise(const Workload& workload, const CatalogSnapshot& catalog,
                            const AdviceOptions& options);

}  // namespace quern::advisor
