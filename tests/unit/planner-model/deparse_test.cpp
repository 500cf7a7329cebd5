#include "planner-model/plan/deparse.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

// What PostgreSQL 15 prints for the same expressions in EXPLAIN.
namespace quern::planner_model {
namespace {

constexpr Oid kOrderStatus = 16500;

struct Fixture {
  Fixture() {
    catalog.types.push_back(
        {.oid = kOrderStatus, .schema = "public", .name = "order_status", .kind = 'e'});
    context.types = &types();
    context.range_name = [](int varno) { return varno == 1 ? "o" : "Order Items"; };
    context.column_name = [](int, int attno) {
      static const std::vector<std::string> names = {"*",         "id",    "status",
                                                     "placed_at", "order", "Note"};
      return attno < 0 ? std::string{"ctid"} : names.at(static_cast<std::size_t>(attno));
    };
  }

  const TypeSystem& types() {
    if (!types_) {
      types_ = std::make_unique<TypeSystem>(catalog);
    }
    return *types_;
  }

  std::string print(const ExprPtr& expr) { return deparse(expr, context); }

  ExprPtr op(const std::string& name, const ExprPtr& left, const ExprPtr& right, Oid on_type) {
    Expr expr{.kind = ExprKind::OpExpr, .type = type_oid::kBool};
    expr.op = types().exact_operator(name, on_type, on_type);
    REQUIRE(expr.op != 0);
    expr.name = name;
    expr.args = {left, right};
    return std::make_shared<Expr>(expr);
  }

  Oid function(const std::string& name, const std::vector<Oid>& arguments) {
    for (const Function* candidate : types().functions_named(name)) {
      if (candidate->arguments == arguments) {
        return candidate->oid;
      }
    }
    FAIL("no function " << name);
    return 0;
  }

  ExprPtr call(const std::string& name, const std::vector<ExprPtr>& args, Oid result,
               CoercionForm form = CoercionForm::Call) {
    std::vector<Oid> arguments;
    for (const ExprPtr& arg : args) {
      arguments.push_back(arg->type);
    }
    Expr expr{.kind = ExprKind::FuncExpr, .type = result};
    expr.function = function(name, arguments);
    expr.name = name;
    expr.form = form;
    expr.args = args;
    return std::make_shared<Expr>(expr);
  }

  CatalogSnapshot catalog;
  DeparseContext context;

 private:
  std::unique_ptr<TypeSystem> types_;
};

ExprPtr make(Expr expr) {
  return std::make_shared<Expr>(std::move(expr));
}

ExprPtr column(int attno, Oid type, int varno = 1) {
  Expr expr{.kind = ExprKind::Var, .type = type};
  expr.varno = varno;
  expr.attno = attno;
  return make(expr);
}

ExprPtr constant(Oid type, const std::string& text, std::int32_t typmod = -1) {
  Expr expr{.kind = ExprKind::Const, .type = type, .typmod = typmod};
  expr.text = text;
  return make(expr);
}

ExprPtr null_of(Oid type) {
  Expr expr{.kind = ExprKind::Const, .type = type};
  expr.is_null = true;
  return make(expr);
}

ExprPtr node(ExprKind kind, std::vector<ExprPtr> args, Oid type = type_oid::kBool) {
  Expr expr{.kind = kind, .type = type};
  expr.args = std::move(args);
  return make(expr);
}

ExprPtr cast(ExprPtr arg, Oid type, CoercionForm form, std::int32_t typmod = -1,
             ExprKind kind = ExprKind::RelabelType) {
  Expr expr{.kind = kind, .type = type, .typmod = typmod};
  expr.form = form;
  expr.args = {std::move(arg)};
  return make(expr);
}

const ExprPtr kId = column(1, type_oid::kInt4);
const ExprPtr kStatus = column(2, type_oid::kVarchar);
const ExprPtr kPlacedAt = column(3, type_oid::kTimestampTz);

}  // namespace

TEST_CASE_METHOD(Fixture, "constants carry a type label only where reading needs it", "[deparse]") {
  CHECK(print(constant(type_oid::kInt4, "5")) == "5");
  CHECK(print(constant(type_oid::kInt4, "-5")) == "'-5'::integer");
  CHECK(print(constant(type_oid::kInt8, "5")) == "'5'::bigint");
  CHECK(print(constant(type_oid::kNumeric, "1.50")) == "1.50");
  CHECK(print(constant(type_oid::kNumeric, "300")) == "'300'::numeric");
  CHECK(print(constant(type_oid::kNumeric, "-1.5")) == "'-1.5'::numeric");
  CHECK(print(constant(type_oid::kNumeric, "NaN")) == "'NaN'::numeric");
  CHECK(print(constant(type_oid::kBool, "t")) == "true");
  CHECK(print(constant(type_oid::kBool, "f")) == "false");
  CHECK(print(constant(type_oid::kText, "it's")) == "'it''s'::text");
  CHECK(print(constant(type_oid::kText, "back\\slash")) == "'back\\slash'::text");
  CHECK(print(constant(type_oid::kTimestampTz, "2025-01-01 00:00:00+00")) ==
        "'2025-01-01 00:00:00+00'::timestamp with time zone");
  CHECK(print(constant(kOrderStatus, "paid")) == "'paid'::order_status");
  CHECK(print(null_of(type_oid::kText)) == "NULL::text");
}

TEST_CASE_METHOD(Fixture, "columns are prefixed only in statements over several tables",
                 "[deparse]") {
  CHECK(print(kId) == "id");
  CHECK(print(column(4, type_oid::kInt4)) == "\"order\"");
  CHECK(print(column(0, type_oid::kRecord)) == "o.*");
  context.prefix_columns = true;
  CHECK(print(kId) == "o.id");
  CHECK(print(column(5, type_oid::kText, 2)) == "\"Order Items\".\"Note\"");
  CHECK(print(column(-1, type_oid::kTid)) == "o.ctid");
}

TEST_CASE_METHOD(Fixture, "every operator has its parentheses", "[deparse]") {
  const ExprPtr equal = op("=", kId, constant(type_oid::kInt4, "5"), type_oid::kInt4);
  CHECK(print(equal) == "(id = 5)");
  CHECK(print(node(ExprKind::And, {equal, equal, equal})) ==
        "((id = 5) AND (id = 5) AND (id = 5))");
  CHECK(print(node(ExprKind::Or, {equal, node(ExprKind::Not, {equal})})) ==
        "((id = 5) OR (NOT (id = 5)))");
  CHECK(print(node(ExprKind::NullTest, {kId})) == "(id IS NULL)");
  CHECK(print(node(ExprKind::DistinctExpr, {kId, kId})) == "(id IS DISTINCT FROM id)");
}

TEST_CASE_METHOD(Fixture, "implicit casts show under operators, hide under AND", "[deparse]") {
  const ExprPtr as_text = cast(kStatus, type_oid::kText, CoercionForm::ImplicitCast);
  CHECK(print(op("=", as_text, constant(type_oid::kText, "paid"), type_oid::kText)) ==
        "((status)::text = 'paid'::text)");
  CHECK(print(as_text) == "status");
  CHECK(deparse_key(as_text, context) == "(status)::text");
  CHECK(print(cast(kId, type_oid::kText, CoercionForm::ExplicitCast, -1, ExprKind::CoerceViaIO)) ==
        "(id)::text");
  CHECK(print(cast(constant(type_oid::kVarchar, "a"), type_oid::kVarchar,
                   CoercionForm::ExplicitCast, 24)) == "'a'::character varying(20)");
}

TEST_CASE_METHOD(Fixture, "arrays compare by ANY", "[deparse]") {
  Expr any{.kind = ExprKind::ScalarArrayOpExpr, .type = type_oid::kBool};
  any.op = types().exact_operator("=", type_oid::kInt4, type_oid::kInt4);
  any.args = {kId, constant(1007, "{1,2,3}")};
  CHECK(print(make(any)) == "(id = ANY ('{1,2,3}'::integer[]))");
  any.use_or = false;
  CHECK(print(make(any)) == "(id = ALL ('{1,2,3}'::integer[]))");
}

TEST_CASE_METHOD(Fixture, "functions print as calls, casts or the standard's own syntax",
                 "[deparse]") {
  const ExprPtr text = column(5, type_oid::kText);
  CHECK(print(call("lower", {text}, type_oid::kText)) == "lower(\"Note\")");
  CHECK(print(call("left", {text, constant(type_oid::kInt4, "2")}, type_oid::kText)) ==
        "\"left\"(\"Note\", 2)");
  const ExprPtr year = constant(type_oid::kText, "year");
  CHECK(print(call("extract", {year, kPlacedAt}, type_oid::kNumeric, CoercionForm::SqlSyntax)) ==
        "EXTRACT(year FROM placed_at)");
  CHECK(print(call("extract", {year, kPlacedAt}, type_oid::kNumeric)) ==
        "\"extract\"('year'::text, placed_at)");
  CHECK(print(call("timezone", {constant(type_oid::kText, "UTC"), kPlacedAt}, type_oid::kTimestamp,
                   CoercionForm::SqlSyntax)) == "(placed_at AT TIME ZONE 'UTC'::text)");
  CHECK(print(call("date", {kPlacedAt}, type_oid::kDate)) == "date(placed_at)");
  CHECK(print(call("date", {kPlacedAt}, type_oid::kDate, CoercionForm::ExplicitCast)) ==
        "(placed_at)::date");
  CHECK(print(call("btrim", {text}, type_oid::kText, CoercionForm::SqlSyntax)) ==
        "TRIM(BOTH FROM \"Note\")");
  CHECK(print(call(
            "substring", {text, constant(type_oid::kInt4, "1"), constant(type_oid::kInt4, "2")},
            type_oid::kText, CoercionForm::SqlSyntax)) == "SUBSTRING(\"Note\" FROM 1 FOR 2)");
}

TEST_CASE_METHOD(Fixture, "CASE shows ELSE always, and its argument where it has one",
                 "[deparse]") {
  const ExprPtr one = constant(type_oid::kInt4, "1");
  const ExprPtr test = op("=", kId, one, type_oid::kInt4);
  Expr searched{.kind = ExprKind::CaseExpr, .type = type_oid::kText};
  searched.args = {test, constant(type_oid::kText, "a")};
  CHECK(print(make(searched)) == "CASE WHEN (id = 1) THEN 'a'::text ELSE NULL::text END");
  searched.case_has_arg = true;
  searched.case_has_else = true;
  searched.args.push_back(constant(type_oid::kText, "b"));
  CHECK(print(make(searched)) == "CASE id WHEN 1 THEN 'a'::text ELSE 'b'::text END");
}

TEST_CASE_METHOD(Fixture, "aggregates and window functions", "[deparse]") {
  Expr count{.kind = ExprKind::Aggref, .type = type_oid::kInt8};
  count.function = function("count", {});
  count.star = true;
  CHECK(print(make(count)) == "count(*)");
  count.filter = op("=", kId, constant(type_oid::kInt4, "1"), type_oid::kInt4);
  CHECK(print(make(count)) == "count(*) FILTER (WHERE (id = 1))");
  Expr sum{.kind = ExprKind::Aggref, .type = type_oid::kInt8};
  sum.function = function("sum", {type_oid::kInt4});
  sum.distinct = true;
  sum.args = {kId};
  CHECK(print(make(sum)) == "sum(DISTINCT id)");
  Expr rank{.kind = ExprKind::WindowFunc, .type = type_oid::kInt8};
  rank.function = function("rank", {});
  CHECK(print(make(rank)) == "rank() OVER (?)");
}

TEST_CASE_METHOD(Fixture, "what a lower node computed stands in parentheses", "[deparse]") {
  const ExprPtr lower = call("lower", {column(5, type_oid::kText)}, type_oid::kText);
  context.computed_below = {lower, kId};
  CHECK(print(lower) == "(lower(\"Note\"))");
  CHECK(print(kId) == "id");
  CHECK(print(op("=", lower, constant(type_oid::kText, "x"), type_oid::kText)) ==
        "((lower(\"Note\")) = 'x'::text)");
}

TEST_CASE_METHOD(Fixture, "sort keys show what is not the default", "[deparse]") {
  const Ordering ints = types().ordering(type_oid::kInt4);
  CHECK(deparse_sort_key(kId, ints.less, false, 0, context) == "id");
  CHECK(deparse_sort_key(kId, ints.less, true, 0, context) == "id NULLS FIRST");
  CHECK(deparse_sort_key(kId, ints.greater, true, 0, context) == "id DESC");
  CHECK(deparse_sort_key(kId, ints.greater, false, 0, context) == "id DESC NULLS LAST");
  const ExprPtr note = column(5, type_oid::kText);  // in its own collation, whatever sorts it
  const Oid less = types().ordering(type_oid::kText).less;
  CHECK(deparse_sort_key(note, less, false, kDefaultCollation, context) == "\"Note\"");
  CHECK(deparse_sort_key(note, less, false, kCCollation, context) == "\"Note\" COLLATE \"C\"");
}

}  // namespace quern::planner_model
