#include "tests/support/random_statement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_scope.hpp"

namespace quern::testing {

namespace {

class SelectMaker {
 public:
  explicit SelectMaker(StatementMaker& maker) : maker_{maker}, choices_{maker.choices} {}

  std::string statement() {
    switch (choices_.weighted({38, 22, 7, 8, 6, 6, 9, 2, 2})) {
      case 0:
        return plain(2);
      case 1:
        return grouped(2) + order_by_position();
      case 2:
        return window();
      case 3:
        return distinct();
      case 4:
        return set_operation();
      case 5:
        return with();
      case 6:
        return modification();
      case 7:
        return values();
      default:
        return minimum();
    }
  }

 private:
  // --- FROM

  ScopeItem any_table() { return table_item(maker_, choices_.below(maker_.schema.tables.size())); }

  [[nodiscard]] const std::string& name_of(const ScopeItem& item) const {
    return maker_.schema.tables[static_cast<std::size_t>(item.table)].name;
  }

  std::string source(ScopeItem& item) {
    if (item.table >= 0) {
      return name_of(item) + " AS " + item.alias;
    }
    return "";
  }

  /// A subquery in FROM, with up to three columns of one table.
  std::string subquery(ScopeItem& item) {
    const auto inner = any_table();
    item.alias = maker_.new_alias();
    std::string columns;
    for (std::size_t i = 0; i < 3 && i < inner.columns.size(); ++i) {
      ScopeColumn column = inner.columns[i];
      const std::string name = fmt::format("x{}", i);
      columns += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", column.ref, name);
      column.ref = item.alias + "." + name;
      item.columns.push_back(column);
    }
    maker_.note("subquery in FROM");
    std::string sql =
        fmt::format("(SELECT {}{} FROM {} WHERE {}", distinct_word(), columns,
                    name_of(inner) + " AS " + inner.alias, random_predicate(maker_, {inner}));
    if (choices_.chance(20)) {
      sql += fmt::format(" ORDER BY {} LIMIT {}", inner.columns[0].ref, choices_.between(1, 200));
    }
    return sql + ") AS " + item.alias;
  }

  std::string distinct_word() { return choices_.chance(10) ? "DISTINCT " : ""; }

  /// (SELECT key, count(*) ... GROUP BY key)
  std::string grouped_subquery(ScopeItem& item) {
    const auto inner = any_table();
    item.alias = maker_.new_alias();
    ScopeColumn key = any_scalar(maker_, {inner});
    maker_.note("grouped subquery in FROM");
    const std::string sql =
        fmt::format("(SELECT {0} AS x0, count(*) AS n FROM {1} AS {2} GROUP BY {0}) AS {3}",
                    key.ref, name_of(inner), inner.alias, item.alias);
    key.ref = item.alias + ".x0";
    key.is_id = false;
    item.columns = {key, {.ref = item.alias + ".n", .kind = ValueKind::BigInt, .distinct = 20}};
    return sql;
  }

  std::string lateral(ScopeItem& item, const Scope& scope) {
    const auto inner = any_table();
    const std::string on = join_condition(maker_, scope, inner);
    if (on.empty()) {
      return subquery(item);
    }
    maker_.note("LATERAL");
    item.alias = maker_.new_alias();
    ScopeColumn column = inner.columns[0];
    const std::string sql = fmt::format(
        "LATERAL (SELECT {0} AS x0 FROM {1} AS {2} WHERE {3} ORDER BY {4} DESC LIMIT {5}) AS {6}",
        column.ref, name_of(inner), inner.alias, on, any_scalar(maker_, {inner}).ref,
        choices_.between(1, 5), item.alias);
    column.ref = item.alias + ".x0";
    item.columns = {column};
    return sql;
  }

  /// Tables joined; `scope` receives what they offer.
  std::string from(Scope& scope, std::size_t at_most) {
    scope.push_back(any_table());
    std::string sql = source(scope.front());
    const auto joins = std::min(choices_.weighted({45, 28, 14, 8, 5}), at_most - 1);
    for (std::size_t i = 0; i < joins; ++i) {
      ScopeItem item;
      std::string text;
      const auto kind = choices_.weighted({84, 6, 5, 5});
      if (kind == 0) {
        item = any_table();
        text = source(item);
      } else if (kind == 1) {
        text = subquery(item);
      } else if (kind == 2) {
        text = grouped_subquery(item);
      } else {
        text = lateral(item, scope);
      }
      sql += joined(scope, item, text, kind == 3);
      scope.push_back(std::move(item));
    }
    const char* counts[] = {"1 table", "2 tables", "3 tables", "4 tables", "5 tables"};
    maker_.note(counts[joins]);
    return sql;
  }

  std::string joined(const Scope& scope, const ScopeItem& item, const std::string& text,
                     bool is_lateral) {
    std::string on = join_condition(maker_, scope, item);
    if (on.empty() || is_lateral) {
      maker_.note("cross join");
      return " CROSS JOIN " + text;
    }
    std::size_t type = choices_.weighted({66, 24, 5, 5});
    const char* words[] = {" JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN "};
    const char* names[] = {"inner join", "left join", "right join", "full join"};
    maker_.note(names[type]);
    if (type != 3 && choices_.chance(12)) {
      maker_.note("join filter");
      on += " AND " + random_predicate(maker_, {item});
    }
    return words[type] + text + " ON " + on;
  }

  std::string where(const Scope& scope, int depth) {
    if (choices_.chance(15)) {
      return "";
    }
    return " WHERE " + random_condition(maker_, scope, depth);
  }

  // --- the forms of SELECT

  std::string columns(const Scope& scope) {
    if (choices_.chance(15)) {
      return "*";
    }
    std::vector<std::string> items;
    const auto count = choices_.between(1, 4);
    for (std::int64_t i = 0; i < count; ++i) {
      items.push_back(any_column(maker_, scope).ref);
    }
    if (choices_.chance(8)) {
      items.push_back(scalar_subquery(scope));
    }
    if (choices_.chance(8)) {
      const auto& column = any_scalar(maker_, scope);
      maker_.note("CASE");
      items.push_back(
          fmt::format("CASE WHEN {} THEN {} END", random_predicate(maker_, scope), column.ref));
    }
    return fmt::format("{}", fmt::join(items, ", "));
  }

  std::string scalar_subquery(const Scope& scope) {
    const auto inner = any_table();
    const std::string on = join_condition(maker_, scope, inner);
    maker_.note(on.empty() ? "scalar subquery" : "correlated subquery");
    return fmt::format("(SELECT count(*) FROM {} AS {}{}{})", name_of(inner), inner.alias,
                       on.empty() ? "" : " WHERE ", on);
  }

  std::string order_by(const Scope& scope) {
    maker_.note("ORDER BY");
    std::string sql = " ORDER BY ";
    const auto count = 1 + choices_.weighted({70, 25, 5});
    for (std::size_t i = 0; i < count; ++i) {
      sql += fmt::format("{}{}{}", i == 0 ? "" : ", ", any_scalar(maker_, scope).ref,
                         choices_.chance(35) ? " DESC" : "");
    }
    return sql;
  }

  std::string limit() {
    maker_.note("LIMIT");
    const std::int64_t counts[] = {10, 1, 50, 500, 20000};
    std::string sql = fmt::format(" LIMIT {}", counts[choices_.below(5)]);
    if (choices_.chance(25)) {
      maker_.note("OFFSET");
      sql += fmt::format(" OFFSET {}", choices_.between(0, 300));
    }
    return sql;
  }

  std::string plain(int depth) {
    Scope scope;
    const std::string tables = from(scope, 5);
    std::string sql = "SELECT " + columns(scope) + " FROM " + tables + where(scope, depth);
    const bool ordered = choices_.chance(45);
    if (ordered) {
      sql += order_by(scope);
    }
    if (choices_.chance(ordered ? 60 : 10)) {
      sql += limit();
    }
    if (choices_.chance(4)) {
      maker_.note("FOR UPDATE");
      sql += " FOR UPDATE OF a1";
      if (sql.find("FULL JOIN") != std::string::npos ||
          sql.find("LEFT JOIN") != std::string::npos ||
          sql.find("RIGHT JOIN") != std::string::npos) {
        sql.resize(sql.size() - 17);
      }
    }
    return sql;
  }

  std::string aggregate(const Scope& scope) {
    const auto& column = any_scalar(maker_, scope);
    std::string sql;
    switch (choices_.below(7)) {
      case 0:
        sql = "count(*)";
        break;
      case 1:
        sql = is_number(column.kind) ? "sum(" + column.ref + ")" : "count(" + column.ref + ")";
        break;
      case 2:
        sql = column.kind == ValueKind::Boolean || column.kind == ValueKind::Uuid
                  ? "count(" + column.ref + ")"
                  : "max(" + column.ref + ")";
        break;
      case 3:
        maker_.note("DISTINCT aggregate");
        sql = "count(DISTINCT " + column.ref + ")";
        break;
      case 4:
        sql = is_number(column.kind) ? "avg(" + column.ref + ")" : "count(*)";
        break;
      case 5:
        sql = is_text(column.kind) ? "string_agg(" + column.ref + "::text, ',')"
                                   : "array_agg(" + column.ref + ")";
        break;
      default:
        maker_.note("aggregate ORDER BY");
        sql = fmt::format("array_agg({} ORDER BY {})", column.ref, any_scalar(maker_, scope).ref);
    }
    if (choices_.chance(15)) {
      maker_.note("FILTER");
      sql += " FILTER (WHERE " + random_predicate(maker_, scope) + ")";
    }
    return sql;
  }

  std::string group_key(const Scope& scope) {
    const auto& column = any_scalar(maker_, scope);
    if (is_time(column.kind) && choices_.chance(40)) {
      maker_.note("GROUP BY expression");
      return fmt::format("date_trunc('month', {})", column.ref);
    }
    return column.ref;
  }

  std::string grouped(int depth) {
    Scope scope;
    const std::string tables = from(scope, 4);
    std::vector<std::string> keys;
    const auto count = choices_.weighted({20, 50, 22, 8});
    for (std::size_t i = 0; i < count; ++i) {
      keys.push_back(group_key(scope));
    }
    maker_.note(count == 0 ? "plain aggregate" : "GROUP BY");
    std::vector<std::string> items = keys;
    const auto aggregates = choices_.between(1, 3);
    for (std::int64_t i = 0; i < aggregates; ++i) {
      items.push_back(aggregate(scope));
    }
    std::string sql =
        fmt::format("SELECT {} FROM {}{}", fmt::join(items, ", "), tables, where(scope, depth));
    if (!keys.empty()) {
      sql += " GROUP BY " + grouping(keys);
    }
    if (choices_.chance(15)) {
      maker_.note("HAVING");
      sql += fmt::format(" HAVING count(*) > {}", choices_.between(1, 20));
    }
    return sql;
  }

  std::string grouping(const std::vector<std::string>& keys) {
    const std::string list = fmt::format("{}", fmt::join(keys, ", "));
    if (!choices_.chance(6)) {
      return list;
    }
    maker_.note("GROUPING SETS");
    switch (choices_.below(3)) {
      case 0:
        return "ROLLUP (" + list + ")";
      case 1:
        return "CUBE (" + list + ")";
      default:
        return fmt::format("GROUPING SETS (({}), ({}), ())", list, keys.front());
    }
  }

  std::string order_by_position() {
    std::string sql;
    if (choices_.chance(45)) {
      maker_.note("ORDER BY");
      sql = choices_.chance(40) ? " ORDER BY 1 DESC" : " ORDER BY 1";
      if (choices_.chance(40)) {
        sql += limit();
      }
    }
    return sql;
  }

  std::string window() {
    Scope scope;
    const std::string tables = from(scope, 3);
    maker_.note("window");
    std::string over = "(";
    if (choices_.chance(70)) {
      over += "PARTITION BY " + any_scalar(maker_, scope).ref;
    }
    const bool ordered = choices_.chance(80);
    if (ordered) {
      over += fmt::format(" ORDER BY {}{}", any_scalar(maker_, scope).ref,
                          choices_.chance(40) ? " DESC" : "");
    }
    over += ")";
    const char* functions[] = {"row_number()", "rank()", "count(*)", "dense_rank()"};
    const char* function = functions[choices_.below(4)];
    const std::string item = fmt::format("{} OVER {} AS rn", function, over);
    const std::string first = any_column(maker_, scope).ref;
    std::string sql =
        fmt::format("SELECT {} AS first, {} FROM {}{}", first, item, tables, where(scope, 1));
    if (choices_.chance(40)) {
      maker_.note("window run condition");
      return fmt::format("SELECT * FROM ({}) AS w WHERE rn <= {}", sql, choices_.between(1, 5));
    }
    return choices_.chance(30) ? sql + limit() : sql;
  }

  std::string distinct() {
    Scope scope;
    const std::string tables = from(scope, 3);
    const auto& key = any_scalar(maker_, scope);
    if (choices_.chance(35)) {
      maker_.note("DISTINCT ON");
      return fmt::format("SELECT DISTINCT ON ({0}) {0}, {1} FROM {2}{3} ORDER BY {0}, {4} DESC",
                         key.ref, any_column(maker_, scope).ref, tables, where(scope, 1),
                         any_scalar(maker_, scope).ref);
    }
    maker_.note("DISTINCT");
    std::string sql = "SELECT DISTINCT " + key.ref;
    if (choices_.chance(40)) {
      sql += ", " + any_scalar(maker_, scope).ref;
    }
    sql += " FROM " + tables + where(scope, 1);
    return sql + order_by_position();
  }

  /// One column of a given kind, from one or two tables.
  std::string arm(ValueKind kind) {
    Scope scope;
    const std::string tables = from(scope, 2);
    std::string ref = "NULL::" + type_name(kind);
    for (const auto& item : scope) {
      for (const auto& column : item.columns) {
        if (column.kind == kind) {
          ref = column.ref;
        }
      }
    }
    return "SELECT " + ref + " FROM " + tables + where(scope, 1);
  }

  std::string set_operation() {
    const char* operators[] = {"UNION ALL", "UNION",         "INTERSECT",
                               "EXCEPT",    "INTERSECT ALL", "EXCEPT ALL"};
    const ValueKind kinds[] = {ValueKind::Integer, ValueKind::Text, ValueKind::Numeric,
                               ValueKind::Date};
    const auto kind = kinds[choices_.below(4)];
    std::string sql = arm(kind);
    const auto more = choices_.between(1, 2);
    for (std::int64_t i = 0; i < more; ++i) {
      const char* op = operators[choices_.weighted({40, 30, 10, 10, 5, 5})];
      maker_.note(op);
      sql += std::string{" "} + op + " " + arm(kind);
    }
    return sql + order_by_position();
  }

  std::string with() {
    maker_.note("CTE");
    if (choices_.chance(15)) {
      maker_.note("recursive CTE");
      return fmt::format(
          "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {0}) "
          "SELECT r.n, t.id FROM r JOIN {1} AS t ON t.id = r.n",
          choices_.between(5, 50), name_of(any_table()));
    }
    const std::string body = choices_.chance(50) ? grouped_named() : plain_named();
    const bool twice = choices_.chance(35);
    const char* words[] = {"", "MATERIALIZED ", "NOT MATERIALIZED "};
    const char* word = words[choices_.weighted({70, 15, 15})];
    const auto item = any_table();
    std::string sql =
        fmt::format("WITH q AS {}({}) SELECT q.k, count(*) FROM q JOIN {} AS {} ON {}.id = q.k",
                    word, body, name_of(item), item.alias, item.alias);
    if (twice) {
      sql += " WHERE q.k > (SELECT min(k) FROM q)";
    }
    return sql + " GROUP BY q.k";
  }

  /// A column named k that can be joined to an id.
  std::string plain_named() {
    Scope scope;
    const std::string tables = from(scope, 2);
    return fmt::format("SELECT {} AS k FROM {}{}", scope.front().columns.front().ref, tables,
                       where(scope, 1));
  }

  std::string grouped_named() {
    Scope scope;
    const std::string tables = from(scope, 2);
    const auto& columns = scope.front().columns;
    const auto key = std::find_if(columns.begin(), columns.end(),
                                  [](const ScopeColumn& column) { return column.references >= 0; });
    const auto& ref = key == columns.end() ? columns.front().ref : key->ref;
    return fmt::format("SELECT {0} AS k, count(*) AS n FROM {1}{2} GROUP BY {0}", ref, tables,
                       where(scope, 1));
  }

  std::string values() {
    maker_.note("VALUES");
    const auto item = any_table();
    std::string rows;
    const auto count = choices_.between(1, 5);
    for (std::int64_t i = 0; i < count; ++i) {
      rows += fmt::format(
          "{}({}, 'v{}')", i == 0 ? "" : ", ",
          literal(item.columns[0].kind, choices_.between(0, item.columns[0].distinct - 1)), i);
    }
    return fmt::format("SELECT * FROM {} AS {} JOIN (VALUES {}) AS v(id, name) ON v.id = {}.id",
                       name_of(item), item.alias, rows, item.alias);
  }

  /// MIN and MAX by index.
  std::string minimum() {
    const auto item = any_table();
    const auto& column = any_scalar(maker_, {item});
    maker_.note("MIN/MAX");
    const bool orderable = column.kind != ValueKind::Boolean && column.kind != ValueKind::Uuid;
    return fmt::format("SELECT {}({}) FROM {} AS {}{}",
                       !orderable            ? "count"
                       : choices_.chance(50) ? "max"
                                             : "min",
                       column.ref, name_of(item), item.alias, where({item}, 0));
  }

  std::string modification() {
    const auto item = any_table();
    switch (choices_.weighted({40, 35, 25})) {
      case 0:
        return update(item);
      case 1:
        return remove(item);
      default:
        return insert(item);
    }
  }

  std::string update(const ScopeItem& item) {
    maker_.note("UPDATE");
    const auto& column = item.columns.back();
    const std::string bare = column.ref.substr(column.ref.find('.') + 1);
    std::string sql = fmt::format("UPDATE {} AS {} SET {} = {}", name_of(item), item.alias, bare,
                                  literal(column.kind, 1));
    if (choices_.chance(25)) {
      const auto other = any_table();
      const std::string on = join_condition(maker_, {item}, other);
      if (!on.empty()) {
        maker_.note("UPDATE FROM");
        return sql + fmt::format(" FROM {} AS {} WHERE {} AND {}", name_of(other), other.alias, on,
                                 random_predicate(maker_, {other}));
      }
    }
    sql += where({item}, 1);
    return choices_.chance(20) ? sql + " RETURNING *" : sql;
  }

  std::string remove(const ScopeItem& item) {
    maker_.note("DELETE");
    std::string sql = fmt::format("DELETE FROM {} AS {}", name_of(item), item.alias);
    if (choices_.chance(25)) {
      const auto other = any_table();
      const std::string on = join_condition(maker_, {item}, other);
      if (!on.empty()) {
        maker_.note("DELETE USING");
        return sql + fmt::format(" USING {} AS {} WHERE {}", name_of(other), other.alias, on);
      }
    }
    return sql + where({item}, 1);
  }

  std::string insert(const ScopeItem& item) {
    maker_.note("INSERT");
    if (choices_.chance(40)) {
      std::vector<std::string> row;
      for (const auto& column : item.columns) {
        row.push_back(literal(column.kind, 1));
      }
      std::string sql =
          fmt::format("INSERT INTO {} VALUES ({})", name_of(item), fmt::join(row, ", "));
      if (choices_.chance(30)) {
        sql += " ON CONFLICT DO NOTHING";
      }
      return sql;
    }
    maker_.note("INSERT SELECT");
    auto from_item = table_item(maker_, static_cast<std::size_t>(item.table));
    std::string sql =
        fmt::format("INSERT INTO {} SELECT {}.* FROM {} AS {}{}", name_of(item), from_item.alias,
                    name_of(item), from_item.alias, where({from_item}, 1));
    return choices_.chance(30) ? sql + " ON CONFLICT DO NOTHING" : sql;
  }

  StatementMaker& maker_;
  Choices& choices_;
};

}  // namespace

RandomStatement random_statement(Choices& choices, const RandomSchema& schema) {
  StatementMaker maker{.choices = choices, .schema = schema};
  maker.may_use_parameters = choices.chance(12);
  RandomStatement result;
  result.sql = SelectMaker{maker}.statement();
  result.parameters = maker.parameters;
  result.constructs = std::move(maker.constructs);
  return result;
}

}  // namespace quern::testing
