#include "planner-model/size/unknown_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace quern::planner_model {
namespace {

constexpr double kPageBody = 8192 - 24;
constexpr double kTupleOverhead = 24 + 4;  // header and line pointer
constexpr std::int32_t kLengthWord = 4;

const ColumnStatistics* statistics_of(const Column& column) {
  return column.statistics             ? &*column.statistics
         : column.inherited_statistics ? &*column.inherited_statistics
                                       : nullptr;
}

const Type* type_of(const Column& column, const TypeSystem& types) {
  return types.type(types.base_type(column.type));
}

bool is_varlena(const Column& column, const TypeSystem& types) {
  const Type* type = type_of(column, types);
  return type == nullptr || type->length < 0;
}

bool has_modifier(const Column& column) {
  return column.type_modifier > kLengthWord;
}

/// Bytes that a value takes at most by its type's modifier; a numeric has two for four digits
/// beside its length word and its header.
double most_bytes(const Column& column, const TypeSystem& types) {
  const Oid type = types.base_type(column.type);
  const std::int32_t length = column.type_modifier - kLengthWord;
  if ((type == type_oid::kVarchar || type == type_oid::kBpchar) && has_modifier(column)) {
    return length + 1;
  }
  if (type == type_oid::kNumeric && has_modifier(column)) {
    const int precision = (length >> 16) & 0xffff;
    return 3 + 2 * std::ceil((precision + 3) / 4.0);
  }
  // What is longer is moved out of line (TOAST_TUPLE_THRESHOLD).
  constexpr double kToasted = 2032;
  return kToasted;
}

double declared_width(const Column& column, const TypeSystem& types) {
  const ColumnStatistics* statistics = statistics_of(column);
  if (statistics != nullptr && statistics->average_width > 0) {
    return statistics->average_width;
  }
  const Type* type = type_of(column, types);
  return type == nullptr ? 32 : default_width(*type, column.type_modifier);
}

double known_width(const Column& column, const TypeSystem& types) {
  const ColumnStatistics* statistics = statistics_of(column);
  const double filled = statistics == nullptr ? 1 : 1 - statistics->null_fraction;
  return filled * declared_width(column, types);
}

/// Of varlenas without statistics, all together, in an average row. Negative: not told.
double room_of_unknown(const Table& table, const TypeSystem& types) {
  constexpr std::int64_t kFewPages = 4;  // the last one's free part would decide
  double rows = rows_now(table, types);
  if (table.activity) {
    rows = std::max(rows, static_cast<double>(table.activity->live_rows)) +
           static_cast<double>(table.activity->dead_rows);
  }
  if (table.pages < kFewPages || rows < 1) {
    return -1;
  }
  double room =
      kPageBody * fillfactor(table) / 100 * (static_cast<double>(table.pages) - 0.5) / rows -
      kTupleOverhead - 4;  // on average, so that the next row is aligned
  for (const Column& column : table.columns) {
    if (statistics_of(column) != nullptr || !is_varlena(column, types)) {
      room -= known_width(column, types);
    }
  }
  return room;
}

bool is_unique(const Table& table, const Column& column, const TypeSystem& types) {
  const auto& indexes = types.catalog().indexes;
  return std::any_of(indexes.begin(), indexes.end(), [&](const Index& index) {
    return index.table == table.oid && index.unique && index.predicate.empty() &&
           index.keys.size() == 1 && index.keys.front().column == column.number;
  });
}

}  // namespace

int fillfactor(const Table& table) {
  const auto found = table.options.find("fillfactor");
  int value = 100;
  if (found != table.options.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  }
  return std::clamp(value, 10, 100);
}

double default_width(const Type& type, std::int32_t typmod) {
  if (type.length > 0) {
    return type.length;
  }
  if (typmod > kLengthWord && (type.oid == type_oid::kVarchar || type.oid == type_oid::kBpchar)) {
    const double limit = typmod;
    return limit <= 32 ? limit : limit < 1000 ? 32 + (limit - 32) / 2 : 516;
  }
  return 32;
}

double rows_now(const Table& table, const TypeSystem& types) {
  const auto pages = static_cast<double>(table.pages);
  if (table.relpages > 0 && table.reltuples >= 0) {
    return table.reltuples / static_cast<double>(table.relpages) * pages;
  }
  if (table.reltuples > 0 || table.pages <= 0) {
    return std::max(0.0, table.reltuples);  // a snapshot without sizes
  }
  if (table.activity && table.activity->live_rows > 0) {
    return static_cast<double>(table.activity->live_rows);
  }
  double width = kTupleOverhead;
  for (const Column& column : table.columns) {
    width += declared_width(column, types);
  }
  return std::floor(kPageBody / width) * pages;
}

double pages_lived_in(const Table& table) {
  const auto pages = static_cast<double>(std::max(table.pages, table.relpages));
  if (!table.activity || table.activity->live_rows <= 0) {
    return pages;
  }
  const TableActivity& activity = *table.activity;
  const double moved =
      static_cast<double>(activity.dead_rows) / static_cast<double>(activity.live_rows);
  const bool by_updates = activity.updates - activity.hot_updates > activity.deletes;
  if (!by_updates || moved > 1) {
    return pages;  // what deletes leave may stand anywhere
  }
  // With a part m of the rows moved, 1 - m of them are where only 1 - m are left of a page.
  const double density = (1 - moved) * (1 - moved) + moved;
  return pages / ((1 + moved) * density);
}

double width_by_room(const Table& table, const Column& column, const TypeSystem& types) {
  const double room = room_of_unknown(table, types);
  if (room < 0) {
    return declared_width(column, types);
  }
  std::vector<double> limits;
  for (const Column& other : table.columns) {
    if (statistics_of(other) == nullptr && is_varlena(other, types)) {
      limits.push_back(most_bytes(other, types));
    }
  }
  // All as wide as each other, but those that may not be.
  std::sort(limits.begin(), limits.end());
  double left = room;
  double share = room;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    share = left / static_cast<double>(limits.size() - i);
    left -= std::min(share, limits[i]);
  }
  return std::clamp(share, 1.0, most_bytes(column, types));
}

double distinct_by_definition(const Table& table, const Column& column, double rows,
                              const TypeSystem& types) {
  constexpr double kDefault = 200;
  const Oid oid = types.base_type(column.type);
  const Type* type = types.type(oid);
  double distinct = kDefault;
  if (oid == type_oid::kBool) {
    distinct = 2;
  } else if (type != nullptr && type->labels != nullptr && !type->labels->empty()) {
    distinct = static_cast<double>(type->labels->size());
  } else if (oid == type_oid::kUuid || column.identity != '\0' ||
             column.default_expression.starts_with("nextval(") || is_unique(table, column, types)) {
    distinct = rows;
  }
  return std::max(1.0, std::min(rows, distinct));
}

}  // namespace quern::planner_model
