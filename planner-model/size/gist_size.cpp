#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/gist_tree.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/synthetic_rows.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

constexpr double kPageBody = 8192 - 24 - 16;
constexpr double kLinePointer = 4;
constexpr double kNullTuple = 16;

bool is_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

bool is_network(Oid type) {
  return type == type_oid::kInet || type == type_oid::kCidr;
}

/// Pages after inserts of as many rows as fill some dozens of pages, for all.
template <class Class>
double inserted_pages(const SyntheticRows& sample) {
  std::vector<typename Class::Key> keys;
  keys.reserve(sample.values.size());
  for (const auto& value : sample.values) {
    keys.push_back(Class::key(value));
  }
  GistTree<Class> tree;
  for (const std::size_t row : sample.rows) {
    tree.insert(keys[row]);
  }
  const auto pages = static_cast<double>(tree.pages());
  return pages <= 1 ? pages : pages * sample.scale;
}

double pages_by_thumb(const IndexColumn& column, double rows) {
  const double key = column.width;
  constexpr double kFill = 0.63;
  const double nulls = column.null_share();
  const double item = (1 - nulls) * align_up(8 + key, 8) + nulls * kNullTuple + kLinePointer;
  double pages = std::max(1.0, std::ceil(rows * item / (kPageBody * kFill)));
  for (double level = pages; level > 1; pages += level) {
    level = std::ceil(level * item / (kPageBody * kFill));
  }
  return pages;
}

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

double gist_index_pages(const std::vector<IndexColumn>& columns, double rows) {
  const IndexColumn& column = columns.front();
  const bool followed = column.statistics != nullptr && columns.size() == 1 &&
                        !(column.statistics->histogram_bounds.empty() &&
                          column.statistics->most_common_values.empty());
  if (!followed || !(is_text(column.type) || is_network(column.type))) {
    return pages_by_thumb(column, rows);
  }
  constexpr std::size_t kRows = 5000;
  const auto all = column_values(*column.statistics, column.type, column.table_rows);
  const double correlation = column.statistics->correlation.value_or(0);
  double pages = 0;
  if (is_network(column.type)) {
    const auto part = stretch(column, rows, kRows);
    auto sample = synthetic_rows(part ? *part : all, rows, kRows, correlation, network_order);
    sample.scale = rows * (1 - column.null_share()) / static_cast<double>(sample.rows.size());
    pages = inserted_pages<NetworkGist>(sample);
  } else {
    pages = inserted_pages<TrigramGist>(synthetic_rows(
        all, rows, kRows, correlation, [](const std::string& text) { return text; }));
  }
  // NULLs go to pages of their own once there are enough of them.
  const double nulls = rows * column.null_share() * (kNullTuple + kLinePointer);
  constexpr double kFilled = 0.52;  // halves of full pages, hardly ever chosen again
  return std::ceil(pages + (nulls < kPageBody / 2 ? 0 : nulls / (kPageBody * kFilled)));
}

}  // namespace quern::planner_model
