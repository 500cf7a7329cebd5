// The members of an appended relation: partitions, and the arms of a flattened UNION ALL. Source:
// allpaths.c (set_append_rel_size), inherit.c, appendinfo.c (adjust_appendrel_attrs),
// PostgreSQL 15.
//
// A member keeps the range number and, as far as it has them, the column numbers of the whole, so
// that clauses, classes and orders of the whole hold for it as they are (see StandIn). Columns that
// an arm computes are replaced; columns that only the arm has get numbers of their own.
#include <algorithm>
#include <cmath>
#include <map>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/constraint_exclusion.hpp"
#include "planner-model/plan/partition_pruning.hpp"
#include "planner-model/plan/partitionwise.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

constexpr int kHiddenColumns = 2000;  ///< above the most columns a table may have

/// adjust_appendrel_attrs(): what the member computes in place of the whole's columns.
ExprPtr member_expr(const RelOptInfo& member, const ExprPtr& expr) {
  if (member.computed.empty()) {
    return expr;
  }
  return change_expr(expr, [&](const ExprPtr& e, int) -> ExprPtr {
    if (e->kind != ExprKind::Var || e->levels_up != 0 || e->varno != member.range ||
        e->attno <= 0 || static_cast<std::size_t>(e->attno) > member.computed.size()) {
      return nullptr;
    }
    return member.computed[static_cast<std::size_t>(e->attno) - 1];
  });
}

/// A clause of the whole as the member has it: estimated anew, over what the member computes.
RestrictInfo* own_clause(PlannerInfo& root, const RelOptInfo& member, const RestrictInfo& clause) {
  auto& copy = root.global->clauses.emplace_back(clause);
  copy.norm_selectivity = copy.outer_selectivity = -1;
  copy.left_bucket_size = copy.right_bucket_size = -1;
  copy.clause = member_expr(member, clause.clause);
  if (copy.clause != clause.clause) {
    copy.eval_cost.reset();
  }
  for (auto& arm : copy.or_arms) {
    for (auto*& part : arm) {
      part = own_clause(root, member, *part);
    }
  }
  return &copy;
}

/// The widths of an appended relation are its members', weighted by their rows.
void set_member_widths(PlannerInfo& root, RelOptInfo& rel, double rows) {
  if (rows <= 0) {
    return;
  }
  double total = 0;
  for (const auto* member : rel.members) {
    total += member->target.width * member->rows;
  }
  rel.target.width = static_cast<int>(std::rint(total / rows));
  for (const auto& expr : rel.target.exprs) {
    if (expr->kind != ExprKind::Var || expr->varno != rel.range) {
      continue;
    }
    double size = 0;
    for (const auto* member : rel.members) {
      const auto known = member->widths.find(expr->attno);
      const int width = known != member->widths.end() && known->second > 0
                            ? known->second
                            : type_width(root, expr->type, expr->typmod);
      size += width * member->rows;
    }
    rel.widths[expr->attno] = static_cast<int>(std::rint(size / rows));
  }
}

// --- arms of UNION ALL

/// Gives each column of the arm its number in the whole: that of the first output that is the
/// column itself, or a hidden one.
void number_columns(RelOptInfo& member, const UnionArm& arm, const RelOptInfo& whole) {
  // Of a whole that is an arm itself, columns go by the numbers of its own whole.
  const auto number_in_whole = [&](int attno) {
    for (const auto& [outer, own] : whole.parent_columns) {
      if (own == attno) {
        return outer;
      }
    }
    return attno;
  };
  int hidden = kHiddenColumns;
  for (const auto& [outer, own] : whole.parent_columns) {
    hidden = std::max(hidden, outer / kHiddenColumns * kHiddenColumns + kHiddenColumns);
  }
  std::map<int, int> number;  // of the arm's own columns
  for (std::size_t i = 0; i < arm.outputs.size(); ++i) {
    const auto& output = arm.outputs[i];
    if (output->kind == ExprKind::Var && output->levels_up == 0 && output->attno > 0) {
      number.emplace(output->attno, number_in_whole(static_cast<int>(i) + 1));
    }
  }
  for (std::size_t i = 1; i <= member.entry->columns.size(); ++i) {
    const int own = static_cast<int>(i);
    member.parent_columns[number.emplace(own, hidden + own).first->second] = own;
  }
  const auto renumbered = [&](const ExprPtr& output) {
    return change_expr(output, [&](const ExprPtr& e, int depth) -> ExprPtr {
      if (e->kind != ExprKind::Var || e->levels_up != depth || e->varno != arm.range) {
        return nullptr;
      }
      auto copy = std::make_shared<Expr>(*e);
      copy->varno = member.range;
      copy->attno = e->attno > 0 ? number.at(e->attno) : e->attno;
      return copy;
    });
  };
  for (const ExprPtr& qual : member.entry->security_quals) {
    member.security_quals.push_back(renumbered(qual));
  }
  for (std::size_t i = 0; i < arm.outputs.size(); ++i) {
    const auto at = static_cast<std::size_t>(number_in_whole(static_cast<int>(i) + 1)) - 1;
    ExprPtr output = renumbered(arm.outputs[i]);
    if (output->kind == ExprKind::Var && output->attno == static_cast<int>(at) + 1) {
      continue;
    }
    if (member.computed.size() <= at) {
      member.computed.resize(at + 1);
    }
    member.computed[at] = std::move(output);
  }
}

RelOptInfo& new_arm(PlannerInfo& root, RelOptInfo& whole, const UnionArm& arm) {
  auto& member = root.global->rels.emplace_back();
  member.kind = RelKind::Member;
  member.relids = whole.relids;
  member.range = whole.range;
  member.arm_range = arm.range;
  member.entry = &root.query.range_table[static_cast<std::size_t>(arm.range) - 1];
  member.table = member.entry->table;
  member.append_parent = &whole;
  member.consider_startup = whole.consider_startup;
  member.consider_param_startup = whole.consider_param_startup;
  member.lateral_relids = whole.lateral_relids;
  number_columns(member, arm, whole);
  if (member.entry->kind == RangeKind::Relation) {
    member.is_append = is_inheritance_parent(root, *member.entry);
    member.use_inherited_statistics = member.is_append;
    load_relation(root, member);
  } else {
    member.is_append = !member.entry->arms.empty();
  }
  return member;
}

void add_own_security_quals(PlannerInfo& root, RelOptInfo& member) {
  for (std::size_t level = 0; level < member.security_quals.size(); ++level) {
    for (const ExprPtr& qual : conjuncts(member.security_quals[level])) {
      member.restrictions.push_back(make_restrictinfo(root, qual, true, false, false, member.relids,
                                                      0, 0, static_cast<int>(level)));
    }
  }
}

/// apply_child_basequals(): false when no row of the member can pass.
bool take_restrictions(PlannerInfo& root, RelOptInfo& member, const RelOptInfo& whole) {
  for (const auto* clause : whole.restrictions) {
    auto* own = own_clause(root, member, *clause);
    const bool is_new = own->clause != clause->clause;
    if (is_new) {
      own->clause = simplify(own->clause, *root.global->types);
    }
    if (is_constant_false(*own->clause)) {
      return false;
    }
    if (is_new && is_constant_true(*own->clause)) {
      continue;
    }
    member.restrictions.push_back(own);
  }
  add_own_security_quals(root, member);
  return true;
}

/// The whole row of an arm of UNION ALL is a ROW() of its columns.
ExprPtr row_of_arm(const RelOptInfo& member, const RelOptInfo& whole) {
  auto row = std::make_shared<Expr>();
  row->kind = ExprKind::RowExpr;
  row->type = type_oid::kRecord;
  int attno = 0;
  for (const RangeColumn& column : whole.entry->columns) {
    row->args.push_back(member_expr(member, make_var(whole.range, ++attno, column)));
  }
  return row;
}

void take_from_whole(PlannerInfo& root, RelOptInfo& member, const RelOptInfo& whole) {
  member.target.exprs.clear();
  for (const auto& expr : whole.target.exprs) {
    const bool whole_row =
        expr->kind == ExprKind::Var && expr->varno == whole.range && expr->attno == 0;
    member.target.exprs.push_back(whole_row && whole.table == nullptr ? row_of_arm(member, whole)
                                                                      : member_expr(member, expr));
  }
  member.target.sort_group_refs = whole.target.sort_group_refs;
  member.whole_row_needed = whole.whole_row_needed;
  for (const auto& [attno, where] : whole.needed) {
    const auto at = static_cast<std::size_t>(attno) - 1;
    if (attno <= 0 || at >= member.computed.size() || !member.computed[at]) {
      member.needed[attno] |= where;
      continue;
    }
    (void)any_of(member.computed[at], [&, where = where](const Expr& e) {
      if (e.kind == ExprKind::Var && e.levels_up == 0) {
        member.needed[e.attno] |= where;
      }
      return false;
    });
  }
  for (auto* clause : whole.join_info) {
    // Where the whole has a condition of an outer join for redundant (norm_selectivity above 1),
    // its members do not: they estimate it.
    const bool as_it_is = member.computed.empty() && clause->norm_selectivity <= 1;
    member.join_info.push_back(as_it_is ? clause : own_clause(root, member, *clause));
  }
  member.has_ec_joins = whole.has_ec_joins;
}

/// Members that rows can come from.
std::vector<RelOptInfo*> arms_of(PlannerInfo& root, RelOptInfo& rel) {
  std::vector<RelOptInfo*> members;
  for (const auto& arm : rel.entry->arms) {
    auto& member = new_arm(root, rel, arm);
    take_from_whole(root, member, rel);
    if (take_restrictions(root, member, rel) &&
        !excluded_by_constraints(root, member, clause_exprs(member.restrictions))) {
      members.push_back(&member);
    }
  }
  rel.members_before_pruning = rel.entry->arms.size();
  return members;
}

/// The conditions of a partitioned table over its own columns; those of an arm of UNION ALL are
/// over the whole's.
std::vector<ExprPtr> own_conditions(const RelOptInfo& rel) {
  auto clauses = clause_exprs(rel.restrictions);
  if (rel.arm_range == 0) {
    return clauses;
  }
  for (ExprPtr& clause : clauses) {
    clause = change_expr(clause, [&](const ExprPtr& e, int depth) -> ExprPtr {
      const bool is_ours =
          e->kind == ExprKind::Var && e->levels_up == depth && e->varno == rel.range;
      const auto own = is_ours ? rel.parent_columns.find(e->attno) : rel.parent_columns.end();
      if (own == rel.parent_columns.end()) {
        return nullptr;
      }
      auto copy = std::make_shared<Expr>(*e);
      copy->attno = own->second;
      return copy;
    });
  }
  return clauses;
}

/// The conditions as the execution knows them when it begins: now() and the like have their values.
/// Those of an arm of UNION ALL are its own, which the Append above does not look at.
std::vector<ExprPtr> conditions_at_start(const PlannerInfo& root, const RelOptInfo& rel) {
  std::vector<ExprPtr> clauses;
  if (rel.arm_range == 0) {
    for (const ExprPtr& clause : clause_exprs(rel.restrictions)) {
      ExprPtr known = simplify(clause, *root.global->types, FoldStable::Yes, root.global->now_us);
      if (!equal(known, clause)) {
        clauses.push_back(std::move(known));
      }
    }
  }
  return clauses;
}

/// Without those that are pruned or excluded.
std::vector<RelOptInfo*> partitions_of(PlannerInfo& root, RelOptInfo& rel) {
  PartitionPruner pruner{root, rel, own_conditions(rel)};
  PartitionPruner at_start{root, rel, conditions_at_start(root, rel)};
  std::vector<RelOptInfo*> members;
  for (auto* member : expand_members(root, rel)) {
    if (pruner.keeps(*member->table) &&
        !excluded_by_constraints(root, *member, clause_exprs(rel.restrictions))) {
      load_relation(root, *member);
      take_from_whole(root, *member, rel);
      if (take_restrictions(root, *member, rel)) {
        member->skipped = !at_start.keeps(*member->table);
        root.global->skips_partitions |= member->skipped;
        members.push_back(member);
      }
    }
  }
  return members;
}

}  // namespace

bool is_inheritance_parent(const PlannerInfo& root, const RangeTableEntry& entry) {
  return entry.table != nullptr && entry.inherit &&
         (entry.table->kind == 'p' || root.global->children->contains(entry.table->oid));
}

void set_dummy(RelOptInfo& rel) {
  rel.is_dummy = true;
  rel.rows = 0;
  rel.target.width = 0;
}

ExprPtr in_member(const RelOptInfo& member, const ExprPtr& expr) {
  const bool is_part = member.append_parent != nullptr;
  return member_expr(member, is_part ? in_member(*member.append_parent, expr) : expr);
}

void set_append_rel_size(PlannerInfo& root, RelOptInfo& rel) {
  double rows = 0;
  double tuples = 0;
  const bool by_partition = wants_partitions(root, rel);
  std::map<const Table*, RelOptInfo*> leaves;
  for (auto* member : rel.entry->arms.empty() ? partitions_of(root, rel) : arms_of(root, rel)) {
    if (by_partition) {
      leaves.emplace(member->table, member);
    }
    const StandIn stand_in{root, *member};
    member->consider_parallel = false;
    if (rel.consider_parallel) {
      set_consider_parallel(root, *member);
    }
    set_rel_size(root, *member);
    if (member->is_dummy) {
      continue;
    }
    rel.members.push_back(member);
    rows += member->rows;
    tuples += member->tuples;
  }
  // One member that must stay in the leader keeps the whole there.
  for (const auto* member : rel.members) {
    rel.consider_parallel = rel.consider_parallel && member->consider_parallel;
  }
  rel.rows = rows;
  rel.tuples = root.global->cost.server.appends_sum_member_tuples() ? tuples : rows;
  rel.restriction_cost = clauses_cost(rel.restrictions, root);
  set_rel_width(root, rel);
  set_member_widths(root, rel, rows);
  if (rel.members.empty()) {
    set_dummy(rel);
  } else if (by_partition) {
    describe_partitions(root, rel, leaves);
  }
}

}  // namespace quern::planner_model
