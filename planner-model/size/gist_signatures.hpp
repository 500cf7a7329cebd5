#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>
#include <vector>

#include "planner-model/size/gist_classes.hpp"

namespace quern::planner_model {

/// gtrgm_picksplit() and gtsvector_picksplit(), which are alike: the two items furthest apart are
/// the seeds, and each other one goes to the nearer side, what differs least first, the side with
/// fewer preferred the more the larger the difference. `Class` has distance(key, key), which is
/// hemdistcache(), and gather(whole, item), by which a side grows.
template <class Class>
class SignatureSplit {
 public:
  using Key = typename Class::Key;

  static GistSplit of(const std::vector<Key>& keys) {
    const auto [seed_left, seed_right] = seeds(keys);
    std::vector<std::pair<int, std::size_t>> order;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      order.emplace_back(std::abs(Class::distance(keys[seed_left], keys[i]) -
                                  Class::distance(keys[seed_right], keys[i])),
                         i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    Key left = keys[seed_left];
    Key right = keys[seed_right];
    GistSplit split;
    for (const auto& [cost, i] : order) {
      const bool to_left =
          i == seed_left ||
          (i != seed_right &&
           Class::distance(keys[i], left) <
               Class::distance(keys[i], right) + wish(split.first.size(), split.second.size()));
      (to_left ? split.first : split.second).push_back(i);
      if (i != seed_left && i != seed_right) {
        Class::gather(to_left ? left : right, keys[i]);
      }
    }
    return split;
  }

 private:
  /// WISH_F().
  static double wish(std::size_t left, std::size_t right) {
    const double difference = static_cast<double>(left) - static_cast<double>(right);
    return -difference * difference * difference * 0.1;
  }

  static std::pair<std::size_t, std::size_t> seeds(const std::vector<Key>& keys) {
    std::pair<std::size_t, std::size_t> furthest{0, 1};
    int most = -1;
    for (std::size_t i = 0; i + 1 < keys.size(); ++i) {
      for (std::size_t k = i + 1; k < keys.size(); ++k) {
        if (const int between = Class::distance(keys[i], keys[k]); between > most) {
          most = between;
          furthest = {i, k};
        }
      }
    }
    return furthest;
  }
};

}  // namespace quern::planner_model
