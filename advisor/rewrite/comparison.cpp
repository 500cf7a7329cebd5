#include "advisor/rewrite/comparison.hpp"

#include <cstdio>

namespace quern::advisor::rewrite {

std::vector<Comparison> comparisons(const PgQuery__Node* predicate) {
  const auto* expression = as<PgQuery__AExpr>(predicate);
  if (expression == nullptr) {
    return {};
  }
  if (expression->kind == PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN) {
    const auto* bounds = as<PgQuery__List>(expression->rexpr);
    if (bounds == nullptr || bounds->n_items != 2) {
      return {};
    }
    return {{expression->lexpr, "between", bounds->items[0], bounds->items[1]}};
  }
  const std::string op = binary_operator(expression);
  const std::string turned = mirrored(op);
  if (turned.empty()) {
    return {};
  }
  return {{expression->lexpr, op, expression->rexpr, nullptr},
          {expression->rexpr, turned, expression->lexpr, nullptr}};
}

ValueKind value_kind(const PgQuery__Node* node) {
  if (literal(node)) {
    return ValueKind::Literal;
  }
  if (parameter(node) != nullptr) {
    return ValueKind::Parameter;
  }
  if (const auto* value = as<PgQuery__SQLValueFunction>(node)) {
    switch (value->op) {
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
        return ValueKind::CurrentDate;
      case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
        return ValueKind::Now;
      default:
        return ValueKind::Unknown;
    }
  }
  const auto* call = as<PgQuery__FuncCall>(node);
  return call != nullptr && function_name(*call) == "now" && call->n_args == 0 ? ValueKind::Now
                                                                               : ValueKind::Unknown;
}

std::optional<IsoDate> iso_date(const std::string& text) {
  IsoDate date{};
  int read = 0;
  constexpr std::size_t kLength = 10;
  if (text.size() < kLength || text[4] != '-' || text[7] != '-' ||
      std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &date.year, &date.month, &date.day, &read) != 3 ||
      read != static_cast<int>(kLength) || date.year < 1 || date.month < 1 || date.month > 12 ||
      date.day < 1 || date.day > 31) {
    return std::nullopt;
  }
  if (text.size() > kLength) {
    if (text[kLength] != ' ' && text[kLength] != 'T') {
      return std::nullopt;
    }
    date.time = text.substr(kLength + 1);
  }
  return date;
}

}  // namespace quern::advisor::rewrite
