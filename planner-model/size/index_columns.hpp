#pragma once

#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// One key or included column of an index, as its size sees it.
struct IndexColumn {
  Oid type = 0;  ///< 0: an expression of unknown type
  Oid collation = 0;
  bool is_key = true;
  double width = 4;     ///< average stored bytes, varlena header included
  int alignment = 4;    ///< 1, 2, 4 or 8
  bool varies = false;  ///< a varlena
  const ColumnStatistics* statistics = nullptr;
};

[[nodiscard]] std::vector<IndexColumn> index_columns(const Index& index, const Table& table,
                                                     const TypeSystem& types);

/// An integer storage parameter of the index (fillfactor, pages_per_range), or the default.
[[nodiscard]] int index_option(const Index& index, const char* name, int otherwise);

[[nodiscard]] constexpr double align_up(double bytes, int alignment) {
  const auto whole = static_cast<long long>(bytes + 0.999999);
  return static_cast<double>((whole + alignment - 1) / alignment * alignment);
}

/// Average size of an index tuple: header, null bitmap where there are nulls, aligned values, the
/// whole rounded up to 8 (index_form_tuple(), indextuple.c). Without the line pointer.
/// `count_nulls` false: of tuples without nulls only.
[[nodiscard]] double average_tuple_size(const std::vector<IndexColumn>& columns,
                                        bool count_nulls = true);

}  // namespace quern::planner_model
