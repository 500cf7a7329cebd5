// Costs of joins and of repeating an inner path. Source: costsize.c and nodeHash.c, PostgreSQL 15.
#include <algorithm>
#include <bit>
#include <cmath>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

namespace {

bool is_semi_like(JoinType type, const JoinPathExtra& extra) {
  return type == JoinType::Semi || type == JoinType::Anti || extra.inner_unique;
}

void set_join_rows(Path& path, const CostParameters& p) {
  path.rows = path.param != nullptr ? path.param->rows : path.parent->rows;
  if (path.workers > 0) {
    path.rows = clamp_row_est(path.rows / parallel_divisor(path, p));
  }
}

/// approx_tuple_count(): rows passing the given quals with inner-join semantics, clause by clause.
double approximate_tuples(PlannerInfo& root, const Path& path,
                          const std::vector<RestrictInfo*>& quals) {
  SpecialJoin inner;
  inner.type = JoinType::Inner;
  inner.min_left = inner.syn_left = path.children[0]->parent->relids;
  inner.min_right = inner.syn_right = path.children[1]->parent->relids;
  double selectivity = 1.0;
  for (auto* qual : quals) {
    selectivity *= clause_selectivity(root, *qual, 0, JoinType::Inner, &inner);
  }
  return clamp_row_est(selectivity * path.children[0]->rows * path.children[1]->rows);
}

/// has_indexed_join_quals(): whether all join clauses are index conditions of the inner scan.
bool has_indexed_join_quals(const Path& join) {
  const Path& inner = *join.children[1];
  if (!join.join_clauses.empty() || inner.param == nullptr) {
    return false;
  }
  const std::vector<IndexClause>* clauses = nullptr;
  if (inner.kind == PathKind::IndexScan || inner.kind == PathKind::IndexOnlyScan) {
    clauses = &inner.index_clauses;
  } else if (inner.kind == PathKind::BitmapHeapScan &&
             inner.children.front()->kind == PathKind::IndexScan) {
    clauses = &inner.children.front()->index_clauses;
  } else {
    return false;
  }
  const Relids join_relids = join.parent->relids;
  // reparameterize_path_by_child() copies the clauses of the index and those of the parameters
  // apart: only their class tells still that they are the same.
  const bool copied = is_child(*join.parent);
  bool found = false;
  for (const auto* clause : inner.param->clauses) {
    // join_clause_is_movable_into(clause, inner relids, join relids)
    if (!overlaps(clause->clause_relids, inner.parent->relids) ||
        !is_subset(clause->clause_relids, join_relids)) {
      continue;
    }
    const bool indexed = std::any_of(clauses->begin(), clauses->end(), [&](const IndexClause& c) {
      return !c.lossy &&
             ((c.rinfo == clause && !copied) ||
              (c.rinfo->parent_ec != nullptr && c.rinfo->parent_ec == clause->parent_ec));
    });
    if (!indexed) {
      return false;
    }
    found = true;
  }
  return found;
}

bool supports_mark_restore(const Path& path) {
  switch (path.kind) {
    case PathKind::IndexScan:
    case PathKind::IndexOnlyScan:
      return path.index->method == AccessMethod::Btree;
    case PathKind::Material:
    case PathKind::Sort:
      return true;
    case PathKind::Projection:
    case PathKind::Append:
    case PathKind::MergeAppend:
      return path.children.size() == 1 && supports_mark_restore(*path.children.front());
    default:
      return false;
  }
}

}  // namespace

void cost_rescan(PlannerInfo& root, const Path& path, double& startup, double& total) {
  const auto& p = root.global->cost;
  const auto stored = [&](double per_tuple) {
    double run = per_tuple * path.rows;
    const double bytes = relation_byte_size(path.rows, path.target->width);
    if (bytes > p.work_mem_kb * 1024.0) {
      run += p.seq_page_cost * std::ceil(bytes / 8192.0);
    }
    startup = 0;
    total = run;
  };
  switch (path.kind) {
    case PathKind::FunctionScan:
      startup = 0;
      total = path.total - path.startup;
      return;
    case PathKind::HashJoin:
      startup = path.batches == 1 ? 0 : path.startup;
      total = path.batches == 1 ? path.total - path.startup : path.total;
      return;
    case PathKind::CteScan:
    case PathKind::WorkTableScan:
      stored(p.cpu_tuple_cost);
      return;
    case PathKind::Material:
    case PathKind::Sort:
      stored(p.cpu_operator_cost);
      return;
    case PathKind::Memoize:
      cost_memoize_rescan(root, path, startup, total);
      return;
    default:
      startup = path.startup;
      total = path.total;
  }
}

namespace {

double estimate_memoized_keys(PlannerInfo& root, const Path& path) {
  bool used_default = false;
  const double distinct = estimate_num_groups(root, path.cache_keys, path.calls, &used_default);
  return used_default ? path.calls : distinct;
}

/// The keys are those of the parameterization, whatever the path.
double distinct_memoized_keys(PlannerInfo& root, const Path& path) {
  if (path.param == nullptr) {
    return estimate_memoized_keys(root, path);
  }
  for (const auto& known : path.param->memoized_keys) {
    if (known.calls == path.calls) {
      return known.distinct;
    }
  }
  const double distinct = estimate_memoized_keys(root, path);
  path.param->memoized_keys.push_back({path.calls, distinct});
  return distinct;
}

}  // namespace

void cost_memoize_rescan(PlannerInfo& root, const Path& path, double& startup, double& total) {
  const auto& p = root.global->cost;
  // A partition that is joined to another is still given parameters of the whole table.
  Relids givers = 0;
  if (p.enable_partitionwise_join) {
    for (const ExprPtr& key : path.cache_keys) {
      givers |= relids_of(key);
    }
  }
  const Parents parents{root, givers};
  const Path& sub = *path.children.front();
  const double tuples = sub.rows;
  const double calls = path.calls;
  // sizeof(MemoizeEntry) + sizeof(MemoizeKey), and sizeof(MemoizeTuple) a row; nodeMemoize.c.
  double entry_bytes = relation_byte_size(tuples, sub.target->width) + 24 + 24 + 16 * tuples;
  if (p.server.memoize_counts_keys()) {
    for (const ExprPtr& key : path.cache_keys) {
      entry_bytes += expr_width(root, key);
    }
  }
  const double entries = std::floor(p.hash_memory() / entry_bytes);
  const double distinct = distinct_memoized_keys(root, path);
  const double kept = std::min(entries, distinct);
  const double evicted = 1.0 - kept / distinct;
  double hits = p.server.memoize_counts_keys()
                    ? ((calls - distinct) / calls) * (entries / std::max(distinct, entries))
                    : kept / distinct - distinct / calls;
  hits = std::max(hits, 0.0);
  total = sub.total * (1.0 - hits) + p.cpu_operator_cost;
  total += p.cpu_tuple_cost * evicted;
  total += p.cpu_operator_cost / 10.0 * evicted * tuples;
  total += p.cpu_tuple_cost + p.cpu_operator_cost * tuples;
  startup = sub.startup * (1.0 - hits) + p.cpu_tuple_cost;
}

// --- nested loop
// ----------------------------------------------------------------------------------

void initial_cost_nestloop(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                           const Path& outer, const Path& inner, const JoinPathExtra& extra) {
  double rescan_startup = 0;
  double rescan_total = 0;
  cost_rescan(root, inner, rescan_startup, rescan_total);
  double startup = outer.startup + inner.startup;
  double run = outer.total - outer.startup;
  if (outer.rows > 1) {
    run += (outer.rows - 1) * rescan_startup;
  }
  const double inner_run = inner.total - inner.startup;
  const double inner_rescan_run = rescan_total - rescan_startup;
  if (is_semi_like(type, extra)) {
    w.inner_run = inner_run;
    w.inner_rescan_run = inner_rescan_run;
  } else {
    run += inner_run;
    if (outer.rows > 1) {
      run += (outer.rows - 1) * inner_rescan_run;
    }
  }
  w.startup = startup;
  w.total = startup + run;
  w.run = run;
}

void final_cost_nestloop(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                         const JoinPathExtra& extra) {
  const auto& p = root.global->cost;
  const double outer_rows = path.children[0]->rows <= 0 ? 1 : path.children[0]->rows;
  const double inner_rows = path.children[1]->rows <= 0 ? 1 : path.children[1]->rows;
  set_join_rows(path, p);
  double startup = w.startup + (p.enable_nestloop ? 0 : kDisableCost);
  double run = w.run;
  double tuples = 0;
  if (is_semi_like(path.join_type, extra)) {
    double matched = std::rint(outer_rows * extra.semi.outer_match_fraction);
    double unmatched = outer_rows - matched;
    const double scan_fraction = 2.0 / (extra.semi.match_count + 1.0);
    tuples = matched * inner_rows * scan_fraction;
    if (has_indexed_join_quals(path)) {
      run += w.inner_run * scan_fraction;
      if (matched > 1) {
        run += (matched - 1) * w.inner_rescan_run * scan_fraction;
      }
      run += unmatched * w.inner_rescan_run / inner_rows;
    } else {
      tuples += unmatched * inner_rows;
      run += w.inner_run;
      if (unmatched >= 1) {
        unmatched -= 1;
      } else {
        matched -= 1;
      }
      if (matched > 0) {
        run += matched * w.inner_rescan_run * scan_fraction;
      }
      if (unmatched > 0) {
        run += unmatched * w.inner_rescan_run;
      }
    }
  } else {
    tuples = outer_rows * inner_rows;
  }
  const QualCost quals = clauses_cost(path.join_clauses, root);
  startup += quals.startup + path.target->cost.startup;
  run += (p.cpu_tuple_cost + quals.per_tuple) * tuples;
  run += path.target->cost.per_tuple * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

// --- merge join
// -----------------------------------------------------------------------------------

void initial_cost_mergejoin(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                            const std::vector<RestrictInfo*>& mergeclauses, const PathKey* order,
                            const Path& outer, const Path& inner, const PathKeys& sort_outer,
                            const PathKeys& sort_inner) {
  const double outer_path_rows = outer.rows <= 0 ? 1 : outer.rows;
  const double inner_path_rows = inner.rows <= 0 ? 1 : inner.rows;
  double outer_start = 0;
  double outer_end = 1;
  double inner_start = 0;
  double inner_end = 1;
  if (!mergeclauses.empty() && order != nullptr && type != JoinType::Full) {
    RestrictInfo& first = *mergeclauses.front();
    const MergeScan& sel = merge_scan_selectivity(root, first, *order);
    const bool left_is_outer = is_subset(first.left_relids, outer.parent->relids);
    outer_start = left_is_outer ? sel.left_start : sel.right_start;
    outer_end = left_is_outer ? sel.left_end : sel.right_end;
    inner_start = left_is_outer ? sel.right_start : sel.left_start;
    inner_end = left_is_outer ? sel.right_end : sel.left_end;
    if (type == JoinType::Left || type == JoinType::Anti) {
      outer_start = 0;
      outer_end = 1;
    } else if (type == JoinType::Right || type == JoinType::RightAnti) {
      inner_start = 0;
      inner_end = 1;
    }
  }
  const double outer_skip = std::rint(outer_path_rows * outer_start);
  const double inner_skip = std::rint(inner_path_rows * inner_start);
  const double outer_rows = clamp_row_est(outer_path_rows * outer_end);
  const double inner_rows = clamp_row_est(inner_path_rows * inner_end);
  outer_start = outer_skip / outer_path_rows;
  inner_start = inner_skip / inner_path_rows;
  outer_end = outer_rows / outer_path_rows;
  inner_end = inner_rows / inner_path_rows;

  const auto& p = root.global->cost;
  const auto source = [&](const Path& path, double rows, const PathKeys& sort,
                          bool may_be_incremental, double& from, double& run) {
    from = path.startup;
    run = path.total - path.startup;
    if (!sort.empty()) {
      Path sorted;
      int presorted = 0;
      if (may_be_incremental && p.enable_incremental_sort) {
        (void)pathkeys_count_contained_in(sort, path.pathkeys, presorted);
      }
      if (presorted > 0) {
        cost_incremental_sort(sorted, root, sort, presorted, path.startup, path.total, rows,
                              path.target->width, -1.0);
      } else {
        cost_sort(sorted, root, path.total, rows, path.target->width, -1.0);
      }
      from = sorted.startup;
      run = sorted.total - sorted.startup;
    }
  };
  double outer_from = 0;
  double outer_run = 0;
  double inner_from = 0;
  double inner_run = 0;
  source(outer, outer_path_rows, sort_outer, p.server.merge_joins_sort_incrementally(), outer_from,
         outer_run);
  source(inner, inner_path_rows, sort_inner, false, inner_from, inner_run);
  w.startup = outer_from + outer_run * outer_start + inner_from + inner_run * inner_start;
  w.run = outer_run * (outer_end - outer_start);
  w.inner_run = inner_run * (inner_end - inner_start);
  w.total = w.startup + w.run + w.inner_run;
  w.outer_rows = outer_rows;
  w.inner_rows = inner_rows;
  w.outer_skip_rows = outer_skip;
  w.inner_skip_rows = inner_skip;
}

void final_cost_mergejoin(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                          const JoinPathExtra& extra) {
  const auto& p = root.global->cost;
  const Path& inner = *path.children[1];
  const double inner_path_rows = inner.rows <= 0 ? 1 : inner.rows;
  set_join_rows(path, p);
  double startup = w.startup + (p.enable_mergejoin ? 0 : kDisableCost);
  double run = w.run;
  const QualCost merge = clauses_cost(path.hash_clauses, root);
  QualCost other = clauses_cost(path.join_clauses, root);
  other.startup -= merge.startup;
  other.per_tuple -= merge.per_tuple;
  path.skip_mark_restore =
      is_semi_like(path.join_type, extra) && path.join_clauses.size() == path.hash_clauses.size();
  const double tuples = approximate_tuples(root, path, path.hash_clauses);
  const bool unique_outer = path.children[0]->kind == PathKind::Unique;
  const double rescanned =
      unique_outer || path.skip_mark_restore ? 0 : std::max(0.0, tuples - inner_path_rows);
  const double rescan_ratio = 1.0 + rescanned / w.inner_rows;
  const double bare = w.inner_run * rescan_ratio;
  const double materialized = w.inner_run + p.cpu_operator_cost * w.inner_rows * rescan_ratio;
  const bool sorted = path.needs_sort_inner;
  if (path.skip_mark_restore) {
    path.materialize_inner = false;
  } else if (p.enable_material && materialized < bare) {
    path.materialize_inner = true;
  } else if (!sorted && !supports_mark_restore(inner)) {
    path.materialize_inner = true;
  } else {
    path.materialize_inner =
        p.enable_material && sorted &&
        relation_byte_size(inner_path_rows, inner.target->width) > p.work_mem_kb * 1024.0;
  }
  run += path.materialize_inner ? materialized : bare;
  startup += merge.startup;
  startup += merge.per_tuple * (w.outer_skip_rows + w.inner_skip_rows * rescan_ratio);
  run += merge.per_tuple *
         ((w.outer_rows - w.outer_skip_rows) + (w.inner_rows - w.inner_skip_rows) * rescan_ratio);
  startup += other.startup + path.target->cost.startup;
  run += (p.cpu_tuple_cost + other.per_tuple) * tuples;
  run += path.target->cost.per_tuple * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

// --- hash join
// ------------------------------------------------------------------------------------

HashTableSize choose_hash_table_size(double tuples, int width, bool use_skew, bool parallel,
                                     int workers, const CostParameters& p) {
  constexpr double kPointer = 8;
  const auto align = [](double size) { return std::ceil(size / 8.0) * 8.0; };
  if (tuples <= 0) {
    tuples = 1000;
  }
  const double tuple_size = 16 + 16 + align(width);  // HJTUPLE_OVERHEAD, minimal tuple header
  const double inner_bytes = tuples * tuple_size;
  double table_bytes = std::floor(p.hash_memory());
  if (parallel) {
    table_bytes *= workers + 1;
  }
  HashTableSize size;
  size.space_allowed = table_bytes;
  if (use_skew) {
    const double bytes_per_mcv = tuple_size + 8 * kPointer + 4 + 16;
    const double mcvs = std::floor(std::floor(table_bytes / bytes_per_mcv) * 2 / 100);
    size.skew_mcvs = static_cast<int>(std::min(mcvs, 2147483647.0));
    table_bytes -= mcvs > 0 ? mcvs * bytes_per_mcv : 0;
  }
  double max_pointers = std::min(std::floor(table_bytes / kPointer), std::floor(1073741823.0 / 8));
  max_pointers = static_cast<double>(std::bit_floor(static_cast<std::uint64_t>(max_pointers)));
  max_pointers = std::min(max_pointers, 1073741824.0);
  const double wanted = std::max(std::min(std::ceil(tuples), max_pointers), 1024.0);
  auto buckets = static_cast<double>(std::bit_ceil(static_cast<std::uint64_t>(wanted)));
  double batches = 1;
  if (inner_bytes + kPointer * buckets > table_bytes) {
    if (parallel) {
      return choose_hash_table_size(tuples, width, use_skew, false, workers, p);
    }
    const double bucket_size = tuple_size + kPointer;
    double fitting = 1;
    if (table_bytes > bucket_size) {
      fitting = static_cast<double>(
          std::bit_ceil(static_cast<std::uint64_t>(std::floor(table_bytes / bucket_size))));
    }
    buckets = std::min(fitting, max_pointers);
    const double needed =
        std::min(std::ceil(inner_bytes / (table_bytes - buckets * kPointer)), max_pointers);
    batches = static_cast<double>(
        std::bit_ceil(static_cast<std::uint64_t>(std::max(2.0, std::floor(needed)))));
  }
  // Two file buffers a batch: fewer batches and a larger table may need less memory in all.
  while (p.server.hash_joins_count_batch_buffers() && batches > 1 &&
         buckets <= std::floor(1073741823.0 / 8 / 2) &&
         batches >= std::floor(size.space_allowed / 8192)) {
    buckets *= 2;
    size.skew_mcvs *= 2;
    size.space_allowed *= 2;
    batches /= 2;
  }
  size.buckets = static_cast<int>(buckets);
  size.batches = static_cast<int>(batches);
  return size;
}

void initial_cost_hashjoin(PlannerInfo& root, JoinCostWorkspace& w, JoinType type,
                           const std::vector<RestrictInfo*>& hashclauses, const Path& outer,
                           const Path& inner, const JoinPathExtra& extra, bool parallel_hash) {
  (void)type;
  (void)extra;
  const auto& p = root.global->cost;
  const auto clauses = static_cast<double>(hashclauses.size());
  double startup = outer.startup + inner.total;
  double run = outer.total - outer.startup;
  startup += (p.cpu_operator_cost * clauses + p.cpu_tuple_cost) * inner.rows;
  run += p.cpu_operator_cost * clauses * outer.rows;
  const double inner_total = parallel_hash ? inner.rows * parallel_divisor(inner, p) : inner.rows;
  const auto table = choose_hash_table_size(inner_total, inner.target->width, true, parallel_hash,
                                            outer.workers, p);
  if (table.batches > 1) {
    const double outer_pages = page_size(outer.rows, outer.target->width);
    const double inner_pages = page_size(inner.rows, inner.target->width);
    startup += p.seq_page_cost * inner_pages;
    run += p.seq_page_cost * (inner_pages + 2 * outer_pages);
  }
  w.startup = startup;
  w.total = startup + run;
  w.run = run;
  w.buckets = table.buckets;
  w.batches = table.batches;
  w.inner_rows_total = inner_total;
}

namespace {

struct BucketStats {
  double size = 1.0;
  double mcv_frequency = 1.0;
};

BucketStats inner_bucket_stats(PlannerInfo& root, const Path& path, double virtual_buckets) {
  const Path& inner = *path.children[1];
  if (inner.kind == PathKind::Unique) {
    return {1.0 / virtual_buckets, 0.0};
  }
  BucketStats stats;
  for (auto* clause : path.hash_clauses) {
    const bool right = is_subset(clause->right_relids, inner.parent->relids);
    double& size = right ? clause->right_bucket_size : clause->left_bucket_size;
    double& mcv = right ? clause->right_mcv_frequency : clause->left_mcv_frequency;
    if (size < 0) {
      estimate_hash_bucket_stats(root, clause->clause->args[right ? 1 : 0], virtual_buckets, mcv,
                                 size);
    }
    stats.size = std::min(stats.size, size);
    stats.mcv_frequency = std::min(stats.mcv_frequency, mcv);
  }
  return stats;
}

}  // namespace

void final_cost_hashjoin(PlannerInfo& root, Path& path, JoinCostWorkspace& w,
                         const JoinPathExtra& extra) {
  const auto& p = root.global->cost;
  const Path& outer = *path.children[0];
  const Path& inner = *path.children[1];
  set_join_rows(path, p);
  double startup = w.startup + (p.enable_hashjoin ? 0 : kDisableCost);
  double run = w.run;
  path.batches = w.batches;
  path.inner_rows_total = w.inner_rows_total;
  const double virtual_buckets = static_cast<double>(w.buckets) * w.batches;
  const BucketStats stats = inner_bucket_stats(root, path, virtual_buckets);
  if (relation_byte_size(clamp_row_est(inner.rows * stats.mcv_frequency), inner.target->width) >
      p.hash_memory()) {
    startup += kDisableCost;  // the most common value alone would not fit
  }
  const QualCost hash = clauses_cost(path.hash_clauses, root);
  QualCost other = clauses_cost(path.join_clauses, root);
  other.startup -= hash.startup;
  other.per_tuple -= hash.per_tuple;
  double tuples = 0;
  startup += hash.startup;
  if (is_semi_like(path.join_type, extra)) {
    const double matched = std::rint(outer.rows * extra.semi.outer_match_fraction);
    const double scan_fraction = 2.0 / (extra.semi.match_count + 1.0);
    run += hash.per_tuple * matched * clamp_row_est(inner.rows * stats.size * scan_fraction) * 0.5;
    run += hash.per_tuple * (outer.rows - matched) * clamp_row_est(inner.rows / virtual_buckets) *
           0.05;
    tuples = path.join_type == JoinType::Anti ? outer.rows - matched : matched;
  } else {
    run += hash.per_tuple * outer.rows * clamp_row_est(inner.rows * stats.size) * 0.5;
    tuples = approximate_tuples(root, path, path.hash_clauses);
  }
  startup += other.startup + path.target->cost.startup;
  run += (p.cpu_tuple_cost + other.per_tuple) * tuples;
  run += path.target->cost.per_tuple * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

}  // namespace quern::planner_model
