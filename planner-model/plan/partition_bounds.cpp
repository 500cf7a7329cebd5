// Partition keys and bounds, read from the text that pg_get_partkeydef() and pg_get_expr() print.
#include "planner-model/plan/partition_bounds.hpp"

#include <algorithm>
#include <optional>

namespace quern::planner_model {

namespace {

/// The text between the parentheses after `word`.
std::optional<std::string> parenthesized(const std::string& text, const std::string& word) {
  const auto at = text.find(word + " (");
  if (at == std::string::npos) {
    return std::nullopt;
  }
  const auto start = at + word.size() + 2;
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

std::string single_key(const std::string& partition_key) {
  const auto open = partition_key.find('(');
  if (open == std::string::npos || partition_key.back() != ')') {
    return {};
  }
  std::string inner = partition_key.substr(open + 1, partition_key.size() - open - 2);
  int depth = 0;
  for (const char c : inner) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      return {};
    }
  }
  return inner;
}

Bounds read_bounds(const std::string& text) {
  Bounds bounds;
  const auto from = parenthesized(text, "FROM");
  const auto to = parenthesized(text, "TO");
  if (from && to) {
    bounds.is_range = true;
    bounds.from = *from == "MINVALUE" ? "" : *from;
    bounds.to = *to == "MAXVALUE" ? "" : *to;
  } else if (const auto in = parenthesized(text, "IN"); in) {
    bounds.is_list = true;
    bounds.values = {*in};
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

}  // namespace quern::planner_model
