// Appends over the members of a relation. Source: add_paths_to_append_rel() and its helpers
// (allpaths.c), PostgreSQL 15.
#include "planner-model/plan/append_paths.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/partitions.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

class AppendPaths {
 public:
  AppendPaths(PlannerInfo& root, RelOptInfo& rel) : root_{root}, p_{root.global->cost}, rel_{rel} {}

  void run() {
    const bool all_unparameterized = plain();
    fast_starting();
    partial();
    parallel_aware();
    if (all_unparameterized && !rel_.members.empty()) {
      ordered();
    }
    parameterized();
    if (rel_.members.size() == 1) {
      partial_orders_of_only_member();
    }
  }

 private:
  void append(std::vector<Path*> children, const PathKeys& keys, Relids required) {
    add_path(rel_, create_append_path(root_, rel_, std::move(children), {}, keys, required, 0,
                                      false, -1));
  }

  /// accumulate_append_subpath(): the children of an Append or Merge Append below an Append become
  /// its own; of a parallel Append those that one worker each reads go to `whole`.
  static void accumulate(Path* path, std::vector<Path*>& children,
                         std::vector<Path*>* whole = nullptr) {
    if (path->kind == PathKind::Append && (!path->parallel_aware || path->first_partial == 0)) {
      children.insert(children.end(), path->children.begin(), path->children.end());
    } else if (path->kind == PathKind::Append && whole != nullptr) {
      const auto partial = path->children.begin() + path->first_partial;
      children.insert(children.end(), partial, path->children.end());
      whole->insert(whole->end(), path->children.begin(), partial);
    } else if (path->kind == PathKind::MergeAppend) {
      children.insert(children.end(), path->children.begin(), path->children.end());
    } else {
      children.push_back(path);
    }
  }

  bool plain() {
    std::vector<Path*> children;
    for (auto* member : rel_.members) {
      if (member->cheapest_total == nullptr || required_outer(member->cheapest_total) != 0) {
        return false;
      }
      accumulate(member->cheapest_total, children);
    }
    append(std::move(children), {}, 0);
    return true;
  }

  void fast_starting() {
    if (!p_.server.appends_start_fast() || !rel_.consider_startup || rel_.members.empty()) {
      return;
    }
    std::vector<Path*> children;
    for (auto* member : rel_.members) {
      if (member->cheapest_startup == nullptr) {
        return;
      }
      children.push_back(p_.server.appends_by_fraction() && root_.tuple_fraction > 0
                             ? cheapest_fractional_path(*member, root_.tuple_fraction)
                             : member->cheapest_startup);
    }
    append(std::move(children), {}, 0);
  }

  // --- in parallel

  /// list_length(live_childrels): partitions of partitions count as the one that they are below.
  [[nodiscard]] double live_children() const {
    const auto all = static_cast<double>(rel_.members.size());
    const Table* table = rel_.members.front()->append_parent == &rel_ ? rel_.table : nullptr;
    const auto direct =
        table != nullptr ? root_.global->children->find(table->oid) : root_.global->children->end();
    if (direct == root_.global->children->end() || table->kind != 'p' ||
        std::none_of(direct->second.begin(), direct->second.end(),
                     [](const Table* child) { return child->kind == 'p'; })) {
      return all;
    }
    const auto is_live = [&](const Table* child) {
      const auto leaves = leaf_tables(*root_.global->children, *child);
      return std::any_of(rel_.members.begin(), rel_.members.end(), [&](const RelOptInfo* member) {
        return std::find(leaves.begin(), leaves.end(), member->table) != leaves.end();
      });
    };
    return static_cast<double>(
        std::count_if(direct->second.begin(), direct->second.end(), is_live));
  }

  [[nodiscard]] int workers_for(const std::vector<Path*>& paths, bool by_members) const {
    int workers = 0;
    for (const auto* path : paths) {
      workers = std::max(workers, path->workers);
    }
    if (by_members) {
      // pg_leftmost_one_pos32(n) + 1
      const auto bits = static_cast<int>(std::floor(std::log2(live_children())));
      workers = std::min(std::max(workers, bits + 1), p_.max_parallel_workers_per_gather);
    }
    return workers;
  }

  void partial() {
    std::vector<Path*> paths;
    for (auto* member : rel_.members) {
      if (member->partial_paths.empty()) {
        return;
      }
      accumulate(member->partial_paths.front(), paths);
    }
    if (!rel_.consider_parallel || paths.empty()) {
      return;
    }
    const int workers = workers_for(paths, p_.enable_parallel_append);
    if (workers > 0) {
      auto* path = create_append_path(root_, rel_, {}, std::move(paths), {}, 0, workers,
                                      p_.enable_parallel_append, -1);
      partial_rows_ = path->rows;
      add_partial_path(rel_, path);
    }
  }

  /// Whole members beside partial ones, where a member is cheaper left to one worker.
  void parallel_aware() {
    if (!rel_.consider_parallel || !p_.enable_parallel_append) {
      return;
    }
    std::vector<Path*> whole;
    std::vector<Path*> partial;
    for (auto* member : rel_.members) {
      auto* part = member->partial_paths.empty() ? nullptr : member->partial_paths.front();
      Path* safe = nullptr;
      for (auto* path : member->paths) {
        if (path->parallel_safe && required_outer(path) == 0) {
          safe = path;
          break;
        }
      }
      if (part == nullptr && safe == nullptr) {
        return;
      }
      if (safe != nullptr && (part == nullptr || safe->total <= part->total)) {
        accumulate(safe, whole);
      } else {
        accumulate(part, partial, &whole);
      }
    }
    const int workers = workers_for(partial, true);
    if (!whole.empty() && workers > 0) {
      add_partial_path(rel_, create_append_path(root_, rel_, std::move(whole), std::move(partial),
                                                {}, 0, workers, true, partial_rows_));
    }
  }

  void partial_orders_of_only_member() {
    const auto& paths = rel_.members.front()->partial_paths;
    for (std::size_t i = 1; i < paths.size(); ++i) {
      if (!paths[i]->pathkeys.empty()) {
        add_partial_path(rel_, create_append_path(root_, rel_, {}, {paths[i]}, {}, 0,
                                                  paths[i]->workers, true, partial_rows_));
      }
    }
  }

  // --- in order: generate_orderedappend_paths()

  void ordered() {
    std::vector<PathKeys> orders;
    for (auto* member : rel_.members) {
      for (auto* path : member->paths) {
        if (!path->pathkeys.empty() &&
            std::find(orders.begin(), orders.end(), path->pathkeys) == orders.end()) {
          orders.push_back(path->pathkeys);
        }
      }
    }
    for (const auto& keys : orders) {
      const auto direction = partition_order(keys);
      const auto startup = children_by(keys, [&](const RelOptInfo& member) {
        return cheapest_path_for_pathkeys(member.paths, keys, 0, false);
      });
      const auto total = children_by(keys, [&](const RelOptInfo& member) {
        return cheapest_path_for_pathkeys(member.paths, keys, 0, true);
      });
      emit(keys, startup, direction);
      if (startup != total) {
        emit(keys, total, direction);
      }
      if (root_.tuple_fraction > 0) {
        emit(keys,
             children_by(keys,
                         [&](const RelOptInfo& member) {
                           return cheapest_fractional_path_for_pathkeys(member.paths, keys,
                                                                        1.0 / root_.tuple_fraction);
                         }),
             direction);
      }
    }
  }

  template <class Choose>
  std::vector<Path*> children_by(const PathKeys&, const Choose& choose) {
    std::vector<Path*> children;
    for (auto* member : rel_.members) {
      Path* child = choose(*member);
      accumulate(child != nullptr ? child : member->cheapest_total, children);
    }
    return children;
  }

  enum class Direction : std::uint8_t { None, Forward, Backward };

  /// Range partitions on the leading sort key come in order by themselves.
  [[nodiscard]] Direction partition_order(const PathKeys& keys) const {
    if (rel_.table == nullptr || rel_.table->kind != 'p' ||
        !rel_.table->partition_key.starts_with("RANGE (") || keys.size() != 1 ||
        std::any_of(rel_.members.begin(), rel_.members.end(),
                    [](const auto* m) { return m->table->partition_bound == "DEFAULT"; })) {
      return Direction::None;
    }
    const std::string column =
        rel_.table->partition_key.substr(7, rel_.table->partition_key.size() - 8);
    for (const auto* m : keys.front().ec->members) {
      const ExprPtr var = strip_relabel(m->expr);
      if (var->kind == ExprKind::Var && var->varno == rel_.range && var->attno > 0 &&
          rel_.entry->columns[static_cast<std::size_t>(var->attno) - 1].name == column) {
        return keys.front().descending ? Direction::Backward : Direction::Forward;
      }
    }
    return Direction::None;
  }

  void emit(const PathKeys& keys, std::vector<Path*> children, Direction direction) {
    if (direction == Direction::None) {
      add_path(rel_, create_merge_append_path(root_, rel_, std::move(children), keys, 0));
      return;
    }
    if (direction == Direction::Backward) {
      std::reverse(children.begin(), children.end());
    }
    for (auto*& child : children) {
      if (!pathkeys_contained_in(keys, child->pathkeys)) {
        child = create_sort_path(root_, *child->parent, child, keys, root_.limit_tuples);
      }
    }
    append(std::move(children), keys, 0);
  }

  // --- with parameters from outside

  void parameterized() {
    std::vector<Relids> parameters;
    for (auto* member : rel_.members) {
      for (auto* path : member->paths) {
        const Relids required = required_outer(path);
        if (required != 0 &&
            std::find(parameters.begin(), parameters.end(), required) == parameters.end()) {
          parameters.push_back(required);
        }
      }
    }
    for (const Relids required : parameters) {
      std::vector<Path*> children;
      for (auto* member : rel_.members) {
        const StandIn stand_in{root_, *member};
        Path* child = cheapest_parameterized(*member, required);
        if (child == nullptr) {
          children.clear();
          break;
        }
        accumulate(child, children);
      }
      if (!children.empty()) {
        append(std::move(children), {}, required);
      }
    }
  }

  /// get_cheapest_parameterized_child_path().
  Path* cheapest_parameterized(RelOptInfo& member, Relids required) {
    Path* cheapest = cheapest_path_for_pathkeys(member.paths, {}, required, true);
    if (cheapest != nullptr && required_outer(cheapest) == required) {
      return cheapest;
    }
    cheapest = nullptr;
    for (auto* path : member.paths) {
      if (!is_subset(required_outer(path), required) ||
          (cheapest != nullptr && cheapest->total <= path->total)) {
        continue;
      }
      Path* fitting =
          required_outer(path) == required ? path : reparameterized(member, *path, required);
      if (fitting != nullptr && (cheapest == nullptr || cheapest->total > fitting->total)) {
        cheapest = fitting;
      }
    }
    return cheapest;
  }

  /// reparameterize_path(): the same scan with further join clauses as filters.
  Path* reparameterized(RelOptInfo& member, const Path& path, Relids required) {
    if (path.kind != PathKind::SeqScan && path.kind != PathKind::IndexScan &&
        path.kind != PathKind::IndexOnlyScan && path.kind != PathKind::BitmapHeapScan) {
      return nullptr;
    }
    auto* copy = new_path(root_, path.kind, &member, path.target);
    *copy = path;
    copy->param = base_param_info(root_, member, required);
    switch (path.kind) {
      case PathKind::SeqScan:
        cost_seqscan(*copy, root_, member, copy->param);
        break;
      case PathKind::BitmapHeapScan:
        cost_bitmap_heap_scan(*copy, root_, member, copy->param, *path.children.front(), 1.0);
        break;
      default:
        cost_index(*copy, root_, 1.0, index_access_cost(root_, *copy, 1.0), false);
    }
    return copy;
  }

  PlannerInfo& root_;
  const CostParameters& p_;
  RelOptInfo& rel_;
  double partial_rows_ = -1;
};

}  // namespace

void add_paths_to_append_rel(PlannerInfo& root, RelOptInfo& rel) {
  AppendPaths{root, rel}.run();
}

}  // namespace quern::planner_model
