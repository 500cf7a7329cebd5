// Which statistics speak of an expression. Source: selfuncs.c (examine_variable,
// examine_simple_variable), clauses.c (estimate_expression_value), PostgreSQL 15.
#include <algorithm>
#include <string>

#include "planner-model/plan/cte_plans.hpp"
#include "planner-model/plan/extended_selectivity.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/size/derived_statistics.hpp"

namespace quern::planner_model {

namespace {

bool unique_index_on(const RelOptInfo& rel, int attno) {
  return std::any_of(rel.indexes.begin(), rel.indexes.end(), [&](const IndexOptInfo* index) {
    return index->unique && index->key_columns == 1 && index->columns[0] == attno &&
           (index->predicate.empty() || index->predicate_ok);
  });
}

const ColumnStatistics* column_statistics(const RelOptInfo& rel, int number) {
  const auto own = rel.parent_columns.find(number);
  const int attno = own == rel.parent_columns.end() ? number : own->second;
  for (const auto& column : rel.table->columns) {
    if (column.number == attno) {
      const auto& stats =
          rel.use_inherited_statistics ? column.inherited_statistics : column.statistics;
      return stats ? &*stats : nullptr;
    }
  }
  return nullptr;
}

/// The planned query whose output the relation is; null for what is no query.
PlannerInfo* query_behind(const PlannerInfo& root, const RelOptInfo& rel) {
  if (rel.entry->kind == RangeKind::Subquery) {
    return rel.subroot;
  }
  if (rel.entry->kind == RangeKind::Cte && root.global->cost.server.ctes_have_statistics()) {
    const auto* plan = cte_plan(root, *rel.entry);
    return plan != nullptr ? plan->root : nullptr;
  }
  return nullptr;
}

/// all_rows_selectable(): the policies of a table hold for its children, which have none here.
bool hides_rows(const RelOptInfo& rel) {
  const RelOptInfo* top = &rel;
  while (top->entry->security_quals.empty() && top->append_parent != nullptr) {
    top = top->append_parent;
  }
  return !top->entry->security_quals.empty();
}

void examine_simple_variable(PlannerInfo& root, const Expr& var, RelOptInfo& rel, Variable& out) {
  auto& global = *root.global;
  const auto& entry = *rel.entry;
  if (entry.kind == RangeKind::Relation) {
    out.values_hidden = hides_rows(rel);
    if (var.attno > 0) {
      if (const auto* stats = column_statistics(rel, var.attno); stats != nullptr) {
        out.statistics = global.statistics->get(*stats, global.types->base_type(var.type));
      }
      for (const auto* index : rel.indexes) {
        // No end of a partitioned table is looked up (get_actual_variable_range(), selfuncs.c).
        if (!rel.is_append && index->method == AccessMethod::Btree && !index->as_hypopg &&
            index->predicate.empty() && index->columns[0] == var.attno) {
          out.has_ordering_index = true;
        }
      }
    }
    out.is_ctid = var.attno == -1;
    out.is_tableoid = var.attno == -6;
    return;
  }
  if (entry.kind == RangeKind::Values) {
    out.is_values = true;
    return;
  }
  // An appended relation has no statistics of its own.
  if (auto* made_by = query_behind(root, rel); made_by != nullptr && var.attno > 0) {
    PlannerInfo& subroot = *made_by;
    const Query& query = subroot.query;
    if (query.set_operation || query.has_grouping_sets) {
      return;
    }
    const TargetEntry* target = nullptr;
    int position = 0;
    for (const auto& candidate : query.targets) {
      if (!candidate.junk && ++position == var.attno) {
        target = &candidate;
        break;
      }
    }
    if (target == nullptr) {
      return;
    }
    if (!query.group_by.empty()) {
      if (global.cost.server.knows_grouped_columns_unique() && subroot.written_groups == 1 &&
          target->sort_group_ref == query.group_by.front().ref) {
        out.is_unique = true;
      }
      return;
    }
    if (!query.distinct.empty()) {
      if (query.distinct.size() == 1 && target->sort_group_ref == query.distinct.front().ref) {
        out.is_unique = true;
      }
      return;
    }
    if (target->expr->kind == ExprKind::Var && target->expr->levels_up == 0 &&
        !rel.entry->security_barrier) {
      const auto range = static_cast<std::size_t>(target->expr->varno);
      if (range < subroot.base.size() && subroot.base[range] != nullptr) {
        examine_simple_variable(subroot, *target->expr, *subroot.base[range], out);
        // get_variable_numdistinct() looks at the outer column and relation for these.
        out.is_ctid = out.is_tableoid = out.is_values = false;
      }
    }
  }
}

/// Statistics that an expression does not have, and would have with the index `on_it` (null: there
/// is none) once the table is analyzed.
const ParsedStatistics* statistics_to_come(PlannerInfo& root, const RelOptInfo& rel,
                                           const ExprPtr& expr, const Index* on_it) {
  auto& guesses = root.global->guesses;
  if (guesses.derived == nullptr || contains_mutable(expr, root)) {
    return nullptr;
  }
  const auto* derived = guesses.derived->of(
      expr, [&](int attno) { return column_statistics(rel, attno); }, rel.tuples);
  if (derived == nullptr) {
    return nullptr;
  }
  if (on_it != nullptr) {
    guesses.brought.insert(on_it->name);
    return derived;
  }
  guesses.guessed = true;
  return guesses.all ? derived : nullptr;
}

}  // namespace

RelOptInfo* find_rel(PlannerInfo& root, Relids relids) {
  if (relids == 0) {
    return nullptr;
  }
  if (is_singleton(relids)) {
    return root.base[static_cast<std::size_t>(lowest(relids))];
  }
  const auto it = root.join_by_relids.find(relids);
  return it == root.join_by_relids.end() ? nullptr : it->second;
}

namespace {

/// Does the server know its value while it plans? Nothing in it waits for rows or parameters.
bool made_of_constants(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::Var:
    case ExprKind::Param:
    case ExprKind::SubLink:
    case ExprKind::SubPlan:
    case ExprKind::Aggref:
    case ExprKind::WindowFunc:
    case ExprKind::GroupingFunc:
    case ExprKind::SetToDefault:
    case ExprKind::CurrentOf:
    case ExprKind::Opaque:
      return false;
    default:
      return !expr.returns_set &&
             std::all_of(expr.args.begin(), expr.args.end(),
                         [](const ExprPtr& arg) { return made_of_constants(*arg); });
  }
}

/// The innermost call that this model cannot evaluate.
std::string unknown_call(const Expr& expr) {
  for (const ExprPtr& arg : expr.args) {
    if (arg->kind != ExprKind::Const) {
      if (auto name = unknown_call(*arg); !name.empty()) {
        return name;
      }
    }
  }
  return expr.name;
}

}  // namespace

ExprPtr estimation_value(PlannerInfo& root, const ExprPtr& expr) {
  if (expr->kind == ExprKind::Const || expr->kind == ExprKind::Var) {
    return expr;
  }
  ExprPtr value = simplify(expr, *root.global->types, FoldStable::Yes, root.global->now_us);
  if (value->kind != ExprKind::Const && value->kind != ExprKind::ArrayExpr &&
      made_of_constants(*value) && !contains_volatile(value, root)) {
    const std::string call = unknown_call(*value);
    root.global->unmodelled.insert("the value of " +
                                   (call.empty() ? "an expression" : call + "()"));
  }
  return value;
}

namespace {

/// A PlaceHolderVar that is computed where several relations are joined.
bool is_of_several(const PlannerInfo& root, const Expr& var) {
  return std::any_of(root.placeholders.begin(), root.placeholders.end(), [&](const auto& one) {
    return !is_singleton(one.eval_at) && equal(*one.column, var);
  });
}

/// pull_varnos(): a PlaceHolderVar reads all that it is computed from.
Relids relids_read(const PlannerInfo& root, const ExprPtr& expr) {
  Relids relids = relids_of(expr);
  for (const PlaceHolder& one : root.placeholders) {
    if (any_of(expr, [&](const Expr& e) { return equal(*one.column, e); })) {
      relids |= one.eval_at;
    }
  }
  return relids;
}

}  // namespace

ExaminedVariable examine_variable(PlannerInfo& root, const ExprPtr& expr, int var_relid) {
  ExaminedVariable result;
  auto& out = result.variable;
  out.types = root.global->types;
  out.type = expr->type;
  out.collation = expr->collation;
  ExprPtr base = expr->kind == ExprKind::RelabelType ? expr->args.front() : expr;
  const auto use_rel = [&](RelOptInfo* rel) {
    result.rel = rel;
    if (rel != nullptr) {
      out.has_relation = true;
      out.relation_tuples = rel->tuples;
      out.relation_rows = rel->rows;
    }
  };
  if (base->kind == ExprKind::Var && base->levels_up == 0 && !is_of_several(root, *base) &&
      (var_relid == 0 || var_relid == base->varno)) {
    result.expr = base;
    auto* rel = root.base[static_cast<std::size_t>(base->varno)];
    use_rel(rel);
    if (rel == nullptr) {
      return result;
    }
    out.type = root.global->types->base_type(base->type);
    if (rel->entry->kind == RangeKind::Relation) {
      out.is_unique = unique_index_on(*rel, base->attno);
    }
    examine_simple_variable(root, *base, *rel, out);
    return result;
  }
  const Relids relids = relids_read(root, base);
  RelOptInfo* single = nullptr;
  if (is_singleton(relids)) {
    if (var_relid == 0 || var_relid == lowest(relids)) {
      single = root.base[static_cast<std::size_t>(lowest(relids))];
      use_rel(single);
      result.expr = base;
    }
  } else if (relids != 0) {
    if (var_relid == 0) {
      use_rel(find_rel(root, relids));
      out.has_relation = true;
      result.expr = base;
    } else if (overlaps(relids, singleton(var_relid))) {
      use_rel(root.base[static_cast<std::size_t>(var_relid)]);
      result.expr = base;
    }
  }
  if (!result.expr) {
    result.expr = expr;
  }
  if (single != nullptr && single->table != nullptr) {
    out.values_hidden = hides_rows(*single);
    out.type = root.global->types->base_type(base->type);
    const Index* on_it = nullptr;
    for (const auto* index : single->indexes) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(index->key_columns); ++i) {
        if (index->columns[i] != 0 || !index->expressions[i] ||
            !equal(strip_relabel(index->expressions[i]), strip_relabel(base))) {
          continue;
        }
        if (index->unique && index->key_columns == 1 &&
            (index->predicate.empty() || index->predicate_ok)) {
          out.is_unique = true;
        }
        // A partial index has seen its own rows alone.
        const auto& stats = index->index->keys[i].statistics;
        if (stats && index->predicate.empty()) {
          out.statistics = root.global->statistics->get(*stats, out.type);
          return result;
        }
        on_it = index->predicate.empty() && !index->as_hypopg ? index->index : on_it;
      }
    }
    out.statistics = extended_expression_statistics(root, *single, base);
    if (out.statistics == nullptr) {
      out.statistics = statistics_to_come(root, *single, base, on_it);
    }
  }
  return result;
}

}  // namespace quern::planner_model
