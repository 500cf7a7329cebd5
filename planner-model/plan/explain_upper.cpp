// Aggregates, windows and all other nodes. Source: createplan.c, explain.c.

#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan_explainer.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

void PlanExplainer::projection(PlanNode& node, PlannerInfo& root, const Path& path) {
  const Path& sub = *path.children.front();
  if (!path.single_copy) {
    base(node, "Result", path);
    note_target(root, path);
    child(node, root, sub, "Outer");
    return;
  }
  // The node below puts out the projected columns itself.
  note_target(root, path);
  if (is_left_out(sub)) {
    return convert_one(node, root, sub);
  }
  auto copy = sub;
  copy.target = path.target;
  copy.startup = path.startup;
  copy.total = path.total;
  return convert_one(node, root, copy);
}

std::vector<ExprPtr> PlanExplainer::group_exprs(const PlannerInfo& root,
                                                const std::vector<SortGroupClause>& clauses) {
  std::vector<ExprPtr> exprs;
  for (const auto& clause : clauses) {
    for (const auto& target : root.query.targets) {
      if (target.sort_group_ref == clause.ref) {
        exprs.push_back(target.expr);
        break;
      }
    }
  }
  return exprs;
}

bool PlanExplainer::passes_on(const Path& path) {
  switch (path.kind) {
    case PathKind::Sort:
    case PathKind::IncrementalSort:
    case PathKind::Gather:
    case PathKind::GatherMerge:
    case PathKind::Material:
    case PathKind::UpperUnique:
    case PathKind::Limit:
    case PathKind::Aggregate:
      return true;
    case PathKind::Append:
    case PathKind::MergeAppend:
      return path.children.size() != 1 || passes_on(*path.children.front());
    default:
      return false;
  }
}

std::string PlanExplainer::key_text(PlannerInfo& root, const ExprPtr& expr, const Path& input,
                                    const std::vector<ExprPtr>& below) {
  const Path* node = &input;
  while ((node->kind == PathKind::Append || node->kind == PathKind::MergeAppend) &&
         node->children.size() == 1) {
    node = node->children.front();
  }
  if (expr->kind == ExprKind::Var && is_left_out(*node) && expr->varno == node->parent->range &&
      expr->attno > 0) {
    const auto& targets = node->subroot->query.targets;
    const Path& inner = *node->children.front();
    if (const auto at = static_cast<std::size_t>(expr->attno) - 1; at < targets.size()) {
      const ExprPtr& computed = targets[at].expr;
      const bool there = !passes_on(inner) ||
                         (inner.kind == PathKind::Aggregate && any_of(computed, [](const Expr& e) {
                            return e.kind == ExprKind::Aggref;
                          }));
      return key_text(*node->subroot, computed, inner,
                      there ? std::vector<ExprPtr>{} : std::vector<ExprPtr>{computed});
    }
  }
  return text(root, expr, nullptr, below);
}

void PlanExplainer::grouping_set_keys(PlanNode& node, PlannerInfo& root, const Path& path) {
  const auto exprs = group_exprs(root, path.group_clause);
  const bool below = passes_on(*path.children.front());
  const auto keys = [&](const std::vector<int>& columns) {
    std::vector<std::string> items;
    for (const int column : columns) {
      items.push_back(key_text(root, exprs[static_cast<std::size_t>(column)],
                               *path.children.front(), below ? exprs : std::vector<ExprPtr>{}));
    }
    return items;
  };
  bool input_used = false;
  for (const auto& rollup : path.rollups) {
    if (!rollup.hashed) {
      if (input_used) {
        add_list(node, "Sort Key", keys(rollup.columns));
      }
      input_used = true;
    }
    for (const auto& set : rollup.sets) {
      if (set.columns.empty()) {
        add(node, "Group Key", "()");
      } else {
        add_list(node, rollup.hashed ? "Hash Key" : "Group Key", keys(set.columns));
      }
    }
  }
}

std::vector<ExprPtr> PlanExplainer::below_window(const Path& path) {
  const Path* node = &path;
  while (node->kind == PathKind::Projection && node->single_copy) {
    node = node->children.front();
  }
  return node->kind == PathKind::WindowAgg ? node->children.front()->target->exprs
                                           : std::vector<ExprPtr>{};
}

void PlanExplainer::group_key(PlanNode& node, PlannerInfo& root, const Path& path) {
  if (!path.rollups.empty()) {
    grouping_set_keys(node, root, path);
    return;
  }
  std::vector<std::string> items;
  auto exprs = group_exprs(root, path.group_clause);
  const bool below = passes_on(*path.children.front());
  // UNION: all columns, by the first arm's names; those of its ORDER BY are among the targets.
  if (exprs.size() < path.group_clause.size()) {
    exprs = path.children.front()->target->exprs;
  }
  for (const auto& expr : exprs) {
    items.push_back(
        key_text(root, expr, *path.children.front(), below ? exprs : std::vector<ExprPtr>{}));
  }
  add_list(node, "Group Key", std::move(items));
}

void PlanExplainer::upper(PlanNode& node, PlannerInfo& root, const Path& path) {
  switch (path.kind) {
    case PathKind::Aggregate:
      return aggregate(node, root, path);
    case PathKind::Sort:
    case PathKind::IncrementalSort: {
      base(node, path.kind == PathKind::Sort ? "Sort" : "Incremental Sort", path);
      const Path& sub = *path.children.front();
      add_list(node, "Sort Key",
               sort_items(root, path.pathkeys, *sub.parent, *sub.target, KeyText::WithOrder,
                          below_window(sub)));
      if (path.kind == PathKind::IncrementalSort) {
        PathKeys head(path.pathkeys.begin(), path.pathkeys.begin() + path.presorted_keys);
        add_list(node, "Presorted Key",
                 sort_items(root, head, *sub.parent, *sub.target, KeyText::Plain));
      }
      child(node, root, sub, "Outer");
      return;
    }
    case PathKind::Unique: {
      if (path.unique_columns < 0) {
        return convert_one(node, root, *path.children.front());
      }
      base(node, path.hashed ? "Aggregate" : "Unique", path);
      std::vector<std::string> items;
      for (const auto& expr : path.quals) {
        items.push_back(text(root, expr, nullptr));
      }
      if (path.hashed) {
        node.strategy = "Hashed";
        node.partial_mode = "Simple";
        add_list(node, "Group Key", items);
        child(node, root, *path.children.front(), "Outer");
      } else {
        const Path& sub = *path.children.front();
        Path sorted;
        sorted.target = sub.target;
        cost_sort(sorted, root, sub.total, sub.rows, sub.target->width, -1.0);
        PlanNode& sort = below(node, "Outer");
        base(sort, "Sort", sorted);
        add_list(sort, "Sort Key", items);
        child(sort, root, sub, "Outer");
      }
      return;
    }
    case PathKind::Group: {
      base(node, "Group", path);
      note_target(root, path);
      group_key(node, root, path);
      add(node, "Filter", all(root, path.quals, nullptr));
      child(node, root, *path.children.front(), "Outer");
      return;
    }
    case PathKind::Gather:
    case PathKind::GatherMerge: {
      base(node, path.kind == PathKind::Gather ? "Gather" : "Gather Merge", path);
      node.workers_planned = path.gather_workers;
      node.single_copy = path.single_copy;
      std::set<int> above;
      std::swap(above, params_);
      child(node, root, *path.children.front(), "Outer");
      evaluated_params(node, root);
      params_.insert(above.begin(), above.end());
      return;
    }
    case PathKind::Append:
    case PathKind::MergeAppend: {
      if (path.children.empty()) {
        base(node, "Result", path);
        add(node, "One-Time Filter", "false");
        return;
      }
      if (path.children.size() == 1) {
        return convert(node, root, *path.children.front());
      }
      base(node, path.kind == PathKind::Append ? "Append" : "Merge Append", path);
      if (path.kind == PathKind::MergeAppend) {
        const Path* named = &path;
        while (!named->children.empty() &&
               (nested_.contains(named) || (named != &path && named->parent == path.parent))) {
          named = named->children.front();  // goes by its first member's columns
        }
        add_list(node, "Sort Key", sort_items(root, path.pathkeys, *named->parent, *named->target));
      }
      for (const auto* member : path.children) {
        child(node, root, *member, "Member");
      }
      return;
    }
    case PathKind::Limit:
      return simple(node, "Limit", root, path);
    case PathKind::LockRows:
      return simple(node, "LockRows", root, path);
    case PathKind::Material:
      return simple(node, "Materialize", root, path);
    case PathKind::Memoize: {
      base(node, "Memoize", path);
      std::string keys;
      for (const auto& key : path.cache_keys) {
        keys += (keys.empty() ? "" : ", ") + text(root, key, nullptr);
      }
      add(node, "Cache Key", keys);
      add(node, "Cache Mode", path.binary_mode ? "binary" : "logical");
      child(node, root, *path.children.front(), "Outer");
      return;
    }
    case PathKind::UpperUnique:
      return simple(node, "Unique", root, path);
    case PathKind::ProjectSet:
      return simple(node, "ProjectSet", root, path);
    case PathKind::WindowAgg: {
      simple(node, "WindowAgg", root, path);
      if (top_.global->cost.server.tells_window_definitions()) {
        window_definition(node, root, path);
      }
      const auto& window = root.query.windows[static_cast<std::size_t>(path.window) - 1];
      if (!window.run_conditions.empty()) {
        add(node, "Run Condition", all(root, window.run_conditions, nullptr));
      }
      return;
    }
    case PathKind::SetOp: {
      simple(node, "SetOp", root, path);
      if (path.children.size() > 1) {
        child(node, root, *path.children[1], "Inner");
      }
      node.command = path.command;
      node.strategy = path.hashed ? "Hashed" : "Sorted";
      return;
    }
    case PathKind::RecursiveUnion: {
      base(node, "Recursive Union", path);
      child(node, root, *path.children[0], "Outer");
      child(node, root, *path.children[1], "Inner");
      return;
    }
    case PathKind::ModifyTable:
      return modify(node, root, path);
    case PathKind::MinMaxAggregate:
      base(node, "Result", path);  // its subqueries are InitPlans of the level
      if (!path.quals.empty()) {
        add(node, "One-Time Filter", all(root, path.quals, nullptr));
      }
      return;
    default: {
      base(node, "Result", path);
      note_target(root, path);
      if (!path.quals.empty()) {
        add(node, "One-Time Filter", all(root, path.quals, nullptr));
      }
      for (const auto* sub : path.children) {
        child(node, root, *sub, "Outer");
      }
      return;
    }
  }
}

void PlanExplainer::evaluated_params(PlanNode& node, const PlannerInfo& root) {
  if (top_.global->cost.server.prints_columns_of_subplans()) {
    return;  // no longer told
  }
  std::set<int> of_init_plans;
  for (const PlannerInfo* level = &root; level != nullptr; level = level->parent) {
    for (const int id : level->init_plans) {
      const auto& params = subplan(id).columns;
      of_init_plans.insert(params.begin(), params.end());
    }
  }
  std::vector<std::string> names;
  for (const int param : params_) {
    if (of_init_plans.contains(param)) {
      names.push_back("$" + std::to_string(param));
    }
  }
  add_list(node, "Params Evaluated", std::move(names));
}

void PlanExplainer::simple(PlanNode& node, const char* name, PlannerInfo& root, const Path& path) {
  base(node, name, path);
  note_target(root, path);
  child(node, root, *path.children.front(), "Outer");
}

void PlanExplainer::aggregate(PlanNode& node, PlannerInfo& root, const Path& path) {
  base(node, "Aggregate", path);
  note_target(root, path);
  switch (path.strategy) {
    case AggStrategy::Plain:
      node.strategy = "Plain";
      break;
    case AggStrategy::Sorted:
      node.strategy = "Sorted";
      break;
    case AggStrategy::Hashed:
      node.strategy = "Hashed";
      break;
    case AggStrategy::Mixed:
      node.strategy = "Mixed";
      break;
  }
  node.partial_mode = path.split == AggSplit::Simple          ? "Simple"
                      : path.split == AggSplit::InitialSerial ? "Partial"
                                                              : "Finalize";
  group_key(node, root, path);
  add(node, "Filter", all(root, path.quals, nullptr));
  if (path.spill_partitions > 0) {
    add(node, "Planned Partitions", std::to_string(path.spill_partitions));
  }
  child(node, root, *path.children.front(), "Outer");
}

void PlanExplainer::target_tables(PlanNode& node, PlannerInfo& root, const RelOptInfo& rel) {
  for (const RelOptInfo* member : rel.members) {
    if (member->is_append) {
      target_tables(node, root, *member);
    } else if (!member->is_dummy) {
      PlanNode named;
      name_relation(named, root, *member);
      add_list(node, "Target Table", {named.relation, named.alias});
    }
  }
}

void PlanExplainer::modify(PlanNode& node, PlannerInfo& root, const Path& path) {
  base(node, "ModifyTable", path);
  node.operation = path.command;
  const auto& entry = root.query.range_table[static_cast<std::size_t>(root.query.result_range) - 1];
  if (entry.table != nullptr) {
    node.relation = entry.table->name;
    node.schema = entry.table->schema;
    node.alias = names_.of(root, root.query.result_range, nullptr);
  }
  const RelOptInfo* target = root.base[static_cast<std::size_t>(root.query.result_range)];
  if (target != nullptr && target->is_append) {
    target_tables(node, root, *target);
  }
  if (root.query.on_conflict) {
    const OnConflict& conflict = *root.query.on_conflict;
    add(node, "Conflict Resolution", conflict.update ? "UPDATE" : "NOTHING");
    add_list(node, "Conflict Arbiter Indexes", arbiter_indexes(root));
    for (const TargetEntry& set : conflict.update_targets) {
      note_subplans(set.expr, path.rows);
    }
    add(node, "Conflict Filter", all(root, conjuncts(conflict.update_where), nullptr));
  }
  child(node, root, *path.children.front(), "Outer");
}

}  // namespace quern::planner_model
