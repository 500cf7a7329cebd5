// Partition keys and bounds, read from the text that pg_get_partkeydef() and pg_get_expr() print.
#include "planner-model/plan/partition_bounds.hpp"

#include <cstdlib>
#include <string_view>

namespace quern::planner_model {

namespace {

/// The text between `word`, which ends in a parenthesis, and the closing one.
std::optional<std::string_view> parenthesized(std::string_view text, std::string_view word) {
  const auto at = text.find(word);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const auto start = at + word.size();
  bool quoted = false;
  for (auto i = start; i < text.size(); ++i) {
    if (text[i] == '\'') {
      quoted = !quoted;
    } else if (text[i] == ')' && !quoted) {
      return text.substr(start, i - start);
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> partition_keys(const std::string& partition_key) {
  const auto open = partition_key.find('(');
  if (open == std::string::npos || partition_key.back() != ')') {
    return {};
  }
  std::vector<std::string> keys(1);
  int depth = 0;
  for (const char c : partition_key.substr(open + 1, partition_key.size() - open - 2)) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      keys.emplace_back();
    } else if (c != ' ' || !keys.back().empty()) {
      keys.back() += c;
    }
  }
  return keys;
}

Bounds read_bounds(const std::string& text) {
  Bounds bounds;
  const auto from = parenthesized(text, "FROM (");
  const auto to = parenthesized(text, "TO (");
  if (from && to) {
    bounds.is_range = true;
    bounds.from = *from == "MINVALUE" ? "" : *from;
    bounds.to = *to == "MAXVALUE" ? "" : *to;
  } else if (const auto in = parenthesized(text, "IN ("); in) {
    bounds.is_list = true;
    bounds.values = {std::string{*in}};
  }
  return bounds;
}

std::vector<std::string> list_items(const std::string& text) {
  std::vector<std::string> items(1);
  bool quoted = false;
  for (const char c : text) {
    quoted = quoted != (c == '\'');
    if (c == ',' && !quoted) {
      items.emplace_back();
    } else if (c != ' ' || quoted) {
      items.back() += c;
    }
  }
  return items;
}

std::optional<HashBound> hash_bound(const std::string& text) {
  const auto number = [&](const std::string& word) -> std::optional<std::uint64_t> {
    const auto at = text.find(word);
    return at == std::string::npos
               ? std::nullopt
               : std::optional{std::strtoull(text.c_str() + at + word.size(), nullptr, 10)};
  };
  const auto modulus = number("modulus ");
  const auto remainder = number("remainder ");
  if (!modulus || *modulus == 0 || !remainder) {
    return std::nullopt;
  }
  return HashBound{*modulus, *remainder};
}

const Value* bound_value(const TableExpressions& expressions, const Table& table, int range,
                         const std::string& key, const std::string& text) {
  const auto& bound = expressions.condition("(" + key + ") >= " + text, table, range);
  if (bound.size() != 1 || bound.front()->kind != ExprKind::OpExpr) {
    return nullptr;
  }
  const auto& side = bound.front()->args[1];
  return side->kind == ExprKind::Const ? side->value.get() : nullptr;
}

}  // namespace quern::planner_model
