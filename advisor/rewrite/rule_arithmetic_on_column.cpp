#include <fmt/core.h>

#include "advisor/rewrite/comparison.hpp"
#include "advisor/rewrite/names.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// column + amount or column - amount; `op` undoes it.
struct Shift {
  PgQuery__Node* column_node;
  ResolvedColumn column;
  std::string undo;
  PgQuery__Node* amount;
};

std::optional<Shift> shift(const Query& query, const Block& block, const PgQuery__Node* node) {
  const auto* expression = as<PgQuery__AExpr>(node);
  const std::string op = binary_operator(expression);
  if (op != "+" && op != "-") {
    return std::nullopt;
  }
  if (const auto column = query.resolve(block, expression->lexpr)) {
    return Shift{expression->lexpr, *column, op == "+" ? "-" : "+", expression->rexpr};
  }
  if (const auto column = query.resolve(block, expression->rexpr); column && op == "+") {
    return Shift{expression->rexpr, *column, "-", expression->lexpr};
  }
  return std::nullopt;
}

/// integer column ± literal op literal: the sum is done here.
std::optional<std::string> integer_bound(const Shift& moved, const PgQuery__Node* value) {
  const auto amount = integer_literal(moved.amount);
  const auto bound = integer_literal(value);
  if (!amount || !bound) {
    return std::nullopt;
  }
  const std::int64_t result = moved.undo == "+" ? *bound + *amount : *bound - *amount;
  return type::holds(moved.column.column->type, result) ? std::optional{std::to_string(result)}
                                                        : std::nullopt;
}

enum class Interval { None, Exact, Days, Calendar };

/// How an interval literal behaves: hours and less are exact everywhere, days are so without a time
/// zone, months never.
Interval interval_kind(const PgQuery__Node* node) {
  const auto value = literal(node);
  if (!value || value->cast != "interval" || value->kind != Literal::Kind::String) {
    return Interval::None;
  }
  const auto has = [&](std::string_view word) {
    return value->text.find(word) != std::string::npos;
  };
  if (has("mon") || has("year") || has("dec") || has("cent") || has("mil") || has("P") ||
      has("y")) {
    return has("day") && !has("mon") && !has("year") ? Interval::Days : Interval::Calendar;
  }
  if (has("day") || has("week")) {
    return Interval::Days;
  }
  return has("hour") || has("min") || has("sec") ? Interval::Exact : Interval::Calendar;
}

std::optional<std::string> time_bound(const Shift& moved, const PgQuery__Node* value,
                                      Finding& finding) {
  const Oid oid = moved.column.column->type;
  const auto kind = interval_kind(moved.amount);
  const auto of = value_kind(value);
  if (kind == Interval::None || (oid != type::kTimestamp && oid != type::kTimestamptz)) {
    return std::nullopt;
  }
  const bool zoned = oid == type::kTimestamptz;
  const std::string cast = zoned ? "timestamptz" : "timestamp";
  std::string text;
  if (of == ValueKind::Now) {
    text = Tree::text(value);
  } else if (of == ValueKind::Literal || of == ValueKind::Parameter) {
    const auto* given = as<PgQuery__TypeCast>(value);
    if (given != nullptr && type_name(*given) != cast) {
      return std::nullopt;
    }
    text = "(" + Tree::text(value) + ")::" + cast;
  } else {
    return std::nullopt;
  }
  const bool exact = kind == Interval::Exact || (kind == Interval::Days && !zoned);
  if (!exact || (of == ValueKind::Now && !zoned)) {
    finding.equivalence = Equivalence::UnderAssumption;
    finding.conditions.push_back(
        {kind == Interval::Calendar
             ? "adding months and subtracting them again gives the same day for the values compared"
             : "no change of the clock (DST) lies between the two sides",
         false});
  }
  return text + " " + moved.undo + " " + Tree::text(moved.amount);
}

std::optional<std::string> bound(const Shift& moved, const PgQuery__Node* value, Finding& finding) {
  if (type::is_integer(moved.column.column->type)) {
    return integer_bound(moved, value);
  }
  return time_bound(moved, value, finding);
}

}  // namespace

std::optional<Finding> arithmetic_on_column(Query& query) {
  Finding finding{
      .why =
          "An index on a column cannot serve an expression over it; with the arithmetic "
          "on the constant's side it can."};
  bool changed = false;
  for (const Filter& filter : filters(query)) {
    for (const Comparison& comparison : comparisons(filter.node)) {
      const auto moved = shift(query, *filter.block, comparison.subject);
      if (!moved || comparison.op == "between" || comparison.op == "<>") {
        continue;
      }
      const auto right = bound(*moved, comparison.value, finding);
      if (!right) {
        continue;
      }
      const Table& table = *moved->column.source->table;
      finding.indexes.push_back(fmt::format("CREATE INDEX ON {}.{} ({})", quoted(table.schema),
                                            quoted(table.name),
                                            quoted(moved->column.column->name)));
      *filter.node = *query.tree.expression(Tree::text(moved->column_node) + " " + comparison.op +
                                            " " + *right);
      changed = true;
      break;
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  finding.conditions.push_back(
      {"same rows, except that the original fails with an overflow near the ends of the type"});
  finding.replacement = query.tree.sql();
  return finding;
}

}  // namespace quern::advisor::rewrite
