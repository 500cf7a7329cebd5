// UNION, INTERSECT, EXCEPT: transformSetOperationStmt() (analyze.c).
#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

std::string_view operation_name(SetOperation::Kind kind) {
  switch (kind) {
    case SetOperation::Kind::Intersect:
      return "INTERSECT";
    case SetOperation::Kind::Except:
      return "EXCEPT";
    default:
      return "UNION";
  }
}

SetOperation::Kind kind_of(PgQuery__SetOperation op) {
  switch (op) {
    case PG_QUERY__SET_OPERATION__SETOP_INTERSECT:
      return SetOperation::Kind::Intersect;
    case PG_QUERY__SET_OPERATION__SETOP_EXCEPT:
      return SetOperation::Kind::Except;
    default:
      return SetOperation::Kind::Union;
  }
}

bool is_leaf(const PgQuery__SelectStmt& statement) {
  return statement.op == PG_QUERY__SET_OPERATION__SETOP_NONE ||
         statement.op == PG_QUERY__SET_OPERATION__SET_OPERATION_UNDEFINED ||
         statement.n_sort_clause > 0 || is_set(statement.limit_offset) ||
         is_set(statement.limit_count) || statement.n_locking_clause > 0 ||
         statement.with_clause != nullptr;
}

const SetOperation& leftmost(const SetOperation& tree) {
  const SetOperation* leaf = &tree;
  while (leaf->kind != SetOperation::Kind::Leaf) {
    leaf = &leaf->arms.front();
  }
  return *leaf;
}

}  // namespace

SetOperation Analyzer::transform_set_leaf(Scope& scope, const PgQuery__SelectStmt& statement) {
  RangeTableEntry range;
  range.kind = RangeKind::Subquery;
  range.subquery = std::make_shared<Query>(transform_select(statement, &scope, false));
  range.alias = fmt::format("*SELECT* {}", scope.query.range_table.size() + 1);
  SetOperation leaf;
  for (const TargetEntry& target : range.subquery->targets) {
    if (!target.junk) {
      range.columns.push_back(column_of_expr(target.name, *target.expr));
    }
  }
  leaf.columns = range.columns.list();
  scope.query.range_table.push_back(std::move(range));
  leaf.range = static_cast<int>(scope.query.range_table.size());
  return leaf;
}

/// transformSetOperationTree()
SetOperation Analyzer::transform_set_tree(Scope& scope, const PgQuery__SelectStmt& statement,
                                          const RecursiveCte* recursive) {
  SetOperation operation;
  operation.kind = kind_of(statement.op);
  operation.all = statement.all != 0;
  operation.arms.reserve(2);
  const auto arm = [&](const PgQuery__SelectStmt& side) {
    return is_leaf(side) ? transform_set_leaf(scope, side)
                         : transform_set_tree(scope, side, nullptr);
  };
  operation.arms.push_back(arm(*statement.larg));
  if (recursive !=
      nullptr) {  // the first arm alone decides the columns: determineRecursiveColTypes
    for (std::size_t i = 0; i < operation.arms[0].columns.size(); ++i) {
      if (operation.arms[0].columns[i].type == type_oid::kUnknown) {
        type_leaf_column(scope, operation.arms[0], i, type_oid::kText);
      }
    }
    CteEntry& entry = recursive->owner->ctes[recursive->entry];
    set_cte_columns(entry, *recursive->node, operation.arms[0].columns);
    entry.columns_known = true;
  }
  operation.arms.push_back(arm(*statement.rarg));
  if (operation.arms[0].columns.size() != operation.arms[1].columns.size()) {
    throw UserError{fmt::format("each {} query must have the same number of columns",
                                operation_name(operation.kind))};
  }
  unify_columns(scope, operation);
  return operation;
}

/// A literal of a leaf that has no type yet takes the common one.
void Analyzer::type_leaf_column(Scope& scope, SetOperation& arm, std::size_t column, Oid type) {
  if (arm.kind != SetOperation::Kind::Leaf || arm.columns[column].type != type_oid::kUnknown) {
    return;
  }
  RangeTableEntry& range = scope.query.range_table[static_cast<std::size_t>(arm.range) - 1];
  std::size_t position = 0;
  for (TargetEntry& target : range.subquery->targets) {
    if (target.junk || position++ != column) {
      continue;
    }
    target.expr = assign_collations(implicit(target.expr, type), types_);
    RangeColumn& changed = range.columns.edit()[column];
    changed = column_of_expr(changed.name, *target.expr);
    arm.columns[column] = range.columns[column];
    return;
  }
}

void Analyzer::unify_columns(Scope& scope, SetOperation& operation) {
  const std::string_view context = operation_name(operation.kind);
  SetOperation& left = operation.arms[0];
  SetOperation& right = operation.arms[1];
  for (std::size_t i = 0; i < left.columns.size(); ++i) {
    const auto as_expr = [&](const RangeColumn& column) {
      return make_var(1, static_cast<int>(i) + 1, column);
    };
    const Oid type = common_type({as_expr(left.columns[i]), as_expr(right.columns[i])}, context);
    for (SetOperation* arm : {&left, &right}) {
      if (arm->columns[i].type == type_oid::kUnknown) {
        type_leaf_column(scope, *arm, i, type);
      } else {
        (void)coerce_to_common(as_expr(arm->columns[i]), type, context);
      }
    }
    RangeColumn column = left.columns[i];
    column.type = type;
    const RangeColumn& other = right.columns[i];
    column.typmod =
        left.columns[i].type == type && other.type == type && left.columns[i].typmod == other.typmod
            ? other.typmod
            : -1;
    column.collation = types_.type_collation(type) == 0
                           ? 0
                           : common_collation({as_expr(left.columns[i]), as_expr(other)}, types_);
    if (!(operation.kind == SetOperation::Kind::Union && operation.all)) {
      const Ordering ordering = types_.ordering(type);
      if (ordering.equal == 0) {
        throw UserError{fmt::format("could not identify an equality operator for type {}",
                                    types_.format_type(type))};
      }
      operation.grouping.push_back(SortGroupClause{static_cast<int>(i) + 1, ordering.equal,
                                                   ordering.less, false, false, ordering.hashable});
    }
    operation.columns.push_back(std::move(column));
  }
}

void Analyzer::transform_set_operations(Scope& scope, const PgQuery__SelectStmt& statement,
                                        const RecursiveCte* recursive) {
  Query& query = scope.query;
  SetOperation tree = transform_set_tree(scope, statement, recursive);
  const SetOperation& first = leftmost(tree);
  NamespaceItem item;
  item.relation_visible = false;
  auto columns = std::make_shared<ColumnSet>();
  for (std::size_t i = 0; i < tree.columns.size(); ++i) {
    tree.columns[i].name = first.columns[i].name;
    ExprPtr var = make_var(first.range, static_cast<int>(i) + 1, tree.columns[i]);
    columns->add(tree.columns[i].name, var);
    query.targets.push_back(TargetEntry{std::move(var), tree.columns[i].name});
  }
  item.columns = std::move(columns);
  scope.names.push_back(std::move(item));
  const std::size_t visible = query.targets.size();
  query.set_operation = std::move(tree);
  query.order_by = transform_sort(scope, list_of(statement.n_sort_clause, statement.sort_clause),
                                  query.targets, ExprUse::OrderBy, false);
  if (query.targets.size() != visible) {
    throw UserError{
        "invalid UNION/INTERSECT/EXCEPT ORDER BY clause: only result column names can be used, not "
        "expressions or functions"};
  }
  query.offset = transform_limit(scope, statement.limit_offset, ExprUse::Offset);
  query.limit = transform_limit(scope, statement.limit_count, ExprUse::Limit);
  query.limit_with_ties = statement.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES;
  if (statement.n_locking_clause > 0) {
    throw UserError{"FOR UPDATE is not allowed with UNION/INTERSECT/EXCEPT"};
  }
}

}  // namespace quern::planner_model
