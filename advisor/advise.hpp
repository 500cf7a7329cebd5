#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/advice.hpp"
#include "advisor/calibrate/calibration.hpp"

namespace quern::advisor {

struct AdviceOptions {
  Bytes budget{1e18};  ///< storage of all new indexes together
  std::uint32_t max_indexes = 1000;
  std::uint32_t max_indexes_per_table = 1000;  ///< new ones
  /// Write cost that new indexes may add, as a share of what the existing ones cost.
  std::optional<double> max_write_overhead = {};
  /// WAL that new indexes may add a day; over the recorded period where that is below an hour.
  std::optional<Bytes> max_wal = {};
  std::optional<double> max_build_seconds = {};  ///< of all builds, one after the other
  double time_limit_seconds = 60;
  planner_model::SizeModel sizes = planner_model::SizeModel::AsBuilt;
  planner_model::Counting counting = planner_model::Counting::WhatRuns;
  std::uint32_t max_width = 4;  ///< key columns of a candidate
  /// What an index must earn, as a share of what the reads would cost with every candidate.
  double charge_share = 0.002;
  std::vector<std::string> keep = {};   ///< index names never to be dropped
  std::vector<std::string> never = {};  ///< tables or indexes never to be touched or created
  std::string role = {};  ///< who executes the workload; empty: whom the log names for each class
  std::vector<std::string> must_have = {};  ///< CREATE INDEX statements to be in the set
  /// Nothing: fitted to the workload's own plans, where they suffice.
  std::optional<Calibration> calibration = {};
  std::function<void(const std::string& stage, double fraction)> progress = {};
};

/// Who asks for costs as EXPLAIN has them wants its guesses too.
[[nodiscard]] inline planner_model::Expressions expressions_of(const AdviceOptions& options) {
  return options.counting == planner_model::Counting::AsExplained
             ? planner_model::Expressions::AsKnown
             : planner_model::Expressions::AsExpected;
}

/// The whole pipeline. Deterministic: same workload, catalog and options, same bytes.
[[nodiscard]] Advice advise(const Workload& workload, const CatalogSnapshot& catalog,
                            const AdviceOptions& options);

}  // namespace quern::advisor
