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

namespace {

/// Split where `separator` stands outside of parentheses and quotes.
std::vector<std::string> split_outside(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  int depth = 0;
  char quote = '\0';
  for (const char c : text) {
    if (quote != '\0') {
      quote = c == quote ? '\0' : quote;
    } else if (c == '\'' || c == '"') {
      quote = c;
    }
    depth += quote != '\0' ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == separator && depth == 0 && quote == '\0') {
      parts.emplace_back();
    } else if (c != ' ' || !parts.back().empty()) {
      parts.back() += c;
    }
  }
  return parts;
}

std::string_view key_list(std::string_view partition_key) {
  const auto open = partition_key.find('(');
  return open == std::string_view::npos || partition_key.back() != ')'
             ? std::string_view{}
             : partition_key.substr(open + 1, partition_key.size() - open - 2);
}

/// A word behind the expression, and behind its collation, is an operator class.
std::string class_of_key(const std::string& key) {
  const auto words = split_outside(key, ' ');
  const bool has_collation = words.size() >= 3 && words[1] == "COLLATE";
  const std::size_t expected = has_collation ? 3 : 1;
  return words.size() > expected ? words[expected] : std::string{};
}

}  // namespace

std::vector<std::string> partition_keys(const std::string& partition_key) {
  const auto list = key_list(partition_key);
  if (list.empty()) {
    return {};
  }
  auto keys = split_outside(list, ',');
  for (std::string& key : keys) {
    if (const std::string named = class_of_key(key); !named.empty()) {
      key.resize(key.size() - named.size() - 1);
    }
  }
  return keys;
}

std::vector<std::string> partition_key_classes(const std::string& partition_key) {
  auto keys = split_outside(key_list(partition_key), ',');
  for (std::string& key : keys) {
    key = class_of_key(key);
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
