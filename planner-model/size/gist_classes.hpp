#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace quern::planner_model {

/// Which items go to the left and to the right page, each in its order.
using GistSplit = std::pair<std::vector<std::size_t>, std::vector<std::size_t>>;

/// gist_trgm_ops with its default signature of twelve bytes (trgm_gist.c).
struct TrigramGist {
  struct Key {
    std::uint64_t low = 0;   ///< bits 0 to 63 of the signature
    std::uint32_t high = 0;  ///< bits 64 to 95
    bool all_true = false;   ///< a downlink with every bit set is stored without them
    double leaf_size = 0;    ///< of the trigrams themselves, in a leaf
  };

  [[nodiscard]] static Key key(std::string_view text);
  [[nodiscard]] static float penalty(const Key& page, const Key& item);
  [[nodiscard]] static Key unite(const Key& page, const Key& item);
  [[nodiscard]] static double size(const Key& key, bool leaf);
  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
  [[nodiscard]] static int distance(const Key& a, const Key& b);
  static void gather(Key& whole, const Key& item);
};

/// inet_ops (network_gist.c).
struct NetworkGist {
  struct Key {
    int family = 4;
    int least_bits = 32;   ///< of the masks
    int common_bits = 32;  ///< in common of all addresses below
    std::array<std::uint8_t, 16> address = {};
  };

  [[nodiscard]] static Key key(std::string_view text);
  [[nodiscard]] static float penalty(const Key& page, const Key& item);
  [[nodiscard]] static Key unite(const Key& page, const Key& item);
  [[nodiscard]] static double size(const Key& key, bool leaf);
  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
};

/// NULLs beside NULLs: no class is asked, and a page of them is cut in halves (gistSplitByKey()).
struct NullGist {
  struct Key {};

  [[nodiscard]] static float penalty(Key /*page*/, Key /*item*/) { return 0; }

  [[nodiscard]] static Key unite(Key page, Key /*item*/) { return page; }

  [[nodiscard]] static double size(Key /*key*/, bool /*leaf*/) { return 16; }

  [[nodiscard]] static GistSplit split(const std::vector<Key>& keys);
};

}  // namespace quern::planner_model
