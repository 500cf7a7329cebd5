#pragma once

#include <string>
#include <vector>

#include "collector/workload/compare.hpp"

namespace quern::reports {

struct DiffOptions {
  int top = 20;
  std::size_t columns = 100;
};

/// Two periods for a terminal: what got slower, what got faster, what is new and what is gone, each
/// with its figures before and after.
[[nodiscard]] std::string diff_text(const std::vector<ClassChange>& changes,
                                    const DiffOptions& options);

/// The same as JSON, every class.
[[nodiscard]] std::string diff_json(const std::vector<ClassChange>& changes);

}  // namespace quern::reports
