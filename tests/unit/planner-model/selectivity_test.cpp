#include <array>

#include <catch2/catch.hpp>

#include "planner-model/selectivity/extended.hpp"
#include "planner-model/selectivity/join.hpp"
#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/value_json.hpp"

using namespace quern;
using namespace quern::planner_model;

namespace {

const CatalogSnapshot kCatalog;
const TypeSystem kTypes{kCatalog};

Value value(std::string_view text, Oid type) {
  auto read = parse_value(text, type, kTypes);
  REQUIRE(read.has_value());
  return *read;
}

Variable integers(const ParsedStatistics& statistics, double tuples = 1000) {
  return {.types = &kTypes,
          .statistics = &statistics,
          .type = type_oid::kInt4,
          .has_relation = true,
          .relation_tuples = tuples,
          .relation_rows = tuples};
}

/// 10 % null, 1 has 30 %, 2 has 20 %, the other 40 % are eight values between 10 and 50.
ParsedStatistics skewed() {
  return parse_statistics({.null_fraction = 0.1,
                           .average_width = 4,
                           .n_distinct = 10,
                           .most_common_values = {"1", "2"},
                           .most_common_frequencies = {0.3, 0.2},
                           .histogram_bounds = {"10", "20", "30", "40", "50"}},
                          type_oid::kInt4, kTypes);
}

const Operator& op(Oid oid) {
  return *kTypes.op(oid);
}

constexpr Oid kInt4Equal = 96, kInt4NotEqual = 518, kInt4Less = 97;

}  // namespace

TEST_CASE("Values keep the server's text and order") {
  using namespace type_oid;
  const auto row = GENERATE(table<std::string_view, Oid, std::string_view>({
      {" 42 ", kInt4, "42"},
      {"007.50", kNumeric, "7.50"},
      {"1.5e3", kNumeric, "1500"},
      {"-0.00", kNumeric, "0.00"},
      {"1e20", kFloat8, "1e+20"},
      {"0.1", kFloat4, "0.1"},
      {"yes", kBool, "t"},
      {"2024-2-9", kDate, "2024-02-09"},
      {"0044-03-15 BC", kDate, "0044-03-15 BC"},
      {"2024-01-31 23:59:59.5+02", kTimestampTz, "2024-01-31 21:59:59.5+00"},
      {"2024-01-31T10:00", kTimestamp, "2024-01-31 10:00:00"},
      {"infinity", kTimestamp, "infinity"},
      {"January 8, 1999", kDate, "1999-01-08"},
      {"J2451187", kDate, "1999-01-08"},
      {"20011225T040506.789-07", kTimestampTz, "2001-12-25 11:05:06.789+00"},
      {"Jul 1 2050 04:05 PM America/New_York", kTimestampTz, "2050-07-01 20:05:00+00"},
      {"04:05 PM PST", kTimeTz, "16:05:00-08"},
      {"P0001-02-03T04:05:06", kInterval, "1 year 2 mons 3 days 04:05:06"},
      {"1 year -2 days 03:04", kInterval, "1 year -2 days +03:04:00"},
      {"90 minutes", kInterval, "01:30:00"},
      {"{A0EEBC99-9C0B4EF8BB6D6BB9BD380A11}", kUuid, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
      {"{ 1, NULL ,3}", 1007, "{1,NULL,3}"},
      {"{\"a b\",\"\"}", 1009, "{\"a b\",\"\"}"},
      {"10.1/16", kCidr, "10.1.0.0/16"},
  }));
  CHECK(value(std::get<0>(row), std::get<1>(row)).output_text() == std::get<2>(row));
}

TEST_CASE("Input that the server refuses is refused") {
  using namespace type_oid;
  const auto row =
      GENERATE(table<std::string_view, Oid>({{"", kInt4},
                                             {"4x", kInt4},
                                             {"40000", kInt2},
                                             {"1.2.3", kNumeric},
                                             {"2023-02-29", kDate},
                                             {"2024-01-01 25:00", kTimestamp},
                                             {"2024-01-01 10:00 ../UTC", kTimestampTz},
                                             {"2024-01-01 10:00 No/Where", kTimestampTz},
                                             {"5 Feb", kDate},
                                             {"3 parsecs", kInterval},
                                             {"{1,2", 1007},
                                             {"300.1.1.1", kInet},
                                             {"xyz", kUuid},
                                             {"maybe", kBool}}));
  CHECK_FALSE(parse_value(std::get<0>(row), std::get<1>(row), kTypes).has_value());
}

TEST_CASE("Casts fold literals") {
  using namespace type_oid;
  const auto cast = [](const Value& from, Oid to, std::int32_t typmod = -1) {
    const auto answer = cast_value(from, to, kTypes, typmod);
    return answer ? answer->text : "none";
  };
  CHECK(cast(value("2.5", kNumeric), kInt4) == "3");
  CHECK(cast(value("2.5", kFloat8), kInt4) == "2");
  CHECK(cast(value("1.005", kNumeric), kNumeric, 655366) == "1.01");
  CHECK(cast(value("2024-05-06", kDate), kTimestamp) == "2024-05-06 00:00:00");
  CHECK(cast(value("1999-12-31 23:00", kTimestamp), kDate) == "1999-12-31");
  CHECK(cast(value("abcdef", kText), kVarchar, 4 + 3) == "abc");
  CHECK(cast(value("ab", kText), kBpchar, 4 + 4) == "ab  ");
  CHECK(cast(value("99999999999", kInt8), kInt4) == "none");
  CHECK(cast(value("t", kBool), kText) == "true");
}

TEST_CASE("Equality: common values, the rest, NULLs") {
  const auto statistics = skewed();
  const auto column = integers(statistics);
  const auto equals = [&](std::string_view constant) {
    return equal_to_constant(column, op(kInt4Equal), value(constant, type_oid::kInt4), true, false);
  };
  CHECK(equals("1") == Approx(0.3));
  CHECK(equals("11") == Approx(0.4 / 8));  // what is left, among ten values less two
  CHECK(equal_to_constant(column, op(kInt4NotEqual), value("1", type_oid::kInt4), true, true) ==
        Approx(0.6));
  CHECK(equal_to_unknown(column, false) == Approx(0.09));
  CHECK(null_test(column, true) == Approx(0.1));

  auto unique = column;
  unique.is_unique = true;
  CHECK(equal_to_constant(unique, op(kInt4Equal), value("1", type_oid::kInt4), true, false) ==
        Approx(0.001));
  Variable unknown{.types = &kTypes, .type = type_oid::kInt4};
  CHECK(equal_to_unknown(unknown, false) == Approx(0.005));
}

TEST_CASE("Inequality: position in the histogram, ends cut off") {
  const auto statistics = skewed();
  const auto column = integers(statistics);
  const auto less = [&](std::string_view constant) {
    return scalar_inequality(column, op(kInt4Less), Inequality::Less,
                             value(constant, type_oid::kInt4));
  };
  // 25 lies in the second of four bins, half way: 1.5 / 4, less one value of eight.
  CHECK(less("25") == Approx(0.4 * (0.375 - 0.125) + 0.5));
  CHECK(less("0") == Approx(0.4 * 0.01 / 4));
  CHECK(less("100") == Approx(0.4 * (1 - 0.01 / 4) + 0.5));
  auto indexed = column;
  indexed.has_ordering_index = true;
  CHECK(less("0") >
        scalar_inequality(indexed, op(kInt4Less), Inequality::Less, value("0", type_oid::kInt4)));
}

TEST_CASE("Fixed prefixes of patterns") {
  const auto like = fixed_prefix(PatternKind::Like, "abc%", true);
  CHECK(like.status == PrefixStatus::Partial);
  CHECK(like.prefix == "abc");
  CHECK(like.rest_selectivity == Approx(1.0));
  CHECK(fixed_prefix(PatternKind::Like, "a\\%b", true).status == PrefixStatus::Exact);
  CHECK(fixed_prefix(PatternKind::Like, "%abc", true).rest_selectivity == Approx(0.008));
  CHECK(fixed_prefix(PatternKind::ILike, "12ab%", true).prefix == "12");
  CHECK(fixed_prefix(PatternKind::Regex, "^ab+c", true).prefix == "ab");
  CHECK(fixed_prefix(PatternKind::Regex, "^abc*", true).prefix == "ab");
  CHECK(fixed_prefix(PatternKind::Regex, "^abc$", true).status == PrefixStatus::Exact);
  CHECK(fixed_prefix(PatternKind::Regex, "abc", true).status == PrefixStatus::None);
  CHECK(greater_string("abc", false) == "abd");
  CHECK(greater_string("ab\x7f", false) == "ac");
  CHECK_FALSE(greater_string("\xff\xff", true).has_value());
  CHECK(pattern_matches(PatternKind::Like, "a%c", "a\\%_"));
  CHECK_FALSE(pattern_matches(PatternKind::Like, "abc", "a\\%_"));
  CHECK(pattern_matches(PatternKind::Regex, "order 66", "\\d+$"));
  CHECK(pattern_matches(PatternKind::Regex, "a-b.c]", "^[\\w.\\-\\]]+$"));
  CHECK_FALSE(pattern_matches(PatternKind::Regex, "a\\b", "^[\\w.]+$"));
  CHECK(pattern_matches(PatternKind::Regex, "(|)+", "^[(|)+[:digit:]]+$"));
  CHECK(pattern_matches(PatternKind::Regex, "]x", "^[]x]+$"));
  CHECK_FALSE(pattern_matches(PatternKind::Regex, "5 ", "^[^\\s\\d]"));
  CHECK(pattern_matches(PatternKind::Regex, "ababc", "^((a|)+b)+c$"));
  CHECK_FALSE(pattern_matches(PatternKind::Regex, "x", "[\\W]"));  // not allowed
  CHECK(pattern_matches(PatternKind::ILike, "Örjan Émile", "örJAN é%"));
  CHECK_FALSE(pattern_matches(PatternKind::ILike, "Orjan", "örjan"));
  CHECK(pattern_matches(PatternKind::ILike, "A\xff\xc3", "a\xff\xc3"));  // no UTF-8
}

TEST_CASE("A multirange is in order, and what meets is one") {
  constexpr Oid kDateRange = 3912;
  const auto read = [](std::string_view text) {
    const auto ranges = parse_multirange(text, kDateRange, kTypes);
    return ranges ? print_multirange(*ranges) : "none";
  };
  CHECK(read("{}") == "{}");
  CHECK(read(" { [2025-06-01,2025-06-03] , (2024-01-01,2024-02-01) } ") ==
        "{[2024-01-02,2024-02-01),[2025-06-01,2025-06-04)}");
  CHECK(read("{[2025-06-01,),empty,[2025-01-01,2025-02-01)}") ==
        "{[2025-01-01,2025-02-01),[2025-06-01,)}");
  CHECK(read("{[2025-01-01,2025-01-03],[2025-01-04,2025-01-09),[2025-01-05,2025-01-06)}") ==
        "{[2025-01-01,2025-01-09)}");
  CHECK(read(R"({["2025-06-01",2025-06-03]})") == "{[2025-06-01,2025-06-04)}");
  for (const char* broken : {"", "{", "{[}", "[2025-06-01,2025-06-03)", "{[2025-06-01,2025-06-03)",
                             "{[2025-06-01,2025-06-03)x}", "{,}", R"({["2025-06-01,2025)})"}) {
    CHECK(read(broken) == "none");
  }
}

TEST_CASE("jsonb is printed as it is stored") {
  CHECK(print_jsonb(R"({"bb":[1,{"x":null}],"a":"\u00e9\n","a":true})") ==
        R"({"a": true, "bb": [1, {"x": null}]})");
  CHECK(print_jsonb("[]") == "[]");
  CHECK_FALSE(print_jsonb("[1.50]").has_value());
  CHECK_FALSE(print_jsonb("{").has_value());
  CHECK_FALSE(print_jsonb(std::string(100'000, '[') + std::string(100'000, ']')).has_value());
}

TEST_CASE("IN lists add up unless that is impossible") {
  const std::array<double, 3> few{0.1, 0.2, 0.3};
  CHECK(combine_any_all(few, true, true, false) == Approx(0.6));
  CHECK(combine_any_all(few, true, false, false) == Approx(1 - 0.9 * 0.8 * 0.7));
  const std::array<double, 3> many{0.5, 0.5, 0.5};
  CHECK(combine_any_all(many, true, true, false) == Approx(0.875));
  const std::array<double, 2> others{0.9, 0.8};
  CHECK(combine_any_all(others, false, false, true) == Approx(0.7));
}

TEST_CASE("Joins: common values meet each other") {
  const auto statistics = skewed();
  const auto column = integers(statistics);
  // 0.3² + 0.2² of matches, and 0.4 * 0.4 among the ten values less the two matched.
  CHECK(equal_join_inner(column, column, op(kInt4Equal)) == Approx(0.13 + 0.16 / 8));
  const double inner = equal_join_inner(column, column, op(kInt4Equal));
  CHECK(equal_join_semi(column, column, op(kInt4Equal), 1000, inner) == Approx(0.9));
  const auto buckets = hash_bucket_statistics(column, 1024);
  CHECK(buckets.bucket_size_fraction == Approx(0.1 * 0.3 / 0.09));
  CHECK(buckets.most_common_frequency == Approx(0.3));
}

TEST_CASE("Groups of several columns are limited to a tenth of the table") {
  const auto statistics = skewed();
  GroupingVariable one{.relation = 1,
                       .variable = integers(statistics, 100),
                       .expression = {1},
                       .relation_rows = 100,
                       .relation_tuples = 100};
  GroupingVariable two = one;
  two.expression = {2};
  const std::array<GroupingVariable, 2> both{one, two};
  CHECK(estimate_number_of_groups(both, 100) == 10);
  const std::array<RelationDistinct, 1> multivariate{{{1, {{{{1, 2}, 42.0}}}}}};
  CHECK(estimate_number_of_groups(both, 100, multivariate) == 42);
  const std::array<GroupingVariable, 1> single{one};
  CHECK(estimate_number_of_groups(single, 3) == 3);
}

TEST_CASE("Extended statistics") {
  const ExtendedStatistics definition{.columns = {1, 2},
                                      .kinds = "dfm",
                                      .n_distinct = R"({"1, 2": 55})",
                                      .dependencies = R"({"1 => 2": 0.9, "2 => 1": 0.1})",
                                      .most_common_values = {{"7", "x"}, {"8", std::nullopt}},
                                      .most_common_frequencies = {0.25, 0.1},
                                      .most_common_base_frequencies = {0.05, 0.02}};
  const std::array<Oid, 2> item_types{type_oid::kInt4, type_oid::kText};
  const auto parsed = parse_extended_statistics(definition, item_types, kTypes);
  REQUIRE(parsed.distinct.size() == 1);
  CHECK(parsed.distinct[0].count == 55);

  // P(1, 2) = 0.9 min(0.2, 0.5) + 0.1 * 0.2 * 0.5
  const std::array<const ParsedExtendedStatistics*, 1> all{&parsed};
  const std::array<DependencyClause, 2> clauses{{{1, 0.2}, {2, 0.5}}};
  const auto dependent = dependencies_selectivity(all, clauses);
  CHECK(dependent.selectivity == Approx(0.9 * 0.2 + 0.1 * 0.2 * 0.5));
  CHECK(dependent.covered == std::vector<int>{1, 2});

  McvClause is_seven{.item = 1, .op = &op(kInt4Equal)};
  is_seven.constants.emplace_back(value("7", type_oid::kInt4));
  const std::array<McvClause, 1> wanted{is_seven};
  const auto list = mcv_list_selectivity(parsed, wanted, false, kTypes);
  CHECK(list.selectivity == Approx(0.25));
  CHECK(list.total == Approx(0.35));
  CHECK(combine_with_mcv_list(0.15, list) == Approx(0.25 + 0.1));
}
