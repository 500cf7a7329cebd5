#include "advisor/calibrate/recorded_plans.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/plan_value.hpp"

namespace quern::advisor {

namespace {

/// What a plan reads.
struct Reads {
  std::set<std::string> accesses = {};  ///< "Index Scan orders by orders_pkey"
  std::set<std::string> indexes = {};

  void add(std::string_view node_type, std::string_view relation, std::string_view index) {
    if (!relation.empty() || !index.empty()) {
      accesses.insert(fmt::format("{} {} by {}", node_type, relation, index));
    }
    if (!index.empty()) {
      indexes.emplace(index);
    }
  }
};

void add_reads(Reads& reads, const collector::PlanValue& node) {
  reads.add(node.text_of("Node Type"), node.text_of("Relation Name"), node.text_of("Index Name"));
  if (const collector::PlanValue* children = node.find("Plans")) {
    for (const collector::PlanValue& child : children->items) {
      add_reads(reads, child);
    }
  }
}

void add_reads(Reads& reads, const planner_model::PlanNode& node) {
  reads.add(node.node_type, node.relation, node.index);
  for (const planner_model::PlanNode& child : node.children) {
    add_reads(reads, child);
  }
}

std::vector<Reads> recorded_reads(const QueryClass& query) {
  std::vector<Reads> recorded;
  for (const ObservedPlan& observed : query.plans) {
    const auto document = collector::read_explain_json(observed.example);
    if (const auto* top = document ? collector::top_node(*document) : nullptr) {
      add_reads(recorded.emplace_back(), *top);
    }
  }
  return recorded;
}

std::vector<Reads> reads_today(const PlannedClass& query, const PlannedWorkload& planned) {
  std::vector<Reads> today;
  for (const std::size_t sample : query.samples) {
    add_reads(today.emplace_back(), planned.samples[sample].before.plan);
  }
  return today;
}

bool includes(const std::set<std::string>& all, const std::set<std::string>& some) {
  return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

/// What ran may have left out partitions.
bool some_alike(const std::vector<Reads>& recorded, const std::vector<Reads>& today) {
  return std::any_of(today.begin(), today.end(), [&](const Reads& now) {
    return std::any_of(recorded.begin(), recorded.end(),
                       [&](const Reads& then) { return includes(now.accesses, then.accesses); });
  });
}

}  // namespace

void compare_with_recorded(PlannedWorkload& planned, const Workload& workload) {
  std::map<std::string, std::vector<Reads>> recorded;  // by fingerprint, where there are plans
  std::set<std::string> indexes;                       // that they read
  for (const QueryClass& query : workload.classes) {
    std::vector<Reads> reads = recorded_reads(query);
    for (const Reads& plan : reads) {
      indexes.insert(plan.indexes.begin(), plan.indexes.end());
    }
    if (!reads.empty()) {
      recorded[query.fingerprint] = std::move(reads);
    }
  }
  bool differ = false;
  std::vector<PlannedClass*> unrecorded;
  for (PlannedClass& query : planned.classes) {
    if (const auto found = recorded.find(query.fingerprint); found != recorded.end()) {
      query.ran_as_planned = some_alike(found->second, reads_today(query, planned));
      differ = differ || !query.ran_as_planned;
    } else {
      unrecorded.push_back(&query);
    }
  }
  if (!differ) {
    return;
  }
  for (PlannedClass* query : unrecorded) {
    const auto today = reads_today(*query, planned);
    query->ran_as_planned = std::all_of(today.begin(), today.end(), [&](const Reads& plan) {
      return includes(indexes, plan.indexes);
    });
  }
}

}  // namespace quern::advisor
