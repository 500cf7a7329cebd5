// Combining indexes by bitmaps. Source: indxpath.c (choose_bitmap_and(),
// generate_bitmap_or_paths()), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/index_match.hpp"
#include "planner-model/plan/or_as_array.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"

namespace quern::planner_model {

Relids bitmap_required_outer(const Path& bitmap) {
  if (bitmap.kind == PathKind::BitmapAnd || bitmap.kind == PathKind::BitmapOr) {
    Relids outer = 0;
    for (const auto* child : bitmap.children) {
      outer |= bitmap_required_outer(*child);
    }
    return outer;
  }
  return required_outer(&bitmap);
}

namespace {

struct Usage {
  Path* path = nullptr;
  std::vector<ExprPtr> quals;
  std::vector<ExprPtr> predicates;
  std::vector<int> clause_ids;
};

void usage_exprs(const Path& path, std::vector<ExprPtr>& quals, std::vector<ExprPtr>& predicates) {
  if (path.kind == PathKind::BitmapAnd || path.kind == PathKind::BitmapOr) {
    for (const auto* child : path.children) {
      usage_exprs(*child, quals, predicates);
    }
    return;
  }
  for (const auto& clause : path.index_clauses) {
    quals.push_back(clause.rinfo->clause);
  }
  predicates.insert(predicates.end(), path.index->predicate.begin(), path.index->predicate.end());
}

/// classify_index_clause_usage().
Usage classify(Path* path, std::vector<ExprPtr>& known) {
  Usage usage;
  usage.path = path;
  usage_exprs(*path, usage.quals, usage.predicates);
  const auto id = [&](const ExprPtr& expr) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (equal(known[i], expr)) {
        return static_cast<int>(i);
      }
    }
    known.push_back(expr);
    return static_cast<int>(known.size()) - 1;
  };
  for (const auto& qual : usage.quals) {
    usage.clause_ids.push_back(id(qual));
  }
  for (const auto& predicate : usage.predicates) {
    usage.clause_ids.push_back(id(predicate));
  }
  std::sort(usage.clause_ids.begin(), usage.clause_ids.end());
  usage.clause_ids.erase(std::unique(usage.clause_ids.begin(), usage.clause_ids.end()),
                         usage.clause_ids.end());
  return usage;
}

Path* make_and(PlannerInfo& root, RelOptInfo& rel, const std::vector<Path*>& children) {
  auto* path = new_path(root, PathKind::BitmapAnd, &rel, &rel.target);
  path->children = children;
  cost_bitmap_and_node(*path, root);
  return path;
}

bool overlap(const std::vector<int>& a, const std::vector<int>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](int id) { return std::binary_search(b.begin(), b.end(), id); });
}

}  // namespace

double bitmap_scan_cost(PlannerInfo& root, RelOptInfo& rel, Path* bitmap) {
  Path path;
  path.kind = PathKind::BitmapHeapScan;
  path.parent = &rel;
  path.target = &rel.target;
  const Relids required = bitmap_required_outer(*bitmap);
  path.param = base_param_info(root, rel, required);
  path.children = {bitmap};
  cost_bitmap_heap_scan(path, root, rel, path.param, *bitmap,
                        loop_count_for(root, rel.range, required));
  return path.total;
}

Path* choose_bitmap_and(PlannerInfo& root, RelOptInfo& rel, const std::vector<Path*>& paths) {
  if (paths.size() == 1) {
    return paths.front();
  }
  const auto& p = root.global->cost;
  std::vector<ExprPtr> known;
  std::vector<Usage> usages;
  const auto cost_of = [&](const Path& path) {
    double cost = 0;
    double selectivity = 0;
    cost_bitmap_tree_node(path, p, cost, selectivity);
    return std::pair{cost, selectivity};
  };
  // Of paths with the same clauses only the cheapest counts.
  for (auto* path : paths) {
    Usage usage = classify(path, known);
    bool duplicate = false;
    for (auto& other : usages) {
      if (other.clause_ids == usage.clause_ids) {
        if (cost_of(*path).first < cost_of(*other.path).first) {
          other = usage;
        }
        duplicate = true;
        break;
      }
    }
    if (!duplicate) {
      usages.push_back(std::move(usage));
    }
  }
  if (usages.size() == 1) {
    return usages.front().path;
  }
  std::stable_sort(usages.begin(), usages.end(), [&](const Usage& a, const Usage& b) {
    return cost_of(*a.path) < cost_of(*b.path);
  });
  std::vector<Path*> best;
  double best_cost = 0;
  for (std::size_t i = 0; i < usages.size(); ++i) {
    std::vector<Path*> chosen{usages[i].path};
    double cost = bitmap_scan_cost(root, rel, usages[i].path);
    std::vector<ExprPtr> quals = usages[i].quals;
    quals.insert(quals.end(), usages[i].predicates.begin(), usages[i].predicates.end());
    std::vector<int> ids = usages[i].clause_ids;
    for (std::size_t j = i + 1; j < usages.size(); ++j) {
      const Usage& other = usages[j];
      if (overlap(other.clause_ids, ids)) {
        continue;
      }
      bool redundant = false;
      for (const auto& predicate : other.predicates) {
        if (predicate_implied_by(root, predicate, quals)) {
          redundant = true;
          break;
        }
      }
      if (redundant) {
        continue;
      }
      chosen.push_back(other.path);
      const double combined = bitmap_scan_cost(root, rel, make_and(root, rel, chosen));
      if (combined < cost) {
        cost = combined;
        quals.insert(quals.end(), other.quals.begin(), other.quals.end());
        quals.insert(quals.end(), other.predicates.begin(), other.predicates.end());
        ids.insert(ids.end(), other.clause_ids.begin(), other.clause_ids.end());
        std::sort(ids.begin(), ids.end());
      } else {
        chosen.pop_back();
      }
    }
    if (i == 0 || cost < best_cost) {
      best = chosen;
      best_cost = cost;
    }
  }
  return best.size() == 1 ? best.front() : make_and(root, rel, best);
}

void create_bitmap_heap_path(PlannerInfo& root, RelOptInfo& rel, Path* bitmap, Relids required,
                             double loop_count, bool also_partial) {
  auto* path = new_path(root, PathKind::BitmapHeapScan, &rel, &rel.target);
  path->param = base_param_info(root, rel, required);
  path->children = {bitmap};
  cost_bitmap_heap_scan(*path, root, rel, path->param, *bitmap, loop_count);
  add_path(rel, path);
  if (also_partial && rel.consider_parallel && rel.lateral_relids == 0) {
    const double pages = compute_bitmap_pages(root, rel, *bitmap, 1.0, nullptr, nullptr);
    const int workers = parallel_workers_for(root, rel, pages, -1);
    if (workers > 0) {
      auto* partial = new_path(root, PathKind::BitmapHeapScan, &rel, &rel.target);
      partial->children = {bitmap};
      partial->workers = workers;
      partial->parallel_aware = true;
      cost_bitmap_heap_scan(*partial, root, rel, nullptr, *bitmap, 1.0);
      add_partial_path(rel, partial);
    }
  }
}

namespace {

/// Which arms of which OR clause.
struct ArmOf {
  RestrictInfo* clause = nullptr;
  std::vector<std::size_t> arms = {};
};

void note_accesses(PlannerInfo& root, RelOptInfo& rel, IndexOptInfo* index, const ArmOf& place,
                   const Path& path) {
  if (root.global->accesses == nullptr) {
    return;
  }
  for (const std::size_t arm : place.arms) {
    root.global->accesses->push_back({.index = index,
                                      .rel = &rel,
                                      .arm_of = place.clause,
                                      .arm = arm,
                                      .bitmap = true,
                                      .outer = required_outer(&path),
                                      .total = path.index_total_cost});
  }
}

/// build_paths_for_OR(): every index that serves this arm.
std::vector<Path*> paths_for_arm(PlannerInfo& root, RelOptInfo& rel, const ArmOf& place,
                                 const std::vector<RestrictInfo*>& arm,
                                 const std::vector<RestrictInfo*>& all) {
  std::vector<Path*> candidates;
  for (auto* index : rel.indexes) {
    if (!index->has_getbitmap) {
      continue;
    }
    bool use_predicate = false;
    if (!index->predicate.empty() && !index->predicate_ok) {
      auto with_arm = clause_exprs(all);
      const auto own = clause_exprs(arm);
      with_arm.insert(with_arm.end(), own.begin(), own.end());
      if (!predicate_implied_by(root, index->predicate, with_arm)) {
        continue;
      }
      use_predicate = !predicate_implied_by(root, index->predicate, clause_exprs(all));
    }
    IndexClauseSet set;
    match_clauses(root, arm, *index, set);
    if (set.empty() && !use_predicate) {
      continue;
    }
    match_clauses(root, all, *index, set);
    for (auto* path :
         build_index_paths(root, rel, *index, set, use_predicate, false, true, nullptr, nullptr)) {
      candidates.push_back(path);
      note_accesses(root, rel, index, place, *path);
    }
  }
  return candidates;
}

/// make_bitmap_paths_for_or_group(): one scan for all arms, or a scan an arm.
std::vector<Path*> paths_for_group(PlannerInfo& root, RelOptInfo& rel, RestrictInfo* clause,
                                   const OrGroup& group, const std::vector<RestrictInfo*>& others) {
  std::vector<Path*> joint;
  if (const auto paths = paths_for_arm(root, rel, {clause, group.places}, group.clauses, others);
      !paths.empty()) {
    joint = {choose_bitmap_and(root, rel, paths)};
    if (others.empty()) {
      return joint;
    }
  }
  std::vector<Path*> split;
  double cost = 0;
  for (std::size_t i = 0; i < group.arms.size(); ++i) {
    const auto paths = paths_for_arm(root, rel, {clause, {group.places[i]}}, group.arms[i], others);
    if (paths.empty()) {
      return joint;
    }
    split.push_back(choose_bitmap_and(root, rel, paths));
    cost += split.back()->total;
  }
  return !joint.empty() && joint.front()->total < cost ? joint : split;
}

}  // namespace

std::vector<Path*> generate_bitmap_or_paths(PlannerInfo& root, RelOptInfo& rel,
                                            const std::vector<RestrictInfo*>& clauses,
                                            const std::vector<RestrictInfo*>& other_clauses) {
  std::vector<Path*> result;
  std::vector<RestrictInfo*> all = clauses;
  all.insert(all.end(), other_clauses.begin(), other_clauses.end());
  for (auto* clause : clauses) {
    if (clause->or_arms.empty()) {
      continue;
    }
    // The groups are the clause once more.
    auto others = all;
    std::erase(others, clause);
    std::vector<Path*> arms;
    for (const auto& group : group_or_arms(root, rel, *clause)) {
      if (!group.arms.empty()) {
        const auto paths = paths_for_group(root, rel, clause, group, others);
        arms.insert(arms.end(), paths.begin(), paths.end());
        if (paths.empty()) {
          arms.clear();
          break;
        }
        continue;
      }
      auto candidates = paths_for_arm(root, rel, {clause, group.places}, group.clauses, all);
      if (group.clauses.size() > 1) {
        for (auto* path : generate_bitmap_or_paths(root, rel, group.clauses, all)) {
          candidates.push_back(path);
        }
      }
      if (candidates.empty()) {
        arms.clear();
        break;
      }
      arms.push_back(choose_bitmap_and(root, rel, candidates));
    }
    if (arms.empty()) {
      continue;
    }
    auto* path = new_path(root, PathKind::BitmapOr, &rel, &rel.target);
    path->children = arms;
    path->bitmap_quals = {clause->clause};
    cost_bitmap_or_node(*path, root);
    result.push_back(path);
  }
  return result;
}

}  // namespace quern::planner_model
