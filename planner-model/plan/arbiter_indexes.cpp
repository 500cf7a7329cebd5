// The indexes that decide whether an INSERT ... ON CONFLICT conflicts. Source: plancat.c
// (infer_arbiter_indexes(), infer_collation_opclass_match()), PostgreSQL 15.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/query/table_expressions.hpp"

namespace quern::planner_model {

namespace {

/// What an ON CONFLICT asks of an index.
class Arbiter {
 public:
  Arbiter(const PlannerInfo& root, const OnConflict& conflict, const Table& table)
      : root_{root}, conflict_{conflict}, table_{table} {
    for (const auto& element : conflict.elements) {
      const ExprPtr expr = simplify(element.expr, *root.global->types);
      exprs_.push_back(expr);
      if (expr->kind == ExprKind::Var) {
        columns_.insert(expr->attno);
      }
    }
    if (conflict.arbiter_where) {
      where_ = conjuncts(canonicalize(simplify(conflict.arbiter_where, *root.global->types)));
    }
  }

  [[nodiscard]] bool decides(const Index& index) const {
    if (!index.valid) {
      return false;
    }
    if (!conflict_.constraint.empty()) {
      return index.constraint == conflict_.constraint;
    }
    return index.unique && !exprs_.empty() && has_the_columns(index) && has_the_elements(index) &&
           (index.predicate.empty() ||
            predicate_implied_by(root_, expressions().condition(index.predicate, table_, 1),
                                 where_));
  }

 private:
  [[nodiscard]] const TableExpressions& expressions() const { return *root_.global->expressions; }

  [[nodiscard]] bool has_the_columns(const Index& index) const {
    std::set<int> indexed;
    for (const IndexKey& key : index.keys) {
      if (key.column != 0) {
        indexed.insert(key.column);
      }
    }
    return indexed == columns_;
  }

  [[nodiscard]] bool is_same(const IndexKey& key, const ExprPtr& expr) const {
    return key.column != 0 ? expr->kind == ExprKind::Var && expr->attno == key.column
                           : equal(expr, expressions().expression(key.expression, table_, 1));
  }

  [[nodiscard]] bool matches(const IndexKey& key, std::size_t element) const {
    const auto& wanted = conflict_.elements[element];
    return is_same(key, exprs_[element]) &&
           (wanted.collation == 0 || wanted.collation == key.collation) &&
           (wanted.operator_class.empty() || wanted.operator_class == key.operator_class_name);
  }

  /// Every element is one of the index's, and every expression of the index is asked for.
  [[nodiscard]] bool has_the_elements(const Index& index) const {
    for (std::size_t i = 0; i < exprs_.size(); ++i) {
      if (std::none_of(index.keys.begin(), index.keys.end(),
                       [&](const IndexKey& key) { return matches(key, i); })) {
        return false;
      }
    }
    return std::all_of(index.keys.begin(), index.keys.end(), [&](const IndexKey& key) {
      return key.column != 0 || std::any_of(exprs_.begin(), exprs_.end(), [&](const ExprPtr& expr) {
               return is_same(key, expr);
             });
    });
  }

  const PlannerInfo& root_;
  const OnConflict& conflict_;
  const Table& table_;
  std::vector<ExprPtr> exprs_ = {};
  std::set<int> columns_ = {};
  std::vector<ExprPtr> where_ = {};
};

}  // namespace

std::vector<std::string> arbiter_indexes(const PlannerInfo& root) {
  const auto range = static_cast<std::size_t>(root.query.result_range);
  const Table* table = root.query.range_table[range - 1].table;
  if (!root.query.on_conflict || table == nullptr) {
    return {};
  }
  const Arbiter arbiter{root, *root.query.on_conflict, *table};
  std::vector<const Index*> found;
  for (const VisibleIndex& visible : root.global->visible_indexes(table->oid)) {
    if (!visible.as_hypopg && arbiter.decides(*visible.index)) {
      found.push_back(visible.index);
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Index* a, const Index* b) { return a->oid < b->oid; });
  std::vector<std::string> names;
  for (const Index* index : found) {
    names.push_back(index->name);
  }
  return names;
}

}  // namespace quern::planner_model
