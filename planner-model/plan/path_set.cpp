// Keeping the paths worth keeping. Source: pathnode.c (add_path() and friends), PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

/// STD_FUZZ_FACTOR: costs within one percent are the same.
constexpr double kFuzz = 1.01;
/// For breaking exact ties only.
constexpr double kTinyFuzz = 1.0000000001;

enum class CostOrder : std::uint8_t { Equal, Better1, Better2, Different };

CostOrder compare_costs_fuzzily(const Path& a, const Path& b, double fuzz, bool startup_a,
                                bool startup_b) {
  if (a.total > b.total * fuzz) {
    if (startup_a && b.startup > a.startup * fuzz) {
      return CostOrder::Different;
    }
    return CostOrder::Better2;
  }
  if (b.total > a.total * fuzz) {
    if (startup_b && a.startup > b.startup * fuzz) {
      return CostOrder::Different;
    }
    return CostOrder::Better1;
  }
  if (a.startup > b.startup * fuzz) {
    return CostOrder::Better2;
  }
  if (b.startup > a.startup * fuzz) {
    return CostOrder::Better1;
  }
  return CostOrder::Equal;
}

enum class SetOrder : std::uint8_t { Equal, Subset1, Subset2, Different };

SetOrder compare_sets(Relids a, Relids b) {
  if (a == b) {
    return SetOrder::Equal;
  }
  if (is_subset(a, b)) {
    return SetOrder::Subset1;
  }
  return is_subset(b, a) ? SetOrder::Subset2 : SetOrder::Different;
}

const PathKeys kNoKeys;

const PathKeys& order_of(const Path& path) {
  return path.param != nullptr ? kNoKeys : path.pathkeys;
}

int compare_cost(const Path& a, const Path& b, bool by_total) {
  const double first_a = by_total ? a.total : a.startup;
  const double first_b = by_total ? b.total : b.startup;
  const double second_a = by_total ? a.startup : a.total;
  const double second_b = by_total ? b.startup : b.total;
  if (first_a != first_b) {
    return first_a < first_b ? -1 : 1;
  }
  return second_a == second_b ? 0 : second_a < second_b ? -1 : 1;
}

/// add_path() frees the paths that lose unless they are index paths, which bitmaps refer to. Joins
/// are most of them by far.
void discard(RelOptInfo& rel, Path* path) {
  const bool is_join = path->kind == PathKind::NestedLoop || path->kind == PathKind::HashJoin ||
                       path->kind == PathKind::MergeJoin;
  if (is_join && rel.kind == RelKind::Join) {
    rel.preferred = rel.preferred == path ? nullptr : rel.preferred;
    rel.discarded.push_back(path);
  }
}

void note_indexes(const Path& path, std::vector<const IndexOptInfo*>& noted) {
  if (path.index != nullptr && path.index->created &&
      std::find(noted.begin(), noted.end(), path.index) == noted.end()) {
    noted.push_back(path.index);
  }
  for (const Path* child : path.children) {
    note_indexes(*child, noted);
  }
  if (path.subroot != nullptr && path.subroot->best != nullptr) {
    note_indexes(*path.subroot->best, noted);
  }
}

}  // namespace

void note_preferred(RelOptInfo& rel, const Path& winner) {
  // One path wins against many, one after the other.
  if (rel.preferred != &winner) {
    note_indexes(winner, rel.preferred_indexes);
    rel.preferred = &winner;
  }
}

namespace {

/// The loser was cheaper by less than the fuzz: without the winner's indexes it would have stayed.
void note_fuzzy_choice(RelOptInfo& rel, const Path& winner, const Path& loser,
                       bool startup_matters) {
  if (winner.total > loser.total * kTinyFuzz ||
      (startup_matters && winner.startup > loser.startup * kTinyFuzz)) {
    note_preferred(rel, winner);
  }
}

void insert(std::vector<Path*>& paths, std::size_t at, Path* path) {
  if (paths.capacity() == 0) {
    constexpr std::size_t kUsual = 8;
    paths.reserve(kUsual);
  }
  paths.insert(paths.begin() + static_cast<std::ptrdiff_t>(at), path);
}

Path& fresh_path(PlannerGlobal& global, RelOptInfo* parent) {
  if (parent == nullptr || parent->discarded.empty()) {
    return global.paths.emplace_back();
  }
  Path& path = *parent->discarded.back();
  parent->discarded.pop_back();
  path.reset();
  return path;
}

}  // namespace

/// Only joins come again (discard()): what no join sets is as new.
void Path::reset() {
  param = nullptr;
  parallel_aware = parallel_hash = false;
  workers = gather_workers = 0;
  rows = startup = total = 0;
  join_type = JoinType::Inner;
  inner_unique = materialize_inner = skip_mark_restore = false;
  needs_sort_outer = needs_sort_inner = false;
  inner_rows_total = 0;
  batches = 1;
  for (PathKeys* keys : {&pathkeys, &outer_sort, &inner_sort}) {
    keys->clear();
  }
  children.clear();
  join_clauses.clear();
  hash_clauses.clear();
}

Path* new_path(PlannerInfo& root, PathKind kind, RelOptInfo* parent, const PathTarget* target) {
  auto& global = *root.global;
  if (--global.work_left < 0) {
    throw UserError{"planning needs more work than its limit allows (too many joins or indexes)"};
  }
  Path& path = fresh_path(global, parent);
  path.kind = kind;
  path.parent = parent;
  path.target = target;
  path.parallel_safe = parent == nullptr || parent->consider_parallel;
  return &path;
}

void add_path(RelOptInfo& rel, Path* path) {
  bool accept = true;
  std::size_t insert_at = 0;
  const auto& new_keys = order_of(*path);
  const auto startup_matters = [&](const Path& p) {
    return p.param != nullptr ? rel.consider_param_startup : rel.consider_startup;
  };
  for (std::size_t i = 0; i < rel.paths.size();) {
    Path& old = *rel.paths[i];
    bool remove_old = false;
    const auto cost =
        compare_costs_fuzzily(*path, old, kFuzz, startup_matters(*path), startup_matters(old));
    if (cost != CostOrder::Different) {
      const auto keys = compare_pathkeys(new_keys, order_of(old));
      if (keys != PathKeysComparison::Different) {
        const auto sets = compare_sets(required_outer(path), required_outer(&old));
        const bool new_within = sets == SetOrder::Equal || sets == SetOrder::Subset1;
        const bool old_within = sets == SetOrder::Equal || sets == SetOrder::Subset2;
        const auto new_dominates = [&] {
          return new_within && path->rows <= old.rows && path->parallel_safe >= old.parallel_safe;
        };
        const auto old_dominates = [&] {
          return old_within && path->rows >= old.rows && path->parallel_safe <= old.parallel_safe;
        };
        switch (cost) {
          case CostOrder::Equal:
            if (keys == PathKeysComparison::Better1) {
              remove_old = new_dominates();
            } else if (keys == PathKeysComparison::Better2) {
              accept = !old_dominates();
            } else if (sets == SetOrder::Equal) {
              // Same order and parameters: prefer parallel safety, then fewer rows, then cost to
              // the last digits; the older path wins a tie.
              if (path->parallel_safe != old.parallel_safe) {
                (path->parallel_safe ? remove_old : accept) = path->parallel_safe;
              } else if (path->rows != old.rows) {
                if (path->rows < old.rows) {
                  remove_old = true;
                } else {
                  accept = false;
                }
              } else if (compare_costs_fuzzily(*path, old, kTinyFuzz, startup_matters(*path),
                                               startup_matters(old)) == CostOrder::Better1) {
                remove_old = true;
              } else {
                accept = false;
              }
            } else if (sets == SetOrder::Subset1 && new_dominates()) {
              remove_old = true;
            } else if (sets == SetOrder::Subset2 && old_dominates()) {
              accept = false;
            }
            break;
          case CostOrder::Better1:
            if (keys != PathKeysComparison::Better2) {
              remove_old = new_dominates();
            }
            break;
          case CostOrder::Better2:
            if (keys != PathKeysComparison::Better1) {
              accept = !old_dominates();
            }
            break;
          case CostOrder::Different:
            break;
        }
      }
    }
    if (remove_old) {
      note_fuzzy_choice(rel, *path, old, startup_matters(old));
      discard(rel, &old);
      rel.paths.erase(rel.paths.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      if (path->total >= old.total) {
        insert_at = i + 1;
      }
      ++i;
    }
    if (!accept) {
      note_fuzzy_choice(rel, old, *path, startup_matters(*path));
      discard(rel, path);
      return;
    }
  }
  insert(rel.paths, insert_at, path);
}

namespace {

/// The path that one of such costs would lose against for certain; null: none.
const Path* clear_winner(const RelOptInfo& rel, double startup, double total,
                         const PathKeys& pathkeys, Relids required) {
  const auto& new_keys = required != 0 ? kNoKeys : pathkeys;
  const bool startup_matters = required != 0 ? rel.consider_param_startup : rel.consider_startup;
  for (const auto* old : rel.paths) {
    if (total <= old->total * kFuzz) {
      break;  // sorted by total cost
    }
    const bool cheaper_start = startup_matters && startup <= old->startup * kFuzz;
    if (!cheaper_start) {
      const auto keys = compare_pathkeys(new_keys, order_of(*old));
      if ((keys == PathKeysComparison::Equal || keys == PathKeysComparison::Better2) &&
          required == required_outer(old)) {
        return old;
      }
    }
  }
  return nullptr;
}

}  // namespace

bool add_path_precheck(const RelOptInfo& rel, double startup, double total,
                       const PathKeys& pathkeys, Relids required) {
  return clear_winner(rel, startup, total, pathkeys, required) == nullptr;
}

void add_partial_path(RelOptInfo& rel, Path* path) {
  bool accept = true;
  std::size_t insert_at = 0;
  for (std::size_t i = 0; i < rel.partial_paths.size();) {
    Path& old = *rel.partial_paths[i];
    bool remove_old = false;
    const auto keys = compare_pathkeys(path->pathkeys, old.pathkeys);
    if (keys != PathKeysComparison::Different) {
      if (path->total > old.total * kFuzz) {
        if (keys != PathKeysComparison::Better1) {
          accept = false;
        }
      } else if (old.total > path->total * kFuzz) {
        if (keys != PathKeysComparison::Better2) {
          remove_old = true;
        }
      } else if (keys == PathKeysComparison::Better1) {
        remove_old = true;
      } else if (keys == PathKeysComparison::Better2) {
        accept = false;
      } else if (old.total > path->total * kTinyFuzz) {
        remove_old = true;
      } else {
        accept = false;
      }
    }
    if (remove_old) {
      note_fuzzy_choice(rel, *path, old, false);
      discard(rel, &old);
      rel.partial_paths.erase(rel.partial_paths.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      if (path->total >= old.total) {
        insert_at = i + 1;
      }
      ++i;
    }
    if (!accept) {
      note_fuzzy_choice(rel, old, *path, false);
      discard(rel, path);
      return;
    }
  }
  insert(rel.partial_paths, insert_at, path);
}

bool add_partial_path_precheck(RelOptInfo& rel, double total, const PathKeys& pathkeys) {
  for (const auto* old : rel.partial_paths) {
    const auto keys = compare_pathkeys(pathkeys, old->pathkeys);
    if (keys != PathKeysComparison::Different) {
      if (total > old->total * kFuzz && keys != PathKeysComparison::Better1) {
        return false;
      }
      if (old->total > total * kFuzz && keys != PathKeysComparison::Better2) {
        return true;
      }
    }
  }
  // A partial path is gathered above joins that it may make cheaper, so that it may have lost too
  // early.
  const Path* winner = clear_winner(rel, total, total, pathkeys, 0);
  if (winner != nullptr) {
    note_preferred(rel, *winner);
  }
  return winner == nullptr;
}

void set_cheapest(RelOptInfo& rel) {
  Path* cheapest_startup = nullptr;
  Path* cheapest_total = nullptr;
  Path* best_param = nullptr;
  auto& parameterized = rel.cheapest_parameterized;
  parameterized.clear();
  parameterized.reserve(rel.paths.size() + 1);
  for (auto* path : rel.paths) {
    if (path->param != nullptr) {
      parameterized.push_back(path);
      if (cheapest_total != nullptr) {
        continue;
      }
      if (best_param == nullptr) {
        best_param = path;
        continue;
      }
      switch (compare_sets(required_outer(path), required_outer(best_param))) {
        case SetOrder::Equal:
          if (compare_cost(*path, *best_param, true) < 0) {
            best_param = path;
          }
          break;
        case SetOrder::Subset1:
          best_param = path;
          break;
        default:
          break;
      }
      continue;
    }
    if (cheapest_total == nullptr) {
      cheapest_startup = cheapest_total = path;
      continue;
    }
    int order = compare_cost(*cheapest_startup, *path, false);
    if (order > 0 || (order == 0 && compare_pathkeys(cheapest_startup->pathkeys, path->pathkeys) ==
                                        PathKeysComparison::Better2)) {
      cheapest_startup = path;
    }
    order = compare_cost(*cheapest_total, *path, true);
    if (order > 0 || (order == 0 && compare_pathkeys(cheapest_total->pathkeys, path->pathkeys) ==
                                        PathKeysComparison::Better2)) {
      cheapest_total = path;
    }
  }
  if (cheapest_total != nullptr) {
    parameterized.insert(parameterized.begin(), cheapest_total);
  } else {
    cheapest_total = best_param;
  }
  rel.cheapest_startup = cheapest_startup;
  rel.cheapest_total = cheapest_total;
}

Path* cheapest_path_for_pathkeys(const std::vector<Path*>& paths, const PathKeys& keys,
                                 Relids required, bool by_total, bool parallel_safe_only) {
  Path* best = nullptr;
  for (auto* path : paths) {
    if (parallel_safe_only && !path->parallel_safe) {
      continue;
    }
    if (best != nullptr && compare_cost(*best, *path, by_total) <= 0) {
      continue;
    }
    if (pathkeys_contained_in(keys, path->pathkeys) && is_subset(required_outer(path), required)) {
      best = path;
    }
  }
  return best;
}

namespace {

/// compare_fractional_path_costs().
int compare_fractional(const Path& a, const Path& b, double fraction) {
  if (fraction <= 0.0 || fraction >= 1.0) {
    return compare_cost(a, b, true);
  }
  const double cost_a = a.startup + fraction * (a.total - a.startup);
  const double cost_b = b.startup + fraction * (b.total - b.startup);
  return cost_a == cost_b ? 0 : cost_a < cost_b ? -1 : 1;
}

}  // namespace

Path* cheapest_fractional_path_for_pathkeys(const std::vector<Path*>& paths, const PathKeys& keys,
                                            double fraction) {
  Path* best = nullptr;
  for (auto* path : paths) {
    if (best != nullptr && compare_fractional(*best, *path, fraction) <= 0) {
      continue;
    }
    if (required_outer(path) == 0 && pathkeys_contained_in(keys, path->pathkeys)) {
      best = path;
    }
  }
  return best;
}

Path* cheapest_fractional_path(const RelOptInfo& rel, double fraction) {
  Path* best = rel.cheapest_total;
  if (fraction <= 0.0) {
    return best;
  }
  if (fraction >= 1.0 && best->rows > 0) {
    fraction /= best->rows;
  }
  for (auto* path : rel.paths) {
    if (path == rel.cheapest_total || path->param != nullptr ||
        compare_fractional(*best, *path, fraction) <= 0) {
      continue;
    }
    best = path;
  }
  return best;
}

// --- parameterized paths: relnode.c
// ---------------------------------------------------------------

namespace {

ParamPathInfo* find_param_info(const RelOptInfo& rel, Relids required) {
  for (auto* info : rel.param_infos) {
    if (info->required_outer == required) {
      return info;
    }
  }
  return nullptr;
}

}  // namespace

ParamPathInfo* base_param_info(PlannerInfo& root, RelOptInfo& rel, Relids required) {
  if (required == 0) {
    return nullptr;
  }
  if (auto* found = find_param_info(rel, required); found != nullptr) {
    return found;
  }
  std::vector<RestrictInfo*> clauses;
  for (auto* clause : rel.join_info) {
    if (movable_into(*clause, rel.relids, rel.relids | required)) {
      clauses.push_back(clause);
    }
  }
  // Below an outer join some may have to wait until it is made.
  for (auto* clause :
       generate_join_implied_equalities(root, rel.relids | required, required, rel)) {
    if (movable_into(*clause, rel.relids, rel.relids | required)) {
      clauses.push_back(clause);
    }
  }
  auto& info = root.global->params.emplace_back();
  info.required_outer = required;
  info.rows = parameterized_baserel_size(root, rel, clauses);
  info.clauses = std::move(clauses);
  rel.param_infos.push_back(&info);
  return &info;
}

ParamPathInfo* append_param_info(PlannerInfo& root, RelOptInfo& rel, Relids required) {
  if (required == 0) {
    return nullptr;
  }
  if (auto* found = find_param_info(rel, required); found != nullptr) {
    return found;
  }
  auto& info = root.global->params.emplace_back();
  info.required_outer = required;
  rel.param_infos.push_back(&info);
  return &info;
}

ParamPathInfo* join_param_info(PlannerInfo& root, RelOptInfo& joinrel, const Path& outer,
                               const Path& inner, const SpecialJoin& sj, Relids required,
                               std::vector<RestrictInfo*>& restrict_list) {
  if (required == 0) {
    return nullptr;
  }
  const Relids join_and_required = joinrel.relids | required;
  const Relids outer_and_required = outer.parent->relids | required_outer(&outer);
  const Relids inner_and_required = inner.parent->relids | required_outer(&inner);
  std::vector<RestrictInfo*> pclauses;
  for (auto* clause : joinrel.join_info) {
    if (movable_into(*clause, joinrel.relids, join_and_required) &&
        !movable_into(*clause, outer.parent->relids, outer_and_required) &&
        !movable_into(*clause, inner.parent->relids, inner_and_required)) {
      pclauses.push_back(clause);
    }
  }
  std::vector<RestrictInfo*> dropped;
  for (auto* clause :
       generate_join_implied_equalities(root, join_and_required, required, joinrel)) {
    if (movable_into(*clause, outer.parent->relids, outer_and_required)) {
      continue;
    }
    if (movable_into(*clause, inner.parent->relids, inner_and_required)) {
      // Already applied below: its class may make a clause of the join redundant.
      dropped.push_back(clause);
      continue;
    }
    pclauses.push_back(clause);
  }
  if (!dropped.empty()) {
    const Relids outer_required = outer.parent->relids | required;
    for (auto it = restrict_list.begin(); it != restrict_list.end();) {
      const auto* clause = *it;
      const bool same_class =
          clause->parent_ec != nullptr &&
          std::any_of(dropped.begin(), dropped.end(),
                      [&](const RestrictInfo* d) { return d->parent_ec == clause->parent_ec; });
      if (same_class &&
          movable_into(*clause, inner.parent->relids, inner.parent->relids | outer_required)) {
        it = restrict_list.erase(it);
      } else {
        ++it;
      }
    }
  }
  restrict_list.insert(restrict_list.begin(), pclauses.begin(), pclauses.end());
  if (auto* found = find_param_info(joinrel, required); found != nullptr) {
    return found;
  }
  auto& info = root.global->params.emplace_back();
  info.required_outer = required;
  info.rows = parameterized_joinrel_size(root, joinrel, outer, inner, sj, restrict_list);
  joinrel.param_infos.push_back(&info);
  return &info;
}

}  // namespace quern::planner_model
