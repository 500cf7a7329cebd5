#include "tests/support/random_schema.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace quern::testing {

namespace {

/// Tables' sizes, so that a schema has some of each: lookup, middling, large.
constexpr std::int64_t kSizes[] = {12, 200, 1500, 6000, 15000, 29000};

std::string distribution(Choices& choices, std::int64_t distinct, std::int64_t rows) {
  switch (choices.weighted({40, 25, 15, 10, 10})) {
    case 0:
      return fmt::format("floor(random() * {})::bigint", distinct);
    case 1:  // few values are most rows
      return fmt::format("floor(power(random(), 3) * {})::bigint", distinct);
    case 2:  // in the order of the rows
      return fmt::format("(i * {} / {})", distinct, rows + 1);
    case 3:  // around the middle
      return fmt::format("floor((random() + random() + random()) / 3 * {})::bigint", distinct);
    default:
      return fmt::format("(i % {})", distinct);
  }
}

RandomColumn random_column(Choices& choices, std::size_t number, std::int64_t rows) {
  static const std::vector<unsigned> kWeights = {14, 8, 3, 8, 4, 10, 7, 3, 7,
                                                 5,  8, 5, 6, 4, 4,  3, 2};
  RandomColumn column;
  column.kind = static_cast<ValueKind>(choices.weighted(kWeights));
  column.name = fmt::format("c{}", number);
  const std::int64_t counts[] = {std::max<std::int64_t>(rows, 2), 5, 30, 300, 3000};
  column.distinct = counts[choices.below(5)];
  column.nullable = choices.chance(35);
  return column;
}

class SchemaMaker {
 public:
  explicit SchemaMaker(Choices& choices) : choices_{choices} {}

  RandomSchema run() {
    schema_.ddl = {
        "CREATE TYPE mood AS ENUM ('sad', 'low', 'ok', 'good', 'happy')",
        fmt::format("SELECT setseed({})", static_cast<double>(choices_.below(1000)) / 1000)};
    const auto count = static_cast<std::size_t>(choices_.between(4, 6));
    for (std::size_t i = 0; i < count; ++i) {
      add_table(i);
    }
    return std::move(schema_);
  }

 private:
  void add_table(std::size_t number) {
    auto& table = schema_.tables.emplace_back();
    table.name = fmt::format("t{}", number);
    table.rows = kSizes[number == 0 ? 1 : choices_.below(6)] + choices_.between(0, 99);
    table.columns.push_back({.name = "id",
                             .kind = choices_.chance(20) ? ValueKind::BigInt : ValueKind::Integer,
                             .distinct = table.rows});
    std::vector<std::string> values = {value_expression(table.columns[0].kind, "i - 1")};
    std::vector<std::string> keys = {"i"};
    add_references(table, number, values, keys);
    const auto more = static_cast<std::size_t>(choices_.between(3, 7));
    for (std::size_t i = 1; i <= more; ++i) {
      add_column(table, random_column(choices_, i, table.rows), values, keys);
    }
    if (number > 0 && choices_.chance(15)) {
      choose_partitioning(table);
    }
    create(table);
    fill(table, values, keys);
    add_indexes(table);
    if (table.partition_by.empty() && choices_.chance(20)) {
      add_statistics(table);
    }
    if (choices_.chance(15)) {
      schema_.ddl.push_back(fmt::format("DELETE FROM {} WHERE id % 5 = 0", table.name));
    }
    schema_.ddl.push_back((choices_.chance(30) ? "ANALYZE " : "VACUUM ANALYZE ") + table.name);
  }

  void add_references(RandomTable& table, std::size_t number, std::vector<std::string>& values,
                      std::vector<std::string>& keys) {
    for (std::size_t target = number; target-- > 0 && table.columns.size() < 3;) {
      if (!schema_.tables[target].partition_by.empty() || !choices_.chance(60)) {
        continue;
      }
      add_column(table,
                 {.name = fmt::format("t{}_id", target),
                  .kind = schema_.tables[target].columns[0].kind,
                  .distinct = schema_.tables[target].rows,
                  .nullable = choices_.chance(25),
                  .references = static_cast<int>(target)},
                 values, keys);
    }
  }

  void add_column(RandomTable& table, RandomColumn column, std::vector<std::string>& values,
                  std::vector<std::string>& keys) {
    const auto at = table.columns.size();
    // A tenth of the columns are a function of the one before.
    const bool correlated = at > 1 && column.references < 0 && choices_.chance(15);
    if (correlated) {
      column.distinct = std::max<std::int64_t>(table.columns.back().distinct / 3, 2);
      keys.push_back(fmt::format("(k{} / 3)", at - 1));
    } else {
      keys.push_back(distribution(choices_, column.distinct, table.rows));
    }
    std::string value = value_expression(column.kind, fmt::format("k{}", at));
    if (column.nullable) {
      const int percent[] = {5, 40, 95};
      value = fmt::format("CASE WHEN random() < 0.{:02} THEN NULL ELSE {} END",
                          percent[choices_.below(3)], value);
    }
    values.push_back(value);
    table.columns.push_back(std::move(column));
  }

  void choose_partitioning(RandomTable& table) {
    const auto suitable = std::find_if(
        table.columns.begin() + 1, table.columns.end(), [](const RandomColumn& column) {
          return !column.nullable && (is_time(column.kind) || column.kind == ValueKind::Integer ||
                                      column.kind == ValueKind::Enum);
        });
    if (suitable == table.columns.end() || choices_.chance(25)) {
      table.partition_by = "HASH (id)";
    } else if (suitable->kind == ValueKind::Enum) {
      table.partition_by = "LIST (" + suitable->name + ")";
    } else {
      table.partition_by = "RANGE (" + suitable->name + ")";
    }
  }

  void create(const RandomTable& table) {
    std::string sql = "CREATE TABLE " + table.name + " (";
    for (const auto& column : table.columns) {
      sql += fmt::format("{}{} {}", &column == table.columns.data() ? "" : ", ", column.name,
                         type_name(column.kind));
      if (!column.nullable) {
        sql += " NOT NULL";
      }
    }
    if (table.partition_by.empty()) {
      sql += ", PRIMARY KEY (id))";
    } else {
      sql += ") PARTITION BY " + table.partition_by;
    }
    schema_.ddl.push_back(sql);
    if (!table.partition_by.empty()) {
      create_partitions(table);
    }
  }

  void create_partitions(const RandomTable& table) {
    const auto part = [&](int number, const std::string& bounds) {
      schema_.ddl.push_back(
          fmt::format("CREATE TABLE {0}_p{1} PARTITION OF {0} {2}", table.name, number, bounds));
    };
    if (table.partition_by.starts_with("HASH")) {
      for (int i = 0; i < 3; ++i) {
        part(i, fmt::format("FOR VALUES WITH (MODULUS 3, REMAINDER {})", i));
      }
      return;
    }
    if (table.partition_by.starts_with("LIST")) {
      part(0, "FOR VALUES IN ('sad', 'low')");
      part(1, "FOR VALUES IN ('ok')");
      part(2, "DEFAULT");
      return;
    }
    const std::string name = table.partition_by.substr(7, table.partition_by.size() - 8);
    const auto& column =
        *std::find_if(table.columns.begin(), table.columns.end(),
                      [&](const RandomColumn& candidate) { return candidate.name == name; });
    constexpr std::int64_t kParts = 4;
    for (std::int64_t i = 0; i < kParts; ++i) {
      const auto bound = [&](std::int64_t n) {
        return literal(column.kind, column.distinct * n / kParts);
      };
      if (bound(i) != bound(i + 1)) {
        part(static_cast<int>(i),
             fmt::format("FOR VALUES FROM ({}) TO ({})", bound(i), bound(i + 1)));
      }
    }
    part(kParts, "DEFAULT");
  }

  void fill(const RandomTable& table, const std::vector<std::string>& values,
            const std::vector<std::string>& keys) {
    // Keys one below the other, so that each may be made of the one before.
    std::string from = fmt::format("generate_series(1::bigint, {}) AS i", table.rows);
    for (std::size_t i = 1; i < keys.size(); ++i) {
      from += fmt::format(", LATERAL (SELECT {} + i * 0 AS k{} OFFSET 0) AS s{}", keys[i], i, i);
    }
    schema_.ddl.push_back(
        fmt::format("INSERT INTO {} SELECT {} FROM {}", table.name, fmt::join(values, ", "), from));
  }

  void add_indexes(const RandomTable& table) {
    for (const auto& column : table.columns) {
      if (column.references >= 0 && choices_.chance(60)) {
        schema_.ddl.push_back(fmt::format("CREATE INDEX ON {} ({})", table.name, column.name));
      }
    }
    const auto count = choices_.below(4);
    for (std::size_t i = 0; i < count; ++i) {
      schema_.ddl.push_back(random_index(choices_, table));
    }
    if (choices_.chance(60)) {
      schema_.spare_indexes.push_back(random_index(choices_, table));
    }
  }

  void add_statistics(const RandomTable& table) {
    std::vector<std::string> names;
    for (const auto& column : table.columns) {
      if (is_scalar(column.kind) && column.name != "id" && names.size() < 3) {
        names.push_back(column.name);
      }
    }
    if (names.size() >= 2) {
      const char* kinds[] = {"", "(dependencies)", "(ndistinct)", "(mcv)"};
      schema_.ddl.push_back(fmt::format("CREATE STATISTICS {}_stats {} ON {} FROM {}", table.name,
                                        kinds[choices_.below(4)], fmt::join(names, ", "),
                                        table.name));
    }
  }

  Choices& choices_;
  RandomSchema schema_;
};

const RandomColumn& any_column(Choices& choices, const RandomTable& table) {
  return table.columns[choices.below(table.columns.size())];
}

/// A key of an expression index.
std::string index_expression(const RandomColumn& column) {
  switch (column.kind) {
    case ValueKind::Text:
    case ValueKind::Varchar:
      return "lower(" + column.name + ")";
    case ValueKind::Integer:
    case ValueKind::BigInt:
    case ValueKind::Numeric:
      return "abs(" + column.name + ")";
    case ValueKind::Timestamp:
      return "date_trunc('day', " + column.name + ")";
    case ValueKind::Jsonb:
      return "(" + column.name + " ->> 'kind')";
    default:
      return column.name;
  }
}

}  // namespace

RandomSchema random_schema(Choices& choices) {
  return SchemaMaker{choices}.run();
}

std::string random_index(Choices& choices, const RandomTable& table) {
  const auto& first = any_column(choices, table);
  const std::string on = "CREATE INDEX ON " + table.name;
  if (!is_scalar(first.kind)) {
    const bool paths = first.kind == ValueKind::Jsonb && choices.chance(40);
    return fmt::format("{} USING gin ({}{})", on, first.name, paths ? " jsonb_path_ops" : "");
  }
  const auto method = choices.weighted({80, 10, 10});
  if (method == 1) {
    return fmt::format("{} USING hash ({})", on, first.name);
  }
  if (method == 2 && first.kind != ValueKind::Boolean && first.kind != ValueKind::Enum) {
    return fmt::format("{} USING brin ({})", on, first.name);
  }
  std::string sql = on + " (";
  std::vector<std::string> used;
  const auto keys = 1 + choices.weighted({55, 30, 15});
  for (std::size_t i = 0; i < keys; ++i) {
    const auto& column = i == 0 ? first : any_column(choices, table);
    if (!is_scalar(column.kind) || std::find(used.begin(), used.end(), column.name) != used.end()) {
      continue;
    }
    used.push_back(column.name);
    sql += i == 0 ? "" : ", ";
    const bool expression = choices.chance(12);
    sql += expression ? index_expression(column) : column.name;
    if (!expression && (column.kind == ValueKind::Text || column.kind == ValueKind::Varchar) &&
        choices.chance(15)) {
      sql += column.kind == ValueKind::Text ? " text_pattern_ops" : " varchar_pattern_ops";
    }
    sql += choices.chance(12) ? " DESC" : "";
    sql += choices.chance(5) ? " NULLS FIRST" : "";
  }
  sql += ")";
  if (choices.chance(15)) {
    const auto& included = any_column(choices, table);
    if (std::find(used.begin(), used.end(), included.name) == used.end()) {
      sql += " INCLUDE (" + included.name + ")";
    }
  }
  if (choices.chance(15)) {
    const auto& column = any_column(choices, table);
    if (column.kind == ValueKind::Boolean) {
      sql += " WHERE " + column.name;
    } else if (column.nullable) {
      sql += " WHERE " + column.name + " IS NOT NULL";
    } else if (is_scalar(column.kind) && column.kind != ValueKind::Enum) {
      sql += fmt::format(" WHERE {} > {}", column.name, literal(column.kind, column.distinct / 2));
    }
  }
  return sql;
}

}  // namespace quern::testing
