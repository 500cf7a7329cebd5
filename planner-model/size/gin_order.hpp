#pragma once

#include <cstdint>
#include <unordered_map>

#include "planner-model/size/gin_elements.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/text_order.hpp"

namespace quern::planner_model {

/// How far apart the rows of an entry stand in the table: in any order, or where equal values come
/// in runs, or where the texts count up along the table ("user1042@..."), nearer.
class GinOrder {
 public:
  /// `rows`: those of the index; `rows_per_page`: of the table.
  GinOrder(const IndexColumn& column, bool trigrams, double rows, double rows_per_page);

  /// Average bytes of an address of the entry's posting list behind the one before it.
  [[nodiscard]] double posting_bytes(const GinEntries& entry) const;

 private:
  void count_trigrams(const IndexColumn& column, const NumbersAlongTable& numbers);

  double table_rows_;
  double rows_per_page_;
  double density_ = 1;  ///< share of the table's rows where the column is not NULL, in the index
  double run_ = 1;      ///< rows of the index that a value has one behind the other
  /// Of texts that count: bytes over those of any order, by trigram, and of all of them.
  std::unordered_map<std::uint32_t, double> counted_ = {};
  double counted_all_ = 1;
};

}  // namespace quern::planner_model
