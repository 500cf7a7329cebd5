#pragma once

#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/range_rows.hpp"

namespace quern::planner_model {

/// range_ops (rangetypes_gist.c).
struct RangeGist {
  struct Key {
    RangeRow range = {};
    double tuple = 24;  ///< size of an index tuple with it
  };

  [[nodiscard]] static float penalty(const Key& page, const Key& item);
  [[nodiscard]] static Key unite(const Key& page, const Key& item);

  [[nodiscard]] static double size(const Key& key, bool /*leaf*/) { return key.tuple; }

  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
};

/// Pages of a GiST index over that many ranges like the column's; `sorted`: with the NULLs, in the
/// order of the ranges (since PostgreSQL 18), else in any order.
[[nodiscard]] double range_gist_pages(const IndexColumn& column, const TypeSystem& types,
                                      double filled, double nulls, bool sorted);

}  // namespace quern::planner_model
