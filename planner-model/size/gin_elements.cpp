#include "planner-model/size/gin_elements.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "planner-model/size/array_entries.hpp"
#include "planner-model/size/element_pools.hpp"
#include "planner-model/size/json_elements.hpp"
#include "planner-model/size/sampled_keys.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/trigrams.hpp"
#include "planner-model/size/value_classes.hpp"
#include "planner-model/size/word_entries.hpp"

namespace quern::planner_model {
namespace {

/// Of JGINFLAG_KEY, NULL, BOOL, NUM, STR, which come first in the key (jsonb.h).
double json_place(const JsonElement& one) {
  constexpr double kFlag = 281474976710656.0;  // behind six bytes
  const double flag = one.kind == "k"   ? 1
                      : one.kind == "0" ? 2
                      : one.kind == "b" ? 3
                      : one.kind == "n" ? 4
                                        : 5;
  return flag * kFlag + place_of(std::string_view{one.text});
}

std::vector<Element> json_elements_of(const std::string& text, bool paths) {
  std::vector<Element> elements;
  constexpr double kHash = 4;
  for (const JsonElement& one : json_elements(text)) {
    if (paths) {
      if (!one.is_key) {
        elements.push_back({.pool = one.path + " " + one.kind,
                            .text = one.path + "=" + one.text,
                            .key_size = kHash});
      }
      continue;
    }
    // make_text_key(): a flag and the text, or the hash of a long one.
    constexpr std::size_t kLongestKey = 125;
    const double bytes =
        1 + static_cast<double>(one.text.size() > kLongestKey ? 8 : one.text.size());
    elements.push_back({.pool = one.is_key ? "" : one.path + " " + one.kind,
                        .text = one.kind + one.text,
                        .key_size = varlena_size(bytes),
                        .place = json_place(one)});
  }
  return elements;
}

std::vector<Element> word_elements_of(const std::string& tsvector) {
  std::vector<Element> elements;
  for (std::string& word : words_of(tsvector)) {
    const double place = place_of(std::string_view{word});
    const double size = varlena_size(static_cast<double>(word.size()));
    elements.push_back({.pool = {}, .text = std::move(word), .key_size = size, .place = place});
  }
  return elements;
}

/// The entries when each row stays with this chance.
void thin_out(std::vector<GinEntries>& entries, double kept) {
  for (GinEntries& one : entries) {
    const double left = one.rows * kept;
    const double present = one.rows < 1.5 ? kept : 1 - std::pow(1 - kept, one.rows);
    one.entries *= present;
    one.rows = std::max(1.0, left / std::max(present, 1e-12));
  }
}

/// Do the statistics list every value? Then they tell frequencies better than stretches do.
bool lists_all(const IndexColumn& column) {
  return column.statistics != nullptr && column.statistics->histogram_bounds.empty() &&
         !column.statistics->most_common_values.empty();
}

/// Do texts hardly ever come twice? Then the like of them, drawn anew and in order where they
/// count, tell more than stretches do, which are shorter than the runs of what counts.
bool all_differ(const IndexColumn& column, double rows) {
  if (column.statistics == nullptr) {
    return false;
  }
  constexpr double kRowsEach = 1.5;
  const ColumnStatistics& statistics = *column.statistics;
  const double values =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  return rows * (1 - statistics.null_fraction) < kRowsEach * values;
}

/// The sample that tells of these keys; null: none, or the statistics tell as much.
const ColumnSample* sample_for(const IndexColumn& column, std::string_view operator_class,
                               const Type& type, double rows) {
  if (column.type == type_oid::kTsVector || type.is_array) {
    return sample_of(column, type.is_array ? "array_ops" : "tsvector_ops");
  }
  if (lists_all(column)) {
    return nullptr;
  }
  if (column.type == type_oid::kJsonb) {
    return sample_of(column, operator_class == "jsonb_path_ops" ? operator_class : "jsonb_ops");
  }
  return all_differ(column, rows) ? nullptr : sample_of(column, "gin_trgm_ops");
}

std::vector<GinEntries> entries_by_sample(const ColumnSample& sample, const Type& type,
                                          const TypeSystem& types, double rows) {
  std::vector<GinEntries> answer = sampled_entries(sample, rows);
  const Type* element = type.is_array ? types.type(type.element) : nullptr;
  for (GinEntries& one : answer) {
    one.alignment = element != nullptr ? element_alignment(*element, one.key_size)
                    : sample.keys_of == "tsvector_ops" || sample.keys_of == "jsonb_ops" ? 1
                                                                                        : 4;
  }
  return answer;
}

/// Those of so many rows of the table.
std::vector<GinEntries> entries_of(const IndexColumn& column, std::string_view operator_class,
                                   const TypeSystem& types, double rows_indexed) {
  std::vector<GinEntries> answer;
  const Type* type = types.type(column.type);
  if (type != nullptr) {
    if (const ColumnSample* sample = sample_for(column, operator_class, *type, rows_indexed)) {
      return entries_by_sample(*sample, *type, types, rows_indexed);
    }
  }
  const ColumnValues values = indexed_values(column);
  const bool listed = std::any_of(values.entries.begin(), values.entries.end(),
                                  [](const auto& entry) { return entry.text.has_value(); });
  if (type == nullptr || (column.statistics == nullptr && !listed)) {
    constexpr double kElements = 4;
    const double distinct = std::max(1.0, rows_indexed / 10);
    return {{.entries = distinct,
             .rows = std::max(1.0, kElements * rows_indexed / distinct),
             .key_size = 8,
             .alignment = 1}};
  }
  const double nulls = column.null_share();
  if (nulls * rows_indexed >= 0.5) {
    answer.push_back({.entries = 1, .rows = nulls * rows_indexed, .key_size = 0});
  }
  const double filled = (1 - nulls) * rows_indexed;
  if (filled < 0.5) {
    return answer;
  }
  if (column.type == type_oid::kTsVector && column.statistics != nullptr) {
    add_word_entries(column, filled, answer);
  } else if (column.type == type_oid::kTsVector) {
    add_entries_of_values(values, rows_indexed, word_elements_of, {}, answer);
  } else if (type->is_array) {
    add_array_entries(column, types, rows_indexed, filled, answer);
  } else if (column.type == type_oid::kJsonb) {
    const bool paths = operator_class == "jsonb_path_ops";
    add_entries_of_values(
        values, rows_indexed,
        [paths](const std::string& text) { return json_elements_of(text, paths); }, {}, answer);
    for (auto& entry : answer) {
      entry.alignment = paths ? 4 : 1;
    }
  } else {
    const auto entries = trigram_entries(column, rows_indexed);
    answer.insert(answer.end(), entries.begin(), entries.end());
  }
  return answer;
}

}  // namespace

std::vector<GinEntries> gin_entries(const IndexColumn& column, std::string_view operator_class,
                                    const TypeSystem& types, double rows_indexed) {
  const double rows = std::max(rows_indexed, column.table_rows);
  std::vector<GinEntries> answer = entries_of(column, operator_class, types, rows);
  if (rows_indexed < rows) {
    thin_out(answer, rows_indexed / rows);
  }
  return answer;
}

}  // namespace quern::planner_model
