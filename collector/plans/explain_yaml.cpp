#include <charconv>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kMostDepth = 500;

/// Of `001b`: the server writes only control characters so.
std::optional<char> control_character(std::string_view digits) {
  unsigned code = 0;
  const char* end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, code, 16);
  return digits.size() == 4 && read.ec == std::errc{} && read.ptr == end && code < 0x80
             ? std::optional{static_cast<char>(code)}
             : std::nullopt;
}

/// A string as escape_json() writes it; the YAML format quotes texts like that.
bool quoted_text(std::string_view text, std::string& value) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return i + 1 == text.size();
    }
    if (text[i] != '\\' || i + 1 >= text.size()) {
      value += text[i];
      continue;
    }
    const char c = text[++i];
    if (const auto control = c == 'u' ? control_character(text.substr(i + 1, 4)) : std::nullopt) {
      value += *control;
      i += 4;
    } else {
      value += c == 'n'   ? '\n'
               : c == 't' ? '\t'
               : c == 'r' ? '\r'
               : c == 'b' ? '\b'
               : c == 'f' ? '\f'
                          : c;
    }
  }
  return false;
}

struct Line {
  std::size_t indent = 0;
  bool item = false;  ///< after `- `
  std::string_view name = {};
  std::string_view value = {};
};

/// Lines of `Name: value`, `- Name: value` and `- value`, by their indentation.
class YamlReader {
 public:
  explicit YamlReader(std::string_view text) : rest_{text} { next(); }

  std::optional<PlanValue> document() {
    PlanValue root = object(line_.indent, 0);
    return good_ && !root.members.empty() ? std::optional{std::move(root)} : std::nullopt;
  }

 private:
  void next() {
    do {
      at_end_ = rest_.empty();
      const std::size_t end = rest_.find('\n');
      std::string_view text = rest_.substr(0, end);
      rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
      while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) {
        text.remove_suffix(1);
      }
      line_ = Line{};
      line_.indent = std::min(text.find_first_not_of(' '), text.size());
      text.remove_prefix(line_.indent);
      line_.item = text.substr(0, 2) == "- ";
      if (line_.item) {
        text.remove_prefix(2);
        line_.indent += 2;
      }
      split(text);
    } while (!at_end_ && line_.name.empty() && line_.value.empty());
  }

  void split(std::string_view text) {
    const std::size_t colon =
        text.empty() || text.front() == '"' ? std::string_view::npos : text.find(':');
    if (colon == std::string_view::npos) {
      line_.value = text;
      return;
    }
    line_.name = text.substr(0, colon);
    line_.value = text.substr(std::min(text.find_first_not_of(' ', colon + 1), text.size()));
  }

  PlanValue scalar(std::string_view name, std::string_view value) {
    if (!value.empty() && value.front() == '"') {
      PlanValue text = PlanValue::text({});
      good_ = quoted_text(value, text.scalar) && good_;
      return text;
    }
    if (value == "true" || value == "false") {
      return {PlanValue::Kind::Bool, std::string{value}};
    }
    return is_number_property(name, value) ? PlanValue::number(value) : PlanValue::text(value);
  }

  PlanValue object(std::size_t indent, std::size_t depth) {
    PlanValue object = PlanValue::object();
    bool first = true;
    while (!at_end_ && good_ && line_.indent == indent && (first || !line_.item) &&
           !line_.name.empty()) {
      first = false;
      const std::string name{line_.name};
      if (!line_.value.empty()) {
        object.add(name, scalar(name, line_.value));
        next();
        continue;
      }
      next();
      good_ = good_ && depth < kMostDepth;
      if (at_end_ || line_.indent <= indent || !good_) {
        object.add(name, PlanValue::list({}));
      } else if (line_.item) {
        object.add(name, list(line_.indent, depth + 1));
      } else {
        object.add(name, this->object(line_.indent, depth + 1));
      }
    }
    return object;
  }

  PlanValue list(std::size_t indent, std::size_t depth) {
    PlanValue list = PlanValue::list({});
    while (!at_end_ && good_ && line_.item && line_.indent == indent) {
      if (line_.name.empty()) {
        list.items.push_back(scalar({}, line_.value));
        next();
      } else {
        list.items.push_back(object(indent, depth));
      }
    }
    return list;
  }

  std::string_view rest_;
  Line line_;
  bool at_end_ = false;
  bool good_ = true;
};

}  // namespace

std::optional<PlanValue> read_explain_yaml(std::string_view text) {
  return YamlReader{text}.document();
}

}  // namespace quern::collector
