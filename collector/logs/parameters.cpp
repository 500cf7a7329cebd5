#include "collector/logs/parameters.hpp"

#include <charconv>

#include "collector/logs/translated_message.hpp"

namespace quern::collector {

namespace {

constexpr std::string_view kStart = "parameters: ";
constexpr std::string_view kNewerStart = "Parameters: ";  // PostgreSQL 17 and later
constexpr std::size_t kMostParameters = 65535;            // the protocol's limit

/// `'...'` with doubled quotes; false when the quote is never closed.
bool quoted_value(std::string_view& text, std::string& value) {
  value.clear();
  std::size_t i = 1;
  for (;;) {
    const std::size_t quote = text.find('\'', i);
    if (quote == std::string_view::npos) {
      value.append(text.substr(i));
      return false;
    }
    value.append(text.substr(i, quote - i));
    if (quote + 1 < text.size() && text[quote + 1] == '\'') {
      value.push_back('\'');
      i = quote + 2;
      continue;
    }
    text.remove_prefix(quote + 1);
    return true;
  }
}

/// `$12 = `, and the number must be the next one.
bool next_number(std::string_view& text, std::size_t expected) {
  std::size_t number = 0;
  if (text.empty() || text.front() != '$') {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
  const auto used = static_cast<std::size_t>(end - text.data());
  if (error != std::errc{} || number != expected || text.substr(used, 3) != " = ") {
    return false;
  }
  text.remove_prefix(used + 3);
  return true;
}

}  // namespace

namespace {

/// How long the words before the list are; 0: there is none.
std::size_t list_start(std::string_view detail) {
  return detail.substr(0, kStart.size()) == kStart ||
                 detail.substr(0, kNewerStart.size()) == kNewerStart
             ? kStart.size()
             : translated_parameters_start(detail);
}

}  // namespace

bool lists_parameters(std::string_view detail) {
  return list_start(detail) > 0;
}

BoundParameters read_parameters(std::string_view detail) {
  BoundParameters bound;
  const std::size_t start = list_start(detail);
  if (start == 0) {
    bound.complete = detail.empty();
    return bound;
  }
  std::string_view text = detail.substr(start);
  while (bound.values.size() < kMostParameters) {
    if (!next_number(text, bound.values.size() + 1)) {
      bound.complete = false;
      return bound;
    }
    if (text.substr(0, 4) == "NULL") {
      bound.values.emplace_back(std::nullopt);
      text.remove_prefix(4);
    } else if (!text.empty() && text.front() == '\'') {
      std::string value;
      const bool closed = quoted_value(text, value);
      const bool cut = value.size() >= 3 && value.compare(value.size() - 3, 3, "...") == 0;
      bound.complete = bound.complete && closed && !cut;
      bound.values.emplace_back(std::move(value));
      if (!closed) {
        return bound;
      }
    } else {
      bound.complete = false;
      return bound;
    }
    if (text.substr(0, 2) != ", ") {
      bound.complete = bound.complete && text.empty();
      return bound;
    }
    text.remove_prefix(2);
  }
  bound.complete = false;
  return bound;
}

}  // namespace quern::collector
