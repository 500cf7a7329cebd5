#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

struct Value;
struct Query;
struct Expr;
/// Expressions are immutable and shared; a transformation builds new nodes above unchanged ones.
using ExprPtr = std::shared_ptr<const Expr>;

/// PostgreSQL's expression nodes (src/include/nodes/primnodes.h), by the same names.
enum class ExprKind : std::uint8_t {
  Var,
  Const,
  Param,
  FuncExpr,
  OpExpr,
  DistinctExpr,       ///< IS DISTINCT FROM; `op` is the equality operator
  NullIfExpr,         ///< `op` is the equality operator
  ScalarArrayOpExpr,  ///< args: scalar, array
  And,
  Or,
  Not,
  NullTest,
  BooleanTest,
  CaseExpr,  ///< args: when1, then1, when2, then2, ..., [else]; see `case_has_else`
  CoalesceExpr,
  MinMaxExpr,  ///< GREATEST, LEAST: see `name`
  ArrayExpr,
  RowExpr,
  RowCompareExpr,  ///< args: left items then right items; `operators` one a pair
  RelabelType,     ///< binary-compatible cast
  CoerceViaIO,     ///< cast through text
  ArrayCoerceExpr,
  FieldSelect,       ///< (row).field: `name`
  SubscriptingRef,   ///< args: container, then subscripts
  SqlValueFunction,  ///< CURRENT_DATE and so on: `name` in upper case
  SubLink,           ///< before planning
  SubPlan,           ///< after planning: `subplan_id`; args: parameters passed
  Aggref,
  WindowFunc,
  GroupingFunc,
  SetToDefault,
  CurrentOf,
  Opaque  ///< an expression that is only carried along: `name` says what it is
};

/// Sublink: the n-th output column of a SubLink's subquery, in Expr::sublink_right only.
enum class ParamKind : std::uint8_t { External, Exec, Sublink };
enum class CoercionForm : std::uint8_t { Call, ExplicitCast, ImplicitCast, SqlSyntax };
/// MultiExpr: the source of `UPDATE ... SET (a, b) = (SELECT ...)`, a junk column of the UPDATE;
/// the assigned columns are Params (Sublink).
enum class SubLinkKind : std::uint8_t { Exists, All, Any, RowCompare, Scalar, Array, MultiExpr };
enum class BooleanTestKind : std::uint8_t {
  IsTrue,
  IsNotTrue,
  IsFalse,
  IsNotFalse,
  IsUnknown,
  IsNotUnknown
};

struct AggregateOrder {
  ExprPtr expr;
  Oid sort_operator = 0;
  bool nulls_first = false;
};

struct Expr {
  ExprKind kind = ExprKind::Opaque;
  Oid type = 0;  ///< result type
  std::int32_t typmod = -1;
  Oid collation = 0;        ///< of the result; 0: not collatable
  Oid input_collation = 0;  ///< what the function or operator uses

  // Var
  int varno = 0;      ///< index into the range table, from 1
  int attno = 0;      ///< column from 1; 0: whole row; negative: system column (ctid -1)
  int levels_up = 0;  ///< 0: this query; 1: the enclosing one; ...

  // Const: text is the server's output form; value is what the estimators compare.
  bool is_null = false;
  std::string text = {};
  std::shared_ptr<const Value> value = {};

  // Param: External is $n of the statement, Exec is made by the planner.
  ParamKind param_kind = ParamKind::External;
  int param_id = 0;

  // Functions, operators, aggregates
  Oid function = 0;       ///< pg_proc; for operators, the function under it
  Oid op = 0;             ///< pg_operator
  std::string name = {};  ///< operator or function name, unqualified
  CoercionForm form = CoercionForm::Call;
  bool returns_set = false;
  bool variadic = false;
  std::vector<ExprPtr> args = {};

  bool use_or = true;        ///< ScalarArrayOpExpr: = ANY (true) or <> ALL (false)
  bool test_is_null = true;  ///< NullTest: IS NULL or IS NOT NULL
  BooleanTestKind boolean_test = BooleanTestKind::IsTrue;
  bool case_has_else = false;
  bool case_has_arg = false;        ///< CASE x WHEN ...: the whens are already comparisons with it
  std::vector<Oid> operators = {};  ///< RowCompareExpr, SubLink with a row on the left

  // SubLink
  SubLinkKind sublink_kind = SubLinkKind::Exists;
  /// SubLink: left-hand side of IN/ANY/ALL (RowExpr when several). SubPlan: the whole comparison,
  /// in which Params (Exec) are the subquery's columns.
  ExprPtr test = {};
  std::shared_ptr<const Query> subquery = {};
  /// IN/ANY/ALL: one a column, the subquery's column as the operator takes it: a Param (Sublink) or
  /// coercions over one. Holds no Vars.
  std::vector<ExprPtr> sublink_right = {};

  // SubPlan
  int subplan_id = 0;  ///< index into the planner's list, from 1
  bool hashed = false;
  /// Planner units charged at start and a call (set by the planner: cost_subplan).
  double subplan_startup = 0;
  double subplan_per_call = 0;

  // Aggref, WindowFunc
  bool star = false;  ///< count(*)
  bool distinct = false;
  std::vector<AggregateOrder> order_by = {};
  std::vector<ExprPtr> direct_args = {};
  ExprPtr filter = {};
  int window = 0;  ///< index into Query::windows, from 1

  int location = -1;  ///< byte offset into the statement, -1: unknown
};

/// Structural equality as the server's equal(): locations and coercion forms are ignored.
[[nodiscard]] bool equal(const Expr& a, const Expr& b);

[[nodiscard]] inline bool equal(const ExprPtr& a, const ExprPtr& b) {
  return a == b || (a && b && equal(*a, *b));
}

/// Equal expressions have equal hashes.
[[nodiscard]] std::size_t hash(const Expr& expr);

/// A range over what an expression holds.
class Children {
 public:
  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = ExprPtr;
    using difference_type = std::ptrdiff_t;
    using pointer = const ExprPtr*;
    using reference = const ExprPtr&;

    Iterator() = default;

    Iterator(const Children& children, std::size_t at) : children_{&children}, at_{at} {}

    const ExprPtr& operator*() const { return children_->at(at_); }

    Iterator& operator++() {
      ++at_;
      return *this;
    }

    Iterator operator++(int) {
      const Iterator before = *this;
      ++at_;
      return before;
    }

    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Children* children_ = nullptr;
    std::size_t at_ = 0;
  };

  explicit Children(const Expr& expr)
      : expr_{&expr},
        size_{expr.args.size() + expr.direct_args.size() + expr.order_by.size() +
              (expr.filter ? 1U : 0U) + (expr.test ? 1U : 0U)} {}

  [[nodiscard]] Iterator begin() const { return {*this, 0}; }

  [[nodiscard]] Iterator end() const { return {*this, size_}; }

 private:
  [[nodiscard]] const ExprPtr& at(std::size_t i) const;

  const Expr* expr_;
  std::size_t size_;
};

/// Children in evaluation order: args, direct_args, filter, order_by, test (not the subquery). They
/// are seen, not kept: `expr` must stay.
[[nodiscard]] inline Children children(const Expr& expr) {
  return Children{expr};
}

/// A copy of `expr` in which every child c is replaced by change(c) (a null answer keeps it).
/// Returns `expr` itself when nothing changed.
template <class Change>
[[nodiscard]] ExprPtr map_children(const ExprPtr& expr, const Change& change) {
  std::shared_ptr<Expr> copy;
  const auto writable = [&]() -> Expr& {
    if (!copy) {
      copy = std::make_shared<Expr>(*expr);
    }
    return *copy;
  };
  for (std::size_t i = 0; i < expr->args.size(); ++i) {
    if (ExprPtr changed = change(expr->args[i]); changed && changed != expr->args[i]) {
      writable().args[i] = std::move(changed);
    }
  }
  for (std::size_t i = 0; i < expr->direct_args.size(); ++i) {
    if (ExprPtr changed = change(expr->direct_args[i]);
        changed && changed != expr->direct_args[i]) {
      writable().direct_args[i] = std::move(changed);
    }
  }
  for (std::size_t i = 0; i < expr->order_by.size(); ++i) {
    if (ExprPtr changed = change(expr->order_by[i].expr);
        changed && changed != expr->order_by[i].expr) {
      writable().order_by[i].expr = std::move(changed);
    }
  }
  if (expr->filter) {
    if (ExprPtr changed = change(expr->filter); changed && changed != expr->filter) {
      writable().filter = std::move(changed);
    }
  }
  if (expr->test) {
    if (ExprPtr changed = change(expr->test); changed && changed != expr->test) {
      writable().test = std::move(changed);
    }
  }
  return copy ? ExprPtr{copy} : expr;
}

/// True when `test` holds for expr or anything under it (subqueries not entered).
template <class Test>
[[nodiscard]] bool any_of(const ExprPtr& expr, const Test& test) {
  if (!expr) {
    return false;
  }
  if (test(*expr)) {
    return true;
  }
  for (const auto& child : children(*expr)) {
    if (any_of(child, test)) {
      return true;
    }
  }
  return false;
}

}  // namespace quern::planner_model
