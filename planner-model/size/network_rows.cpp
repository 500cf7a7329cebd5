#include "planner-model/size/network_rows.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

/// IPv4 addresses as numbers.
std::uint32_t number_of(const std::string& text) {
  const auto key = NetworkGist::key(text);
  return static_cast<std::uint32_t>(key.address[0]) << 24U |
         static_cast<std::uint32_t>(key.address[1]) << 16U |
         static_cast<std::uint32_t>(key.address[2]) << 8U | key.address[3];
}

std::string address_text(std::uint32_t number) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += (text.empty() ? "" : ".") + std::to_string(number >> shift & 0xFFU);
  }
  return text;
}

/// Splits go by the addresses' bits, so how close they lie matters: the statistics of one stretch
/// of them instead of a few from everywhere. Nothing when it cannot be told.
std::optional<ColumnValues> stretch(const IndexColumn& column, double rows, double most) {
  const ColumnValues all = column_values(*column.statistics, column.type, column.table_rows);
  std::vector<const ColumnValues::Entry*> bounds;
  for (const auto& entry : all.entries) {
    if (entry.text && entry.from_histogram) {
      bounds.push_back(&entry);
    }
    if (entry.text && entry.text->find_first_of(":/") != std::string::npos) {
      return std::nullopt;
    }
  }
  if (bounds.size() < 20 || rows <= most) {
    return std::nullopt;
  }
  std::sort(bounds.begin(), bounds.end(),
            [](const auto* a, const auto* b) { return number_of(*a->text) < number_of(*b->text); });
  ColumnValues part{.type = all.type, .entries = {}};
  double taken = 0;
  const std::size_t first = bounds.size() / 3;
  std::size_t last = first;
  for (; last + 1 < bounds.size() && taken < most; ++last) {
    const double from = number_of(*bounds[last]->text);
    const double gap = number_of(*bounds[last + 1]->text) - from;
    const double values = std::max(1.0, std::min(bounds[last]->values, gap));
    const double share = bounds[last]->share;
    for (double i = 0; i + 0.5 < values && taken < most; ++i, taken += share * rows / values) {
      part.entries.push_back(
          {.share = share / values,
           .text = address_text(static_cast<std::uint32_t>(from + i * gap / values))});
    }
  }
  const std::uint32_t low = number_of(*bounds[first]->text);
  const std::uint32_t high = number_of(*part.entries.back().text);
  for (const auto& entry : all.entries) {
    if (entry.text && !entry.from_histogram && number_of(*entry.text) >= low &&
        number_of(*entry.text) <= high) {
      part.entries.push_back(entry);
    }
  }
  return part;
}

std::string network_order(const std::string& text) {
  const auto key = NetworkGist::key(text);
  std::string bytes(1, static_cast<char>(key.family));
  bytes.append(key.address.begin(), key.address.end());
  return bytes;
}

}  // namespace

SyntheticRows network_rows(const IndexColumn& column, double rows, std::size_t most) {
  const auto part = stretch(column, rows, static_cast<double>(most));
  const auto all = column_values(*column.statistics, column.type, column.table_rows);
  auto sample =
      synthetic_rows(part ? *part : whole_values(all, rows, static_cast<double>(most)), rows, most,
                     column.statistics->correlation.value_or(0), network_order);
  sample.scale = rows * (1 - column.null_share()) / static_cast<double>(sample.rows.size());
  return sample;
}

}  // namespace quern::planner_model
