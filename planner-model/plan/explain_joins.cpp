// Joins and sorts. Source: createplan.c, explain.c.
#include <algorithm>
#include <utility>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/plan_explainer.hpp"

namespace quern::planner_model {

namespace {

const char* join_type_name(JoinType type) {
  switch (type) {
    case JoinType::Left:
      return "Left";
    case JoinType::Full:
      return "Full";
    case JoinType::Right:
      return "Right";
    case JoinType::Semi:
      return "Semi";
    case JoinType::Anti:
      return "Anti";
    case JoinType::RightSemi:
      return "Right Semi";
    case JoinType::RightAnti:
      return "Right Anti";
    default:
      return "Inner";
  }
}

}  // namespace

void PlanExplainer::sort_node(PlanNode& node, PlannerInfo& root, const Path& input,
                              const PathKeys& keys) {
  Path sorted;
  sorted.target = input.target;
  int presorted = 0;
  if (root.global->cost.server.merge_joins_sort_incrementally() &&
      root.global->cost.enable_incremental_sort) {
    (void)pathkeys_count_contained_in(keys, input.pathkeys, presorted);
  }
  if (presorted > 0) {
    cost_incremental_sort(sorted, root, keys, presorted, input.startup, input.total, input.rows,
                          input.target->width, -1.0);
  } else {
    cost_sort(sorted, root, input.total, input.rows, input.target->width, -1.0);
  }
  base(node, presorted > 0 ? "Incremental Sort" : "Sort", sorted);
  add_list(node, "Sort Key", sort_items(root, keys, *input.parent, *input.target));
  if (presorted > 0) {
    const PathKeys head(keys.begin(), keys.begin() + presorted);
    add_list(node, "Presorted Key",
             sort_items(root, head, *input.parent, *input.target, KeyText::Plain));
  }
  child(node, root, input, "Outer");
}

const EquivalenceMember* PlanExplainer::sort_column(const PathKey& key, const RelOptInfo& rel,
                                                    const PathTarget& target, ExprPtr& expr) {
  for (const ExprPtr& column : target.exprs) {
    const ExprPtr bare = strip_relabel(column);
    for (const auto* member : key.ec->members) {
      if (!member->is_const && equal(strip_relabel(in_member(rel, member->expr)), bare)) {
        expr = column;
        return member;
      }
    }
  }
  return nullptr;
}

DeparseContext PlanExplainer::key_context(const PlannerInfo& root, const Table* partition,
                                          const ExprPtr& key, const std::vector<ExprPtr>& deeper) {
  auto c = context(root, partition);
  if (ExprPtr shown = resolved(key, root); shown->kind != ExprKind::Opaque) {
    c.computed_below = {std::move(shown)};
  }
  if (std::none_of(deeper.begin(), deeper.end(), [&](const ExprPtr& e) { return equal(e, key); })) {
    for (const ExprPtr& e : deeper) {
      c.computed_deeper.push_back(resolved(e, root));
    }
  }
  return c;
}

std::vector<std::string> PlanExplainer::sort_items(PlannerInfo& root, const PathKeys& keys,
                                                   const RelOptInfo& rel, const PathTarget& target,
                                                   KeyText form,
                                                   const std::vector<ExprPtr>& deeper) {
  std::vector<std::string> items;
  // An arm of UNION ALL sorts by its own columns.
  const RelOptInfo* saved = std::exchange(scanned_, rel.arm_range != 0 ? &rel : scanned_);
  const bool is_partition = rel.kind == RelKind::Member && rel.arm_range == 0;
  const Table* partition = is_partition ? named_leaf(rel) : nullptr;
  const int range_above = std::exchange(member_range_, is_partition ? rel.range : 0);
  for (const auto& key : keys) {
    ExprPtr expr;
    const EquivalenceMember* chosen = sort_column(key, rel, target, expr);
    if (chosen == nullptr) {
      const auto computable = std::find_if(
          key.ec->members.begin(), key.ec->members.end(), [&](const EquivalenceMember* member) {
            return !member->is_const && is_subset(member->relids, rel.relids);
          });
      chosen = computable == key.ec->members.end() ? key.ec->members.front() : *computable;
      expr = in_member(rel, chosen->expr);
    }
    const auto& types = *top_.global->types;
    const Ordering ordering = types.ordering(chosen->datatype);
    const ExprPtr shown = resolved(expr, root);
    const auto c = key_context(root, partition, expr, deeper);
    const Oid op = key.descending ? ordering.greater : ordering.less;
    items.push_back(form == KeyText::Plain
                        ? deparse(shown, c)
                        : deparse_sort_key(shown, op, key.nulls_first, key.ec->collation, c));
  }
  scanned_ = saved;
  member_range_ = range_above;
  return items;
}

void PlanExplainer::join(PlanNode& node, PlannerInfo& root, const Path& path) {
  const char* name = path.kind == PathKind::NestedLoop ? "Nested Loop"
                     : path.kind == PathKind::HashJoin ? "Hash Join"
                                                       : "Merge Join";
  base(node, name, path);
  note_target(root, path);
  node.join_type = join_type_name(path.join_type);
  node.inner_unique = path.inner_unique;
  const Path& outer = *path.children[0];
  const Path& inner = *path.children[1];
  const bool outer_join = path.join_type != JoinType::Inner && path.join_type != JoinType::Semi &&
                          path.join_type != JoinType::RightSemi;
  std::vector<RestrictInfo*> join_quals;
  std::vector<RestrictInfo*> filters;
  for (auto* clause : path.join_clauses) {
    const bool pushed =
        clause->is_pushed_down || !is_subset(clause->required_relids, path.parent->relids);
    (outer_join && pushed ? filters : join_quals).push_back(clause);
  }
  if (path.kind != PathKind::NestedLoop) {
    std::vector<ExprPtr> keys;
    std::vector<ExprPtr> sorted;  // computed by the sorts of a merge join
    for (auto* clause : path.hash_clauses) {
      // The outer side stands on the left.
      ExprPtr expr = clause->clause;
      if (!is_subset(clause->left_relids, outer.parent->relids)) {
        const Oid commuted = top_.global->types->commutator(expr->op);
        expr = make_op(commuted, expr->args[1], expr->args[0], expr->input_collation, root);
      }
      if (!path.outer_sort.empty()) {
        sorted.push_back(expr->args[0]);
      }
      if (!path.inner_sort.empty()) {
        sorted.push_back(expr->args[1]);
      }
      keys.push_back(expr);
    }
    add(node, path.kind == PathKind::HashJoin ? "Hash Cond" : "Merge Cond",
        all(root, keys, nullptr, sorted));
  }
  add_clauses(node, "Join Filter", root, join_quals, nullptr, path.hash_clauses);
  add_clauses(node, "Filter", root, filters, nullptr);
  if (path.kind == PathKind::MergeJoin) {
    side(node, root, outer, path.outer_sort, "Outer", false);
    side(node, root, inner, path.inner_sort, "Inner", path.materialize_inner);
    return;
  }
  child(node, root, outer, "Outer");
  if (path.kind == PathKind::HashJoin) {
    PlanNode& hash = below(node, "Inner");
    base(hash, "Hash", inner);
    hash.startup = hash.total;
    hash.parallel_aware = path.parallel_hash;
    if (path.parallel_hash) {
      hash.rows = Rows{clamp_row_est(path.inner_rows_total)};
      hash.rows = Rows{inner.rows};
    }
    child(hash, root, inner, "Outer");
  } else {
    child(node, root, inner, "Inner");
  }
}

void PlanExplainer::side(PlanNode& node, PlannerInfo& root, const Path& path, const PathKeys& sort,
                         const char* relationship, bool materialize) {
  PlanNode& top = below(node, relationship);
  PlanNode& input = materialize ? below(top, "Outer") : top;
  if (sort.empty()) {
    convert(input, root, path);
  } else {
    sort_node(input, root, path, sort);
  }
  if (materialize) {
    const auto& p = top_.global->cost;
    top.node_type = "Materialize";
    top.startup = input.startup;
    top.rows = input.rows;
    top.width = input.width;
    // copy_plan_costsize(), plus a little for each row stored.
    top.total = Cost{input.total.value() + p.cpu_operator_cost * input.rows.value()};
  }
}

}  // namespace quern::planner_model
