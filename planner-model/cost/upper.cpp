// Costs of sorting, appending, gathering and grouping. Source: costsize.c and nodeAgg.c,
// PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

/// LOG2() of costsize.c, with its constant: equal sums print equally.
double log2_as_server(double x) {
  return std::log(x) / 0.693147180559945;
}

}  // namespace

namespace {

/// tuplesort_merge_order(), tuplesort.c.
double merge_order(double memory_bytes) {
  const double order = std::floor(memory_bytes / (2 * 8192.0 + 32 * 8192.0));
  return std::clamp(order, 6.0, 500.0);
}

}  // namespace

void cost_tuplesort(double& startup, double& run, double tuples, int width, double comparison_cost,
                    double sort_mem_kb, double limit_tuples, const CostParameters& p) {
  const double input_bytes = relation_byte_size(tuples, width);
  const double sort_bytes = sort_mem_kb * 1024.0;
  tuples = std::max(tuples, 2.0);
  comparison_cost += 2.0 * p.cpu_operator_cost;
  double output_tuples = tuples;
  double output_bytes = input_bytes;
  if (limit_tuples > 0 && limit_tuples < tuples) {
    output_tuples = limit_tuples;
    output_bytes = relation_byte_size(output_tuples, width);
  }
  if (output_bytes > sort_bytes) {
    const double pages = std::ceil(input_bytes / 8192.0);
    const double runs = input_bytes / sort_bytes;
    const double order = merge_order(sort_bytes);
    startup = comparison_cost * tuples * log2_as_server(tuples);
    const double passes = runs > order ? std::ceil(std::log(runs) / std::log(order)) : 1.0;
    startup += 2.0 * pages * passes * (p.seq_page_cost * 0.75 + p.random_page_cost * 0.25);
  } else if (tuples > 2 * output_tuples || input_bytes > sort_bytes) {
    startup = comparison_cost * tuples * log2_as_server(2.0 * output_tuples);  // bounded heap
  } else {
    startup = comparison_cost * tuples * log2_as_server(tuples);
  }
  run = p.cpu_operator_cost * tuples;
}

void cost_sort(Path& path, const PlannerInfo& root, double input_cost, double tuples, int width,
               double limit_tuples) {
  const auto& p = root.global->cost;
  double startup = 0;
  double run = 0;
  cost_tuplesort(startup, run, tuples, width, 0.0, p.work_mem_kb, limit_tuples, p);
  if (!p.enable_sort) {
    startup += kDisableCost;
  }
  startup += input_cost;
  path.rows = tuples;
  path.startup = startup;
  path.total = startup + run;
}

void cost_incremental_sort(Path& path, PlannerInfo& root, const PathKeys& pathkeys,
                           int presorted_keys, double input_startup, double input_total,
                           double input_tuples, int width, double limit_tuples) {
  const auto& p = root.global->cost;
  const double input_run = input_total - input_startup;
  input_tuples = std::max(input_tuples, 2.0);
  double groups = std::min(input_tuples, 200.0);
  std::vector<ExprPtr> presorted;
  Relids relids = 0;
  bool known = true;
  for (int i = 0; i < presorted_keys; ++i) {
    const auto& member = *pathkeys[static_cast<std::size_t>(i)].ec->members.front();
    if (member.relids == 0) {
      known = false;
      break;
    }
    presorted.push_back(member.expr);
    relids |= member.relids;
  }
  if (known) {
    const Parents parents{root, relids};  // the first member of a class is of the whole
    groups = estimate_num_groups(root, presorted, input_tuples);
  }
  const double group_tuples = input_tuples / groups;
  const double group_input_run = input_run / groups;
  double group_startup = 0;
  double group_run = 0;
  cost_tuplesort(group_startup, group_run, p.server.incremental_sort_group_growth() * group_tuples,
                 width, 0.0, p.work_mem_kb, limit_tuples, p);
  const double startup = group_startup + input_startup + group_input_run;
  double run =
      group_run + (group_run + group_startup) * (groups - 1) + group_input_run * (groups - 1);
  run += p.cpu_tuple_cost * input_tuples;
  run += 2.0 * p.cpu_tuple_cost * groups;
  path.rows = input_tuples;
  path.startup = startup;
  path.total = startup + run;
}

namespace {

/// append_nonpartial_cost(): the longest worker, by handing out whole subpaths greedily.
double nonpartial_cost(const std::vector<Path*>& subpaths, std::size_t paths, int workers) {
  if (paths == 0) {
    return 0;
  }
  const auto slots = std::min<std::size_t>(static_cast<std::size_t>(workers), paths);
  std::vector<double> load;
  for (std::size_t i = 0; i < slots; ++i) {
    load.push_back(subpaths[i]->total);
  }
  for (std::size_t i = slots; i < paths; ++i) {
    *std::min_element(load.begin(), load.end()) += subpaths[i]->total;
  }
  return *std::max_element(load.begin(), load.end());
}

}  // namespace

void cost_append(Path& path, const PlannerInfo& root) {
  const auto& p = root.global->cost;
  path.startup = path.total = path.rows = 0;
  if (path.children.empty()) {
    return;
  }
  if (!path.parallel_aware) {
    if (path.pathkeys.empty()) {
      path.startup = path.children.front()->startup;
      for (const auto* child : path.children) {
        path.rows += child->rows;
        path.total += child->total;
      }
    } else {
      for (const auto* child : path.children) {
        path.rows += child->rows;
        path.startup += child->startup;
        path.total += child->total;
      }
    }
  } else {
    const double divisor = parallel_divisor(path, p);
    double run_partial = 0;
    for (std::size_t i = 0; i < path.children.size(); ++i) {
      const Path& child = *path.children[i];
      if (i == 0) {
        path.startup = child.startup;
      } else if (i < static_cast<std::size_t>(path.workers)) {
        path.startup = std::min(path.startup, child.startup);
      }
      if (i < static_cast<std::size_t>(path.first_partial)) {
        path.rows += child.rows / divisor;
      } else {
        path.rows += child.rows * (parallel_divisor(child, p) / divisor);
        run_partial += child.total;
      }
      path.rows = clamp_row_est(path.rows);
    }
    path.total +=
        run_partial +
        nonpartial_cost(path.children, static_cast<std::size_t>(path.first_partial), path.workers);
  }
  path.total += p.cpu_tuple_cost * 0.5 * path.rows;
}

void cost_merge_append(Path& path, const PlannerInfo& root, double input_startup,
                       double input_total, double tuples) {
  const auto& p = root.global->cost;
  const double N = std::max<double>(2.0, static_cast<double>(path.children.size()));
  const double comparison = 2.0 * p.cpu_operator_cost;
  const double startup = comparison * N * log2_as_server(N);
  const double run = tuples * comparison * log2_as_server(N) + p.cpu_tuple_cost * 0.5 * tuples;
  path.startup = startup + input_startup;
  path.total = startup + run + input_total;
}

void cost_material(Path& path, double input_startup, double input_total, double tuples, int width,
                   const CostParameters& p) {
  path.rows = tuples;
  double run = input_total - input_startup + 2 * p.cpu_operator_cost * tuples;
  const double bytes = relation_byte_size(tuples, width);
  if (bytes > p.work_mem_kb * 1024.0) {
    run += p.seq_page_cost * std::ceil(bytes / 8192.0);
  }
  path.startup = input_startup;
  path.total = input_startup + run;
}

double compute_gather_rows(const Path& partial, const CostParameters& p) {
  return p.server.gathers_by_divisor() ? clamp_row_est(partial.rows * parallel_divisor(partial, p))
                                       : partial.rows * partial.workers;
}

void cost_gather(Path& path, const PlannerInfo& root, RelOptInfo* rel, const double* rows) {
  const auto& p = root.global->cost;
  const Path& sub = *path.children.front();
  path.rows = rows != nullptr ? *rows : path.param != nullptr ? path.param->rows : rel->rows;
  const double startup = sub.startup + p.parallel_setup_cost;
  const double run = sub.total - sub.startup + p.parallel_tuple_cost * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

void cost_gather_merge(Path& path, const PlannerInfo& root, double input_startup,
                       double input_total, const double* rows) {
  const auto& p = root.global->cost;
  path.rows = rows != nullptr         ? *rows
              : path.param != nullptr ? path.param->rows
                                      : path.parent->rows;
  const double N = path.gather_workers + 1.0;
  const double comparison = 2.0 * p.cpu_operator_cost;
  double startup = p.enable_gathermerge ? 0 : kDisableCost;
  startup += comparison * N * log2_as_server(N);
  double run = path.rows * comparison * log2_as_server(N) + p.cpu_operator_cost * path.rows;
  startup += p.parallel_setup_cost;
  run += p.parallel_tuple_cost * path.rows * 1.05;
  path.startup = startup + input_startup;
  path.total = startup + run + input_total;
}

double hash_agg_entry_size(int transitions, double tuple_width, double transition_space,
                           ServerVersion server) {
  constexpr double kPerGroup = 16;
  const double tuple = 16 + tuple_width;
  if (server.hash_entries_have_no_headers()) {
    constexpr double kTupleHashEntry = 16;
    constexpr double kChunkHeader = 8;
    const double transition =
        transition_space > 0 ? kChunkHeader + std::exp2(std::ceil(std::log2(transition_space))) : 0;
    return kTupleHashEntry + std::ceil(tuple / 8) * 8 + transitions * kPerGroup + transition;
  }
  constexpr double kChunkHeader = 16;
  constexpr double kTupleHashEntry = 24;
  const double group = transitions * kPerGroup;
  return kTupleHashEntry + (kChunkHeader + tuple) + (group > 0 ? kChunkHeader + group : 0) +
         (transition_space > 0 ? kChunkHeader + transition_space : 0);
}

namespace {

struct HashAggLimits {
  double memory = 0;
  double groups = 0;
  double partitions = 0;
};

/// hash_agg_set_limits() and hash_choose_num_partitions(), nodeAgg.c.
HashAggLimits hash_agg_limits(double entry_size, double groups, const CostParameters& p) {
  constexpr double kBuffer = 8192;
  const double limit = p.hash_memory();
  if (groups * entry_size <= limit) {
    return {limit, std::floor(limit / entry_size), 0};
  }
  const double partition_limit = (limit * 0.25 - kBuffer) / kBuffer;
  double partitions = 1 + 1.5 * groups * entry_size / limit;
  partitions = std::clamp(std::min(partitions, partition_limit), 4.0, 1024.0);
  partitions = std::exp2(std::ceil(std::log2(std::floor(partitions))));
  const double partition_memory = kBuffer + kBuffer * partitions;
  const double memory = limit > 4 * partition_memory ? limit - partition_memory : limit * 0.75;
  return {memory, memory > entry_size ? std::floor(memory / entry_size) : 1, partitions};
}

}  // namespace

void cost_agg(Path& path, PlannerInfo& root, AggStrategy strategy, const AggClauseCosts& costs,
              int aggregates, int group_columns, double groups, const std::vector<ExprPtr>& quals,
              double input_startup, double input_total, double input_tuples, double input_width) {
  const auto& p = root.global->cost;
  double startup = 0;
  double total = 0;
  double output = groups;
  const double comparisons = p.cpu_operator_cost * group_columns * input_tuples;
  // Summed in the server's order: a cent may hang on it.
  switch (strategy) {
    case AggStrategy::Plain:
      startup = input_total + costs.transition.startup + costs.transition.per_tuple * input_tuples +
                costs.final.startup + costs.final.per_tuple;
      total = startup + p.cpu_tuple_cost;
      output = 1;
      break;
    case AggStrategy::Sorted:
    case AggStrategy::Mixed:
      startup = input_startup;
      total = input_total;
      if (strategy == AggStrategy::Mixed && !p.enable_hashagg) {
        startup += kDisableCost;
        total += kDisableCost;
      }
      total = total + costs.transition.startup + costs.transition.per_tuple * input_tuples +
              comparisons + costs.final.startup + costs.final.per_tuple * groups +
              p.cpu_tuple_cost * groups;
      break;
    case AggStrategy::Hashed:
      startup = input_total + (p.enable_hashagg ? 0 : kDisableCost);
      startup = startup + costs.transition.startup + costs.transition.per_tuple * input_tuples +
                comparisons + costs.final.startup;
      total = startup + costs.final.per_tuple * groups + p.cpu_tuple_cost * groups;
      break;
  }
  if (strategy == AggStrategy::Hashed || strategy == AggStrategy::Mixed) {
    const double entry =
        hash_agg_entry_size(aggregates, input_width, costs.transition_space, p.server);
    const auto limits = hash_agg_limits(entry, groups, p);
    // Before 18 ExecInitAgg() counts no transition yet when it plans the partitions that EXPLAIN
    // tells.
    const int counted = p.server.plans_partitions_with_transitions() ? aggregates : 0;
    const double planned =
        hash_agg_entry_size(counted, input_width, costs.transition_space, p.server);
    path.spill_partitions = static_cast<int>(hash_agg_limits(planned, groups, p).partitions);
    const double batches =
        std::max(std::ceil(std::max(groups * entry / limits.memory, groups / limits.groups)), 1.0);
    const double partitions = std::max(limits.partitions, 2.0);
    const double depth = std::ceil(std::log(batches) / std::log(partitions));
    const double pages = relation_byte_size(input_tuples, static_cast<int>(input_width)) / 8192.0;
    // Doubled: the spill files' access pattern is not as orderly as a sort's.
    const double moved = pages * depth * 2;
    startup += moved * p.random_page_cost;
    total = total + moved * p.random_page_cost + moved * p.seq_page_cost;
    const double spill_cpu = depth * input_tuples * 2.0 * p.cpu_tuple_cost;
    startup += spill_cpu;
    total += spill_cpu;
  }
  if (!quals.empty()) {
    const QualCost qual = exprs_cost(quals, root);
    startup += qual.startup;
    total += qual.startup + output * qual.per_tuple;
    output =
        clamp_row_est(output * expr_list_selectivity(root, quals, 0, JoinType::Inner, nullptr));
  }
  path.rows = output;
  path.startup = startup;
  path.total = total;
}

void cost_group(Path& path, PlannerInfo& root, int group_columns, double groups,
                const std::vector<ExprPtr>& quals, double input_startup, double input_total,
                double input_tuples) {
  const auto& p = root.global->cost;
  double output = groups;
  double startup = input_startup;
  double total = input_total + p.cpu_operator_cost * input_tuples * group_columns;
  if (!quals.empty()) {
    const QualCost qual = exprs_cost(quals, root);
    startup += qual.startup;
    total += qual.startup + output * qual.per_tuple;
    output =
        clamp_row_est(output * expr_list_selectivity(root, quals, 0, JoinType::Inner, nullptr));
  }
  path.rows = output;
  path.startup = startup;
  path.total = total;
}

}  // namespace quern::planner_model
