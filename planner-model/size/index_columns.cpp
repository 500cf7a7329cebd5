#include "planner-model/size/index_columns.hpp"

#include <algorithm>
#include <charconv>

namespace quern::planner_model {
namespace {

constexpr double kTupleHeader = 8;
constexpr double kTupleHeaderWithNulls = 16;
constexpr int kMaximumAlignment = 8;

int alignment_bytes(char code) {
  switch (code) {
    case 'c':
      return 1;
    case 's':
      return 2;
    case 'd':
      return 8;
    default:
      return 4;
  }
}

/// get_typavgwidth() (lsyscache.c), for columns without statistics.
double default_width(const Type& type, std::int32_t typmod) {
  if (type.length > 0) {
    return type.length;
  }
  constexpr std::int32_t kHeader = 4;
  if (typmod > kHeader && (type.oid == type_oid::kVarchar || type.oid == type_oid::kBpchar)) {
    const double limit = typmod;
    return limit <= 32 ? limit : limit < 1000 ? 32 + (limit - 32) / 2 : 516;
  }
  return 32;
}

IndexColumn plain_column(const Column& column, const TypeSystem& types) {
  IndexColumn answer{.type = types.base_type(column.type), .collation = column.collation};
  if (column.statistics) {
    answer.statistics = &*column.statistics;
  } else if (column.inherited_statistics) {
    answer.statistics = &*column.inherited_statistics;
  }
  const Type* type = types.type(answer.type);
  if (type == nullptr) {
    answer.varies = true;
    answer.width = 32;
  } else {
    answer.varies = type->length < 0;
    answer.width = default_width(*type, column.type_modifier);
    answer.alignment = alignment_bytes(type->alignment);
  }
  if (answer.statistics != nullptr && answer.statistics->average_width > 0) {
    answer.width =
        answer.varies || type == nullptr ? answer.statistics->average_width : answer.width;
  }
  // Short values stand unaligned behind a one-byte header.
  constexpr double kShortVarlena = 127;
  if (answer.varies && answer.width < kShortVarlena) {
    answer.alignment = 1;
  }
  return answer;
}

IndexColumn expression_column(const IndexKey& key) {
  IndexColumn answer{.collation = key.collation, .width = 32, .alignment = 1, .varies = true};
  if (key.statistics) {
    answer.statistics = &*key.statistics;
    answer.width = std::max(1, key.statistics->average_width);
  }
  return answer;
}

const Column* find_column(const Table& table, std::int16_t number) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [number](const Column& column) { return column.number == number; });
  return found == table.columns.end() ? nullptr : &*found;
}

bool is_plain_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
}

/// Stored bytes of a numeric behind its short header: two for sign, weight and scale, two for each
/// group of four decimal digits, counted from the point outwards (numeric.c).
double numeric_size(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  const auto first = std::min(text.find_first_of("123456789"), text.size());
  const auto last = text.find_last_of("123456789");
  if (last == std::string_view::npos) {
    return 3;
  }
  const auto group = [point](std::size_t digit) {
    return digit < point ? -static_cast<long>((point - digit + 3) / 4)
                         : static_cast<long>((digit - point - 1) / 4);
  };
  return 3 + 2 * static_cast<double>(group(last) - group(first) + 1);
}

double stored_size(const IndexColumn& column, std::string_view text) {
  if (column.type == type_oid::kNumeric) {
    return numeric_size(text);
  }
  constexpr std::size_t kLongestShort = 126;
  return static_cast<double>(text.size()) + (text.size() <= kLongestShort ? 1 : 4);
}

constexpr std::size_t kSamples = 64;

/// Sizes of a varying column's values, each as frequent as the others: of an average, the size
/// rounded up to 8 would be wrong.
std::vector<double> sampled_sizes(const IndexColumn& column) {
  const bool readable = is_plain_text(column.type) || column.type == type_oid::kNumeric;
  std::vector<std::pair<double, double>> weighted;  // size, share
  if (readable && column.statistics != nullptr) {
    const auto& statistics = *column.statistics;
    double common = 0;
    const auto& values = statistics.most_common_values;
    const auto& frequencies = statistics.most_common_frequencies;
    for (std::size_t i = 0; i < values.size() && i < frequencies.size(); ++i) {
      weighted.emplace_back(stored_size(column, values[i]), frequencies[i]);
      common += frequencies[i];
    }
    const auto& bounds = statistics.histogram_bounds;
    const double rest = std::max(0.0, 1.0 - common - statistics.null_fraction);
    for (const auto& bound : bounds) {
      weighted.emplace_back(stored_size(column, bound), rest / static_cast<double>(bounds.size()));
    }
  }
  double total = 0;
  for (const auto& [size, share] : weighted) {
    total += share;
  }
  if (total <= 0) {
    return std::vector<double>(kSamples, column.width);
  }
  std::sort(weighted.begin(), weighted.end());
  std::vector<double> sizes;
  double passed = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double wanted = total * (static_cast<double>(i) + 0.5) / kSamples;
    while (at + 1 < weighted.size() && passed + weighted[at].second < wanted) {
      passed += weighted[at++].second;
    }
    sizes.push_back(weighted[at].first);
  }
  return sizes;
}

}  // namespace

std::vector<IndexColumn> index_columns(const Index& index, const Table& table,
                                       const TypeSystem& types) {
  std::vector<IndexColumn> columns;
  for (const IndexKey& key : index.keys) {
    const Column* column = key.column == 0 ? nullptr : find_column(table, key.column);
    columns.push_back(column == nullptr ? expression_column(key) : plain_column(*column, types));
    if (key.collation != 0) {
      columns.back().collation = key.collation;
    }
  }
  for (const std::int16_t number : index.included) {
    if (const Column* column = find_column(table, number)) {
      columns.push_back(plain_column(*column, types));
      columns.back().is_key = false;
    }
  }
  return columns;
}

int index_option(const Index& index, const char* name, int otherwise) {
  const auto found = index.options.find(name);
  if (found == index.options.end()) {
    return otherwise;
  }
  int value = otherwise;
  const auto& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double average_tuple_size(const std::vector<IndexColumn>& columns, bool count_nulls) {
  double no_nulls = 1;  // probability that a tuple has no null
  double nulls_saved = 0;
  std::vector<std::vector<double>> sampled;
  for (const IndexColumn& column : columns) {
    const double nulls =
        column.statistics == nullptr || !count_nulls ? 0 : column.statistics->null_fraction;
    no_nulls *= 1 - nulls;
    nulls_saved += nulls * column.width;
    sampled.push_back(column.varies ? sampled_sizes(column) : std::vector<double>{});
  }
  // A tuple with nulls is longer by the bitmap and shorter by the values it lacks.
  const double lacking = no_nulls < 1 ? nulls_saved / (1 - no_nulls) : 0;
  double full = 0;
  double with_nulls = 0;
  for (std::size_t sample = 0; sample < kSamples; ++sample) {
    double data = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      // Odd strides walk each column's samples in another order.
      const std::size_t pick = sample * (2 * i + 1) % kSamples;
      data = align_up(data, columns[i].alignment) +
             (columns[i].varies ? sampled[i][pick] : columns[i].width);
    }
    full += align_up(kTupleHeader + data, kMaximumAlignment) / kSamples;
    with_nulls +=
        align_up(kTupleHeaderWithNulls + std::max(0.0, data - lacking), kMaximumAlignment) /
        kSamples;
  }
  return no_nulls * full + (1 - no_nulls) * with_nulls;
}

}  // namespace quern::planner_model
