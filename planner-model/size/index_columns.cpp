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

/// For one text column: the average over its sampled values, because rounding up to 8 of an average
/// is not the average of the rounded sizes.
double sampled_text_size(const IndexColumn& column) {
  double weight = 0;
  double sum = 0;
  const auto add = [&](const std::string& text, double share) {
    const double header = text.size() < 126 ? 1 : 4;
    const double value = static_cast<double>(text.size()) + header;
    sum += share * align_up(kTupleHeader + value, kMaximumAlignment);
    weight += share;
  };
  const auto& statistics = *column.statistics;
  double common = 0;
  for (std::size_t i = 0;
       i < statistics.most_common_values.size() && i < statistics.most_common_frequencies.size();
       ++i) {
    add(statistics.most_common_values[i], statistics.most_common_frequencies[i]);
    common += statistics.most_common_frequencies[i];
  }
  const double rest = std::max(0.0, 1.0 - common - statistics.null_fraction);
  const auto& bounds = statistics.histogram_bounds;
  for (const auto& bound : bounds) {
    add(bound, rest / static_cast<double>(bounds.size()));
  }
  return weight > 0 ? sum / weight : 0;
}

bool is_plain_text(Oid type) {
  return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kBpchar;
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

double average_tuple_size(const std::vector<IndexColumn>& columns) {
  if (columns.size() == 1 && columns.front().statistics != nullptr &&
      is_plain_text(columns.front().type)) {
    if (const double sampled = sampled_text_size(columns.front()); sampled > 0) {
      return sampled;
    }
  }
  double no_nulls = 1;  // probability that a tuple has no null
  double data = 0;
  double nulls_saved = 0;
  bool varies = false;
  for (const IndexColumn& column : columns) {
    const double nulls = column.statistics == nullptr ? 0 : column.statistics->null_fraction;
    data = (varies ? data + (column.alignment - 1) / 2.0 : align_up(data, column.alignment)) +
           column.width;
    no_nulls *= 1 - nulls;
    nulls_saved += nulls * column.width;
    varies = varies || column.varies;
  }
  const auto rounded = [varies](double bytes) {
    return varies ? bytes + (kMaximumAlignment - 1) / 2.0 : align_up(bytes, kMaximumAlignment);
  };
  const double full = rounded(kTupleHeader + data);
  if (no_nulls >= 1) {
    return full;
  }
  // A tuple with nulls is longer by the bitmap and shorter by the values it lacks.
  const double lacking = nulls_saved / (1 - no_nulls);
  const double with_nulls =
      align_up(kTupleHeaderWithNulls + std::max(0.0, data - lacking), kMaximumAlignment);
  return no_nulls * full + (1 - no_nulls) * with_nulls;
}

}  // namespace quern::planner_model
