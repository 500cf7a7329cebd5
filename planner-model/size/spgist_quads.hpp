#pragma once

#include <array>
#include <optional>
#include <vector>

#include "planner-model/size/range_rows.hpp"
#include "planner-model/size/spgist_tree.hpp"

namespace quern::planner_model {

/// quad_point_ops (spgquadtreeproc.c).
struct PointSpGist {
  using Datum = std::array<double, 2>;
  using Prefix = Datum;

  [[nodiscard]] static int leaf_bytes(const Datum& /*point*/) { return 16; }

  [[nodiscard]] static int prefix_bytes(const Prefix& /*centroid*/) { return 16; }

  [[nodiscard]] static int label_bytes() { return 0; }

  [[nodiscard]] static Datum rest(const Datum& point, int /*level*/) { return point; }

  [[nodiscard]] static SpGistChoice<Prefix> choose(const Prefix& centroid,
                                                   const std::vector<int>& labels,
                                                   bool all_the_same, const Datum& point,
                                                   int level);
  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

/// kd_point_ops (spgkdtreeproc.c): by x and y in turns.
struct KdPointSpGist {
  using Datum = std::array<double, 2>;
  using Prefix = double;

  [[nodiscard]] static int leaf_bytes(const Datum& /*point*/) { return 16; }

  [[nodiscard]] static int prefix_bytes(Prefix /*median*/) { return 8; }

  [[nodiscard]] static int label_bytes() { return 0; }

  [[nodiscard]] static Datum rest(const Datum& point, int /*level*/) { return point; }

  [[nodiscard]] static SpGistChoice<Prefix> choose(Prefix median, const std::vector<int>& labels,
                                                   bool all_the_same, const Datum& point,
                                                   int level);
  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

/// range_ops (rangetypes_spgist.c): a quad tree over lower and upper bounds.
struct RangeSpGist {
  struct Datum {
    RangeRow range = {};
    int bytes = 14;  ///< stored
  };

  using Prefix = std::optional<Datum>;  ///< none: by emptiness

  [[nodiscard]] static int leaf_bytes(const Datum& range) { return range.bytes; }

  [[nodiscard]] static int prefix_bytes(const Prefix& centroid);

  [[nodiscard]] static int label_bytes() { return 0; }

  [[nodiscard]] static Datum rest(const Datum& range, int /*level*/) { return range; }

  [[nodiscard]] static SpGistChoice<Prefix> choose(const Prefix& centroid,
                                                   const std::vector<int>& labels,
                                                   bool all_the_same, const Datum& range,
                                                   int level);
  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

}  // namespace quern::planner_model
