#include "collector/postgres/dsn.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace quern::collector {

namespace {

struct Range {
  std::size_t begin;
  std::size_t end;
};

bool is_uri(std::string_view dsn) {
  return dsn.rfind("postgres://", 0) == 0 || dsn.rfind("postgresql://", 0) == 0;
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

/// After user: up to the last @ of the authority: a password may hold an unescaped @ or /.
void find_uri_user_password(std::string_view dsn, std::vector<Range>& found) {
  const auto authority = dsn.find("://") + 3;
  const auto query = std::min(dsn.find('?', authority), dsn.size());
  const auto at = dsn.substr(0, query).rfind('@');
  if (at == std::string_view::npos || at < authority) {
    return;
  }
  const auto colon = dsn.find(':', authority);
  if (colon < at) {
    found.push_back({colon + 1, at});
  }
}

/// The end of a value after `password=`: the closing quote, or a separator.
std::size_t end_of_value(std::string_view dsn, std::size_t at, bool uri) {
  if (!uri && at < dsn.size() && dsn[at] == '\'') {
    for (++at; at < dsn.size() && dsn[at] != '\''; ++at) {
      at += dsn[at] == '\\' ? 1 : 0;
    }
    return std::min(at + 1, dsn.size());
  }
  while (at < dsn.size() &&
         !(uri ? dsn[at] == '&' : std::isspace(static_cast<unsigned char>(dsn[at])))) {
    at += !uri && dsn[at] == '\\' && at + 1 < dsn.size() ? 2 : 1;
  }
  return std::min(at, dsn.size());
}

std::vector<Range> password_ranges(std::string_view dsn) {
  std::vector<Range> found;
  const bool uri = is_uri(dsn);
  if (uri) {
    find_uri_user_password(dsn, found);
  }
  const std::string text = lower(dsn);
  const std::string key = "password";
  for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + 1)) {
    auto value = at + key.size();
    while (value < text.size() && std::isspace(static_cast<unsigned char>(text[value]))) {
      ++value;
    }
    if (value >= text.size() || text[value] != '=') {
      continue;
    }
    ++value;
    while (!uri && value < text.size() && std::isspace(static_cast<unsigned char>(text[value]))) {
      ++value;
    }
    found.push_back({value, end_of_value(dsn, value, uri)});
  }
  std::sort(found.begin(), found.end(), [](Range a, Range b) { return a.begin < b.begin; });
  return found;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

int hex_digit(char c) {
  const auto digits = std::string_view{"0123456789abcdef"};
  const auto at = digits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

std::string percent_decoded(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
        hex_digit(text[i + 2]) >= 0) {
      result += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

std::string unquoted(const std::string& text) {
  std::string result;
  const bool quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
  for (std::size_t i = quoted ? 1 : 0; i < text.size() - (quoted ? 1 : 0); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    result += text[i];
  }
  return result;
}

}  // namespace

std::string redact_dsn(std::string_view dsn) {
  std::string result;
  std::size_t done = 0;
  for (const Range& range : password_ranges(dsn)) {
    if (range.begin >= done) {
      result += dsn.substr(done, range.begin - done);
      result += "***";
    }
    done = std::max(done, range.end);
  }
  return result + std::string{dsn.substr(std::min(done, dsn.size()))};
}

std::string redact_message(std::string_view message, std::string_view dsn) {
  std::string result{message};
  replace_all(result, std::string{dsn}, redact_dsn(dsn));
  for (const Range& range : password_ranges(dsn)) {
    const std::string password{dsn.substr(range.begin, range.end - range.begin)};
    for (const std::string& form : {password, percent_decoded(password), unquoted(password)}) {
      if (!form.empty()) {
        replace_all(result, form, "***");
      }
    }
  }
  return result;
}

}  // namespace quern::collector
