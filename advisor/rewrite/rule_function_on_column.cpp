#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "advisor/rewrite/comparison.hpp"
#include "advisor/rewrite/names.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// A function of a timestamp that cuts it to a unit of time.
struct Truncation {
  enum class Kind { Date, DateTrunc, Year, ToChar } kind;
  PgQuery__Node* column_node;
  ResolvedColumn column;
  std::string unit;    ///< of date_trunc: "day"
  std::string format;  ///< of to_char
};

std::string literal_text(const PgQuery__Node* node) {
  const auto value = literal(node);
  return value && value->kind == Literal::Kind::String ? value->text : std::string{};
}

std::optional<Truncation> truncation(const Query& query, const Block& block,
                                     const PgQuery__Node* node) {
  Truncation found{};
  if (const auto* cast = as<PgQuery__TypeCast>(node)) {
    found.kind = Truncation::Kind::Date;
    found.column_node = type_name(*cast) == "date" ? cast->arg : nullptr;
  } else if (const auto* call = as<PgQuery__FuncCall>(node)) {
    const std::string name = function_name(*call);
    if (query.is_user_function(name)) {
      return std::nullopt;
    }
    if (name == "date" && call->n_args == 1) {
      found.kind = Truncation::Kind::Date;
      found.column_node = call->args[0];
    } else if (name == "date_trunc" && call->n_args == 2) {
      found.kind = Truncation::Kind::DateTrunc;
      found.unit = literal_text(call->args[0]);
      found.column_node = call->args[1];
    } else if ((name == "extract" || name == "date_part") && call->n_args == 2 &&
               literal_text(call->args[0]) == "year") {
      found.kind = Truncation::Kind::Year;
      found.column_node = call->args[1];
    } else if (name == "to_char" && call->n_args == 2) {
      found.kind = Truncation::Kind::ToChar;
      found.column_node = call->args[0];
      found.format = literal_text(call->args[1]);
    }
  }
  const auto column = query.resolve(block, found.column_node);
  if (!column) {
    return std::nullopt;
  }
  found.column = *column;
  const Oid oid = column->column->type;
  const bool has_time = oid == type::kTimestamp || oid == type::kTimestamptz;
  const bool is_date = oid == type::kDate && found.kind == Truncation::Kind::Year;
  return has_time || is_date ? std::optional{found} : std::nullopt;
}

/// SQL of the half-open range [from, to) and what it takes for it to be the same.
struct Range {
  std::string from, to;
  Equivalence equivalence = Equivalence::Proven;
  std::vector<Condition> conditions = {};
};

std::optional<Range> date_range(const PgQuery__Node* value) {
  const std::string text = Tree::text(value);
  switch (value_kind(value)) {
    case ValueKind::Literal: {
      const auto constant = literal(value);
      const auto date = iso_date(constant->text);
      if (constant->kind != Literal::Kind::String || !date || !date->time.empty() ||
          (!constant->cast.empty() && constant->cast != "date")) {
        return std::nullopt;
      }
      const std::string day = "date " + string_literal(constant->text);
      return Range{day, day + " + 1"};
    }
    case ValueKind::CurrentDate:
      return Range{"CURRENT_DATE", "CURRENT_DATE + 1"};
    case ValueKind::Parameter:
      if (const auto* cast = as<PgQuery__TypeCast>(value);
          cast != nullptr && type_name(*cast) != "date") {
        return std::nullopt;
      }
      return Range{"(" + text + ")::date",
                   "(" + text + ")::date + 1",
                   Equivalence::UnderAssumption,
                   {{text + " is a finite date", false}}};
    default:
      return std::nullopt;
  }
}

/// Whether the literal is the first instant of a unit; then date_trunc can equal it.
bool starts_unit(const std::string& unit, const IsoDate& date) {
  const bool midnight =
      date.time.empty() || date.time.find_first_not_of("0:.") == std::string::npos;
  return midnight && ((unit == "day") || (unit == "month" && date.day == 1) ||
                      (unit == "year" && date.day == 1 && date.month == 1));
}

std::optional<Range> unit_range(const Truncation& cut, const PgQuery__Node* value) {
  constexpr std::array<std::string_view, 6> kUnits{"hour",  "day",     "week",
                                                   "month", "quarter", "year"};
  if (std::find(kUnits.begin(), kUnits.end(), cut.unit) == kUnits.end()) {
    return std::nullopt;
  }
  const std::string step =
      cut.unit == "quarter" ? "interval '3 months'" : "interval '1 " + cut.unit + "'";
  const std::string cast =
      cut.column.column->type == type::kTimestamp ? "timestamp" : "timestamptz";
  if (const auto constant = literal(value)) {
    const auto date = iso_date(constant->text);
    if (constant->kind != Literal::Kind::String || !date || !starts_unit(cut.unit, *date) ||
        (!constant->cast.empty() && constant->cast != "date" && constant->cast != cast)) {
      return std::nullopt;
    }
    const std::string start = cast + " " + string_literal(constant->text);
    return Range{start, start + " + " + step};
  }
  const auto* explicit_cast = as<PgQuery__TypeCast>(value);
  if (value_kind(value) != ValueKind::Parameter ||
      (explicit_cast != nullptr && type_name(*explicit_cast) != cast)) {
    return std::nullopt;
  }
  const std::string start = "(" + Tree::text(value) + ")::" + cast;
  return Range{start,
               start + " + " + step,
               Equivalence::UnderAssumption,
               {{Tree::text(value) + " is the start of a " + cut.unit, false}}};
}

std::optional<Range> year_range(const PgQuery__Node* value) {
  constexpr int kLastYear = 9998;
  if (const auto year = integer_literal(value)) {
    if (*year < 1 || *year > kLastYear) {
      return std::nullopt;
    }
    return Range{fmt::format("date '{:04}-01-01'", *year),
                 fmt::format("date '{:04}-01-01'", *year + 1)};
  }
  if (value_kind(value) != ValueKind::Parameter) {
    return std::nullopt;
  }
  const std::string text = Tree::text(value);
  return Range{fmt::format("make_date(({})::int, 1, 1)", text),
               fmt::format("make_date(({})::int + 1, 1, 1)", text),
               Equivalence::UnderAssumption,
               {{text + " is a whole year of our era", false}}};
}

std::optional<Range> char_range(const Truncation& cut, const PgQuery__Node* value) {
  const std::string text = literal_text(value);
  const bool month = cut.format == "YYYY-MM";
  const auto date = iso_date(month ? text + "-01" : text);
  if ((!month && cut.format != "YYYY-MM-DD") || !date || !date->time.empty()) {
    return std::nullopt;
  }
  const std::string start =
      fmt::format("date '{:04}-{:02}-{:02}'", date->year, date->month, date->day);
  return Range{
      start,
      month ? start + " + interval '1 month'" : start + " + 1",
      Equivalence::UnderAssumption,
      {{"no value lies before the year 1 or after 9999: to_char does not tell them apart", false}}};
}

std::optional<Range> range_of(const Truncation& cut, const PgQuery__Node* value) {
  switch (cut.kind) {
    case Truncation::Kind::Date:
      return date_range(value);
    case Truncation::Kind::DateTrunc:
      return unit_range(cut, value);
    case Truncation::Kind::Year:
      return year_range(value);
    case Truncation::Kind::ToChar:
      return char_range(cut, value);
  }
  return std::nullopt;
}

/// f(column) op value, as bounds on the column.
std::string bounds(const std::string& column, const std::string& op, const Range& range) {
  if (op == "=") {
    return fmt::format("{0} >= {1} AND {0} < {2}", column, range.from, range.to);
  }
  if (op == "<") {
    return column + " < " + range.from;
  }
  if (op == "<=") {
    return column + " < " + range.to;
  }
  return column + " >= " + (op == ">" ? range.to : range.from);
}

std::optional<std::string> rewritten(const Truncation& cut, const Comparison& comparison,
                                     Finding& finding) {
  const std::string column = Tree::text(cut.column_node);
  const auto note = [&](const Range& range) {
    finding.equivalence = std::max(finding.equivalence, range.equivalence);
    finding.conditions.insert(finding.conditions.end(), range.conditions.begin(),
                              range.conditions.end());
  };
  // Texts do not sort as the dates they write once a year has five digits.
  if (comparison.op == "<>" || (cut.kind == Truncation::Kind::ToChar && comparison.op != "=")) {
    return std::nullopt;
  }
  const auto range = range_of(cut, comparison.value);
  if (!range) {
    return std::nullopt;
  }
  note(*range);
  if (comparison.op != "between") {
    return "(" + bounds(column, comparison.op, *range) + ")";
  }
  const auto upper = range_of(cut, comparison.upper);
  if (!upper) {
    return std::nullopt;
  }
  note(*upper);
  return fmt::format("({0} >= {1} AND {0} < {2})", column, range->from, upper->to);
}

}  // namespace

std::optional<Finding> function_on_column(Query& query) {
  Finding finding{
      .why =
          "An index on a column cannot serve a function of it; the half-open range asks "
          "the column itself, and its selectivity can be read from the histogram."};
  bool changed = false;
  for (const Filter& filter : filters(query)) {
    for (const Comparison& comparison : comparisons(filter.node)) {
      const auto cut = truncation(query, *filter.block, comparison.subject);
      const auto text = cut ? rewritten(*cut, comparison, finding) : std::nullopt;
      if (!text) {
        continue;
      }
      const Table& table = *cut->column.source->table;
      const std::string& column = cut->column.column->name;
      finding.conditions.push_back(
          {cut->column.column->type == type::kTimestamptz
               ? fmt::format(
                     "{}.{} is timestamptz: the bounds are computed in the session's TimeZone, "
                     "as the function was",
                     table.name, column)
               : fmt::format("{}.{} has no time zone", table.name, column)});
      finding.indexes.push_back(fmt::format("CREATE INDEX ON {}.{} ({})", quoted(table.schema),
                                            quoted(table.name), quoted(column)));
      *filter.node = *query.tree.expression(*text);
      changed = true;
      break;
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  finding.conditions.push_back({"the predicate stands where FALSE and NULL mean the same"});
  finding.replacement = query.tree.sql();
  return finding;
}

}  // namespace quern::advisor::rewrite
