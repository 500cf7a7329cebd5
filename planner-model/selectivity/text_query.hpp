#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace quern::planner_model {

/// A tsquery (ts_type.h). Source: tsquery.c, tsquery_cleanup.c, to_tsany.c.
struct TextQueryNode {
  /// In the order of precedence. Stop: a word that the dictionaries throw away.
  enum class Kind : std::uint8_t { Or, And, Phrase, Not, Word, Stop };
  Kind kind = Kind::Word;
  std::string word = {};
  std::string weights = {};  ///< of A, B, C, D
  bool prefix = false;
  int distance = 1;  ///< Phrase
  std::unique_ptr<TextQueryNode> left = {};
  std::unique_ptr<TextQueryNode> right = {};  ///< the only operand of Not
};

using TextQuery = std::unique_ptr<TextQueryNode>;  ///< null: the empty query

/// tsqueryin(): words as they stand. nullopt: a syntax error, or more than is read here (2,000
/// bytes).
[[nodiscard]] std::optional<TextQuery> parse_text_query(std::string_view text);

/// tsqueryout()
[[nodiscard]] std::string print_text_query(const TextQuery& query);

/// to_tsquery(), plainto_tsquery(), phraseto_tsquery(), websearch_to_tsquery() under one of the
/// configurations "english" and "simple", as the server comes with them. nullopt: another function
/// or configuration, a syntax error, more than 2,000 bytes, or words that are more than letters and
/// digits.
[[nodiscard]] std::optional<TextQuery> make_text_query(std::string_view function,
                                                       std::string_view configuration,
                                                       std::string_view text);

/// tsquery_requires_match(): some word must be there.
[[nodiscard]] bool requires_match(const TextQueryNode& node);

}  // namespace quern::planner_model
