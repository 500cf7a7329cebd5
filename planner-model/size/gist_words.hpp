#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// tsvector_ops with its default signature of 124 bytes (tsgistidx.c).
struct WordGist {
  struct Key {
    std::array<std::uint64_t, 16> bits = {};  ///< 992 of them
    bool all_true = false;                    ///< stored without its bits
    double leaf_size = 0;                     ///< of the words' hash codes, in a leaf
  };

  /// Of a row's words, as hash codes without repetitions.
  [[nodiscard]] static Key key(const std::vector<std::uint32_t>& codes);
  [[nodiscard]] static float penalty(const Key& page, const Key& item);
  [[nodiscard]] static Key unite(const Key& page, const Key& item);
  [[nodiscard]] static double size(const Key& key, bool leaf);
  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
  [[nodiscard]] static int distance(const Key& a, const Key& b);
  static void gather(Key& whole, const Key& item);
};

/// Pages of a GiST index over that many rows with a tsvector, by inserts of some of them whose
/// words come as often as the column's and know nothing of each other.
[[nodiscard]] double word_gist_pages(const IndexColumn& column, double rows,
                                     const TypeSystem& types);

}  // namespace quern::planner_model
