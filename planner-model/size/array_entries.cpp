#include "planner-model/size/array_entries.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include "planner-model/size/element_pools.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

double element_size(const Type& element, const std::string& text, const TypeSystem& types) {
  const double size = stored_size(element, -1, text, types);
  return size < 0 ? varlena_size(static_cast<double>(text.size())) : size;
}

double element_place(const Type& element, const std::string& text) {
  return element.length < 0 ? place_of(std::string_view{text}) : std::strtod(text.c_str(), nullptr);
}

/// The most common elements, each with an entry of its own.
void add_common(const ColumnStatistics& statistics, const std::vector<double>& frequencies,
                const Type& element, const TypeSystem& types, double filled_rows,
                std::vector<GinEntries>& answer) {
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    const std::string& text = statistics.most_common_elements[i];
    const double size = element_size(element, text, types);
    answer.push_back({.entries = 1,
                      .rows = std::max(1.0, frequencies[i] * filled_rows),
                      .key_size = size,
                      .alignment = element_alignment(element, size),
                      .first = element_place(element, text),
                      .last = element_place(element, text)});
  }
}

/// The entries from `begin` on are as much as the element counts leave, however few values were
/// looked at; none of them is more frequent than the least of the listed.
void fit_rest(const ColumnStatistics& statistics, const std::vector<double>& frequencies,
              double filled_rows, std::vector<GinEntries>& answer, std::size_t begin) {
  const double listed = std::accumulate(frequencies.begin(), frequencies.end(), 0.0);
  const double rest = std::max(0.0, statistics.element_count_histogram.back() - listed);
  const auto count = static_cast<double>(frequencies.size());
  // Behind the elements' frequencies stand the least and the greatest (compute_array_stats()).
  const auto& with_bounds = statistics.most_common_element_frequencies;
  const double least =
      with_bounds.size() > frequencies.size() ? with_bounds[frequencies.size()] : 1;
  double found = 0;
  for (std::size_t i = begin; i < answer.size(); ++i) {
    found += answer[i].key_size > 0 ? answer[i].entries * answer[i].rows : 0;
  }
  for (std::size_t i = begin; i < answer.size() && found > 0; ++i) {
    GinEntries& one = answer[i];
    if (one.key_size <= 0) {
      continue;
    }
    const double all = one.entries * one.rows * (rest * filled_rows / found);
    // No more of them than Zipf's law from the least frequent listed on makes up the rest of.
    const double most = count * std::exp(std::min(rest / (least * count), 20.0));
    const double wanted = std::max(one.entries, all / std::max(1.0, least * filled_rows));
    one.entries = std::min(wanted, std::max(most, 1.0));
    one.rows = std::max(1.0, all / one.entries);
    one.entries = std::max(all / one.rows, 0.0);
  }
}

}  // namespace

int element_alignment(const Type& type, double size) {
  if (type.length < 0 && size < 127) {
    return 1;
  }
  return type.alignment == 'd' ? 8 : type.alignment == 's' ? 2 : type.alignment == 'c' ? 1 : 4;
}

void add_array_entries(const IndexColumn& column, const TypeSystem& types, double rows,
                       double filled_rows, std::vector<GinEntries>& answer) {
  const Type* array = types.type(column.type);
  const Type* element = array == nullptr ? nullptr : types.type(array->element);
  if (element == nullptr) {
    return;
  }
  std::set<std::string> known;
  std::vector<double> frequencies;
  if (column.statistics != nullptr) {
    frequencies = element_frequencies(*column.statistics, column.all_rows);
    add_common(*column.statistics, frequencies, *element, types, filled_rows, answer);
    const auto& elements = column.statistics->most_common_elements;
    known.insert(elements.begin(),
                 elements.begin() + static_cast<std::ptrdiff_t>(frequencies.size()));
  }
  const auto elements_of = [&](const std::string& text) {
    std::vector<Element> elements;
    for (auto& value : array_elements(text)) {
      const double size = element_size(*element, value, types);
      const double place = element_place(*element, value);
      elements.push_back({.pool = {}, .text = std::move(value), .key_size = size, .place = place});
    }
    return elements;
  };
  const std::size_t before = answer.size();
  add_entries_of_values(indexed_values(column), rows, elements_of, known, answer);
  if (!known.empty() && !column.statistics->element_count_histogram.empty()) {
    fit_rest(*column.statistics, frequencies, filled_rows, answer, before);
  }
}

}  // namespace quern::planner_model
