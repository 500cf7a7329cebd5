// Containment and existence of jsonb values, for the estimators that try an operator on the common
// values and the histogram. Source: JsonbDeepContains() (jsonb_util.c), jsonb_op.c.
#include "planner-model/selectivity/value_json.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace quern::planner_model {
namespace {

using Json = nlohmann::json;

bool contains(const Json& outer, const Json& inner) {
  if (outer.is_object() && inner.is_object()) {
    return std::all_of(inner.items().begin(), inner.items().end(), [&](const auto& item) {
      const auto found = outer.find(item.key());
      return found != outer.end() && contains(*found, item.value());
    });
  }
  if (outer.is_array() && inner.is_array()) {
    return std::all_of(inner.begin(), inner.end(), [&](const Json& wanted) {
      return std::any_of(outer.begin(), outer.end(), [&](const Json& element) {
        return wanted.is_structured() == element.is_structured() && contains(element, wanted);
      });
    });
  }
  return !outer.is_structured() && !inner.is_structured() && outer == inner;
}

/// At the top an array also contains a bare scalar.
bool contains_at_top(const Json& outer, const Json& inner) {
  if (outer.is_array() && !inner.is_structured()) {
    return std::find(outer.begin(), outer.end(), inner) != outer.end();
  }
  return contains(outer, inner);
}

bool has_key(const Json& value, std::string_view key) {
  if (value.is_object()) {
    return value.contains(std::string{key});
  }
  const auto is_key = [&](const Json& element) {
    return element.is_string() && element.get_ref<const std::string&>() == key;
  };
  return value.is_array() ? std::any_of(value.begin(), value.end(), is_key) : is_key(value);
}

constexpr int kDeepest = 100;

/// JsonbToCString(); false: numbers that may be written otherwise, or too deep.
bool print(const Json& value, int depth, std::string& out) {
  const auto list = [&](char open, char close, const auto& items, const auto& item) {
    out += open;
    bool first = true;
    for (const auto& entry : items) {
      out += first ? "" : ", ";
      first = false;
      if (!item(entry)) {
        return false;
      }
    }
    out += close;
    return true;
  };
  if (depth > kDeepest || value.is_number_float()) {
    return false;
  }
  if (value.is_array()) {
    return list('[', ']', value,
                [&](const Json& element) { return print(element, depth + 1, out); });
  }
  if (!value.is_object()) {
    out += value.dump();
    return true;
  }
  std::vector<const std::string*> keys;
  for (const auto& item : value.items()) {
    keys.push_back(&item.key());
  }
  // lengthCompareJsonbStringValue()
  std::sort(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) {
    return std::pair{a->size(), std::string_view{*a}} < std::pair{b->size(), std::string_view{*b}};
  });
  return list('{', '}', keys, [&](const std::string* key) {
    out += Json(*key).dump() + ": ";
    return print(value.at(*key), depth + 1, out);
  });
}

}  // namespace

std::string json_quoted(std::string_view text) {
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<std::string> print_jsonb(std::string_view text) {
  const Json value = Json::parse(text, nullptr, false);
  std::string printed;
  return !value.is_discarded() && print(value, 0, printed) ? std::optional{std::move(printed)}
                                                           : std::nullopt;
}

std::optional<bool> evaluate_json_operator(std::string_view op, std::string_view left,
                                           std::string_view right) {
  const Json a = Json::parse(left, nullptr, false);
  if (a.is_discarded()) {
    return std::nullopt;
  }
  if (op == "?") {
    return has_key(a, right);
  }
  const Json b = Json::parse(right, nullptr, false);
  if (b.is_discarded()) {
    return std::nullopt;
  }
  if (op == "@>") {
    return contains_at_top(a, b);
  }
  if (op == "<@") {
    return contains_at_top(b, a);
  }
  if (op == "=" || op == "<>") {
    return (a == b) == (op == "=");
  }
  return std::nullopt;
}

namespace {

/// Walks jsonb's own text form (JsonbToCString()), `{"key": value, "other": [1, 2]}`: one blank
/// behind commas and colons, none elsewhere, keys in their order, numbers without exponents.
class JsonbText {
 public:
  explicit JsonbText(std::string_view text) : text_{text} {}

  /// Moves behind the value that begins here; false: it is written otherwise.
  bool skip_value(int depth = 0) {
    if (depth > kDeepest || at_ >= text_.size()) {
      return false;
    }
    switch (text_[at_]) {
      case '{': {
        std::string_view last;
        return skip_list('}', [&] {
          const std::string_view before = std::exchange(last, {});
          const std::size_t begin = at_;
          const bool is_key = skip_string();
          last = since(begin);
          return is_key && (before.empty() || comes_first(before, last)) && take(": ") &&
                 skip_value(depth + 1);
        });
      }
      case '[':
        return skip_list(']', [&] { return skip_value(depth + 1); });
      case '"':
        return skip_string();
      default:
        return take("true") || take("false") || take("null") || skip_number();
    }
  }

  bool take(std::string_view what) {
    const bool there = text_.substr(at_).starts_with(what);
    at_ += there ? what.size() : 0;
    return there;
  }

  bool skip_string() {
    if (!take("\"")) {
      return false;
    }
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      if (text_[at_] == '\\' && ++at_ < text_.size() && text_[at_] == 'u') {
        return false;  // a character that may be written as itself
      }
    }
    return false;
  }

  [[nodiscard]] std::size_t at() const { return at_; }

  [[nodiscard]] std::string_view since(std::size_t begin) const {
    return text_.substr(begin, at_ - begin);
  }

 private:
  /// lengthCompareJsonbStringValue(), of keys in their quotes.
  static bool comes_first(std::string_view a, std::string_view b) {
    return std::pair{a.size(), a} < std::pair{b.size(), b};
  }

  template <typename Item>
  bool skip_list(char close, const Item& item) {
    ++at_;
    if (take({&close, 1})) {
      return true;
    }
    do {
      if (!item()) {
        return false;
      }
    } while (take(", "));
    return take({&close, 1});
  }

  bool skip_number() {
    const std::size_t end = std::min(text_.find_first_not_of("-.0123456789", at_), text_.size());
    const bool any = end > at_ && (end == text_.size() || (text_[end] != 'e' && text_[end] != 'E'));
    at_ = end;
    return any;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_jsonb_text(std::string_view text) {
  JsonbText walker{text};
  return walker.skip_value() && walker.at() == text.size();
}

std::string unquoted(std::string_view string) {
  const Json value = Json::parse(string, nullptr, false);
  return value.is_string() ? value.get<std::string>() : std::string{string};
}

/// One step into a document in jsonb's text form; nothing: there is nothing.
std::optional<std::string_view> member(std::string_view document, const std::string& key) {
  JsonbText walker{document};
  if (!walker.take("{")) {
    return std::nullopt;
  }
  do {
    const std::size_t name = walker.at();
    if (!walker.skip_string()) {
      return std::nullopt;
    }
    const bool wanted = unquoted(walker.since(name)) == key;
    (void)walker.take(": ");
    const std::size_t value = walker.at();
    if (!walker.skip_value()) {
      return std::nullopt;
    }
    if (wanted) {
      return walker.since(value);
    }
  } while (walker.take(", "));
  return std::nullopt;
}

std::optional<std::string_view> element(std::string_view document, std::int64_t number) {
  JsonbText walker{document};
  std::vector<std::string_view> elements;
  if (!walker.take("[") || walker.take("]")) {
    return std::nullopt;
  }
  do {
    const std::size_t value = walker.at();
    if (!walker.skip_value()) {
      return std::nullopt;
    }
    elements.push_back(walker.since(value));
  } while (walker.take(", "));
  const auto size = static_cast<std::int64_t>(elements.size());
  const std::int64_t place = number < 0 ? size + number : number;
  return place >= 0 && place < size ? std::optional{elements[static_cast<std::size_t>(place)]}
                                    : std::nullopt;
}

}  // namespace

JsonFound json_at(std::string_view document, const std::vector<JsonStep>& steps) {
  std::optional<std::string> printed;
  if (!is_jsonb_text(document)) {
    printed = print_jsonb(document);
    if (!printed) {
      return {};
    }
    document = *printed;
  }
  for (const JsonStep& step : steps) {
    const auto next = std::holds_alternative<std::string>(step)
                          ? member(document, std::get<std::string>(step))
                          : element(document, std::get<std::int64_t>(step));
    if (!next) {
      return {.known = true};
    }
    document = *next;
  }
  return {.known = true, .text = std::string{document}};
}

std::optional<std::string> json_as_text(const std::string& jsonb) {
  if (jsonb == "null") {
    return std::nullopt;
  }
  return jsonb.starts_with('"') ? unquoted(jsonb) : jsonb;
}

}  // namespace quern::planner_model
