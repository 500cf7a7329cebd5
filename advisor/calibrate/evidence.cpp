#include "advisor/calibrate/evidence.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/plan_value.hpp"

namespace quern::advisor {

namespace {

/// Milliseconds of one execution, without its waits for locks. Nothing where too few were timed.
std::optional<double> measured(const QueryClass& query) {
  const std::uint64_t timed = query.calls - std::min(query.calls, query.untimed);
  if (query.kind != StatementKind::Select || timed < kFewestMeasured) {
    return std::nullopt;
  }
  const auto worked = std::max<std::int64_t>(0, (query.total - query.lock_wait_time).count());
  return static_cast<double>(worked) / 1000 / static_cast<double>(timed);
}

/// How a plan reads its tables, "Index Scan orders by orders_pkey", in any order.
using Accesses = std::set<std::string>;

void add_access(Accesses& accesses, std::string_view node_type, std::string_view relation,
                std::string_view index) {
  if (!relation.empty() || !index.empty()) {
    accesses.insert(fmt::format("{} {} by {}", node_type, relation, index));
  }
}

void add_accesses(Accesses& accesses, const collector::PlanValue& node) {
  add_access(accesses, node.text_of("Node Type"), node.text_of("Relation Name"),
             node.text_of("Index Name"));
  if (const collector::PlanValue* children = node.find("Plans")) {
    for (const collector::PlanValue& child : children->items) {
      add_accesses(accesses, child);
    }
  }
}

void add_accesses(Accesses& accesses, const planner_model::PlanNode& node) {
  add_access(accesses, node.node_type, node.relation, node.index);
  for (const planner_model::PlanNode& child : node.children) {
    add_accesses(accesses, child);
  }
}

/// What the log tells of the indexes that were there.
struct RecordedPlans {
  std::map<std::string, std::vector<Accesses>> by_class = {};  ///< by fingerprint
  std::set<std::string> indexes = {};                          ///< that they read
  bool differ = false;  ///< some class ran otherwise than it is planned today
};

void note_indexes(std::set<std::string>& indexes, const collector::PlanValue& node) {
  if (const auto index = node.text_of("Index Name"); !index.empty()) {
    indexes.emplace(index);
  }
  if (const collector::PlanValue* children = node.find("Plans")) {
    for (const collector::PlanValue& child : children->items) {
      note_indexes(indexes, child);
    }
  }
}

RecordedPlans recorded_plans(const Workload& workload) {
  RecordedPlans recorded;
  for (const QueryClass& query : workload.classes) {
    for (const ObservedPlan& observed : query.plans) {
      const auto document = collector::read_explain_json(observed.example);
      if (const auto* top = document ? collector::top_node(*document) : nullptr) {
        add_accesses(recorded.by_class[query.fingerprint].emplace_back(), *top);
        note_indexes(recorded.indexes, *top);
      }
    }
  }
  return recorded;
}

/// Whether a recorded plan reads the tables as one of today's does. What ran may have left out
/// partitions.
bool ran_as_planned(const std::vector<Accesses>& ran, const PlannedClass& query,
                    const PlannedWorkload& planned) {
  return std::any_of(query.samples.begin(), query.samples.end(), [&](std::size_t sample) {
    Accesses today;
    add_accesses(today, planned.samples[sample].before.plan);
    return std::any_of(ran.begin(), ran.end(), [&](const Accesses& accesses) {
      return std::includes(today.begin(), today.end(), accesses.begin(), accesses.end());
    });
  });
}

/// Whether today's plans read no index but those that the recorded plans read.
bool reads_recorded(const RecordedPlans& recorded, const PlannedClass& query,
                    const PlannedWorkload& planned) {
  return std::all_of(query.samples.begin(), query.samples.end(), [&](std::size_t sample) {
    const auto& indexes = planned.samples[sample].before.indexes_used;
    return std::all_of(indexes.begin(), indexes.end(),
                       [&](const auto& index) { return recorded.indexes.count(index) != 0; });
  });
}

/// Finds the classes that ran by other plans than today's, as their recorded plans show; and where
/// there are such, those without a recorded plan that would read an index that none reads.
void compare_plans(PlannedWorkload& planned, const Workload& workload) {
  RecordedPlans recorded = recorded_plans(workload);
  for (PlannedClass& query : planned.classes) {
    if (const auto ran = recorded.by_class.find(query.fingerprint);
        ran != recorded.by_class.end()) {
      query.ran_as_planned = ran_as_planned(ran->second, query, planned);
      recorded.differ = recorded.differ || !query.ran_as_planned;
    }
  }
  for (PlannedClass& query : planned.classes) {
    if (recorded.differ && recorded.by_class.count(query.fingerprint) == 0) {
      query.ran_as_planned = reads_recorded(recorded, query, planned);
    }
  }
}

}  // namespace

double evidence_factor(double measured_ms, const PredictedTime& predicted) {
  double factor = 1;
  if (predicted.high > 0 && measured_ms > predicted.high) {
    factor = measured_ms / predicted.high;
  } else if (predicted.low > 0 && measured_ms < predicted.low) {
    factor = measured_ms / predicted.low;
  }
  return std::clamp(factor, 1 / kMostCorrection, kMostCorrection);
}

void correct_by_evidence(PlannedWorkload& planned, const Workload& workload,
                         const Calibration& calibration, const CatalogSnapshot& catalog) {
  std::map<std::string, const QueryClass*> classes;
  for (const QueryClass& query : workload.classes) {
    classes[query.fingerprint] = &query;
  }
  compare_plans(planned, workload);
  const std::vector<SizedCandidate> none;
  const EstimatedWork estimated{catalog, none};
  for (PlannedClass& query : planned.classes) {
    const auto found = classes.find(query.fingerprint);
    const auto mean = found == classes.end() ? std::nullopt : measured(*found->second);
    if (!mean || query.generic || query.samples.empty() || !query.ran_as_planned) {
      continue;
    }
    Work work;
    for (const std::size_t sample : query.samples) {
      work.add(estimated.of(planned.samples[sample].before.plan, calibration.pages_read),
               planned.samples[sample].share);
    }
    query.evidence_factor = evidence_factor(*mean, predicted_time(calibration, work));
    for (const std::size_t sample : query.samples) {
      planned.samples[sample].weight *= query.evidence_factor;
    }
  }
}

}  // namespace quern::advisor
