#pragma once

#include "planner-model/size/build_version.hpp"
#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// point_ops, box_ops, circle_ops and poly_ops (gistproc.c), all of which store boxes.
struct BoxGist {
  struct Key {
    std::array<double, 2> low = {};
    std::array<double, 2> high = {};
  };

  [[nodiscard]] static float penalty(const Key& page, const Key& item);
  [[nodiscard]] static Key unite(const Key& page, const Key& item);

  [[nodiscard]] static double size(const Key& /*key*/, bool /*leaf*/) { return 40; }

  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
};

/// Of a type whose values are boxes in a GiST index.
[[nodiscard]] bool is_box_in_gist(Oid type);

/// Is the index built from sorted values, NULLs behind them?
[[nodiscard]] bool is_sorted_for_gist(Oid type, BuildVersion server);

/// Pages of a GiST index over that many points (or boxes), and over the NULLs where these are
/// sorted with them. ANALYZE keeps nothing of where they are: they are spread evenly, all
/// different.
[[nodiscard]] double box_gist_pages(Oid type, double filled, double nulls, BuildVersion server);

}  // namespace quern::planner_model
