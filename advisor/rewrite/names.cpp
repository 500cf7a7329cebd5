#include "advisor/rewrite/names.hpp"

#include <algorithm>

#include "collector/sql/parse_tree.hpp"

namespace quern::advisor::rewrite {

std::string quoted(std::string_view identifier) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  const bool safe = !identifier.empty() && !(identifier[0] >= '0' && identifier[0] <= '9') &&
                    std::all_of(identifier.begin(), identifier.end(), plain);
  collector::SyntaxError error;
  // Both as a column and as a table: key words differ in where they may stand.
  if (safe &&
      collector::ParseTree::parse(
          "SELECT " + std::string{identifier} + " FROM " + std::string{identifier}, error)) {
    return std::string{identifier};
  }
  std::string result = "\"";
  for (const char c : identifier) {
    result += c == '"' ? "\"\"" : std::string(1, c);
  }
  return result + "\"";
}

std::string string_literal(std::string_view text) {
  std::string result = text.find('\\') == std::string_view::npos ? "'" : "E'";
  for (const char c : text) {
    result += c == '\'' ? "''" : c == '\\' ? "\\\\" : std::string(1, c);
  }
  return result + "'";
}

}  // namespace quern::advisor::rewrite
