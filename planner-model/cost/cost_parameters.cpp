#include "planner-model/cost/cost_parameters.hpp"

#include <cstdlib>
#include <string>

namespace quern::planner_model {

CostParameters CostParameters::read(const CatalogSnapshot& catalog) {
  CostParameters p;
  p.block_size = catalog.block_size;
  p.server = ServerVersion{catalog.server_version};
  p.hash_mem_multiplier = p.server.default_hash_mem_multiplier();
  const auto find = [&](const char* name) -> const std::string* {
    const auto it = catalog.settings.find(name);
    return it == catalog.settings.end() ? nullptr : &it->second;
  };
  const auto number = [&](const char* name, auto& target) {
    if (const auto* text = find(name); text != nullptr && !text->empty()) {
      target = static_cast<std::remove_reference_t<decltype(target)>>(
          std::strtod(text->c_str(), nullptr));
    }
  };
  const auto flag = [&](const char* name, bool& target) {
    if (const auto* text = find(name); text != nullptr) {
      target = *text == "on" || *text == "true" || *text == "1";
    }
  };
  number("seq_page_cost", p.seq_page_cost);
  number("random_page_cost", p.random_page_cost);
  number("cpu_tuple_cost", p.cpu_tuple_cost);
  number("cpu_index_tuple_cost", p.cpu_index_tuple_cost);
  number("cpu_operator_cost", p.cpu_operator_cost);
  number("parallel_tuple_cost", p.parallel_tuple_cost);
  number("parallel_setup_cost", p.parallel_setup_cost);
  number("effective_cache_size", p.effective_cache_size);
  number("work_mem", p.work_mem_kb);
  number("hash_mem_multiplier", p.hash_mem_multiplier);
  number("cursor_tuple_fraction", p.cursor_tuple_fraction);
  number("min_parallel_table_scan_size", p.min_parallel_table_scan_size);
  number("min_parallel_index_scan_size", p.min_parallel_index_scan_size);
  number("max_parallel_workers_per_gather", p.max_parallel_workers_per_gather);
  number("from_collapse_limit", p.from_collapse_limit);
  number("join_collapse_limit", p.join_collapse_limit);
  flag("geqo", p.geqo);
  number("geqo_threshold", p.geqo_threshold);
  number("geqo_effort", p.geqo_effort);
  number("geqo_pool_size", p.geqo_pool_size);
  number("geqo_generations", p.geqo_generations);
  number("geqo_selection_bias", p.geqo_selection_bias);
  number("geqo_seed", p.geqo_seed);
  flag("parallel_leader_participation", p.parallel_leader_participation);
  flag("enable_seqscan", p.enable_seqscan);
  flag("enable_indexscan", p.enable_indexscan);
  flag("enable_indexonlyscan", p.enable_indexonlyscan);
  flag("enable_bitmapscan", p.enable_bitmapscan);
  flag("enable_tidscan", p.enable_tidscan);
  flag("enable_sort", p.enable_sort);
  flag("enable_incremental_sort", p.enable_incremental_sort);
  flag("enable_hashagg", p.enable_hashagg);
  flag("enable_nestloop", p.enable_nestloop);
  flag("enable_material", p.enable_material);
  flag("enable_memoize", p.enable_memoize);
  flag("enable_mergejoin", p.enable_mergejoin);
  flag("enable_hashjoin", p.enable_hashjoin);
  flag("enable_gathermerge", p.enable_gathermerge);
  flag("enable_parallel_append", p.enable_parallel_append);
  flag("enable_parallel_hash", p.enable_parallel_hash);
  flag("enable_partition_pruning", p.enable_partition_pruning);
  flag("enable_presorted_aggregate", p.enable_presorted_aggregate);
  flag("enable_group_by_reordering", p.enable_group_by_reordering);
  flag("enable_distinct_reordering", p.enable_distinct_reordering);
  flag("enable_self_join_elimination", p.enable_self_join_elimination);
  flag("enable_partitionwise_join", p.enable_partitionwise_join);
  flag("enable_partitionwise_aggregate", p.enable_partitionwise_aggregate);
  if (const auto* text = find("constraint_exclusion"); text != nullptr) {
    p.constraint_exclusion = *text == "on"    ? ConstraintExclusion::On
                             : *text == "off" ? ConstraintExclusion::Off
                                              : ConstraintExclusion::Partition;
  }
  return p;
}

}  // namespace quern::planner_model
