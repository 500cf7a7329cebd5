#include "planner-model/query/type_system.hpp"

#include <array>

#include <catch2/catch.hpp>

using namespace quern;
using namespace quern::planner_model;

namespace {

CatalogSnapshot snapshot_with_types() {
  CatalogSnapshot catalog;
  catalog.types.push_back({.oid = 20000,
                           .schema = "public",
                           .name = "mood",
                           .kind = 'e',
                           .category = 'E',
                           .length = 4,
                           .by_value = true,
                           .array = 20001,
                           .labels = {"sad", "ok", "happy"}});
  catalog.types.push_back(
      {.oid = 20001, .schema = "public", .name = "_mood", .category = 'A', .element = 20000});
  catalog.types.push_back({.oid = 20002,
                           .schema = "public",
                           .name = "email",
                           .kind = 'd',
                           .category = 'S',
                           .base = type_oid::kText,
                           .collation = 100});
  return catalog;
}

struct Case {
  std::string_view name;
  Oid left;
  Oid right;
  Oid chosen;  ///< 0: none
};

}  // namespace

TEST_CASE("Binary operators are chosen as oper() does") {
  const auto catalog = snapshot_with_types();
  const TypeSystem types{catalog};
  using namespace type_oid;
  const auto row = GENERATE(values<Case>({
      {"=", kInt4, kInt4, 96},
      {"=", kInt8, kInt4, 416},
      {"=", kInt4, kUnknown, 96},
      {"=", kUnknown, kUnknown, 98},  // two literals are text
      {"=", kVarchar, kUnknown, 98},  // varchar has no operators: text, by relabelling
      {"=", kVarchar, kVarchar, 98},
      {"=", kBpchar, kUnknown, 1054},
      {"=", kBpchar, kText, 98},  // char(n) against text compares as text
      {"=", kName, kText, 254},
      {"=", kNumeric, kInt4, 1752},
      {"=", kInt4, kNumeric, 1752},
      {"=", kInt4, kFloat8, 670},  // the preferred numeric type
      {"<", kDate, kTimestampTz, 2358},
      {"<", kTimestampTz, kUnknown, 1322},
      {"-", kTimestampTz, kInterval, 1329},
      {"-", kDate, kInt4, 1101},
      {"-", kDate, kUnknown, 1099},  // exact match with itself first
      {"+", kDate, kInterval, 1076},
      {"||", kText, kInt4, 2779},  // text || anynonarray
      {"||", kUnknown, kUnknown, 654},
      {"->>", kJsonb, kUnknown, 3477},
      {"->", kJsonb, kInt4, 3212},
      {"@>", kJsonb, kUnknown, 3246},
      {"~~", kVarchar, kUnknown, 1209},
      {"=", 20000, kUnknown, 3516},  // anyenum
      {"=", 20002, kUnknown, 98},    // domain over text
      {"=", 1007, 1007, 1070},       // int4[]
      {"@>", 1007, kUnknown, 2751},
      {"=", kText, kInt4, 0},
      {"=", kBool, kInt4, 0},
  }));
  CAPTURE(row.name, row.left, row.right);
  const auto answer = types.resolve_binary_operator(row.name, row.left, row.right);
  if (row.chosen == 0) {
    CHECK(answer.resolution == Resolution::NotFound);
  } else {
    REQUIRE(answer.resolution == Resolution::Found);
    CHECK(answer.op->oid == row.chosen);
  }
}

TEST_CASE("Polymorphic operands take the type of the other side") {
  const auto catalog = snapshot_with_types();
  const TypeSystem types{catalog};
  const auto by_enum = types.resolve_binary_operator("=", 20000, type_oid::kUnknown);
  CHECK(by_enum.right == 20000);
  const auto by_array = types.resolve_binary_operator("@>", 1009, type_oid::kUnknown);
  CHECK(by_array.right == 1009);
  const auto append = types.resolve_binary_operator("||", 1007, type_oid::kInt4);
  CHECK(append.result == 1007);
}

TEST_CASE("Functions are chosen as func_get_detail() does") {
  const auto catalog = snapshot_with_types();
  const TypeSystem types{catalog};
  const auto resolve = [&](std::string_view name, std::vector<Oid> arguments) {
    return types.resolve_function("", name, arguments);
  };
  using namespace type_oid;
  CHECK(resolve("lower", {kVarchar}).function->arguments == std::vector<Oid>{kText});
  CHECK(resolve("length", {kUnknown}).function->arguments == std::vector<Oid>{kText});
  CHECK(resolve("date_trunc", {kUnknown, kDate}).function->arguments ==
        std::vector<Oid>{kText, kTimestampTz});
  CHECK(resolve("date_trunc", {kUnknown, kTimestamp}).result == kTimestamp);
  CHECK(resolve("sum", {kInt4}).result == kInt8);
  CHECK(resolve("sum", {kNumeric}).result == kNumeric);
  CHECK(resolve("max", {20000}).result == 20000);
  CHECK(resolve("array_agg", {kText}).result == 1009);
  CHECK(resolve("unnest", {1007}).result == kInt4);
  CHECK(resolve("round", {kNumeric, kInt4}).result == kNumeric);
  CHECK(resolve("count", {}).result == kInt8);
  CHECK(resolve("concat", {kText, kInt4, kUnknown}).variadic == 3);
  CHECK(resolve("text", {kVarchar}).is_cast);
  CHECK(resolve("generate_series", {kInt4, kInt8}).result == kInt8);
  CHECK(resolve("no_such_function", {kInt4}).resolution == Resolution::NotFound);
  CHECK(types.aggregate(resolve("min", {kInt4}).function->oid)->sort_operator == 97);
}

TEST_CASE("Type names in SQL spelling") {
  const auto catalog = snapshot_with_types();
  const TypeSystem types{catalog};
  const auto oid = [&](std::string_view name) {
    const Type* found = types.type_by_name("", name);
    return found == nullptr ? Oid{0} : found->oid;
  };
  CHECK(oid("integer") == type_oid::kInt4);
  CHECK(oid("integer[]") == 1007);
  CHECK(oid("character varying(20)") == type_oid::kVarchar);
  CHECK(oid("timestamp(3) with time zone") == type_oid::kTimestampTz);
  CHECK(oid("char") == type_oid::kBpchar);
  CHECK(oid("\"char\"") == type_oid::kChar);
  CHECK(oid("mood[]") == 20001);
  CHECK(oid("nothing") == 0);
  CHECK(types.format_type(type_oid::kVarchar, 24) == "character varying(20)");
  CHECK(types.format_type(type_oid::kNumeric, 655366) == "numeric(10,2)");
  CHECK(types.format_type(1007) == "integer[]");
  const std::array<int, 2> precision{10, 2};
  CHECK(types.make_typmod(type_oid::kNumeric, precision) == 655366);
}

TEST_CASE("Common types, orderings and families") {
  const auto catalog = snapshot_with_types();
  const TypeSystem types{catalog};
  using namespace type_oid;
  const auto common = [&](std::vector<Oid> list) { return types.select_common_type(list); };
  CHECK(common({kInt4, kNumeric}) == kNumeric);
  CHECK(common({kUnknown, kUnknown}) == kText);
  CHECK(common({kUnknown, kInt8, kInt4}) == kInt8);
  CHECK(common({kVarchar, kText}) == kVarchar);  // each coerces to the other: the first stays
  CHECK(common({kDate, kTimestampTz}) == kTimestampTz);
  CHECK_FALSE(common({kInt4, kText}).has_value());

  CHECK(types.ordering(kInt4).less == 97);
  CHECK(types.ordering(kVarchar).less == 664);
  CHECK(types.ordering(20000).equal == 3516);
  CHECK(types.ordering(20000).hashable);
  CHECK(types.ordering(kJson).less == 0);
  CHECK(types.strategy(97, 1976) == 1);
  CHECK(types.operator_for(1976, kInt4, kInt8, btree_strategy::kEqual) == 15);
  const auto families = types.mergejoin_families(96);
  CHECK(std::vector<Oid>(families.begin(), families.end()) == std::vector<Oid>{1976});
  CHECK(types.default_operator_class("gin", 1007)->name == "array_ops");
  CHECK(types.default_operator_class("btree", kVarchar)->name == "text_ops");
  CHECK(types.is_binary_coercible(kVarchar, kText));
  CHECK(types.find_coercion(kInt4, kNumeric, CoercionContext::Implicit).path ==
        CoercionPath::Function);
  CHECK(types.find_coercion(kInt4, kText, CoercionContext::Implicit).path == CoercionPath::None);
  CHECK(types.find_coercion(kInt4, kText, CoercionContext::Assignment).path == CoercionPath::ViaIO);
  CHECK(types.negator(96) == 518);
  CHECK(types.commutator(97) == 521);
}
