#include "planner-model/selectivity/pattern_match.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <cwchar>
#include <cwctype>
#include <memory>
#include <optional>
#include <vector>

#include <locale.h>
#include <regex.h>

#include "planner-model/selectivity/ascii.hpp"

namespace quern::planner_model {
namespace {

/// lower() of UTF-8, character by character, by the C library's table; other bytes stay.
std::string lower_text(std::string_view text) {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  if (is_ascii || locale == nullptr) {
    return lowered(text);
  }
  const locale_t before = uselocale(locale);
  std::string lower;
  std::mbstate_t reading{};
  for (std::size_t at = 0; at < text.size();) {
    wchar_t character = 0;
    const std::size_t length = std::mbrtowc(&character, &text[at], text.size() - at, &reading);
    std::array<char, MB_LEN_MAX> bytes{};
    std::mbstate_t writing{};
    if (length == 0 || length > text.size()) {  // a zero byte, or no UTF-8
      reading = {};
      lower += text[at++];
      continue;
    }
    const auto mapped = static_cast<wchar_t>(std::towlower(static_cast<std::wint_t>(character)));
    const std::size_t written = std::wcrtomb(bytes.data(), mapped, &writing);
    lower.append(bytes.data(), written <= bytes.size() ? written : 0);
    at += length;
  }
  uselocale(before);
  return lower;
}

std::size_t character_length(std::string_view text, std::size_t at) {
  std::size_t length = 1;
  while (at + length < text.size() &&
         (static_cast<unsigned char>(text[at + length]) & 0xC0U) == 0x80U) {
    ++length;
  }
  return length;
}

/// LIKE with backslash escapes: on a mismatch, the last % takes one character more.
bool like(std::string_view text, std::string_view pattern) {
  std::size_t t = 0;
  std::size_t p = 0;
  std::optional<std::size_t> star;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      star = p++;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '_') {
      t += character_length(text, t);
      ++p;
      continue;
    }
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    const std::size_t literal = p + (escaped ? 1 : 0);
    if (literal < pattern.size() && pattern[literal] == text[t]) {
      ++t;
      p = literal + 1;
      continue;
    }
    if (!star) {
      return false;
    }
    star_text += character_length(text, star_text);
    t = star_text;
    p = *star + 1;
  }
  while (p < pattern.size() && pattern[p] == '%') {
    ++p;
  }
  return p == pattern.size();
}

/// A repetition of at most so many, as {n,m} says; nothing for other braces.
std::optional<int> repetition(std::string_view from) {
  int number = 0;
  int most = 0;
  for (std::size_t i = 1; i < from.size(); ++i) {
    if (from[i] >= '0' && from[i] <= '9' && number < 1000) {
      number = 10 * number + (from[i] - '0');
    } else if (from[i] == ',') {
      most = std::max(most, number);
      number = 0;
    } else {
      return from[i] == '}' ? std::optional{std::max(most, number)} : std::nullopt;
    }
  }
  return std::nullopt;
}

/// \y, \m, \M and the like, by the letter behind the backslash.
bool is_constraint_escape(char letter) {
  return std::string_view{"yYmMAZ"}.find(letter) != std::string_view::npos;
}

/// The C library writes out what is repeated: repetitions within repetitions double its automaton
/// at each level, and an expression of forty characters takes it minutes. Anchors that are repeated
/// are worse: it copies the states behind each.
bool is_bounded(std::string_view pattern) {
  constexpr double kMostStates = 20'000;
  std::vector<double> groups{0};      // states of the open brackets' content
  std::vector<bool> anchored{false};  // whether the open brackets hold an anchor
  double last = 0;                    // of what a repetition would repeat
  bool last_anchored = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool repeats = std::string_view{"*+?{"}.find(pattern[i]) != std::string_view::npos;
    if (repeats && last_anchored) {
      return false;
    }
    last_anchored = last_anchored && pattern[i] == ')';
    switch (pattern[i]) {
      case '(':
        groups.push_back(0);
        anchored.push_back(false);
        last = 0;
        break;
      case ')':
        if (groups.size() > 1) {
          last = groups.back() + 1;
          last_anchored = anchored.back();
          groups.pop_back();
          anchored.pop_back();
          groups.back() += last;
          anchored.back() = anchored.back() || last_anchored;
        }
        break;
      case '^':
      case '$':
        anchored.back() = true;
        break;
      case '*':
      case '+':
      case '?':
        groups.back() += 2 * last + 1;
        last = 3 * last + 1;
        break;
      case '{': {
        const auto times = repetition(pattern.substr(i));
        if (!times) {
          return false;
        }
        groups.back() += *times * last;
        last *= *times + 1;
        i = pattern.find('}', i);
        break;
      }
      case '[':
        i = std::min(pattern.find(']', std::min(i + 2, pattern.size())), pattern.size() - 1);
        last = 1;
        groups.back() += 1;
        break;
      case '\\':
        ++i;
        anchored.back() =
            anchored.back() || (i < pattern.size() && is_constraint_escape(pattern[i]));
        last = 1;
        groups.back() += 1;
        break;
      default:
        last = 1;
        groups.back() += 1;
    }
    if (groups.back() > kMostStates || last > kMostStates || groups.size() > 100) {
      return false;
    }
  }
  return true;
}

/// One character that stands for itself within brackets.
std::string set_member(char letter) {
  return std::string_view{"]^-\\["}.find(letter) == std::string_view::npos
             ? std::string(1, letter)
             : std::string{"[."} + letter + ".]";
}

/// [...] from `i`, which is moved to its end: there the C library takes a backslash for itself, and
/// PostgreSQL for an escape. Nothing: it does not end, or has an escape that is not known.
std::optional<std::string> translate_set(std::string_view pattern, std::size_t& i) {
  std::string set{"["};
  std::size_t at = i + 1;
  if (at < pattern.size() && pattern[at] == '^') {
    set += pattern[at++];
  }
  for (bool first = true; at < pattern.size(); first = false, ++at) {
    const char letter = pattern[at];
    const char next = at + 1 < pattern.size() ? pattern[at + 1] : '\0';
    if (letter == ']' && !first) {
      i = at;
      return set + "]";
    }
    if (letter == '[' && (next == ':' || next == '.' || next == '=')) {
      const auto end = pattern.find(std::string{next} + "]", at + 2);
      if (end == std::string_view::npos) {
        return std::nullopt;
      }
      set += pattern.substr(at, end + 2 - at);
      at = end + 1;
    } else if (letter == '\\') {
      const bool is_word = std::isalnum(static_cast<unsigned char>(next)) != 0;
      if (is_word && next != 'd' && next != 'w' && next != 's') {
        return std::nullopt;
      }
      set += next == 'd'   ? "0-9"
             : next == 'w' ? "[:alnum:]_"
             : next == 's' ? "[:space:]"
                           : set_member(next);
      ++at;
    } else {
      set += letter;
    }
  }
  return std::nullopt;
}

bool ends_branch(std::string_view pattern, std::size_t i) {
  return i < pattern.size() && (pattern[i] == '|' || pattern[i] == ')');
}

/// A PostgreSQL regular expression in the C library's dialect: the class escapes \d, \w, \s and
/// non-capturing groups translated. Empty: something that the library would take otherwise.
std::string translate_regex(std::string_view pattern) {
  constexpr std::size_t kLongest = 2000;
  if (pattern.size() > kLongest || !is_bounded(pattern)) {
    return {};
  }
  std::string answer;
  std::vector<bool> empty_branch{false};  // whether the open brackets have one
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '[') {
      const auto set = translate_set(pattern, i);
      if (!set) {
        return {};
      }
      answer += *set;
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      switch (pattern[++i]) {
        case 'd':
          answer += "[0-9]";
          break;
        case 'D':
          answer += "[^0-9]";
          break;
        case 'w':
          answer += "[[:alnum:]_]";
          break;
        case 'W':
          answer += "[^[:alnum:]_]";
          break;
        case 's':
          answer += "[[:space:]]";
          break;
        case 'S':
          answer += "[^[:space:]]";
          break;
        case 'y':
          answer += "\\b";
          break;
        case 'm':
          answer += "\\<";
          break;
        case 'M':
          answer += "\\>";
          break;
        default:
          if (pattern[i] >= '0' && pattern[i] <= '9') {
            return {};  // a back reference: no automaton
          }
          answer += '\\';
          answer += pattern[i];
      }
    } else if (pattern.substr(i).starts_with("(?:")) {
      answer += '(';
      i += 2;
      empty_branch.push_back(ends_branch(pattern, i + 1));
    } else if (pattern.substr(i).starts_with("(?")) {
      return {};
    } else if (pattern[i] == '?' && i > 0 &&
               (pattern[i - 1] == '*' || pattern[i - 1] == '+' || pattern[i - 1] == '?')) {
      continue;  // non-greedy: matches the same texts
    } else if (pattern[i] == '(') {
      answer += '(';
      empty_branch.push_back(ends_branch(pattern, i + 1));
    } else if (pattern[i] == ')' && empty_branch.size() > 1) {
      // What may be empty and is repeated matches as often as `*` says, but `+` is written out: the
      // library takes twice the time for each such bracket in a row.
      const bool repeats = pattern.substr(i).starts_with(")+") && empty_branch.back();
      answer += repeats ? ")*" : ")";
      i += repeats ? 1 : 0;
      empty_branch.pop_back();
    } else {
      if (pattern[i] == '|') {
        empty_branch.back() = empty_branch.back() || ends_branch(pattern, i + 1);
      }
      answer += pattern[i];
    }
  }
  return answer;
}

/// Compiled once for the entries of one histogram.
class CompiledRegex {
 public:
  CompiledRegex(std::string_view pattern, bool ignores_case)
      : pattern_{pattern}, ignores_case_{ignores_case} {
    const std::string translated = translate_regex(pattern);
    usable_ = !translated.empty() &&
              regcomp(&regex_, translated.c_str(),
                      REG_EXTENDED | REG_NOSUB | (ignores_case ? REG_ICASE : 0)) == 0;
  }

  ~CompiledRegex() {
    if (usable_) {
      regfree(&regex_);
    }
  }

  CompiledRegex(const CompiledRegex&) = delete;
  CompiledRegex& operator=(const CompiledRegex&) = delete;

  [[nodiscard]] bool is_for(std::string_view pattern, bool ignores_case) const {
    return pattern_ == pattern && ignores_case_ == ignores_case;
  }

  [[nodiscard]] bool usable() const { return usable_; }

  [[nodiscard]] bool matches(std::string_view text) const {
    return usable_ && regexec(&regex_, std::string{text}.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  std::string pattern_;
  bool ignores_case_;
  bool usable_ = false;
  regex_t regex_{};
};

const CompiledRegex& compiled(std::string_view pattern, bool ignores_case) {
  thread_local std::unique_ptr<CompiledRegex> last;
  if (!last || !last->is_for(pattern, ignores_case)) {
    last = std::make_unique<CompiledRegex>(pattern, ignores_case);
  }
  return *last;
}

}  // namespace

bool pattern_is_understood(PatternKind kind, std::string_view pattern) {
  return (kind != PatternKind::Regex && kind != PatternKind::IRegex) ||
         compiled(pattern, kind == PatternKind::IRegex).usable();
}

bool pattern_matches(PatternKind kind, std::string_view text, std::string_view pattern) {
  switch (kind) {
    case PatternKind::Like:
      return like(text, pattern);
    case PatternKind::ILike:
      return like(lower_text(text), lower_text(pattern));
    case PatternKind::Regex:
    case PatternKind::IRegex:
      return compiled(pattern, kind == PatternKind::IRegex).matches(text);
    default:
      return text.starts_with(pattern);
  }
}

}  // namespace quern::planner_model
