// GROUP BY made minimal, and the columns that find a row again. Source: planner.c
// (preprocess_groupclause, remove_useless_groupby_columns), preptlist.c, PostgreSQL 15.
#include <algorithm>
#include <utility>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/upper_planner.hpp"

namespace quern::planner_model {

void UpperPlanner::order_group_clause() {
  // preprocess_groupclause(): GROUP BY takes the order of ORDER BY's common prefix.
  if (query_.has_grouping_sets || query_.group_by.empty() || query_.order_by.empty()) {
    return;
  }
  std::vector<SortGroupClause> ordered;
  for (const auto& sort : query_.order_by) {
    const auto it = std::find_if(query_.group_by.begin(), query_.group_by.end(),
                                 [&](const SortGroupClause& g) { return g.ref == sort.ref; });
    if (it == query_.group_by.end()) {
      break;
    }
    ordered.push_back(sort);
  }
  if (ordered.empty()) {
    return;
  }
  const bool part_of_order = ordered.size() < query_.order_by.size();
  if (part_of_order && ordered.size() < query_.group_by.size() &&
      !root_.global->cost.server.groups_by_part_of_order()) {
    return;
  }
  for (const auto& group : query_.group_by) {
    if (std::none_of(ordered.begin(), ordered.end(),
                     [&](const SortGroupClause& o) { return o.ref == group.ref; })) {
      if (group.sort_operator == 0) {
        return;
      }
      ordered.push_back(group);
    }
  }
  query_.group_by = ordered;
}

void UpperPlanner::remove_useless_group_columns() {
  if (query_.group_by.size() < 2 || query_.has_grouping_sets) {
    return;
  }
  std::map<int, std::set<int>> columns;
  for (const auto& group : query_.group_by) {
    const auto& expr = target_of(group.ref);
    if (expr && expr->kind == ExprKind::Var && expr->levels_up == 0) {
      columns[expr->varno].insert(expr->attno);
    }
  }
  for (const auto& [varno, attnos] : columns) {
    const auto& entry = query_.range_table[static_cast<std::size_t>(varno) - 1];
    // A child's rows may repeat the key of a parent's.
    const bool has_other_rows = entry.kind == RangeKind::Relation && entry.table->kind != 'p' &&
                                is_inheritance_parent(root_, entry);
    if (entry.kind != RangeKind::Relation || attnos.size() < 2 || has_other_rows) {
      continue;
    }
    if (root_.global->cost.server.unique_indexes_shorten_group_by()) {
      drop_determined_columns(varno, attnos, shortest_key(*entry.table, attnos));
      continue;
    }
    for (const auto& constraint : root_.global->catalog->constraints) {
      if (constraint.kind != 'p' || constraint.table != entry.table->oid || constraint.deferrable ||
          constraint.columns.size() >= attnos.size()) {
        continue;
      }
      const std::vector<int> key{constraint.columns.begin(), constraint.columns.end()};
      if (std::all_of(key.begin(), key.end(),
                      [&, &found = attnos](int column) { return found.contains(column); })) {
        drop_determined_columns(varno, attnos, key);
      }
    }
  }
}

std::vector<int> UpperPlanner::shortest_key(const Table& table,
                                            const std::set<int>& columns) const {
  std::vector<int> best;
  for (const auto& visible : root_.global->visible_indexes(table.oid)) {
    const Index& index = *visible.index;
    if (!index.unique || !index.immediate || !index.predicate.empty()) {
      continue;
    }
    std::vector<int> key;
    for (const auto& part : index.keys) {
      const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                       [&](const Column& c) { return c.number == part.column; });
      if (part.column == 0 || !columns.contains(part.column) ||
          (!index.nulls_not_distinct && (column == table.columns.end() || !column->not_null))) {
        key.clear();
        break;
      }
      key.push_back(part.column);
    }
    if (!key.empty() && key.size() < columns.size() && (best.empty() || key.size() < best.size())) {
      best = key;
    }
  }
  return best;
}

void UpperPlanner::drop_determined_columns(int range, const std::set<int>& columns,
                                           const std::vector<int>& key) {
  if (key.empty() || key.size() >= columns.size()) {
    return;
  }
  std::erase_if(query_.group_by, [&](const SortGroupClause& group) {
    const auto& expr = target_of(group.ref);
    return expr && expr->kind == ExprKind::Var && expr->varno == range &&
           std::find(key.begin(), key.end(), expr->attno) == key.end();
  });
}

void UpperPlanner::add_system_column(int range, int attno, Oid type, const char* name) {
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = range;
  var->attno = attno;
  var->type = type;
  TargetEntry entry;
  entry.expr = std::move(var);
  entry.name = name;
  entry.junk = true;
  query_.targets.push_back(std::move(entry));
}

void UpperPlanner::add_row_identity(int range) {
  const auto& entry = query_.range_table[static_cast<std::size_t>(range) - 1];
  if (entry.kind != RangeKind::Relation) {
    if (entry.kind != RangeKind::Result) {
      add_system_column(range, 0, type_oid::kRecord, "wholerow");
    }
    return;
  }
  add_system_column(range, -1, type_oid::kTid, "ctid");
  const bool has_children =
      entry.table->kind == 'p' || root_.global->children->contains(entry.table->oid);
  if (has_children && entry.inherit) {
    add_system_column(range, -6, type_oid::kOid, "tableoid");
  }
}

void UpperPlanner::add_row_marks(const JoinTree& tree) {
  if (tree.kind == JoinTree::Kind::Range) {
    if (tree.range != query_.result_range) {
      add_row_identity(tree.range);
    }
    return;
  }
  for (const auto& child : tree.children) {
    add_row_marks(child);
  }
}

void UpperPlanner::add_row_identities() {
  const bool merges = query_.command == Command::Merge;
  const bool modifies =
      query_.command == Command::Update || query_.command == Command::Delete || merges;
  const auto actions = merges ? std::exchange(query_.targets, {}) : std::vector<TargetEntry>{};
  if (modifies) {
    add_row_identity(query_.result_range);
  }
  // preprocess_targetlist(): MERGE computes nothing below its node, but needs the source's columns,
  // and so does RETURNING; those of the target table are in the rows that are written.
  std::vector<ExprPtr> needed;
  const auto need_columns = [&](const ExprPtr& expr) {
    (void)any_of(expr, [&](const Expr& e) {
      if (e.kind == ExprKind::Var && e.levels_up == 0 && e.varno != query_.result_range &&
          std::none_of(needed.begin(), needed.end(), [&](const auto& n) { return equal(*n, e); })) {
        needed.push_back(std::make_shared<Expr>(e));
      }
      return false;
    });
  };
  for (const auto& action : actions) {
    need_columns(action.expr);
  }
  if (modifies) {
    for (const auto& target : query_.returning) {
      need_columns(target.expr);
    }
    std::erase_if(needed, [&](const ExprPtr& column) {
      return std::any_of(query_.targets.begin(), query_.targets.end(),
                         [&](const TargetEntry& t) { return equal(t.expr, column); });
    });
  }
  for (const auto& column : needed) {
    query_.targets.push_back(TargetEntry{column, "", 0, true});
  }
  if (modifies || !query_.row_marks.empty()) {
    add_row_marks(query_.join_tree);
  }
}

}  // namespace quern::planner_model
