#include "planner-model/writes/page_bytes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "planner-model/selectivity/date_time_input.hpp"
#include "planner-model/selectivity/time_settings.hpp"

namespace quern::planner_model {
namespace {

std::string little_endian(std::int64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    text += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i));
  }
  return text;
}

/// Groups of four digits, as numeric.c keeps them, behind a header of two bytes.
std::string numeric_bytes(std::string text) {
  const auto point = std::min(text.find('.'), text.size());
  text.insert(0, (4 - point % 4) % 4, '0');
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; }),
             text.end());
  text.append((4 - text.size() % 4) % 4, '0');
  std::string bytes = {static_cast<char>(0x80), static_cast<char>(point / 4)};
  for (std::size_t i = 0; i + 4 <= text.size(); i += 4) {
    bytes += little_endian(std::strtol(text.substr(i, 4).c_str(), nullptr, 10), 2);
  }
  return bytes;
}

std::string uuid_bytes(const std::string& text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c != '-'; });
  std::string bytes;
  for (std::size_t i = 0; i + 2 <= digits.size(); i += 2) {
    bytes += static_cast<char>(std::strtol(digits.substr(i, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

/// An entry of four bytes a key or value, then their texts without punctuation (JsonbContainer).
std::string jsonb_bytes(const std::string& text) {
  std::string entries = little_endian(1, 4);
  std::string contents;
  std::size_t begun = 0;
  for (const char c : text) {
    if (c == ',' || c == ':' || c == '}' || c == ']') {
      entries += little_endian(static_cast<std::int64_t>(contents.size() - begun), 3) + '\0';
      begun = contents.size();
    } else if (c != '"' && c != ' ' && c != '{' && c != '[') {
      contents += c;
    }
  }
  return entries + contents;
}

std::string with_length(const std::string& data) {
  constexpr std::size_t kLongestShort = 126;
  const std::size_t size = data.size();
  return size <= kLongestShort ? static_cast<char>((size + 1) * 2 + 1) + data
                               : little_endian(static_cast<std::int64_t>(size + 4) * 4, 4) + data;
}

const std::vector<std::string>& bounds_of(const IndexColumn& column) {
  static const std::vector<std::string> kNone;
  return column.statistics == nullptr ? kNone : column.statistics->histogram_bounds;
}

std::size_t digits_behind_point(const std::string& text) {
  const auto point = text.find('.');
  return point == std::string::npos ? 0 : text.size() - point - 1;
}

/// Another of the same form.
std::string with_new_digits(std::string text, Stream& stream) {
  for (char& c : text) {
    if (c >= '0' && c <= '9') {
      c = static_cast<char>('0' + stream.below(10));
    }
  }
  return text;
}

}  // namespace

ColumnBytes::ColumnBytes(const IndexColumn& column, const TypeSystem& types)
    : column_{column}, types_{types}, texts_{bounds_of(column)} {
  for (const std::string& bound : bounds_of(column)) {
    if (const auto number = number_of(bound)) {
      numbers_.push_back(*number);
    }
  }
  if (numbers_.size() != bounds_of(column).size()) {
    numbers_.clear();
  }
  constexpr double kOrdered = 0.9;
  in_order_ = column.statistics != nullptr &&
              std::abs(column.statistics->correlation.value_or(0)) > kOrdered;
}

int ColumnBytes::alignment() const {
  constexpr double kShort = 127;
  return column_.varies && column_.width < kShort ? 1 : column_.alignment;
}

std::optional<double> ColumnBytes::number_of(const std::string& text) const {
  const TimeSettings& times = times_of(types_);
  switch (column_.type) {
    case type_oid::kInt2:
    case type_oid::kInt4:
    case type_oid::kInt8:
    case type_oid::kFloat4:
    case type_oid::kFloat8:
    case type_oid::kNumeric:
      return std::strtod(text.c_str(), nullptr);
    case type_oid::kDate:
      return value_text::read_date(text, times);
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
      return value_text::read_timestamp(text, column_.type == type_oid::kTimestampTz, times);
    default:
      return std::nullopt;
  }
}

std::string ColumnBytes::of_number(double number) const {
  const bool whole_seconds = std::all_of(numbers_.begin(), numbers_.end(),
                                         [](double n) { return std::fmod(n, 1e6) == 0; });
  switch (column_.type) {
    case type_oid::kFloat4: {
      const auto value = static_cast<float>(number);
      return {reinterpret_cast<const char*>(&value), sizeof value};
    }
    case type_oid::kFloat8:
      return {reinterpret_cast<const char*>(&number), sizeof number};
    case type_oid::kNumeric: {
      std::size_t digits = 0;
      for (const std::string& bound : bounds_of(column_)) {
        digits = std::max(digits, digits_behind_point(bound));
      }
      return with_length(numeric_bytes(fmt::format("{:.{}f}", std::abs(number), digits)));
    }
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
      number = whole_seconds ? 1e6 * std::floor(number / 1e6) : number;
      break;
    default:
      break;
  }
  return little_endian(static_cast<std::int64_t>(number), static_cast<std::size_t>(column_.width));
}

std::string ColumnBytes::of_text(const std::string& text) const {
  if (const auto number = number_of(text)) {
    return of_number(*number);
  }
  switch (column_.type) {
    case type_oid::kBool:
      return {static_cast<char>(text == "t" ? 1 : 0)};
    case type_oid::kUuid:
      return uuid_bytes(text);
    case type_oid::kJsonb:
      return with_length(jsonb_bytes(text));
    default:
      break;
  }
  if (column_.varies) {
    return with_length(text);
  }
  std::string bytes = text;
  bytes.resize(static_cast<std::size_t>(std::max(column_.width, 1.0)), '\0');
  return bytes;
}

std::string ColumnBytes::at(double position, Stream& stream) const {
  const auto& bounds = bounds_of(column_);
  if (bounds.empty() && column_.statistics != nullptr &&
      !column_.statistics->most_common_values.empty()) {
    const auto& common = column_.statistics->most_common_values;
    const double place = std::clamp(position, 0.0, 1.0) * static_cast<double>(common.size());
    return of_text(common[std::min(static_cast<std::size_t>(place), common.size() - 1)]);
  }
  if (bounds.empty()) {  // not told: as bytes by chance
    std::string bytes;
    for (double i = 0; i < column_.width; ++i) {
      bytes += static_cast<char>(stream.below(256));
    }
    return bytes;
  }
  const double place = std::clamp(position, 0.0, 1.0) * static_cast<double>(bounds.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), bounds.size() - 1);
  const auto above = std::min(below + 1, bounds.size() - 1);
  if (!numbers_.empty()) {
    const double part = place - static_cast<double>(below);
    return of_number(numbers_[below] + part * (numbers_[above] - numbers_[below]));
  }
  const std::string& low = bounds[below];
  const auto common = static_cast<std::size_t>(
      std::mismatch(low.begin(), low.end(), bounds[above].begin(), bounds[above].end()).first -
      low.begin());
  const std::string other = texts_.next(stream);
  return of_text(low.substr(0, common) + (other.size() > common ? other.substr(common) : ""));
}

std::optional<std::string> ColumnBytes::any(Stream& stream) const {
  double chance = stream.uniform();
  if (column_.statistics == nullptr) {
    return at(chance, stream);
  }
  const ColumnStatistics& statistics = *column_.statistics;
  if (chance < statistics.null_fraction) {
    return std::nullopt;
  }
  chance -= statistics.null_fraction;
  for (std::size_t i = 0;
       i < statistics.most_common_values.size() && i < statistics.most_common_frequencies.size();
       ++i) {
    if (chance < statistics.most_common_frequencies[i]) {
      return of_text(statistics.most_common_values[i]);
    }
    chance -= statistics.most_common_frequencies[i];
  }
  if (statistics.histogram_bounds.empty() && !statistics.most_common_values.empty()) {
    return of_text(statistics.most_common_values.front());
  }
  if (!numbers_.empty() || statistics.histogram_bounds.empty()) {
    return at(stream.uniform(), stream);
  }
  if (column_.type == type_oid::kJsonb || column_.type == type_oid::kJson) {
    return of_text(with_new_digits(
        statistics.histogram_bounds[stream.below(statistics.histogram_bounds.size())], stream));
  }
  return of_text(texts_.next(stream));
}

}  // namespace quern::planner_model
