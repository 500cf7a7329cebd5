#pragma once

#include <vector>

#include "collector/workload/workload.hpp"

#include "advisor/advice.hpp"

namespace quern::advisor::rewrite {

/// R52: classes that one session ran many times in a row with changing parameters.
[[nodiscard]] std::vector<Proposal> n_plus_one(const Workload& workload);

}  // namespace quern::advisor::rewrite
