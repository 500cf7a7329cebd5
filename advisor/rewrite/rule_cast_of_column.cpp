#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "advisor/rewrite/comparison.hpp"
#include "advisor/rewrite/names.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// "5" of "5", "5.0", "5.000"; nothing for what is not whole.
std::optional<std::int64_t> whole_number(const std::string& text) {
  std::string digits = text;
  if (const auto point = digits.find('.'); point != std::string::npos) {
    if (digits.find_first_not_of('0', point + 1) != std::string::npos) {
      return std::nullopt;
    }
    digits.resize(point);
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() ? std::optional{value}
                                                                      : std::nullopt;
}

bool is_canonical_uuid(const std::string& text) {
  constexpr std::size_t kLength = 36;
  if (text.size() != kLength) {
    return false;
  }
  for (std::size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const char c = text[i];
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
      return false;
    }
  }
  return true;
}

bool is_text(const std::string& name) {
  return name == "text" || name == "varchar";
}

/// integer column compared with a decimal literal: the column is what gets cast.
std::optional<std::string> exact_integer(const ResolvedColumn& column, const PgQuery__Node* value) {
  const auto constant = literal(value);
  if (!constant || !type::is_integer(column.column->type)) {
    return std::nullopt;
  }
  const bool decimal = (constant->kind == Literal::Kind::Decimal && constant->cast.empty()) ||
                       (constant->kind != Literal::Kind::Boolean && constant->cast == "numeric");
  const auto number = decimal ? whole_number(constant->text) : std::nullopt;
  return number && type::holds(column.column->type, *number)
             ? std::optional{std::to_string(*number)}
             : std::nullopt;
}

/// column::text = 'literal', where the literal is the column's own way to write a value.
std::optional<std::string> literal_of_type(const ResolvedColumn& column,
                                           const PgQuery__Node* value) {
  const auto constant = literal(value);
  if (!constant || constant->kind != Literal::Kind::String ||
      (!constant->cast.empty() && !is_text(constant->cast))) {
    return std::nullopt;
  }
  if (type::is_integer(column.column->type)) {
    const auto number = whole_number(constant->text);
    const bool canonical = number && std::to_string(*number) == constant->text;
    return canonical && type::holds(column.column->type, *number) ? std::optional{constant->text}
                                                                  : std::nullopt;
  }
  if (column.column->type == type::kUuid && is_canonical_uuid(constant->text)) {
    return string_literal(constant->text);
  }
  return std::nullopt;
}

std::optional<std::string> rewritten(const Query& query, const Block& block,
                                     const Comparison& comparison,
                                     std::optional<ResolvedColumn>& column) {
  if (comparison.op == "between") {
    return std::nullopt;
  }
  column = query.resolve(block, comparison.subject);
  if (column) {
    const auto value = exact_integer(*column, comparison.value);
    return value
               ? std::optional{Tree::text(comparison.subject) + " " + comparison.op + " " + *value}
               : std::nullopt;
  }
  const auto* cast = as<PgQuery__TypeCast>(comparison.subject);
  if (cast == nullptr || comparison.op != "=" || !is_text(type_name(*cast)) ||
      cast->type_name->n_typmods > 0) {
    return std::nullopt;
  }
  column = query.resolve(block, cast->arg);
  const auto value = column ? literal_of_type(*column, comparison.value) : std::nullopt;
  return value ? std::optional{Tree::text(cast->arg) + " = " + *value} : std::nullopt;
}

}  // namespace

std::optional<Finding> cast_of_column(Query& query) {
  Finding finding{
      .why =
          "The comparison casts the column in every row, so no index on it can serve; the "
          "constant can be given in the column's own type instead."};
  bool changed = false;
  for (const Filter& filter : filters(query)) {
    for (const Comparison& comparison : comparisons(filter.node)) {
      std::optional<ResolvedColumn> column;
      const auto text = rewritten(query, *filter.block, comparison, column);
      if (!text) {
        continue;
      }
      const Table& table = *column->source->table;
      finding.conditions.push_back(
          {fmt::format("the constant is exactly a value of {}.{}'s type, written "
                       "as the type writes it",
                       table.name, column->column->name)});
      finding.indexes.push_back(fmt::format("CREATE INDEX ON {}.{} ({})", quoted(table.schema),
                                            quoted(table.name), quoted(column->column->name)));
      *filter.node = *query.tree.expression(*text);
      changed = true;
      break;
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  finding.replacement = query.tree.sql();
  return finding;
}

}  // namespace quern::advisor::rewrite
