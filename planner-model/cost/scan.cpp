// Costs of reading one relation: sequential, sample, index, bitmap and the pseudo-relations.
// Source: costsize.c, PostgreSQL 15.
#include <algorithm>
#include <cmath>

#include "planner-model/cost/cost.hpp"
#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/selectivity.hpp"

namespace quern::planner_model {

double clamp_row_est(double rows) {
  if (std::isnan(rows) || rows > 1e100) {
    return 1e100;
  }
  return rows <= 1.0 ? 1.0 : std::rint(rows);
}

double parallel_divisor(const Path& path, const CostParameters& p) {
  double divisor = path.workers;
  if (p.parallel_leader_participation) {
    const double leader = 1.0 - 0.3 * path.workers;
    if (leader > 0) {
      divisor += leader;
    }
  }
  return divisor;
}

double index_pages_fetched(double tuples_fetched, double pages, double index_pages,
                           const PlannerInfo& root) {
  // Mackert and Lohman, "Index Scans Using a Finite LRU Buffer", ACM TODS 14(3), 1989, in its
  // letters.
  const auto& p = root.global->cost;
  const double T = pages > 1 ? pages : 1.0;
  const double total_pages = std::max(1.0, root.total_table_pages + index_pages);
  double b = p.effective_cache_size * T / total_pages;
  b = b <= 1.0 ? 1.0 : std::ceil(b);
  const double Ns = tuples_fetched;
  if (T <= b) {
    const double fetched = (2.0 * T * Ns) / (2.0 * T + Ns);
    return fetched >= T ? T : std::ceil(fetched);
  }
  const double lim = (2.0 * T * b) / (2.0 * T - b);
  return std::ceil(Ns <= lim ? (2.0 * T * Ns) / (2.0 * T + Ns) : b + (Ns - lim) * (T - b) / T);
}

namespace {

constexpr double kMaximumAlign = 8;

double max_align(double width) {
  return std::ceil(width / kMaximumAlign) * kMaximumAlign;
}

/// get_restriction_qual_cost().
QualCost restriction_qual_cost(PlannerInfo& root, const RelOptInfo& rel, ParamPathInfo* param) {
  QualCost cost = rel.restriction_cost;
  if (param != nullptr) {
    cost += clauses_cost(param->clauses, root);
  }
  return cost;
}

void set_rows(Path& path, const RelOptInfo& rel, const ParamPathInfo* param) {
  path.rows = param != nullptr ? param->rows : rel.rows;
}

}  // namespace

double relation_byte_size(double tuples, int width) {
  return tuples * (max_align(width) + 24);
}

double page_size(double tuples, int width) {
  return std::ceil(relation_byte_size(tuples, width) / 8192.0);
}

void cost_seqscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  double startup = p.enable_seqscan ? 0 : kDisableCost;
  const double disk = p.seq_page_cost * rel.pages;
  const QualCost qual = restriction_qual_cost(root, rel, param);
  startup += qual.startup + path.target->cost.startup;
  double cpu = (p.cpu_tuple_cost + qual.per_tuple) * rel.tuples;
  cpu += path.target->cost.per_tuple * path.rows;
  if (path.workers > 0) {
    const double divisor = parallel_divisor(path, p);
    cpu /= divisor;
    path.rows = clamp_row_est(path.rows / divisor);
  }
  path.startup = startup;
  path.total = startup + cpu + disk;
}

void cost_samplescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  // SYSTEM picks whole blocks in random order; BERNOULLI reads every block in sequence.
  const bool random_order = rel.entry->sample_method == "system";
  const double page_cost = random_order ? p.random_page_cost : p.seq_page_cost;
  const QualCost qual = restriction_qual_cost(root, rel, param);
  const double startup = qual.startup + path.target->cost.startup;
  const double run = page_cost * rel.pages + (p.cpu_tuple_cost + qual.per_tuple) * rel.tuples +
                     path.target->cost.per_tuple * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

void cost_tidscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  double tuples = 0;
  bool current_of = false;
  for (const auto* qual : path.join_clauses) {
    const Expr& clause = *qual->clause;
    current_of = current_of || clause.kind == ExprKind::CurrentOf;
    tuples += clause.kind == ExprKind::ScalarArrayOpExpr
                  ? estimate_array_length(root, clause.args[1])
                  : 1;
  }
  const QualCost tid = clauses_cost(path.join_clauses, root);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  const double forbidden = current_of         ? -kDisableCost  // of the condition
                           : p.enable_tidscan ? 0
                                              : kDisableCost;
  path.startup = forbidden + qual.startup + tid.per_tuple + path.target->cost.startup;
  path.total = path.startup + p.random_page_cost * tuples +
               (p.cpu_tuple_cost + qual.per_tuple - tid.per_tuple) * tuples +
               path.target->cost.per_tuple * path.rows;
}

void cost_tidrangescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  const double share =
      clauselist_selectivity(root, path.join_clauses, rel.range, JoinType::Inner, nullptr);
  const double pages = std::max(std::ceil(share * rel.pages), 1.0);
  const double tuples = share * rel.tuples;
  const QualCost tid = clauses_cost(path.join_clauses, root);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  path.startup = (p.enable_tidscan ? 0 : kDisableCost) + qual.startup + tid.per_tuple +
                 path.target->cost.startup;
  path.total = path.startup + p.random_page_cost + p.seq_page_cost * (pages - 1) +
               (p.cpu_tuple_cost + qual.per_tuple - tid.per_tuple) * tuples +
               path.target->cost.per_tuple * path.rows;
}

void cost_index(Path& path, PlannerInfo& root, double loop_count, const IndexAccessCost& access,
                bool partial_path) {
  const auto& p = root.global->cost;
  IndexOptInfo& index = *path.index;
  RelOptInfo& rel = *index.rel;
  const bool index_only = path.kind == PathKind::IndexOnlyScan;

  set_rows(path, rel, path.param);
  std::vector<RestrictInfo*> qpquals =
      non_index_conditions(index.restrict_info, path.index_clauses);
  if (path.param != nullptr) {
    for (auto* clause : non_index_conditions(path.param->clauses, path.index_clauses)) {
      qpquals.push_back(clause);
    }
  }

  double startup = p.enable_indexscan ? 0 : kDisableCost;
  path.index_total_cost = access.total;
  path.index_selectivity = access.selectivity;
  startup += access.startup;
  double run = access.total - access.startup;

  const double tuples_fetched = clamp_row_est(access.selectivity * rel.tuples);
  const auto uncovered = [&](double pages) {
    return index_only ? std::ceil(pages * (1.0 - rel.all_visible_fraction)) : pages;
  };
  double max_io = 0;
  double min_io = 0;
  double rand_heap_pages = 0;
  if (loop_count > 1) {
    double pages =
        uncovered(index_pages_fetched(tuples_fetched * loop_count, rel.pages, index.pages, root));
    rand_heap_pages = pages;
    max_io = pages * p.random_page_cost / loop_count;
    pages = std::ceil(access.selectivity * rel.pages);
    pages = uncovered(index_pages_fetched(pages * loop_count, rel.pages, index.pages, root));
    min_io = pages * p.random_page_cost / loop_count;
  } else {
    double pages = uncovered(index_pages_fetched(tuples_fetched, rel.pages, index.pages, root));
    rand_heap_pages = pages;
    max_io = pages * p.random_page_cost;
    pages = uncovered(std::ceil(access.selectivity * rel.pages));
    if (pages > 0) {
      min_io = p.random_page_cost;
      if (pages > 1) {
        min_io += (pages - 1) * p.seq_page_cost;
      }
    }
  }

  if (partial_path) {
    if (index_only) {
      rand_heap_pages = -1;
    }
    path.workers = parallel_worker_count(root, rel, rand_heap_pages, access.pages,
                                         p.max_parallel_workers_per_gather);
    if (path.workers <= 0) {
      return;
    }
    path.parallel_aware = true;
  }

  const double csquared = access.correlation * access.correlation;
  run += max_io + csquared * (min_io - max_io);

  const QualCost qual = clauses_cost(qpquals, root);
  startup += qual.startup + path.target->cost.startup;
  double cpu = (p.cpu_tuple_cost + qual.per_tuple) * tuples_fetched;
  cpu += path.target->cost.per_tuple * path.rows;
  if (path.workers > 0) {
    const double divisor = parallel_divisor(path, p);
    path.rows = clamp_row_est(path.rows / divisor);
    cpu /= divisor;
  }
  run += cpu;
  path.startup = startup;
  path.total = startup + run;
}

void cost_bitmap_tree_node(const Path& node, const CostParameters& p, double& cost,
                           double& selectivity) {
  if (node.kind == PathKind::BitmapAnd || node.kind == PathKind::BitmapOr) {
    cost = node.total;
    selectivity = node.index_selectivity;
    return;
  }
  // A leaf: the index part of an IndexScan path, and a little for each bit set.
  cost = node.index_total_cost + 0.1 * p.cpu_operator_cost * node.rows;
  selectivity = node.index_selectivity;
}

void cost_bitmap_and_node(Path& node, PlannerInfo& root) {
  const auto& p = root.global->cost;
  double total = 0;
  double selectivity = 1;
  bool first = true;
  for (const auto* child : node.children) {
    double cost = 0;
    double sub = 0;
    cost_bitmap_tree_node(*child, p, cost, sub);
    selectivity *= sub;
    total += cost + (first ? 0 : 100.0 * p.cpu_operator_cost);
    first = false;
  }
  node.index_selectivity = selectivity;
  node.rows = 0;
  node.startup = node.total = total;
}

void cost_bitmap_or_node(Path& node, PlannerInfo& root) {
  const auto& p = root.global->cost;
  double total = 0;
  double selectivity = 0;
  bool first = true;
  for (const auto* child : node.children) {
    double cost = 0;
    double sub = 0;
    cost_bitmap_tree_node(*child, p, cost, sub);
    selectivity += sub;
    // Index leaves below an OR fill its bitmap in place.
    const bool is_leaf = child->kind == PathKind::IndexScan;
    total += cost + (first || is_leaf ? 0 : 100.0 * p.cpu_operator_cost);
    first = false;
  }
  node.index_selectivity = std::min(selectivity, 1.0);
  node.rows = 0;
  node.startup = node.total = total;
}

namespace {

/// tbm_calculate_entries(), tidbitmap.c: hash entries that fit `bytes`.
double bitmap_entries(double bytes) {
  constexpr double kEntryBytes = 48 + 8 + 8;  // sizeof(PagetableEntry) and two pointers
  return std::max(16.0, std::min(bytes / kEntryBytes, 2147483647.0 - 1));
}

double bitmap_index_pages(const Path& node) {
  if (node.index != nullptr) {
    return node.index->pages;
  }
  double pages = 0;
  for (const auto* child : node.children) {
    pages += bitmap_index_pages(*child);
  }
  return pages;
}

}  // namespace

double compute_bitmap_pages(PlannerInfo& root, RelOptInfo& rel, const Path& bitmap,
                            double loop_count, double* cost, double* tuples) {
  const auto& p = root.global->cost;
  double index_total = 0;
  double selectivity = 0;
  cost_bitmap_tree_node(bitmap, p, index_total, selectivity);
  double tuples_fetched = clamp_row_est(selectivity * rel.tuples);
  const double T = rel.pages > 1 ? rel.pages : 1.0;
  double pages = (2.0 * T * tuples_fetched) / (2.0 * T + tuples_fetched);
  const double heap_pages = std::min(pages, rel.pages);
  const double entries = std::floor(bitmap_entries(p.work_mem_kb * 1024.0));
  if (loop_count > 1) {
    pages = index_pages_fetched(tuples_fetched * loop_count, rel.pages, bitmap_index_pages(bitmap),
                                root) /
            loop_count;
  }
  pages = pages >= T ? T : std::ceil(pages);
  if (entries < heap_pages) {
    const double lossy = std::max(0.0, heap_pages - entries / 2);
    const double exact = heap_pages - lossy;
    if (lossy > 0) {
      tuples_fetched = clamp_row_est(selectivity * (exact / heap_pages) * rel.tuples +
                                     (lossy / heap_pages) * rel.tuples);
    }
  }
  if (cost != nullptr) {
    *cost = index_total;
  }
  if (tuples != nullptr) {
    *tuples = tuples_fetched;
  }
  return pages;
}

void cost_bitmap_heap_scan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param,
                           Path& bitmap, double loop_count) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  double startup = p.enable_bitmapscan ? 0 : kDisableCost;
  double index_total = 0;
  double tuples_fetched = 0;
  const double pages =
      compute_bitmap_pages(root, rel, bitmap, loop_count, &index_total, &tuples_fetched);
  startup += index_total;
  const double T = rel.pages > 1 ? rel.pages : 1.0;
  const double cost_per_page =
      pages >= 2.0
          ? p.random_page_cost - (p.random_page_cost - p.seq_page_cost) * std::sqrt(pages / T)
          : p.random_page_cost;
  double run = pages * cost_per_page;
  const QualCost qual = restriction_qual_cost(root, rel, param);
  startup += qual.startup;
  double cpu = (p.cpu_tuple_cost + qual.per_tuple) * tuples_fetched;
  if (path.workers > 0) {
    const double divisor = parallel_divisor(path, p);
    cpu /= divisor;
    path.rows = clamp_row_est(path.rows / divisor);
  }
  run += cpu;
  startup += path.target->cost.startup;
  run += path.target->cost.per_tuple * path.rows;
  path.startup = startup;
  path.total = startup + run;
}

void cost_subqueryscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param,
                       bool trivial) {
  const auto& p = root.global->cost;
  const Path& subpath = *path.children.front();
  const double pre_filter = subpath.rows;
  // Selectivity of all quals applies to what the (possibly partial) subpath gives.
  std::vector<RestrictInfo*> quals = rel.restrictions;
  if (param != nullptr) {
    quals.insert(quals.end(), param->clauses.begin(), param->clauses.end());
  }
  path.rows =
      clamp_row_est(pre_filter * clauselist_selectivity(root, quals, 0, JoinType::Inner, nullptr));
  path.startup = subpath.startup;
  path.total = subpath.total;
  // Since 16 a scan that only passes rows on costs nothing, as it will be left out of the plan.
  if (trivial && quals.empty() && p.server.trivial_subquery_scans_are_free()) {
    return;
  }
  const QualCost qual = restriction_qual_cost(root, rel, param);
  const double startup = qual.startup + path.target->cost.startup;
  const double run =
      (p.cpu_tuple_cost + qual.per_tuple) * pre_filter + path.target->cost.per_tuple * path.rows;
  path.startup += startup;
  path.total += startup + run;
}

void cost_functionscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  const QualCost functions = exprs_cost(rel.entry->functions, root);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  const double startup =
      functions.startup + functions.per_tuple + qual.startup + path.target->cost.startup;
  path.startup = startup;
  path.total = startup + (p.cpu_tuple_cost + qual.per_tuple) * rel.tuples +
               path.target->cost.per_tuple * path.rows;
}

void cost_valuesscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  // One operator a row stands for evaluating the list.
  const double per_tuple = p.cpu_operator_cost + p.cpu_tuple_cost + qual.per_tuple;
  path.startup = qual.startup + path.target->cost.startup;
  path.total = path.startup + per_tuple * rel.tuples + path.target->cost.per_tuple * path.rows;
}

void cost_ctescan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  // One cpu_tuple_cost for the tuplestore, one for the scan.
  const double per_tuple = 2 * p.cpu_tuple_cost + qual.per_tuple;
  path.startup = qual.startup + path.target->cost.startup;
  path.total = path.startup + per_tuple * rel.tuples + path.target->cost.per_tuple * path.rows;
}

void cost_resultscan(Path& path, PlannerInfo& root, RelOptInfo& rel, ParamPathInfo* param) {
  const auto& p = root.global->cost;
  set_rows(path, rel, param);
  const QualCost qual = restriction_qual_cost(root, rel, param);
  path.startup = qual.startup;
  path.total = path.startup + (p.cpu_tuple_cost + qual.per_tuple) * rel.tuples;
}

void cost_recursive_union(Path& path, const Path& nonrecursive, const Path& recursive,
                          const CostParameters& p) {
  path.startup = nonrecursive.startup;
  // Ten recursions are assumed.
  double total = nonrecursive.total + 10 * recursive.total;
  const double rows = nonrecursive.rows + 10 * recursive.rows;
  total += p.cpu_tuple_cost * rows;
  path.total = total;
  path.rows = rows;
}

}  // namespace quern::planner_model
