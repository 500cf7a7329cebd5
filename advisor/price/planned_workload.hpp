#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collector/workload/workload.hpp"

#include "planner-model/whatif/planner.hpp"

#include "advisor/advice.hpp"

namespace quern::advisor {

/// One execution that stands for some of its class.
struct PlannedSample {
  std::shared_ptr<const planner_model::BoundQuery> query;
  std::size_t query_class = 0;       ///< ordinal in PlannedWorkload::classes
  double weight = 0;                 ///< executions it stands for
  double share = 1;                  ///< of its class: an execution recorded twice counts twice
  planner_model::PlanResult before;  ///< with the indexes that exist
};

/// A query class that the model can plan, or the check that a foreign key runs for a deleted row.
struct PlannedClass {
  std::string fingerprint;
  std::string sql;
  StatementKind kind = StatementKind::Select;
  double calls = 0;
  std::optional<double> rows = {};         ///< of all calls, from those that were measured
  std::optional<double> conflicts = {};    ///< executed_conflicts()
  std::optional<Microseconds> total = {};  ///< measured
  bool foreign_key_check = false;
  double evidence_factor = 1;  ///< QueryEffect::evidence_factor; in the samples' weights
  bool ran_as_planned = true;  ///< in the log, as far as it tells: compare_with_recorded()
  std::string role = {};       ///< whose policies hold; empty: one's who bypasses them
  bool generic = false;        ///< planned without the values it ran with
  std::vector<std::size_t> samples = {};  ///< ordinals in PlannedWorkload::samples
  std::vector<planner_model::TableUse> uses = {};
};

struct PlannedWorkload {
  std::vector<PlannedClass> classes = {};  ///< by fingerprint
  std::vector<PlannedSample> samples = {};
  std::vector<UnplannedQuery> unplanned = {};
  std::uint64_t utility_calls = 0;  ///< BEGIN, SET, COPY ...: nothing to plan
};

/// Up to kMostSamples executions of a class, of equal weight, that stand for it: those with all
/// their values first, and those kept at random before the slowest; never none.
[[nodiscard]] std::vector<SampleExecution> planned_executions(const QueryClass& query);

/// An execution's statement with $1 and so on as literals: what a server then plans is what it
/// planned for that execution, its values known.
[[nodiscard]] std::string with_values(const SampleExecution& sample);

/// Binds and plans up to kMostSamples real executions of each class; a class without one is planned
/// from its normalized text, as a generic plan. What can not be planned is listed with the reason.
/// Same result for any order of the classes. `role` executes them all; empty: executing_role().
[[nodiscard]] PlannedWorkload plan_workload(const Workload& workload,
                                            const planner_model::Planner& planner,
                                            const std::string& role = {});

/// Adds a class by hand; returns false, and says why in `unplanned`, when it can not be planned.
/// `others` are not planned; what an index could be made for must recur in them, too.
bool add_class(PlannedWorkload& planned, const planner_model::Planner& planner, PlannedClass added,
               const std::vector<SampleExecution>& executions,
               const std::vector<SampleExecution>& others = {});

inline constexpr std::size_t kMostSamples = 3;

}  // namespace quern::advisor
