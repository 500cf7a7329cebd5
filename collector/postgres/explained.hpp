#pragma once

#include <string>
#include <vector>

namespace quern::collector {

/// What EXPLAIN (FORMAT JSON) says at the top of its tree, and the indexes anywhere in it.
struct Explained {
  double cost = 0;
  double milliseconds = 0;  ///< with ANALYZE
  double blocks = 0;        ///< with BUFFERS
  std::vector<std::string> indexes = {};
};

[[nodiscard]] Explained read_explained(const std::string& json);

}  // namespace quern::collector
