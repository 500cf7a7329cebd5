#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/spgist_tree.hpp"

namespace quern::planner_model {

/// text_ops (spgtextproc.c): a radix tree over bytes. Values live as long as the tree.
struct TextSpGist {
  using Datum = std::string_view;
  using Prefix = std::string_view;  ///< empty: none

  [[nodiscard]] static int leaf_bytes(Datum text);
  [[nodiscard]] static int prefix_bytes(Prefix prefix);

  [[nodiscard]] static int label_bytes() { return 8; }

  [[nodiscard]] static Datum rest(Datum text, int level);
  [[nodiscard]] static SpGistChoice<Prefix> choose(Prefix prefix, const std::vector<int>& labels,
                                                   bool all_the_same, Datum text, int level);
  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

/// inet_ops (network_spgist.c).
struct NetworkSpGist {
  using Datum = NetworkGist::Key;

  /// None: the tuple divides by family.
  struct Prefix {
    std::optional<Datum> network = {};
    int bits = 0;
  };

  [[nodiscard]] static int leaf_bytes(const Datum& address);
  [[nodiscard]] static int prefix_bytes(const Prefix& prefix);

  [[nodiscard]] static int label_bytes() { return 0; }

  [[nodiscard]] static Datum rest(const Datum& address, int /*level*/) { return address; }

  [[nodiscard]] static SpGistChoice<Prefix> choose(const Prefix& prefix,
                                                   const std::vector<int>& labels,
                                                   bool all_the_same, const Datum& address,
                                                   int level);
  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

/// The tree of NULLs, which stand in eight nodes by turns, level below level.
struct NullSpGist {
  struct Datum {};

  struct Prefix {};

  [[nodiscard]] static int leaf_bytes(Datum /*null*/) { return 0; }

  [[nodiscard]] static int prefix_bytes(Prefix /*none*/) { return 0; }

  [[nodiscard]] static int label_bytes() { return 0; }

  [[nodiscard]] static Datum rest(Datum null, int /*level*/) { return null; }

  [[nodiscard]] static SpGistChoice<Prefix> choose(Prefix /*none*/,
                                                   const std::vector<int>& /*labels*/,
                                                   bool /*all_the_same*/, Datum /*null*/,
                                                   int /*level*/) {
    return {};
  }

  [[nodiscard]] static SpGistSplit<Datum, Prefix> picksplit(const std::vector<Datum>& values,
                                                            int level);
};

}  // namespace quern::planner_model
