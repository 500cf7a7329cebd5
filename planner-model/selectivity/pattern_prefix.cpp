#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/restriction.hpp"

// What a pattern says about the text it matches: pattern_fixed_prefix(), make_greater_string(),
// like_selectivity() and regex_selectivity() (like_support.c), pg_regprefix() (regprefix.c).

namespace quern::planner_model {
namespace {

constexpr double kFixedCharacter = 0.20;
constexpr double kCharacterRange = 0.25;
constexpr double kAnyCharacter = 0.9;
constexpr double kFullWildcard = 5.0;
constexpr double kPartialWildcard = 2.0;

bool varies_in_case(char c, bool collation_is_c) {
  const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return letter || (!collation_is_c && static_cast<unsigned char>(c) >= 0x80);
}

double like_rest(std::string_view pattern) {
  double selectivity = 1.0;
  // Leading wildcards are already in the initial 1.0.
  pattern.remove_prefix(std::min(pattern.find_first_not_of("%_"), pattern.size()));
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%') {
      selectivity *= kFullWildcard;
    } else if (pattern[i] == '_') {
      selectivity *= kAnyCharacter;
    } else {
      if (pattern[i] == '\\' && ++i >= pattern.size()) {
        break;
      }
      selectivity *= kFixedCharacter;
    }
  }
  return std::min(selectivity, 1.0);
}

FixedPrefix like_prefix(std::string_view pattern, bool ignores_case, bool collation_is_c) {
  FixedPrefix answer;
  std::size_t i = 0;
  for (; i < pattern.size(); ++i) {
    if (pattern[i] == '%' || pattern[i] == '_') {
      break;
    }
    if (pattern[i] == '\\' && ++i >= pattern.size()) {
      break;
    }
    if (ignores_case && varies_in_case(pattern[i], collation_is_c)) {
      break;
    }
    answer.prefix += pattern[i];
  }
  i = std::min(i, pattern.size());
  answer.rest_selectivity = like_rest(pattern.substr(i));
  if (i == pattern.size()) {
    answer.status = PrefixStatus::Exact;
  } else if (!answer.prefix.empty()) {
    answer.status = PrefixStatus::Partial;
  }
  return answer;
}

/// regex_selectivity_sub()
double regex_part(std::string_view pattern, int depth = 0) {
  constexpr int kDeepest = 200;
  double selectivity = 1.0;
  int parentheses = 0;
  std::size_t opened = 0;
  const auto factor = [&](double by) { selectivity *= parentheses == 0 ? by : 1.0; };
  for (std::size_t i = 0; i < pattern.size() && depth < kDeepest; ++i) {
    const char c = pattern[i];
    if (c == '(') {
      opened = parentheses++ == 0 ? i : opened;
    } else if (c == ')' && parentheses > 0) {
      if (--parentheses == 0) {
        selectivity *= regex_part(pattern.substr(opened + 1, i - opened - 1), depth + 1);
      }
    } else if (c == '|' && parentheses == 0) {
      selectivity += regex_part(pattern.substr(i + 1), depth + 1);
      break;
    } else if (c == '[') {
      const bool negated = i + 1 < pattern.size() && pattern[i + 1] == '^';
      i += negated ? 2 : 1;
      i += i < pattern.size() && pattern[i] == ']' ? 1 : 0;
      i = std::min(pattern.find(']', std::min(i, pattern.size())), pattern.size());
      factor(negated ? 1.0 - kCharacterRange : kCharacterRange);
    } else if (c == '.') {
      factor(kAnyCharacter);
    } else if (c == '*' || c == '?' || c == '+') {
      factor(kPartialWildcard);
    } else if (c == '{') {
      i = std::min(pattern.find('}', i), pattern.size());
      factor(kPartialWildcard);
    } else {
      if (c == '\\' && ++i >= pattern.size()) {
        break;
      }
      factor(kFixedCharacter);
    }
  }
  return std::min(selectivity, 1.0);
}

double regex_rest(std::string_view pattern, std::size_t prefix_length) {
  double selectivity = 0;
  const bool anchored = pattern.ends_with('$') && !pattern.ends_with("\\$");
  if (anchored) {
    selectivity = regex_part(pattern.substr(0, pattern.size() - 1));
  } else {
    selectivity = regex_part(pattern) * kFullWildcard;
  }
  if (prefix_length > 0) {
    const double prefix = std::pow(kFixedCharacter, static_cast<double>(prefix_length));
    selectivity = prefix > 0 ? selectivity / prefix : selectivity;
  }
  return std::clamp(selectivity, 0.0, 1.0);
}

/// The literal text that an anchored regular expression starts with. Groups without alternatives
/// and quantifiers are looked through, as the compiled automaton of the server does.
FixedPrefix regex_prefix(std::string_view pattern, bool ignores_case, bool collation_is_c) {
  FixedPrefix answer;
  const auto none = [&] {
    answer.prefix.clear();
    answer.rest_selectivity = regex_rest(pattern, 0);
    return answer;
  };
  const bool has_alternatives = pattern.find('|') != std::string_view::npos;
  if (!pattern.starts_with('^') || has_alternatives) {
    return none();
  }
  constexpr std::string_view kSpecial = ".[{*?+|^$";
  std::size_t i = 1;
  bool exact = false;
  for (; i < pattern.size(); ++i) {
    char c = pattern[i];
    if (c == '(') {
      const auto close = pattern.find(')', i);
      const bool quantified =
          close != std::string_view::npos && close + 1 < pattern.size() &&
          std::string_view{"*?+{"}.find(pattern[close + 1]) != std::string_view::npos;
      if (close == std::string_view::npos || quantified) {
        break;
      }
      if (pattern.substr(i).starts_with("(?:")) {
        i += 2;
      } else if (pattern.substr(i).starts_with("(?")) {
        break;
      }
      continue;
    }
    if (c == ')') {
      continue;
    }
    if (c == '$' && i + 1 == pattern.size()) {
      exact = true;
      break;
    }
    if (kSpecial.find(c) != std::string_view::npos) {
      break;
    }
    std::size_t next = i + 1;
    if (c == '\\') {
      if (next >= pattern.size() || std::isalnum(static_cast<unsigned char>(pattern[next]))) {
        break;  // \d, \m, back references
      }
      c = pattern[next++];
    }
    if (ignores_case && varies_in_case(c, collation_is_c)) {
      break;
    }
    if (next < pattern.size() &&
        std::string_view{"*?{"}.find(pattern[next]) != std::string_view::npos) {
      break;
    }
    answer.prefix += c;
    i = next - 1;
  }
  if (exact) {
    answer.status = PrefixStatus::Exact;
    return answer;
  }
  if (answer.prefix.empty()) {
    return none();
  }
  answer.status = PrefixStatus::Partial;
  answer.rest_selectivity = regex_rest(pattern, answer.prefix.size());
  return answer;
}

/// The next character in code-point order with as many bytes (pg_utf8_increment()); false: none.
bool increment_character(std::string& text, std::size_t start) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto bump = [&](std::size_t i) { text[i] = static_cast<char>(byte(i) + 1); };
  const std::size_t length = text.size() - start;
  if (length == 1) {
    if (byte(start) >= 0x7F) {
      return false;
    }
    bump(start);
    return true;
  }
  for (std::size_t i = text.size(); --i > start;) {
    const unsigned char limit = i == start + 1 && byte(start) == 0xED   ? 0x9F
                                : i == start + 1 && byte(start) == 0xF4 ? 0x8F
                                                                        : 0xBF;
    if (byte(i) < limit) {
      bump(i);
      return true;
    }
  }
  if (byte(start) == 0xDF || byte(start) == 0xEF || byte(start) >= 0xF4) {
    return false;
  }
  bump(start);
  return true;
}

}  // namespace

FixedPrefix fixed_prefix(PatternKind kind, std::string_view pattern, bool collation_is_c) {
  switch (kind) {
    case PatternKind::Like:
    case PatternKind::ILike:
      return like_prefix(pattern, kind == PatternKind::ILike, collation_is_c);
    case PatternKind::Regex:
    case PatternKind::IRegex:
      return regex_prefix(pattern, kind == PatternKind::IRegex, collation_is_c);
    default:
      return {PrefixStatus::Partial, std::string{pattern}, 1.0};
  }
}

std::optional<std::string> greater_string(std::string_view prefix, bool is_bytea) {
  std::string text{prefix};
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    if (is_bytea) {
      if (static_cast<unsigned char>(text[start]) < 0xFF) {
        text[start] = static_cast<char>(static_cast<unsigned char>(text[start]) + 1);
        return text;
      }
    } else {
      while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
        --start;
      }
      if (increment_character(text, start)) {
        return text;
      }
    }
    text.resize(start);
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
