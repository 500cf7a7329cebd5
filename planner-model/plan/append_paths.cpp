// Appends over the members of a relation. Source: add_paths_to_append_rel() and its helpers
// (allpaths.c), PostgreSQL 15.
#include "planner-model/plan/append_paths.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/partition_layout.hpp"
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
    if (orders.empty()) {
      return;
    }
    const Part whole = parts_of(rel_.table);
    for (const auto& keys : orders) {
      const auto startup = children_by(whole, keys, [&](const RelOptInfo& member) {
        return cheapest_path_for_pathkeys(member.paths, keys, 0, false);
      });
      const auto total = children_by(whole, keys, [&](const RelOptInfo& member) {
        return cheapest_path_for_pathkeys(member.paths, keys, 0, true);
      });
      add_path(rel_, in_order(whole, keys, startup));
      if (startup != total) {
        add_path(rel_, in_order(whole, keys, total));
      }
      if (p_.server.orders_appends_by_fraction() && root_.tuple_fraction > 0) {
        const auto fraction = children_by(whole, keys, [&](const RelOptInfo& member) {
          return cheapest_fractional_path_for_pathkeys(member.paths, keys,
                                                       1.0 / root_.tuple_fraction);
        });
        add_path(rel_, in_order(whole, keys, fraction));
      }
    }
  }

  /// What is read of a table: a member, or the parts of a partitioned table by their bounds.
  struct Part {
    const Table* table = nullptr;
    RelOptInfo* member = nullptr;  ///< none: the parts
    std::vector<Part> parts = {};
  };

  /// `table` null: what is appended are the arms of a UNION ALL.
  [[nodiscard]] Part parts_of(const Table* table) const {
    Part whole{.table = table};
    if (table == nullptr || !is_nested(*table)) {
      for (auto* member : rel_.members) {
        whole.parts.push_back({.table = member->table, .member = member});
      }
      return whole;
    }
    std::map<const Table*, RelOptInfo*> members;
    for (auto* member : rel_.members) {
      members[member->table] = member;
    }
    add_parts(whole, members);
    return whole;
  }

  /// Some of its partitions are partitioned themselves, which the members do not tell.
  [[nodiscard]] bool is_nested(const Table& table) const {
    const auto direct = root_.global->children->find(table.oid);
    return table.kind == 'p' && rel_.members.front()->append_parent == &rel_ &&
           direct != root_.global->children->end() &&
           std::any_of(direct->second.begin(), direct->second.end(),
                       [](const Table* child) { return child->kind == 'p'; });
  }

  void add_parts(Part& whole, const std::map<const Table*, RelOptInfo*>& members) const {
    const auto direct = root_.global->children->find(whole.table->oid);
    if (direct == root_.global->children->end()) {
      return;
    }
    for (const Table* child : direct->second) {
      Part part{.table = child};
      if (child->kind == 'p') {
        add_parts(part, members);
      } else if (const auto found = members.find(child); found != members.end()) {
        part.member = found->second;
      }
      if (part.member != nullptr || !part.parts.empty()) {
        whole.parts.push_back(std::move(part));
      }
    }
  }

  /// The members' paths in this order where they have one. A Merge Append takes the place of those
  /// below it; an Append in the order of its parts keeps them, but for what has only one child.
  template <class Choose>
  std::vector<Path*> children_by(const Part& whole, const PathKeys& keys, const Choose& choose) {
    std::vector<Path*> children;
    const bool merges = partition_order(whole, keys) == Direction::None;
    for (const Part& part : whole.parts) {
      Path* child = part.member != nullptr ? choose(*part.member) : nullptr;
      if (part.member != nullptr) {
        child = child != nullptr ? child : part.member->cheapest_total;
      } else {
        child = path_of(part, keys, children_by(part, keys, choose));
      }
      if (merges) {
        accumulate(child, children);
      } else {
        children.push_back(child);
      }
    }
    return children;
  }

  /// The path of a partition that is itself partitioned: without any order where no part has this.
  Path* path_of(const Part& part, const PathKeys& keys, std::vector<Path*> children) {
    if (children.size() == 1) {
      return children.front();
    }
    const bool has_order = std::any_of(children.begin(), children.end(), [&](const Path* child) {
      return pathkeys_contained_in(keys, child->pathkeys);
    });
    return has_order
               ? in_order(part, keys, std::move(children))
               : create_append_path(root_, rel_, std::move(children), {}, {}, 0, 0, false, -1);
  }

  enum class Direction : std::uint8_t { None, Forward, Backward };

  /// Range and list partitions come in the order of their key by themselves
  /// (build_partition_pathkeys(), pathkeys.c).
  [[nodiscard]] Direction partition_order(const Part& whole, const PathKeys& keys) {
    const auto* layout = layout_of(whole);
    if (keys.empty() || layout == nullptr) {
      return Direction::None;
    }
    const bool descending = keys.front().descending;
    std::size_t at = 0;
    for (std::size_t i = 0; i < layout->keys.size() && at < keys.size(); ++i) {
      const ExprPtr& column = layout->keys[i];
      const PathKey& key = keys[at];
      if (is_column(*key.ec, column)) {
        if (key.descending != descending || key.nulls_first != descending) {
          return Direction::None;
        }
        ++at;
      } else if (!is_fixed(column)) {
        return Direction::None;
      }
    }
    return descending ? Direction::Backward : Direction::Forward;
  }

  /// Null: the parts are in no order, or can not be read.
  [[nodiscard]] const PartitionLayout* layout_of(const Part& whole) {
    if (whole.table == nullptr || whole.table->kind != 'p') {
      return nullptr;
    }
    const auto [found, added] = layouts_.try_emplace(whole.table);
    if (added) {
      std::vector<const Table*> tables;
      for (const Part& part : whole.parts) {
        tables.push_back(part.table);
      }
      try {
        found->second = partition_layout(root_, rel_, *whole.table);
      } catch (const UserError&) {
        found->second.reset();
      }
      if (found->second && !partitions_are_ordered(*found->second, tables, p_.server)) {
        found->second.reset();
      }
    }
    return found->second ? &*found->second : nullptr;
  }

  [[nodiscard]] static bool is_column(const EquivalenceClass& ec, const ExprPtr& column) {
    return std::any_of(ec.members.begin(), ec.members.end(), [&](const auto* member) {
      return equal(strip_relabel(member->expr), strip_relabel(column));
    });
  }

  /// Equal to a constant, and so no part of an order: pathkey_is_redundant(), or a condition itself
  /// (partkey_is_bool_constant_for_query()).
  [[nodiscard]] bool is_fixed(const ExprPtr& column) const {
    const auto is_condition = [&](const RestrictInfo* clause) {
      const ExprPtr& own = clause->clause;
      return equal(own, column) || (own->kind == ExprKind::Not && equal(own->args.front(), column));
    };
    return std::any_of(root_.classes.begin(), root_.classes.end(),
                       [&](const auto* ec) { return ec->has_const && is_column(*ec, column); }) ||
           (column->type == type_oid::kBool &&
            std::any_of(rel_.restrictions.begin(), rel_.restrictions.end(), is_condition));
  }

  Path* in_order(const Part& whole, const PathKeys& keys, std::vector<Path*> children) {
    const Direction direction = partition_order(whole, keys);
    if (direction == Direction::None) {
      return create_merge_append_path(root_, rel_, std::move(children), keys, 0);
    }
    if (direction == Direction::Backward) {
      std::reverse(children.begin(), children.end());
    }
    for (auto*& child : children) {
      if (!pathkeys_contained_in(keys, child->pathkeys)) {
        child = create_sort_path(root_, *child->parent, child, keys, root_.limit_tuples);
      }
    }
    return create_append_path(root_, rel_, std::move(children), {}, keys, 0, 0, false, -1);
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
  std::map<const Table*, std::optional<PartitionLayout>> layouts_ = {};
  double partial_rows_ = -1;
};

}  // namespace

void add_paths_to_append_rel(PlannerInfo& root, RelOptInfo& rel) {
  AppendPaths{root, rel}.run();
}

}  // namespace quern::planner_model
