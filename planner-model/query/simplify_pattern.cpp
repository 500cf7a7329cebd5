// What LIKE ... ESCAPE and SIMILAR TO make of their patterns: like_match.c, regexp.c.
#include <optional>
#include <string>
#include <string_view>

#include "planner-model/query/listed_functions.hpp"

namespace quern::planner_model {

namespace {

/// similar_escape_internal() (regexp.c): the regular expression of a SIMILAR TO pattern. Nothing
/// for patterns that are cut in parts for substring().
std::optional<std::string> regular_expression(std::string_view pattern,
                                              std::optional<char> escape) {
  std::string answer = "^(?:";
  int depth = 0;     // of square brackets
  int in_class = 0;  // 1: behind [, 2: behind [^, 3: further on
  bool escaped = false;
  for (const char c : pattern) {
    if (escaped) {
      if (c == '"' && depth < 1) {
        return std::nullopt;
      }
      answer += {'\\', c};
      in_class = 3;
      escaped = false;
    } else if (escape && c == *escape) {
      escaped = true;
    } else if (depth > 0) {
      answer += c == '\\' ? std::string{"\\\\"} : std::string(1, c);
      if (c == ']' && in_class > 2) {
        --depth;
      } else if (c == '[') {
        ++depth;
        in_class = 3;
      } else {
        in_class = c == '^' ? in_class + 1 : 3;
      }
    } else if (c == '[') {
      answer += c;
      depth = in_class = 1;
    } else if (c == '%') {
      answer += ".*";
    } else if (c == '_') {
      answer += '.';
    } else if (c == '(') {
      answer += "(?:";
    } else {
      answer +=
          c == '\\' || c == '.' || c == '^' || c == '$' ? std::string{'\\', c} : std::string(1, c);
    }
  }
  return answer + ")$";
}

/// similar_to_escape(pattern[, escape]): no escape character with an empty text for it.
std::optional<Value> similar_to_escape(Arguments args, Oid result, const FoldContext&) {
  std::optional<char> escape = '\\';
  if (args.size() > 1) {
    if (args[1].text.size() > 1) {
      return std::nullopt;
    }
    escape = args[1].text.empty() ? std::nullopt : std::optional{args[1].text.front()};
  }
  const auto expression = regular_expression(args[0].text, escape);
  return expression ? std::optional{make_text(*expression, result)} : std::nullopt;
}

/// LIKE pattern ESCAPE character: the pattern with a backslash in its place (do_like_escape(),
/// like_match.c). An empty text: nothing escapes.
std::optional<Value> like_escape(Arguments args, Oid result, const FoldContext&) {
  const std::string& escape = args[1].text;
  if (escape.size() > 1) {
    return std::nullopt;
  }
  if (escape == "\\") {
    return make_text(args[0].text, result);
  }
  std::string pattern;
  bool escaped = false;
  for (const char c : args[0].text) {
    if (!escape.empty() && c == escape.front() && !escaped) {
      pattern += '\\';
      escaped = true;
      continue;
    }
    if (c == '\\' && !escaped) {
      pattern += '\\';
    }
    pattern += c;
    escaped = false;
  }
  return make_text(pattern, result);
}

}  // namespace

const FunctionList& pattern_functions() {
  static const FunctionList list{{"like_escape", "tt", like_escape},
                                 {"similar_to_escape", "t", similar_to_escape},
                                 {"similar_to_escape", "tt", similar_to_escape}};
  return list;
}

}  // namespace quern::planner_model
