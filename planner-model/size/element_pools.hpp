#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/size/gin_elements.hpp"

namespace quern::planner_model {

/// One thing that an operator class takes out of a value.
struct Element {
  std::string pool;  ///< elements of a pool are alike: of one path, of one kind
  std::string text;
  double key_size = 4;
  double place = 0;  ///< among the keys, in any scale
};

/// Texts in the order of their bytes, as numbers.
[[nodiscard]] double place_of(std::string_view text);

using Extract = std::function<std::vector<Element>(const std::string& value)>;

/// The frequencies of the listed elements, those alike brought nearer to each other as far as a
/// sample's chance sets them apart; of so many equally frequent ones none is further off than about
/// sqrt(2 ln n) deviations. `rows`: of the table.
[[nodiscard]] std::vector<double> element_frequencies(const ColumnStatistics& statistics,
                                                      double rows);

/// Adds the entries of values that are listed or like those: what several of them hold is as
/// frequent as it is among them; of what only one or two hold, repetitions tell how many there are.
/// Elements whose frequency is `known` are left out.
void add_entries_of_values(const ColumnValues& values, double rows, const Extract& extract,
                           const std::set<std::string>& known, std::vector<GinEntries>& answer);

}  // namespace quern::planner_model
