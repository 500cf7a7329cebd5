// Text functions over constants: varlena.c, oracle_compat.c; case folding of ASCII alone. A
// snapshot is UTF-8 whatever the server's encoding: characters are counted as UTF-8 has them.
#include <algorithm>
#include <string_view>

#include "planner-model/query/simplify_internal.hpp"

namespace quern::planner_model {

namespace {

bool is_text(const Value& value) {
  return value.form == ValueForm::Text;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string map_ascii(std::string text, char from, char to, int shift) {
  for (char& c : text) {
    if (c >= from && c <= to) {
      c = static_cast<char>(c + shift);
    }
  }
  return text;
}

/// Where the character of this number, counted from 0, begins in UTF-8; the end when there are not
/// as many.
std::size_t character(std::string_view text, std::int64_t number) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U;
    if (begins && number-- == 0) {
      break;
    }
  }
  return at;
}

std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

/// substring(text, from[, for]) counts characters from 1.
std::optional<Value> substring(std::span<const Value> args, Oid result) {
  const std::string& text = args[0].text;
  const std::int64_t size = characters(text);
  const std::int64_t from = args[1].integer;
  std::int64_t end = size + 1;
  if (args.size() > 2) {
    if (args[2].integer < 0) {
      return std::nullopt;
    }
    end = std::min(end, from + args[2].integer);
  }
  const std::int64_t start = std::max<std::int64_t>(from, 1);
  if (start >= end) {
    return make_text("", result);
  }
  const std::size_t first = character(text, start - 1);
  return make_text(std::string_view{text}.substr(first, character(text, end - 1) - first), result);
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  if (from.empty()) {
    return text;
  }
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string trim(std::string_view text, std::string_view set, bool left, bool right) {
  if (left) {
    const std::size_t first = text.find_first_not_of(set);
    text.remove_prefix(first == std::string_view::npos ? text.size() : first);
  }
  if (right) {
    const std::size_t last = text.find_last_not_of(set);
    text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  }
  return std::string{text};
}

/// The part of that number, counted from 1; none from the end, which 14 came to know.
std::optional<Value> split_part(const std::string& text, const std::string& separator,
                                std::int64_t number, Oid result) {
  if (number < 1) {
    return std::nullopt;
  }
  if (separator.empty() || text.empty()) {
    return make_text(number == 1 ? text : "", result);
  }
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator);; end = text.find(separator, begin)) {
    if (--number == 0) {
      return make_text(text.substr(begin, end == std::string::npos ? end : end - begin), result);
    }
    if (end == std::string::npos) {
      return make_text("", result);
    }
    begin = end + separator.size();
  }
}

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
std::optional<Value> similar_to_escape(std::span<const Value> args, Oid result) {
  std::optional<char> escape = '\\';
  if (args.size() > 1) {
    if (!is_text(args[1]) || args[1].text.size() > 1) {
      return std::nullopt;
    }
    escape = args[1].text.empty() ? std::nullopt : std::optional{args[1].text.front()};
  }
  const auto expression = regular_expression(args[0].text, escape);
  return expression ? std::optional{make_text(*expression, result)} : std::nullopt;
}

/// LIKE pattern ESCAPE character: the pattern with a backslash in its place (do_like_escape(),
/// like_match.c). An empty text: nothing escapes.
std::optional<Value> like_escape(std::span<const Value> args, Oid result) {
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

/// string_to_array(text, separator[, what stands for NULL]).
std::optional<Value> string_to_array(std::span<const Value> args, Oid result) {
  if (args.size() < 2 || !is_text(args[1]) || (args.size() > 2 && !is_text(args[2]))) {
    return std::nullopt;
  }
  const std::string& text = args[0].text;
  const std::string& separator = args[1].text;
  std::vector<std::optional<Value>> elements;
  const auto add = [&](const std::string& element) {
    const bool is_null = args.size() > 2 && element == args[2].text;
    elements.push_back(is_null ? std::nullopt : std::optional{make_text(element, type_oid::kText)});
  };
  std::size_t from = 0;
  for (std::size_t at = separator.empty() ? std::string::npos : text.find(separator);
       at != std::string::npos; at = text.find(separator, from)) {
    add(text.substr(from, at - from));
    from = at + separator.size();
  }
  if (!text.empty()) {
    add(text.substr(from));
  }
  return make_array(result, std::move(elements));
}

}  // namespace

std::optional<Value> evaluate_text(const Function& function, std::span<const Value> args,
                                   Oid result) {
  if (args.empty() || !is_text(args[0])) {
    return std::nullopt;
  }
  const std::string_view name = function.name;
  const std::string& text = args[0].text;
  if (name == "textcat" && args.size() == 2 && is_text(args[1])) {
    return make_text(text + args[1].text, result);
  }
  if (name == "reverse" && args.size() == 1 && is_ascii(text)) {
    return make_text(std::string{text.rbegin(), text.rend()}, result);
  }
  if (name == "split_part" && args.size() == 3 && is_text(args[1])) {
    return split_part(text, args[1].text, args[2].integer, result);
  }
  if (name == "like_escape" && args.size() == 2 && is_text(args[1])) {
    return like_escape(args, result);
  }
  if (name == "string_to_array") {
    return string_to_array(args, result);
  }
  if (name == "similar_to_escape") {
    return similar_to_escape(args, result);
  }
  if ((name == "lower" || name == "upper") && args.size() == 1 && is_ascii(text)) {
    return make_text(name == "lower" ? map_ascii(text, 'A', 'Z', 'a' - 'A')
                                     : map_ascii(text, 'a', 'z', 'A' - 'a'),
                     result);
  }
  if ((name == "length" || name == "char_length" || name == "character_length") &&
      args.size() == 1 && result == type_oid::kInt4 && args[0].type != type_oid::kBpchar) {
    return make_integer(characters(text), result);
  }
  if ((name == "substring" || name == "substr") && args.size() >= 2 &&
      args[1].form == ValueForm::Integer) {
    return substring(args, result);
  }
  if ((name == "position" || name == "strpos") && args.size() == 2 && is_text(args[1])) {
    const std::size_t at = text.find(args[1].text);
    return make_integer(at == std::string::npos ? 0 : characters(text.substr(0, at)) + 1, result);
  }
  if (name == "replace" && args.size() == 3 && is_text(args[1]) && is_text(args[2])) {
    return make_text(replace_all(text, args[1].text, args[2].text), result);
  }
  if ((name == "btrim" || name == "ltrim" || name == "rtrim") &&
      (args.size() == 1 || is_text(args[1]))) {
    return make_text(trim(text, args.size() == 1 ? std::string_view{" "} : args[1].text,
                          name != "rtrim", name != "ltrim"),
                     result);
  }
  if ((name == "left" || name == "right") && args.size() == 2 && args[1].integer >= 0) {
    const std::int64_t size = characters(text);
    const std::int64_t count = std::min(size, args[1].integer);
    const std::size_t cut = character(text, name == "left" ? count : size - count);
    return make_text(name == "left" ? text.substr(0, cut) : text.substr(cut), result);
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
