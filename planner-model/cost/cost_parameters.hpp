#pragma once

#include <cstdint>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/cost/server_version.hpp"

namespace quern::planner_model {

/// The setting constraint_exclusion.
enum class ConstraintExclusion : std::uint8_t { Off, Partition, On };

/// The settings that the planner reads, spelled as the server spells them. Costs in planner units,
/// memory in kilobytes, cache in blocks.
struct CostParameters {
  double seq_page_cost = 1.0;
  double random_page_cost = 4.0;
  double cpu_tuple_cost = 0.01;
  double cpu_index_tuple_cost = 0.005;
  double cpu_operator_cost = 0.0025;
  double parallel_tuple_cost = 0.1;
  double parallel_setup_cost = 1000.0;
  double effective_cache_size = 524288;
  double work_mem_kb = 4096;
  double hash_mem_multiplier = 2.0;
  double cursor_tuple_fraction = 0.1;
  double min_parallel_table_scan_size = 1024;
  double min_parallel_index_scan_size = 64;
  int max_parallel_workers_per_gather = 2;
  bool parallel_leader_participation = true;
  int from_collapse_limit = 8;
  int join_collapse_limit = 8;
  bool geqo = true;
  int geqo_threshold = 12;
  int geqo_effort = 5;
  int geqo_pool_size = 0;
  int geqo_generations = 0;
  double geqo_selection_bias = 2.0;
  double geqo_seed = 0.0;
  int block_size = 8192;
  ConstraintExclusion constraint_exclusion = ConstraintExclusion::Partition;
  ServerVersion server{};
  bool enable_seqscan = true, enable_indexscan = true, enable_indexonlyscan = true,
       enable_bitmapscan = true, enable_tidscan = true, enable_sort = true,
       enable_incremental_sort = true, enable_hashagg = true, enable_nestloop = true,
       enable_material = true, enable_memoize = true, enable_mergejoin = true,
       enable_hashjoin = true, enable_gathermerge = true, enable_parallel_append = true,
       enable_parallel_hash = true, enable_partition_pruning = true,
       enable_presorted_aggregate = true, enable_group_by_reordering = true,
       enable_distinct_reordering = true, enable_self_join_elimination = true,
       enable_partitionwise_join = false, enable_partitionwise_aggregate = false;

  /// get_hash_memory_limit(), nodeHash.c: bytes.
  [[nodiscard]] double hash_memory() const { return work_mem_kb * 1024.0 * hash_mem_multiplier; }

  [[nodiscard]] static CostParameters read(const CatalogSnapshot& catalog);
};

/// Added to the startup cost of what an enable_ setting forbids. Source: costsize.c.
constexpr double kDisableCost = 1.0e10;

}  // namespace quern::planner_model
