#include "planner-model/selectivity/value_array.hpp"

#include <algorithm>
#include <cctype>

#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model::value_text {
namespace {

bool is_null_word(std::string_view word) {
  constexpr std::string_view kNull = "null";
  return word.size() == kNull.size() &&
         std::equal(word.begin(), word.end(), kNull.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

/// Takes one element off the front of `text`; false: malformed.
bool take_element(std::string_view& text, std::optional<std::string>& element) {
  std::string word;
  std::size_t i = 0;
  bool quoted = false;
  bool was_quoted = false;
  std::size_t solid = 0;  // length without trailing blanks outside quotes
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      word.push_back(text[++i]);
      solid = word.size();
    } else if (c == '"') {
      quoted = !quoted;
      was_quoted = true;
      solid = word.size();
    } else if (!quoted && (c == ',' || c == '}' || c == '{')) {
      break;
    } else {
      word.push_back(c);
      solid = quoted || c != ' ' ? word.size() : solid;
    }
  }
  if (quoted || i == text.size() || text[i] == '{') {
    return false;
  }
  word.resize(solid);
  text.remove_prefix(i);
  if (!was_quoted && word.empty()) {
    return false;
  }
  if (!was_quoted && is_null_word(word)) {
    element.reset();
  } else {
    element = std::move(word);
  }
  return true;
}

}  // namespace

std::optional<ArrayText> read_array(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) {
      return std::nullopt;
    }
    text = trim(text.substr(equals + 1));
  }
  ArrayText answer;
  int depth = 0;
  bool expect_item = true;
  if (!text.starts_with('{')) {
    return std::nullopt;
  }
  while (!text.empty()) {
    text = text.substr(std::min(text.find_first_not_of(" \t\n"), text.size()));
    if (text.empty()) {
      break;
    }
    const char c = text.front();
    if (c == '{') {
      ++depth;
      answer.dimensions = std::max(answer.dimensions, depth);
      expect_item = true;
      text.remove_prefix(1);
    } else if (c == '}') {
      if (--depth < 0) {
        return std::nullopt;
      }
      expect_item = false;
      text.remove_prefix(1);
      if (depth == 0) {
        break;
      }
    } else if (c == ',') {
      expect_item = true;
      text.remove_prefix(1);
    } else {
      std::optional<std::string> element;
      if (!expect_item || depth == 0 || !take_element(text, element)) {
        return std::nullopt;
      }
      answer.elements.push_back(std::move(element));
      expect_item = false;
    }
  }
  if (depth != 0 || !trim(text).empty()) {
    return std::nullopt;
  }
  if (answer.elements.empty()) {
    answer.dimensions = 0;
  }
  return answer;
}

std::string print_array(const std::vector<std::optional<std::string>>& elements) {
  std::string text = "{";
  for (const auto& element : elements) {
    if (text.size() > 1) {
      text += ",";
    }
    if (!element) {
      text += "NULL";
      continue;
    }
    const bool quote = element->empty() || is_null_word(*element) ||
                       element->find_first_of("{},\"\\ \t\n\r\v\f") != std::string::npos;
    if (!quote) {
      text += *element;
      continue;
    }
    text += '"';
    for (const char c : *element) {
      if (c == '"' || c == '\\') {
        text += '\\';
      }
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

}  // namespace quern::planner_model::value_text
