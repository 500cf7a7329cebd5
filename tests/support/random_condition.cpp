#include <algorithm>

#include <fmt/format.h>

#include "tests/support/random_scope.hpp"

namespace quern::testing {

ScopeItem table_item(StatementMaker& maker, std::size_t number) {
  const auto& table = maker.schema.tables[number];
  ScopeItem item{.alias = maker.new_alias(), .table = static_cast<int>(number)};
  for (const auto& column : table.columns) {
    item.columns.push_back({.ref = item.alias + "." + column.name,
                            .kind = column.kind,
                            .distinct = column.distinct,
                            .references = column.references,
                            .table = item.table,
                            .is_id = column.name == "id"});
  }
  if (!table.partition_by.empty()) {
    maker.note("partitioned table");
  }
  return item;
}

ScopeColumn any_column(StatementMaker& maker, const Scope& scope) {
  return maker.choices.pick(maker.choices.pick(scope).columns);
}

ScopeColumn any_scalar(StatementMaker& maker, const Scope& scope) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    const auto column = any_column(maker, scope);
    if (is_scalar(column.kind)) {
      return column;
    }
  }
  return scope.front().columns.front();
}

namespace {

std::int64_t some_k(StatementMaker& maker, const ScopeColumn& column) {
  const std::int64_t n = std::max<std::int64_t>(column.distinct, 1);
  switch (maker.choices.weighted({80, 15, 5})) {
    case 0:
      return maker.choices.between(0, n - 1);
    case 1:  // often a common value
      return maker.choices.between(0, std::max<std::int64_t>(n / 50, 0));
    default:  // beyond the end
      return n + maker.choices.between(0, n / 5);
  }
}

/// A constant of the column's kind, or a parameter.
std::string operand(StatementMaker& maker, const ScopeColumn& column) {
  if (maker.may_use_parameters && maker.choices.chance(60)) {
    maker.note("generic parameter");
    return "$" + std::to_string(++maker.parameters);
  }
  return literal(column.kind, some_k(maker, column));
}

std::string list(StatementMaker& maker, const ScopeColumn& column) {
  std::vector<std::string> items;
  const auto count = maker.choices.between(1, 6);
  for (std::int64_t i = 0; i < count; ++i) {
    items.push_back(literal(column.kind, some_k(maker, column)));
  }
  return fmt::format("{}", fmt::join(items, ", "));
}

std::string between(StatementMaker& maker, const ScopeColumn& column) {
  const auto low = some_k(maker, column);
  const auto width = maker.choices.between(0, std::max<std::int64_t>(column.distinct / 5, 1));
  maker.note("BETWEEN");
  return fmt::format("{} BETWEEN {} AND {}", column.ref, literal(column.kind, low),
                     literal(column.kind, low + width));
}

std::string pattern(StatementMaker& maker, const ScopeColumn& column) {
  maker.note("LIKE");
  const std::string text = text_value(some_k(maker, column));
  const auto length = static_cast<std::size_t>(
      maker.choices.between(1, static_cast<std::int64_t>(std::min<std::size_t>(text.size(), 5))));
  const std::string prefix = text.substr(0, length);
  switch (maker.choices.below(7)) {
    case 0:
      return fmt::format("{} LIKE '{}%'", column.ref, prefix);
    case 1:
      return fmt::format("{} LIKE '%{}%'", column.ref, prefix);
    case 2:
      return fmt::format("{} ILIKE '{}%'", column.ref, prefix);
    case 3:
      return fmt::format("{} NOT LIKE '{}%'", column.ref, prefix);
    case 4:
      return fmt::format("{} ~ '^{}'", column.ref, prefix);
    case 5:
      return fmt::format("{} LIKE '%{}'", column.ref, "e");
    default:
      return fmt::format("lower({}) = '{}'", column.ref, text);
  }
}

std::string boolean(StatementMaker& maker, const ScopeColumn& column) {
  maker.note("boolean column");
  const char* forms[] = {"{}",        "NOT {}",         "{} IS TRUE", "{} IS NOT TRUE",
                         "{} = true", "{} IS NOT FALSE"};
  return fmt::format(fmt::runtime(forms[maker.choices.below(6)]), column.ref);
}

std::string of_container(StatementMaker& maker, const ScopeColumn& column) {
  const auto k = some_k(maker, column);
  if (column.kind == ValueKind::Jsonb) {
    maker.note("jsonb");
    switch (maker.choices.below(4)) {
      case 0:
        return fmt::format("{} @> {}", column.ref, literal(column.kind, k));
      case 1:
        return fmt::format("{} ->> 'kind' = '{}'", column.ref, k % 7);
      case 2:
        return fmt::format("{} ? 'name'", column.ref);
      default:
        return fmt::format("({} ->> 'kind')::integer > {}", column.ref, k % 7);
    }
  }
  maker.note("array operator");
  switch (maker.choices.below(4)) {
    case 0:
      return fmt::format("{} @> {}", column.ref, literal(column.kind, k));
    case 1:
      return fmt::format("{} && {}", column.ref, literal(column.kind, k));
    case 2:
      return fmt::format("{} = ANY ({})",
                         column.kind == ValueKind::IntegerArray ? std::to_string(k % 11)
                                                                : fmt::format("'t{}'", k % 11),
                         column.ref);
    default:
      return fmt::format("cardinality({}) = 3", column.ref);
  }
}

std::string expression(StatementMaker& maker, const ScopeColumn& column) {
  maker.note("expression");
  const auto k = some_k(maker, column);
  if (is_text(column.kind)) {
    return fmt::format("length({}) > {}", column.ref, k % 12);
  }
  if (is_number(column.kind)) {
    const char* forms[] = {"{} + 1 > {}", "abs({}) = {}", "{} * 2 <> {}", "coalesce({}, 0) < {}"};
    return fmt::format(fmt::runtime(forms[maker.choices.below(4)]), column.ref,
                       literal(column.kind, k));
  }
  if (is_time(column.kind)) {
    switch (maker.choices.below(3)) {
      case 0:
        return fmt::format("{} >= {}::timestamp - interval '10 days'", column.ref,
                           literal(ValueKind::Timestamp, k));
      case 1:
        return fmt::format("date_trunc('month', {}) = '2021-03-01'", column.ref);
      default:
        return fmt::format("extract(year FROM {}) = 2021", column.ref);
    }
  }
  return fmt::format("{} IS DISTINCT FROM {}", column.ref, literal(column.kind, k));
}

std::string same_kind_columns(StatementMaker& maker, const Scope& scope,
                              const ScopeColumn& column) {
  for (int attempt = 0; attempt < 6; ++attempt) {
    const auto& other = any_column(maker, scope);
    if (other.kind == column.kind && other.ref != column.ref) {
      maker.note("column to column");
      const char* operators[] = {"=", "<", "<>", ">="};
      return fmt::format("{} {} {}", column.ref, operators[maker.choices.below(4)], other.ref);
    }
  }
  return fmt::format("{} = {}", column.ref, operand(maker, column));
}

std::string membership(StatementMaker& maker, const ScopeColumn& column) {
  switch (maker.choices.weighted({6, 2, 2})) {
    case 0:
      maker.note("IN list");
      return fmt::format("{} IN ({})", column.ref, list(maker, column));
    case 1:
      maker.note("NOT IN list");
      return fmt::format("{} NOT IN ({})", column.ref, list(maker, column));
    default:
      maker.note("= ANY array");
      return fmt::format("{} = ANY (ARRAY[{}]::{}[])", column.ref, list(maker, column),
                         type_name(column.kind));
  }
}

}  // namespace

std::string random_predicate(StatementMaker& maker, const Scope& scope) {
  const auto& column = any_column(maker, scope);
  if (maker.choices.chance(10)) {
    maker.note("IS NULL");
    return column.ref + (maker.choices.chance(40) ? " IS NOT NULL" : " IS NULL");
  }
  if (!is_scalar(column.kind)) {
    return of_container(maker, column);
  }
  if (column.kind == ValueKind::Boolean) {
    return boolean(maker, column);
  }
  const bool is_string = column.kind == ValueKind::Text || column.kind == ValueKind::Varchar;
  if (is_string && maker.choices.chance(40)) {
    return pattern(maker, column);
  }
  switch (maker.choices.weighted({35, 20, 12, 15, 5, 8, 8})) {
    case 0:
      maker.note("=");
      return fmt::format("{} = {}", column.ref, operand(maker, column));
    case 1: {
      maker.note("range");
      const char* operators[] = {"<", ">", "<=", ">="};
      const char* op = operators[maker.choices.below(4)];
      return fmt::format("{} {} {}", column.ref, op, operand(maker, column));
    }
    case 2:
      return column.kind == ValueKind::Enum ? membership(maker, column) : between(maker, column);
    case 3:
      return membership(maker, column);
    case 4:
      maker.note("<>");
      return fmt::format("{} <> {}", column.ref, operand(maker, column));
    case 5:
      return expression(maker, column);
    default:
      return same_kind_columns(maker, scope, column);
  }
}

std::string join_condition(StatementMaker& maker, const Scope& scope, const ScopeItem& item) {
  std::vector<std::string> along_keys;
  std::vector<std::string> by_kind;
  for (const auto& there : scope) {
    for (const auto& a : there.columns) {
      for (const auto& b : item.columns) {
        const bool a_to_b = a.references >= 0 && a.references == b.table && b.is_id;
        const bool b_to_a = b.references >= 0 && b.references == a.table && a.is_id;
        const bool siblings = a.references >= 0 && a.references == b.references;
        if (a_to_b || b_to_a || siblings) {
          along_keys.push_back(a.ref + " = " + b.ref);
        } else if ((a.kind == b.kind || (is_number(a.kind) && is_number(b.kind))) &&
                   is_scalar(a.kind) && a.distinct > 20 && b.distinct > 20) {
          by_kind.push_back(a.ref + " = " + b.ref);
        }
      }
    }
  }
  if (!along_keys.empty() && !maker.choices.chance(15)) {
    return maker.choices.pick(along_keys);
  }
  if (!by_kind.empty()) {
    return maker.choices.pick(by_kind);
  }
  return along_keys.empty() ? "" : along_keys.front();
}

namespace {

ScopeItem any_table(StatementMaker& maker) {
  return table_item(maker, maker.choices.below(maker.schema.tables.size()));
}

std::string from_table(const StatementMaker& maker, const ScopeItem& item) {
  return maker.schema.tables[static_cast<std::size_t>(item.table)].name + " AS " + item.alias;
}

std::string exists(StatementMaker& maker, const Scope& scope) {
  const auto inner = any_table(maker);
  std::string where = join_condition(maker, scope, inner);
  if (where.empty()) {
    return random_predicate(maker, scope);
  }
  const bool negated = maker.choices.chance(40);
  maker.note(negated ? "NOT EXISTS" : "EXISTS");
  if (maker.choices.chance(50)) {
    where += " AND " + random_predicate(maker, {inner});
  }
  return fmt::format("{}EXISTS (SELECT 1 FROM {} WHERE {})", negated ? "NOT " : "",
                     from_table(maker, inner), where);
}

std::string in_subquery(StatementMaker& maker, const Scope& scope) {
  const auto inner = any_table(maker);
  std::string condition = join_condition(maker, scope, inner);
  const auto equals = condition.find(" = ");
  if (equals == std::string::npos) {
    return random_predicate(maker, scope);
  }
  const std::string outer_ref = condition.substr(0, equals);
  const std::string inner_ref = condition.substr(equals + 3);
  const bool negated = maker.choices.chance(30);
  maker.note(negated ? "NOT IN subquery" : "IN subquery");
  std::string where;
  if (maker.choices.chance(60)) {
    where = " WHERE " + random_predicate(maker, {inner});
  }
  return fmt::format("{} {}IN (SELECT {} FROM {}{})", outer_ref, negated ? "NOT " : "", inner_ref,
                     from_table(maker, inner), where);
}

std::string scalar_comparison(StatementMaker& maker, const Scope& scope) {
  const auto& column = any_scalar(maker, scope);
  const auto inner = any_table(maker);
  const auto& compared = any_scalar(maker, {inner});
  if (compared.kind != column.kind || column.kind == ValueKind::Boolean ||
      column.kind == ValueKind::Uuid) {
    return random_predicate(maker, scope);
  }
  std::string where;
  if (maker.choices.chance(50)) {
    where = join_condition(maker, scope, inner);
    maker.note(where.empty() ? "scalar subquery" : "correlated subquery");
  } else {
    maker.note("scalar subquery");
  }
  return fmt::format(
      "{} {} (SELECT {}({}) FROM {}{}{})", column.ref,
      maker.choices.chance(50) ? ">" : "<=", maker.choices.chance(50) ? "max" : "min", compared.ref,
      from_table(maker, inner), where.empty() ? "" : " WHERE ", where);
}

}  // namespace

std::string random_condition(StatementMaker& maker, const Scope& scope, int depth) {
  std::vector<std::string> parts;
  const auto count = 1 + maker.choices.weighted({45, 35, 20});
  for (std::size_t i = 0; i < count; ++i) {
    switch (maker.choices.weighted({72, 10, 4, 5, 5, 4})) {
      case 1:
        maker.note("OR");
        parts.push_back(fmt::format("({} OR {})", random_predicate(maker, scope),
                                    random_predicate(maker, scope)));
        break;
      case 2:
        maker.note("NOT");
        parts.push_back(fmt::format("NOT ({} AND {})", random_predicate(maker, scope),
                                    random_predicate(maker, scope)));
        break;
      case 3:
        parts.push_back(depth > 0 ? exists(maker, scope) : random_predicate(maker, scope));
        break;
      case 4:
        parts.push_back(depth > 0 ? in_subquery(maker, scope) : random_predicate(maker, scope));
        break;
      case 5:
        parts.push_back(depth > 0 ? scalar_comparison(maker, scope)
                                  : random_predicate(maker, scope));
        break;
      default:
        parts.push_back(random_predicate(maker, scope));
    }
  }
  return fmt::format("{}", fmt::join(parts, " AND "));
}

}  // namespace quern::testing
