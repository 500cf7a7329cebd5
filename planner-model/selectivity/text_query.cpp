#include "planner-model/selectivity/text_query.hpp"

#include <algorithm>
#include <cctype>
#include <functional>
#include <utility>
#include <vector>

#include "planner-model/selectivity/english_stem.hpp"

namespace quern::planner_model {
namespace {

using Kind = TextQueryNode::Kind;

/// A tree may be as deep as its text is long, and is walked by recursion.
constexpr std::size_t kLongest = 2000;

bool is_blank(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0;
}

bool is_alnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

TextQuery make_node(Kind kind) {
  auto node = std::make_unique<TextQueryNode>();
  node->kind = kind;
  return node;
}

/// Operands and operators in Polish notation (pushValue(), pushOperator()).
class Operands {
 public:
  void push(TextQuery node) { stack_.push_back(std::move(node)); }

  /// False: an operand is missing.
  bool apply(Kind kind, int distance) {
    const std::size_t wanted = kind == Kind::Not ? 1 : 2;
    if (stack_.size() < wanted) {
      return false;
    }
    TextQuery node = make_node(kind);
    node->distance = distance;
    node->right = pop();
    if (kind != Kind::Not) {
      node->left = pop();
    }
    push(std::move(node));
    return true;
  }

  [[nodiscard]] std::optional<TextQuery> only() {
    if (stack_.empty()) {
      return TextQuery{};
    }
    return stack_.size() == 1 ? std::optional{pop()} : std::nullopt;
  }

 private:
  TextQuery pop() {
    TextQuery node = std::move(stack_.back());
    stack_.pop_back();
    return node;
  }

  std::vector<TextQuery> stack_;
};

struct Modifiers {
  std::string weights = {};
  bool prefix = false;
};

/// How a word of the query becomes operands; false: it cannot be told.
using PushWord = std::function<bool(Operands&, std::string_view, const Modifiers&)>;

/// makepol(): operators by precedence.
class Parser {
 public:
  Parser(std::string_view text, const PushWord& push) : rest_{text}, push_{push} {}

  virtual ~Parser() = default;
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  [[nodiscard]] std::optional<TextQuery> run() {
    return parse_all() ? operands_.only() : std::nullopt;
  }

 protected:
  struct Operator {
    Kind kind;
    int distance = 1;
  };

  virtual bool parse_all() = 0;

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) {
      rest_.remove_prefix(1);
    }
  }

  bool take(char c) {
    if (!rest_.starts_with(c)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  /// cleanOpStack(): NOT binds to the right.
  bool reduce(std::vector<Operator>& waiting, Kind next) {
    while (!waiting.empty() &&
           (next == Kind::Not ? next < waiting.back().kind : next <= waiting.back().kind)) {
      if (!operands_.apply(waiting.back().kind, waiting.back().distance)) {
        return false;
      }
      waiting.pop_back();
    }
    return true;
  }

  bool push(std::string_view word, const Modifiers& modifiers) {
    return push_(operands_, word, modifiers);
  }

  std::string_view rest_;
  Operands operands_;

 private:
  const PushWord& push_;
};

/// gettoken_query_standard()
class StandardParser : public Parser {
 public:
  using Parser::Parser;

 private:
  static constexpr int kDeepest = 200;

  bool parse_all() override {
    skip_blanks();
    return rest_.empty() || (parse(0) && rest_.empty());
  }

  bool parse(int depth) {
    std::vector<Operator> waiting;
    if (depth > kDeepest) {
      return false;
    }
    for (;;) {
      if (!operand(waiting, depth)) {
        return false;
      }
      skip_blanks();
      if (rest_.empty() || rest_.starts_with(')')) {
        return reduce(waiting, Kind::Or);
      }
      const auto next = binary();
      if (!next || !reduce(waiting, next->kind)) {
        return false;
      }
      waiting.push_back(*next);
    }
  }

  bool operand(std::vector<Operator>& waiting, int depth) {
    for (skip_blanks(); take('!'); skip_blanks()) {
      if (!reduce(waiting, Kind::Not)) {
        return false;
      }
      waiting.push_back({Kind::Not});
    }
    if (take('(')) {
      return parse(depth + 1) && take(')');
    }
    const auto word = read_word();
    return word && push(*word, modifiers());
  }

  std::optional<Operator> binary() {
    if (take('&')) {
      return Operator{Kind::And};
    }
    if (take('|')) {
      return Operator{Kind::Or};
    }
    if (!take('<')) {
      return std::nullopt;
    }
    const auto end = rest_.find('>');
    if (end == std::string_view::npos || end == 0 || end > 5) {
      return std::nullopt;
    }
    const std::string_view inside = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (inside == "-") {
      return Operator{Kind::Phrase};
    }
    if (!std::all_of(inside.begin(), inside.end(),
                     [](unsigned char c) { return std::isdigit(c) != 0; })) {
      return std::nullopt;
    }
    return Operator{Kind::Phrase, std::stoi(std::string{inside})};
  }

  /// gettoken_tsvector() with operators as delimiters.
  std::optional<std::string> read_word() {
    std::string word;
    if (take('\'')) {
      while (!rest_.empty()) {
        const char c = rest_.front();
        rest_.remove_prefix(1);
        if (c == '\'' && !take('\'')) {
          return word.empty() ? std::nullopt : std::optional{word};
        }
        if (c == '\\' && rest_.empty()) {
          return std::nullopt;
        }
        word += c == '\\' ? rest_.front() : c;
        rest_.remove_prefix(c == '\\' ? 1 : 0);
      }
      return std::nullopt;
    }
    constexpr std::string_view kEnds = "!&|():";
    while (!rest_.empty() && !is_blank(rest_.front()) &&
           kEnds.find(rest_.front()) == std::string_view::npos) {
      if (rest_.front() == '<' || rest_.front() == '\\' || rest_.front() == '\'') {
        return std::nullopt;  // delimiters in some places only
      }
      word += rest_.front();
      rest_.remove_prefix(1);
    }
    return word.empty() ? std::nullopt : std::optional{word};
  }

  /// get_modifiers()
  Modifiers modifiers() {
    Modifiers found;
    if (!take(':')) {
      return found;
    }
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      const auto letter =
          static_cast<char>(std::toupper(static_cast<unsigned char>(rest_.front())));
      if (letter == '*') {
        found.prefix = true;
      } else if (letter >= 'A' && letter <= 'D') {
        if (found.weights.find(letter) == std::string::npos) {
          found.weights += letter;
        }
      } else {
        break;
      }
    }
    std::sort(found.weights.begin(), found.weights.end());
    return found;
  }
};

/// gettoken_query_websearch(): any text is a query.
class WebParser : public Parser {
 public:
  using Parser::Parser;

 private:
  static bool is_operator(char c) {
    return std::string_view{"!&|()"}.find(c) != std::string_view::npos;
  }

  bool parse_all() override {
    std::vector<Operator> waiting;
    bool first = true;
    for (;;) {
      if (!operand(waiting, first)) {
        return false;
      }
      first = false;
      while (!rest_.empty() && (is_blank(rest_.front()) || is_operator(rest_.front()))) {
        if (says_or()) {
          break;
        }
        rest_.remove_prefix(1);
      }
      if (rest_.empty()) {
        return reduce(waiting, Kind::Or);
      }
      const Kind kind = says_or() ? Kind::Or : Kind::And;
      rest_.remove_prefix(kind == Kind::Or ? 2 : 0);
      if (!reduce(waiting, kind)) {
        return false;
      }
      waiting.push_back({kind});
    }
  }

  bool operand(std::vector<Operator>& waiting, bool first) {
    bool found = false;
    while (!rest_.empty() && !found) {
      const char c = rest_.front();
      if (c == '-') {
        rest_.remove_prefix(1);
        first = false;
        if (!reduce(waiting, Kind::Not)) {
          return false;
        }
        waiting.push_back({Kind::Not});
      } else if (is_blank(c) || is_operator(c)) {
        rest_.remove_prefix(1);
      } else {
        found = true;
      }
    }
    if (!found) {
      // Nothing follows: an empty query, or an operator without its operand.
      if (!first) {
        operands_.push(make_node(Kind::Stop));
      }
      return true;
    }
    return push(read_word(), {});
  }

  std::string_view read_word() {
    const bool quoted = take('"');
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"' &&
           (quoted || (!is_blank(rest_[end]) && !is_operator(rest_[end])))) {
      ++end;
    }
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(rest_.size(), end + (quoted ? 1 : 0)));
    return word;
  }

  /// parse_or_operator(): a word of its own with something behind it.
  [[nodiscard]] bool says_or() const {
    if (rest_.size() < 3 || std::tolower(static_cast<unsigned char>(rest_[0])) != 'o' ||
        std::tolower(static_cast<unsigned char>(rest_[1])) != 'r' || rest_[2] == '-' ||
        rest_[2] == '_' || is_alnum(rest_[2])) {
      return false;
    }
    return std::any_of(rest_.begin() + 3, rest_.end(), [](char c) { return !is_blank(c); });
  }
};

/// The lexemes of a text, in their places; an empty one was a stop word. Of the default parser's
/// tokens only words and numbers are told apart here.
std::optional<std::vector<std::string>> lexemes(std::string_view text, bool english) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x80 || std::string_view{"<&_/\\~"}.find(text[at]) != std::string_view::npos) {
      return std::nullopt;
    }
    if (!is_alnum(text[at])) {
      // Signs of numbers, and what may join words to an address or a compound.
      const bool joins = std::string_view{"-+.@:"}.find(text[at]) != std::string_view::npos;
      if (joins && at + 1 < text.size() && is_alnum(text[at + 1])) {
        return std::nullopt;
      }
      ++at;
      continue;
    }
    std::string word;
    for (; at < text.size() && is_alnum(text[at]); ++at) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at])));
    }
    const auto digits = std::count_if(word.begin(), word.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
    if (digits > 0 && digits < static_cast<std::ptrdiff_t>(word.size()) &&
        std::isdigit(static_cast<unsigned char>(word.front())) != 0) {
      return std::nullopt;
    }
    if (digits > 0 || !english) {
      found.push_back(std::move(word));
    } else {
      found.push_back(is_english_stop_word(word) ? std::string{} : english_stem(word));
    }
  }
  return found;
}

/// pushval_morph(): the words of a text joined by `join`.
PushWord pushing_lexemes(bool english, Kind join) {
  return [english, join](Operands& operands, std::string_view text, const Modifiers& modifiers) {
    auto words = lexemes(text, english);
    if (!words) {
      return false;
    }
    // Stop words at either end leave no place.
    const auto is_word = [](const std::string& word) { return !word.empty(); };
    words->erase(words->begin(), std::find_if(words->begin(), words->end(), is_word));
    while (!words->empty() && words->back().empty()) {
      words->pop_back();
    }
    if (words->empty()) {
      operands.push(make_node(Kind::Stop));
      return true;
    }
    bool first = true;
    for (std::string& word : *words) {
      TextQuery node = make_node(word.empty() ? Kind::Stop : Kind::Word);
      node->prefix = modifiers.prefix && !word.empty();
      node->weights = modifiers.weights;
      node->word = std::move(word);
      operands.push(std::move(node));
      if (!std::exchange(first, false) && !operands.apply(join, 1)) {
        return false;
      }
    }
    return true;
  };
}

struct Widths {
  int left = 0;
  int right = 0;
};

/// clean_stopword_intree(): what is left without the stop words, and how much wider the phrases
/// around it become.
TextQuery without_stop_words(TextQuery node, Widths& add) {
  add = {};
  if (node->kind == Kind::Word) {
    return node;
  }
  if (node->kind == Kind::Stop) {
    return nullptr;
  }
  if (node->kind == Kind::Not) {
    node->right = without_stop_words(std::move(node->right), add);
    return node->right ? std::move(node) : nullptr;
  }
  Widths left;
  Widths right;
  node->left = without_stop_words(std::move(node->left), left);
  node->right = without_stop_words(std::move(node->right), right);
  const bool phrase = node->kind == Kind::Phrase;
  const int distance = phrase ? node->distance : 0;
  if (!node->left && !node->right) {
    add.left = add.right =
        phrase ? left.left + distance + right.left : std::max(left.left, right.left);
    return nullptr;
  }
  if (!node->left) {
    add = {phrase ? left.left + distance + right.left : right.left, right.right};
    return std::move(node->right);
  }
  if (!node->right) {
    add = {left.left, phrase ? left.right + distance + right.right : left.right};
    return std::move(node->left);
  }
  if (phrase) {
    node->distance += left.right + right.left;
    add = {left.left, right.right};
  }
  return node;
}

std::string quoted(const TextQueryNode& node) {
  std::string text = "'";
  for (const char c : node.word) {
    text += c == '\'' || c == '\\' ? std::string(2, c) : std::string(1, c);
  }
  text += "'";
  if (node.prefix || !node.weights.empty()) {
    text += ":" + std::string{node.prefix ? "*" : ""} + node.weights;
  }
  return text;
}

/// infix()
std::string print(const TextQueryNode& node, Kind parent, bool right_of_phrase) {
  if (node.kind == Kind::Word) {
    return quoted(node);
  }
  std::string text;
  if (node.kind == Kind::Not) {
    text = "!" + print(*node.right, node.kind, false);
  } else {
    const std::string right = print(*node.right, node.kind, node.kind == Kind::Phrase);
    const std::string left = print(*node.left, node.kind, false);
    const std::string between = node.kind == Kind::Or    ? " | "
                                : node.kind == Kind::And ? " & "
                                : node.distance == 1     ? " <-> "
                                                     : " <" + std::to_string(node.distance) + "> ";
    text = left + between + right;
  }
  const bool enclosed = node.kind < parent || (node.kind == Kind::Phrase && right_of_phrase);
  return enclosed ? "( " + text + " )" : text;
}

}  // namespace

std::optional<TextQuery> parse_text_query(std::string_view text) {
  if (text.size() > kLongest) {
    return std::nullopt;
  }
  const PushWord as_it_is = [](Operands& operands, std::string_view word,
                               const Modifiers& modifiers) {
    TextQuery node = make_node(Kind::Word);
    node->word = word;
    node->prefix = modifiers.prefix;
    node->weights = modifiers.weights;
    operands.push(std::move(node));
    return true;
  };
  return StandardParser{text, as_it_is}.run();
}

std::string print_text_query(const TextQuery& query) {
  return query ? print(*query, Kind::Or, false) : std::string{};
}

std::optional<TextQuery> make_text_query(std::string_view function, std::string_view configuration,
                                         std::string_view text) {
  if (text.size() > kLongest) {
    return std::nullopt;
  }
  if (configuration.starts_with("pg_catalog.")) {
    configuration.remove_prefix(std::string_view{"pg_catalog."}.size());
  }
  if (configuration != "english" && configuration != "simple") {
    return std::nullopt;
  }
  const PushWord push = pushing_lexemes(configuration == "english",
                                        function == "plainto_tsquery" ? Kind::And : Kind::Phrase);
  std::optional<TextQuery> query;
  if (function == "to_tsquery") {
    query = StandardParser{text, push}.run();
  } else if (function == "websearch_to_tsquery") {
    query = WebParser{text, push}.run();
  } else if (function == "plainto_tsquery" || function == "phraseto_tsquery") {
    Operands operands;
    query = push(operands, text, {}) ? operands.only() : std::nullopt;
  }
  if (query && *query) {
    Widths ignored;
    *query = without_stop_words(std::move(*query), ignored);
  }
  return query;
}

bool requires_match(const TextQueryNode& node) {
  switch (node.kind) {
    case Kind::Word:
      return true;
    case Kind::And:
    case Kind::Phrase:
      return requires_match(*node.left) || requires_match(*node.right);
    case Kind::Or:
      return requires_match(*node.left) && requires_match(*node.right);
    default:
      return false;
  }
}

}  // namespace quern::planner_model
