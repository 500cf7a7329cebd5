#include "planner-model/plan/constraint_exclusion.hpp"

#include <algorithm>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/plan/query_walk.hpp"

namespace quern::planner_model {

namespace {

/// constraint_exclusion: by default only the members of an appended relation are looked at.
bool is_asked(const PlannerInfo& root, const RelOptInfo& rel) {
  switch (root.global->cost.constraint_exclusion) {
    case ConstraintExclusion::Off:
      return false;
    case ConstraintExclusion::Partition:
      return rel.append_parent != nullptr;
    case ConstraintExclusion::On:
      return true;
  }
  return false;
}

std::vector<ExprPtr> without_mutable(const PlannerInfo& root, const std::vector<ExprPtr>& exprs) {
  std::vector<ExprPtr> safe;
  std::copy_if(exprs.begin(), exprs.end(), std::back_inserter(safe),
               [&](const ExprPtr& expr) { return !contains_mutable(expr, root); });
  return safe;
}

int own_number(const RelOptInfo& rel, int attno) {
  const auto found = rel.parent_columns.find(attno);
  return found == rel.parent_columns.end() ? attno : found->second;
}

/// What the table calls its column `attno`, under the number that `rel` goes by.
int number_in_rel(const RelOptInfo& rel, int attno) {
  for (const auto& [outer, own] : rel.parent_columns) {
    if (own == attno) {
      return outer;
    }
  }
  return attno;
}

ExprPtr as_rel_numbers(const RelOptInfo& rel, const ExprPtr& constraint) {
  if (rel.parent_columns.empty()) {
    return constraint;
  }
  return change_expr(constraint, [&](const ExprPtr& e, int) -> ExprPtr {
    if (e->kind != ExprKind::Var) {
      return nullptr;
    }
    auto copy = std::make_shared<Expr>(*e);
    copy->attno = number_in_rel(rel, e->attno);
    return copy;
  });
}

/// NOT NULL of the columns that the clauses ask to be NULL: no other can contradict them.
void add_not_null(const RelOptInfo& rel, const std::vector<ExprPtr>& clauses,
                  std::vector<ExprPtr>& constraints) {
  for (const auto& clause : clauses) {
    (void)any_of(clause, [&](const Expr& e) {
      if (e.kind != ExprKind::NullTest || !e.test_is_null ||
          e.args.front()->kind != ExprKind::Var) {
        return false;
      }
      const auto number = own_number(rel, e.args.front()->attno);
      const auto& columns = rel.table->columns;
      if (std::any_of(columns.begin(), columns.end(),
                      [&](const Column& c) { return c.number == number && c.not_null; })) {
        auto test = std::make_shared<Expr>(e);
        test->test_is_null = false;
        constraints.push_back(std::move(test));
      }
      return false;
    });
  }
}

/// "CHECK ((a > 1)) NO INHERIT" without all but the condition.
std::string_view condition_of(const Constraint& check) {
  const std::string_view text = check.definition;
  const auto from = text.find('(');
  const auto to = text.rfind(')');
  return from == std::string_view::npos ? std::string_view{} : text.substr(from, to - from + 1);
}

/// get_relation_constraints().
std::vector<ExprPtr> constraints_of(PlannerInfo& root, const RelOptInfo& rel,
                                    const std::vector<ExprPtr>& clauses) {
  std::vector<ExprPtr> constraints;
  const Table& table = *rel.table;
  for (const auto* check : root.global->expressions->checks(table)) {
    if (rel.is_append && check->definition.ends_with(" NO INHERIT")) {
      continue;
    }
    try {
      for (const auto& clause :
           root.global->expressions->condition(condition_of(*check), table, rel.range)) {
        constraints.push_back(as_rel_numbers(rel, clause));
      }
    } catch (const UserError&) {
      root.global->unmodelled.insert("constraint " + check->name + " (it cannot be read)");
    }
  }
  if (!rel.is_append || table.kind == 'p') {
    add_not_null(rel, clauses, constraints);
  }
  return constraints;
}

}  // namespace

bool excluded_by_constraints(PlannerInfo& root, const RelOptInfo& rel,
                             const std::vector<ExprPtr>& clauses) {
  if (clauses.empty() || !is_asked(root, rel)) {
    return false;
  }
  const auto safe = without_mutable(root, clauses);
  if (predicate_refuted_by(root, safe, safe, Refutation::Weak)) {
    return true;
  }
  return rel.entry->kind == RangeKind::Relation && rel.table != nullptr &&
         predicate_refuted_by(root, without_mutable(root, constraints_of(root, rel, clauses)),
                              clauses, Refutation::Strong);
}

}  // namespace quern::planner_model
