#include "collector/logs/detect_format.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "collector/base/time_text.hpp"
#include "collector/base/utf8.hpp"
#include "collector/logs/infer_prefix.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kShownLines = 3;
constexpr std::size_t kShownLength = 160;

bool looks_like_csv(std::string_view line) {
  const std::string_view unquoted = !line.empty() && line.front() == '"' ? line.substr(1) : line;
  const auto time = read_time(unquoted);
  constexpr int kCommasBeforeMessage = 12;
  return time && unquoted.size() > time->length &&
         (unquoted[time->length] == ',' || unquoted.substr(time->length, 2) == "\",") &&
         std::count(line.begin(), line.end(), ',') >= kCommasBeforeMessage;
}

bool looks_like_json(std::string_view line) {
  return !line.empty() && line.front() == '{' &&
         line.find("\"error_severity\"") != std::string_view::npos;
}

std::string printable(std::string_view line) {
  std::string text;
  for (const char c : to_clean_utf8(line.substr(0, kShownLength))) {
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f
                ? fmt::format("\\x{:02X}", static_cast<unsigned char>(c))
                : std::string(1, c);
  }
  return line.size() > kShownLength ? text + "..." : text;
}

bool mostly_binary(const std::vector<std::string_view>& lines) {
  std::size_t odd = 0;
  std::size_t all = 0;
  for (const std::string_view line : lines) {
    all += line.size();
    odd += static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte < 0x09 || (byte > 0x0D && byte < 0x20);
    }));
  }
  return odd * 20 > all;
}

}  // namespace

std::optional<DetectedFormat> detect_format(const std::vector<std::string_view>& lines) {
  std::size_t csv = 0;
  std::size_t json = 0;
  for (const std::string_view line : lines) {
    csv += looks_like_csv(line) ? 1 : 0;
    json += looks_like_json(line) ? 1 : 0;
  }
  std::size_t plain = 0;
  // A log of one kind needs no guess at a prefix.
  const auto prefix = std::max(csv, json) * 2 > lines.size() ? std::nullopt : infer_prefix(lines);
  if (prefix) {
    PrefixFields fields;
    for (const std::string_view line : lines) {
      plain += prefix->match(line, fields) ? 1 : 0;
    }
  }
  if (csv == 0 && json == 0 && plain == 0) {
    return std::nullopt;
  }
  if (json >= csv && json >= plain) {
    return DetectedFormat{LogFormat::Json};
  }
  return csv >= plain ? DetectedFormat{LogFormat::Csv}
                      : DetectedFormat{LogFormat::Stderr, prefix->text()};
}

std::string describe_lines(const std::vector<std::string_view>& lines) {
  if (lines.empty()) {
    return "it holds no lines";
  }
  std::string text = mostly_binary(lines) ? "it looks like binary data; it begins with"
                     : lines.front().substr(0, 1) == "{"
                         ? "it looks like JSON, but not PostgreSQL's jsonlog; it begins with"
                         : "it begins with";
  for (std::size_t i = 0; i < std::min(kShownLines, lines.size()); ++i) {
    text += fmt::format("\n  {:>2} | {}", i + 1, printable(lines[i]));
  }
  return text;
}

}  // namespace quern::collector
