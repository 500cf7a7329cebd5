#include "tests/support/random_indexes.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace quern::testing {

namespace {

/// One kind of value, the image of a whole number {0}.
struct Kind {
  const char* type;
  const char* value;
  unsigned weight;
  bool btree = true;
  bool text = false;
  bool number = false;
  bool time = false;
  std::vector<std::string> gin = {};
  std::vector<std::string> gist = {};
  std::vector<std::string> spgist = {};
  std::vector<std::string> expressions = {};  ///< of {0}, the column
  /// Equal numbers give equal values and different ones different values.
  bool faithful = true;
};

const std::vector<std::string> kTextExpressions = {"lower({0})",  "upper({0})",   "md5({0})",
                                                   "length({0})", "left({0}, 4)", "({0} || '/x')"};
const std::vector<std::string> kNumberExpressions = {"abs({0})", "({0} % 10)", "(-{0})",
                                                     "({0} + 1)"};
const std::vector<std::string> kTimeExpressions = {
    "date_trunc('month', {0}::timestamp)", "extract(year from {0})", "({0}::timestamp::date)"};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {
      {"smallint",
       "(({0}) % 30011)::smallint",
       5,
       true,
       false,
       true,
       false,
       {},
       {},
       {},
       kNumberExpressions,
       false},
      {"integer", "({0})::integer", 16, true, false, true, false, {}, {}, {}, kNumberExpressions},
      {"bigint", "({0}) * 1000003", 10, true, false, true, false, {}, {}, {}, kNumberExpressions},
      {"numeric(10,2)",
       "(({0}) * 0.37)::numeric(10,2)",
       6,
       true,
       false,
       true,
       false,
       {},
       {},
       {},
       kNumberExpressions},
      {"numeric",
       "({0}) * 123456789012.000789 / 7",
       3,
       true,
       false,
       true,
       false,
       {},
       {},
       {},
       {"round({0}, 2)"}},
      {"numeric(20,0)", "(({0}) * 100000)::numeric(20,0)", 2, true, false, true},
      {"double precision", "({0}) / 3.0::double precision", 3, true, false, false},
      {"text",
       "'n' || ({0})",
       8,
       true,
       true,
       false,
       false,
       {"gin_trgm_ops"},
       {},
       {"text_ops"},
       kTextExpressions},
      {"text",
       "md5(({0})::text)",
       5,
       true,
       true,
       false,
       false,
       {"gin_trgm_ops"},
       {"gist_trgm_ops"},
       {"text_ops"},
       kTextExpressions},
      {"text",
       "'user' || ({0}) || '@' || (array['example.com','mail.org','corp.example.net'])[1 + ({0}) % "
       "3]",
       6,
       true,
       true,
       false,
       false,
       {"gin_trgm_ops"},
       {"gist_trgm_ops"},
       {"text_ops"},
       kTextExpressions},
      {"text",
       "repeat(chr(97 + (({0}) % 26)::integer), (({0}) * 7 % 60)::integer) || ({0})",
       4,
       true,
       true,
       false,
       false,
       {"gin_trgm_ops"},
       {},
       {"text_ops"},
       kTextExpressions},
      {"text",
       "'https://shop.example.com/category/' || (({0}) % 40) || '/product/' || md5(({0})::text)",
       3,
       true,
       true,
       false,
       false,
       {},
       {},
       {"text_ops"},
       {"md5({0})"}},
      {"text",
       "repeat('the quick brown fox ', (30 + ({0}) % 20)::integer) || ({0})",
       3,
       true,
       true,
       false,
       false,
       {},
       {},
       {},
       {"md5({0})"}},
      {"text",
       "md5(({0})::text) || ' ' || md5((({0}) * 3)::text) || repeat(md5((({0}) * 5)::text), (({0}) "
       "% 12)::integer) || 'end'",
       2,
       true,
       true,
       false,
       false,
       {},
       {},
       {},
       {"md5({0})"}},
      {"varchar(40)",
       "initcap((array['anna','ben','carla','dmitri','eve','farid','gül','hans'])[1 + ({0}) % 8] "
       "|| ' ' || (array['smith','jones','garcia','novak','okafor'])[1 + ({0}) / 8 % 5] || ' ' || "
       "({0}))",
       5,
       true,
       true,
       false,
       false,
       {"gin_trgm_ops"},
       {"gist_trgm_ops"},
       {},
       kTextExpressions},
      {"char(12)", "'c' || ({0})", 3, true, true, false, false, {}, {}, {}, {}},
      {"uuid", "md5(({0})::text)::uuid", 6, true},
      {"timestamptz", "timestamptz '2020-01-01 00:00:00+00' + ({0}) * interval '97 seconds'", 6,
       true, false, false, false},
      {"timestamp",
       "timestamp '2020-01-01 00:00:00' + ({0}) * interval '13 minutes'",
       4,
       true,
       false,
       false,
       true,
       {},
       {},
       {},
       kTimeExpressions},
      {"date",
       "date '2015-01-01' + (({0}) % 4000)::integer",
       6,
       true,
       false,
       false,
       true,
       {},
       {},
       {},
       kTimeExpressions,
       false},
      {"boolean", "(({0}) % 5 = 0)", 3, true, false, false, false, {}, {}, {}, {}, false},
      {"size_kind",
       "(enum_range(NULL::size_kind))[1 + ({0}) % 6]",
       3,
       true,
       false,
       false,
       false,
       {},
       {},
       {},
       {},
       false},
      {"bytea", "decode(md5(({0})::text), 'hex')", 2, true},
      {"inet",
       "('10.' || (({0}) / 65536 % 256) || '.' || (({0}) / 256 % 256) || '.' || (({0}) % "
       "256))::inet",
       4,
       true,
       false,
       false,
       false,
       {},
       {"inet_ops"},
       {"inet_ops"}},
      {"jsonb",
       "jsonb_build_object('kind', ({0}) % 7, 'name', 'n' || ({0}), 'tags', "
       "jsonb_build_array(({0}) % 13, 't' || ({0}) % 29))",
       6,
       false,
       false,
       false,
       false,
       {"jsonb_ops", "jsonb_path_ops"},
       {},
       {},
       {"({0} ->> 'kind')", "({0} ->> 'name')"}},
      {"jsonb",
       "jsonb_build_object('status', (array['new','paid','sent'])[1 + ({0}) % 3], 'active', ({0}) "
       "% 2 = 0, 'country', 'c' || ({0}) % 60)",
       3,
       true,
       false,
       false,
       false,
       {"jsonb_ops", "jsonb_path_ops"},
       {},
       {},
       {"({0} ->> 'country')"},
       false},
      {"integer[]",
       "array[({0}) % 11, ({0}) % 700, ({0}) / 3 % 5000]::integer[]",
       5,
       true,
       false,
       false,
       false,
       {"array_ops"},
       {},
       {},
       {}},
      {"text[]",
       "array['t' || ({0}) % 50, 'u' || ({0}) / 50 % 400]",
       4,
       true,
       false,
       false,
       false,
       {"array_ops"}},
      {"int4range",
       "int4range(({0})::integer, (({0}) + 10 + ({0}) % 90)::integer)",
       3,
       true,
       false,
       false,
       false,
       {},
       {"range_ops"},
       {"range_ops"}},
      {"tstzrange",
       "tstzrange(timestamptz '2022-01-01 00:00:00+00' + ({0}) * interval '5 minutes', timestamptz "
       "'2022-01-01 02:00:00+00' + ({0}) * interval '5 minutes')",
       2,
       true,
       false,
       false,
       false,
       {},
       {"range_ops"},
       {"range_ops"}},
      {"tsvector",
       "to_tsvector('simple', 'word' || ({0}) % 300 || ' item' || ({0}) % 2000 || ' the ' || "
       "(array['red','green','blue'])[1 + ({0}) % 3] || ' n' || ({0}) / 20)",
       4,
       false,
       false,
       false,
       false,
       {"tsvector_ops"},
       {},
       {},
       {}},
  };
  return all;
}

/// How often each number comes and in what order along the table.
std::string distribution(Choices& choices, std::int64_t rows, bool& unique) {
  const std::int64_t counts[] = {2,
                                 7,
                                 40,
                                 300,
                                 3000,
                                 std::max<std::int64_t>(rows / 10, 2),
                                 std::max<std::int64_t>(rows / 2, 2),
                                 std::max<std::int64_t>(rows, 2)};
  const std::int64_t distinct = counts[choices.below(8)];
  const auto salt = choices.between(1, 1'000'000);
  const std::string random = fmt::format("abs(hashint8extended(i, {}) % 1000000000)", salt);
  unique = false;
  switch (choices.weighted({12, 10, 26, 12, 12, 8, 4})) {
    case 0:  // unique, in order
      unique = true;
      return "i";
    case 1:  // unique, shuffled
      unique = true;
      return fmt::format("(i * {} % 1000003)", 7919 + salt % 100'000);
    case 2:  // as chance has it
      return fmt::format("({} % {})", random, distinct);
    case 3:  // few values are most rows
      return fmt::format("floor({} * power({} / 1e9, {}))::bigint", distinct, random,
                         choices.below(2) == 0 ? 2 : 4);
    case 4:  // in the order of the rows
      return fmt::format("(i * {} / {})", distinct, rows + 1);
    case 5:  // around a moving middle
      return fmt::format("(i * {} / {} + {} % {})", distinct, rows + 1, random,
                         std::max<std::int64_t>(distinct / 20, 1));
    default:
      return "1::bigint";
  }
}

class Maker {
 public:
  Maker(Choices& choices, std::int64_t largest) : choices_{choices}, largest_{largest} {}

  RandomIndexes run(std::size_t tables, std::size_t definitions) {
    result_.ddl = {"CREATE EXTENSION IF NOT EXISTS pg_trgm",
                   "CREATE TYPE size_kind AS ENUM ('xs', 's', 'm', 'l', 'xl', 'xxl')"};
    for (std::size_t i = 0; i < tables; ++i) {
      add_table(i);
    }
    std::vector<unsigned> weights;
    for (const auto& table : result_.tables) {
      weights.push_back(table.rows < 3000 ? 1 : 4);
    }
    std::set<std::string> made;
    while (made.size() < definitions) {
      const auto text = definition(result_.tables[choices_.weighted(weights)]);
      if (!text.empty() && made.insert(text).second) {
        result_.definitions.push_back(text);
      }
    }
    return std::move(result_);
  }

 private:
  void add_table(std::size_t number) {
    SizedTable table{.name = fmt::format("s{}", number)};
    // Some of every order of size, the last one of the largest.
    const std::int64_t sizes[] = {
        0, largest_ / 500, largest_ / 50, largest_ / 12, largest_ / 5, largest_ / 2, largest_};
    const std::int64_t top = sizes[number == 0 ? 6 : number == 1 ? 4 : choices_.below(7)];
    table.rows = top / 2 + choices_.between(0, top / 2);
    std::string columns;
    std::string values;
    for (int i = 0; i < 11; ++i) {
      auto column = random_column(table, i);
      columns += fmt::format("{}{} {}{}", columns.empty() ? "" : ", ", column.name, column.type,
                             column.nullable ? "" : " NOT NULL");
      values += (values.empty() ? "" : ", ") + column.value;
      table.columns.push_back(std::move(column));
    }
    result_.ddl.push_back(fmt::format("CREATE TABLE {} ({})", table.name, columns));
    result_.ddl.push_back(
        fmt::format("INSERT INTO {} SELECT {} FROM generate_series(1::bigint, {}) i", table.name,
                    values, table.rows));
    result_.ddl.push_back(fmt::format("VACUUM ANALYZE {}", table.name));
    result_.tables.push_back(std::move(table));
  }

  SizedColumn random_column(const SizedTable& table, int number) {
    std::vector<unsigned> weights;
    for (const auto& kind : kinds()) {
      weights.push_back(kind.weight);
    }
    const Kind& kind = kinds()[choices_.weighted(weights)];
    SizedColumn column{.name = fmt::format("c{}", number), .type = kind.type};
    bool unique = false;
    column.value =
        fmt::format(fmt::runtime(kind.value), distribution(choices_, table.rows, unique));
    column.unique = unique && kind.faithful;
    column.nullable = choices_.chance(30);
    if (column.nullable) {
      const int percent[] = {3, 30, 60, 95};
      column.value = fmt::format(
          "CASE WHEN hashint8extended(i, {}) % 100 BETWEEN -{} AND {} THEN NULL ELSE {} END",
          choices_.between(1, 1000), percent[choices_.below(4)], percent[choices_.below(4)],
          column.value);
      column.unique = false;
    }
    column.btree = kind.btree;
    column.text = kind.text;
    column.number = kind.number;
    column.time = kind.time;
    column.gin = kind.gin;
    column.gist = kind.gist;
    column.spgist = kind.spgist;
    for (const auto& expression : kind.expressions) {
      column.expressions.push_back(fmt::format(fmt::runtime(expression), column.name));
    }
    return column;
  }

  /// Empty: the table has no column for the chosen method.
  std::string definition(const SizedTable& table) {
    switch (choices_.weighted({58, 8, 14, 7, 6, 7})) {
      case 0:
        return btree(table);
      case 1:
        return plain(table, "hash", {}, fillfactor({60, 100}));
      case 2:
        return plain(table, "gin", &SizedColumn::gin, "");
      case 3:
        return plain(table, "gist", &SizedColumn::gist, "");
      case 4:
        return plain(table, "spgist", &SizedColumn::spgist, "");
      default:
        return brin(table);
    }
  }

  std::string plain(const SizedTable& table, const char* method,
                    std::vector<std::string> SizedColumn::*classes, const std::string& options) {
    std::vector<const SizedColumn*> suitable;
    for (const auto& column : table.columns) {
      if (classes == nullptr ? column.btree : !(column.*classes).empty()) {
        suitable.push_back(&column);
      }
    }
    if (suitable.empty()) {
      return {};
    }
    const SizedColumn& column = *choices_.pick(suitable);
    const std::string key =
        classes == nullptr ? column.name : column.name + " " + choices_.pick(column.*classes);
    return fmt::format("CREATE INDEX sized ON {} USING {} ({}){}{}", table.name, method, key,
                       options, predicate(table, 12));
  }

  std::string brin(const SizedTable& table) {
    const SizedColumn& column = any_ordered(table);
    if (column.type.starts_with("jsonb") || column.type.ends_with("[]") ||
        column.type.ends_with("range") || column.type == "boolean" || column.type == "size_kind") {
      return {};
    }
    std::string options;
    if (choices_.chance(60)) {
      const int pages[] = {1, 4, 16, 32};
      options = fmt::format(" WITH (pages_per_range = {})", pages[choices_.below(4)]);
    }
    return fmt::format("CREATE INDEX sized ON {} USING brin ({}){}", table.name, column.name,
                       options);
  }

  std::string btree(const SizedTable& table) {
    const auto count = 1 + choices_.weighted({55, 33, 12});
    std::set<std::string> used;
    std::string keys;
    bool unique = false;
    for (std::size_t i = 0; i < count; ++i) {
      const SizedColumn& column = any_ordered(table);
      if (!used.insert(column.name).second) {
        continue;
      }
      const std::string text = key(column);
      unique = unique || (column.unique && !text.starts_with("("));
      keys += (keys.empty() ? "" : ", ") + text;
    }
    const bool declared = unique && choices_.chance(35);
    std::string include;
    if (choices_.chance(12)) {
      const SizedColumn& column = any_ordered(table);
      if (used.insert(column.name).second) {
        include = " INCLUDE (" + column.name + ")";
      }
    }
    std::string options = fillfactor({50, 70, 80, 100});
    if (options.empty() && choices_.chance(4)) {
      options = " WITH (deduplicate_items = off)";
    }
    return fmt::format("CREATE {}INDEX sized ON {} ({}){}{}{}", declared ? "UNIQUE " : "",
                       table.name, keys, include, options, predicate(table, 18));
  }

  const SizedColumn& any_ordered(const SizedTable& table) {
    for (;;) {
      const SizedColumn& column = choices_.pick(table.columns);
      if (column.btree) {
        return column;
      }
    }
  }

  std::string key(const SizedColumn& column) {
    std::string text = column.name;
    if (!column.expressions.empty() && choices_.chance(14)) {
      text = "(" + choices_.pick(column.expressions) + ")";
    } else if (column.text && column.type == "text" && choices_.chance(20)) {
      text += " text_pattern_ops";
    }
    if (choices_.chance(15)) {
      text += choices_.chance(30) ? " DESC NULLS LAST" : " DESC";
    }
    return text;
  }

  std::string fillfactor(const std::vector<int>& values) {
    return choices_.chance(18) ? fmt::format(" WITH (fillfactor = {})", choices_.pick(values)) : "";
  }

  std::string predicate(const SizedTable& table, unsigned percent) {
    if (!choices_.chance(percent)) {
      return "";
    }
    const SizedColumn& column = any_ordered(table);
    if (column.nullable) {
      return fmt::format(" WHERE {} IS {}NULL", column.name, choices_.chance(70) ? "NOT " : "");
    }
    if (column.type == "boolean") {
      return " WHERE " + column.name;
    }
    if (column.type == "size_kind") {
      return " WHERE " + column.name + " = 'm'";
    }
    if (column.type == "integer") {
      return fmt::format(" WHERE {} > {}", column.name, table.rows / 10);
    }
    if (column.type == "date") {
      return " WHERE " + column.name + " >= '2019-06-01'";
    }
    return "";
  }

  Choices& choices_;
  std::int64_t largest_;
  RandomIndexes result_;
};

}  // namespace

RandomIndexes random_indexes(Choices& choices, std::size_t tables, std::size_t definitions,
                             std::int64_t largest) {
  return Maker{choices, largest}.run(tables, definitions);
}

}  // namespace quern::testing
