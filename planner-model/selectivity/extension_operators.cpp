// Sources: contrib/ltree (ltree_op.c, lquery_op.c, ltree_io.c), contrib/hstore (hstore_op.c,
// hstore_io.c), PostgreSQL 15.
#include "planner-model/selectivity/extension_operators.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <string>
#include <vector>

namespace quern::planner_model {

namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto at = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, at));
    text.remove_prefix(std::min(at + 1, text.size()));
  }
  return parts;
}

bool is_ancestor(std::string_view above, std::string_view below) {
  return below.starts_with(above) &&
         (above.empty() || below.size() == above.size() || below[above.size()] == '.');
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// One level of an lquery: labels of which one must match, so many times in a row.
struct QueryLevel {
  struct Label {
    std::string text;
    bool prefix = false, any_case = false;
  };

  std::vector<Label> labels = {};  ///< none: any label
  bool negated = false;
  std::size_t least = 1, most = 1;

  [[nodiscard]] bool matches(std::string_view name) const {
    if (labels.empty()) {
      return true;
    }
    const bool any = std::any_of(labels.begin(), labels.end(), [&](const Label& label) {
      const std::string own = label.any_case ? lower(name) : std::string{name};
      const std::string wanted = label.any_case ? lower(label.text) : label.text;
      return label.prefix ? own.starts_with(wanted) : own == wanted;
    });
    return any != negated;
  }
};

constexpr std::size_t kMostLabels = 65535;  // LTREE_MAX_LEVELS

bool read_number(std::string_view text, std::size_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

/// "{n}", "{n,}", "{,m}", "{n,m}" at the end of a level.
bool take_quantifier(std::string_view& text, QueryLevel& level) {
  const auto open = text.find('{');
  if (open == std::string_view::npos) {
    return true;
  }
  if (text.back() != '}') {
    return false;
  }
  const std::string_view inside = text.substr(open + 1, text.size() - open - 2);
  text = text.substr(0, open);
  const auto comma = inside.find(',');
  if (comma == std::string_view::npos) {
    return read_number(inside, level.least) && read_number(inside, level.most);
  }
  level.least = 0;
  level.most = kMostLabels;
  const auto from = inside.substr(0, comma);
  const auto to = inside.substr(comma + 1);
  return (from.empty() || read_number(from, level.least)) &&
         (to.empty() || read_number(to, level.most));
}

std::optional<QueryLevel> read_level(std::string_view text) {
  QueryLevel level;
  if (text.starts_with('*')) {
    level.least = 0;
    level.most = kMostLabels;
    return take_quantifier(text, level) && text == "*" ? std::optional{level} : std::nullopt;
  }
  if (!take_quantifier(text, level)) {
    return std::nullopt;
  }
  level.negated = text.starts_with('!');
  text.remove_prefix(level.negated ? 1 : 0);
  for (std::string_view part : split(text, '|')) {
    QueryLevel::Label label;
    while (!part.empty() && (part.back() == '*' || part.back() == '@' || part.back() == '%')) {
      if (part.back() == '%') {
        return std::nullopt;  // by words within a label
      }
      (part.back() == '*' ? label.prefix : label.any_case) = true;
      part.remove_suffix(1);
    }
    label.text = part;
    level.labels.push_back(std::move(label));
  }
  return level.labels.empty() ? std::nullopt : std::optional{level};
}

/// checkCond(): which numbers of labels the levels so far can have read.
std::optional<bool> path_matches(std::string_view path, std::string_view query) {
  const auto names = split(path, '.');
  const auto levels = split(query, '.');
  constexpr std::size_t kLongest = 100;
  if (names.size() > kLongest || levels.size() > kLongest) {
    return std::nullopt;
  }
  std::vector<bool> reached(names.size() + 1, false);
  reached[0] = true;
  for (const auto part : levels) {
    const auto level = read_level(part);
    if (!level) {
      return std::nullopt;
    }
    std::vector<bool> next(names.size() + 1, false);
    for (std::size_t from = 0; from <= names.size(); ++from) {
      for (std::size_t n = 0; reached[from] && n <= level->most && from + n <= names.size(); ++n) {
        if (n > 0 && !level->matches(names[from + n - 1])) {
          break;
        }
        next[from + n] = next[from + n] || n >= level->least;
      }
    }
    reached = std::move(next);
  }
  return reached[names.size()];
}

using Pairs = std::map<std::string, std::optional<std::string>>;

/// hstore_in().
class HstoreReader {
 public:
  explicit HstoreReader(std::string_view text) : text_{text} {}

  std::optional<Pairs> read() {
    Pairs pairs;
    skip_spaces();
    while (at_ < text_.size()) {
      bool quoted = false;
      const auto key = word(quoted);
      skip_spaces();
      if (!key || !take("=>")) {
        return std::nullopt;
      }
      skip_spaces();
      const auto value = word(quoted);
      if (!value) {
        return std::nullopt;
      }
      const bool is_null = !quoted && lower(*value) == "null";
      pairs.emplace(*key, is_null ? std::nullopt : value);
      skip_spaces();
      if (at_ < text_.size() && !take(",")) {
        return std::nullopt;
      }
      skip_spaces();
    }
    return pairs;
  }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) {
      ++at_;
    }
  }

  bool take(std::string_view token) {
    const bool found = text_.substr(at_).starts_with(token);
    at_ += found ? token.size() : 0;
    return found;
  }

  std::optional<std::string> word(bool& quoted) {
    quoted = take("\"");
    std::string result;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      const bool ends =
          quoted ? c == '"'
                 : c == ',' || c == '=' || std::isspace(static_cast<unsigned char>(c)) != 0;
      if (ends) {
        break;
      }
      at_ += c == '\\' && at_ + 1 < text_.size() ? 1 : 0;
      result += text_[at_];
    }
    if (quoted && !take("\"")) {
      return std::nullopt;
    }
    return quoted || !result.empty() ? std::optional{result} : std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool contains(const Pairs& whole, const Pairs& part) {
  return std::all_of(part.begin(), part.end(), [&](const auto& pair) {
    const auto found = whole.find(pair.first);
    return found != whole.end() && found->second == pair.second;
  });
}

std::optional<bool> hstore_function(std::string_view function, const Value& left,
                                    const Value& right) {
  const auto pairs = HstoreReader{left.text}.read();
  if (!pairs) {
    return std::nullopt;
  }
  const auto has = [&](const std::optional<Value>& key) {
    return key && pairs->contains(key->text);
  };
  const auto& keys = right.elements;
  if (function == "exist") {
    return pairs->contains(right.text);
  }
  if (function == "exists_any") {
    return std::any_of(keys.begin(), keys.end(), has);
  }
  if (function == "exists_all") {
    return std::all_of(keys.begin(), keys.end(), has);
  }
  const auto other = HstoreReader{right.text}.read();
  if (!other) {
    return std::nullopt;
  }
  return function == "hs_contains" ? contains(*pairs, *other) : contains(*other, *pairs);
}

}  // namespace

std::optional<bool> evaluate_extension_function(std::string_view function, const Value& left,
                                                const Value& right) {
  if (function == "ltree_isparent") {
    return is_ancestor(left.text, right.text);
  }
  if (function == "ltree_risparent") {
    return is_ancestor(right.text, left.text);
  }
  if (function == "ltq_regex") {
    return path_matches(left.text, right.text);
  }
  if (function == "exist" || function == "exists_any" || function == "exists_all" ||
      function == "hs_contains" || function == "hs_contained") {
    return hstore_function(function, left, right);
  }
  return std::nullopt;
}

std::optional<std::size_t> count_hstore_pairs(std::string_view text) {
  const auto pairs = HstoreReader{text}.read();
  return pairs ? std::optional{pairs->size()} : std::nullopt;
}

}  // namespace quern::planner_model
