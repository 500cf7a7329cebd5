#pragma once

#include <string>

#include "advisor/calibrate/calibration.hpp"

namespace quern::reports {

/// What each component takes, with its interval, and how well that explains the plans.
[[nodiscard]] std::string render_calibration(const advisor::Calibration& calibration,
                                             std::size_t columns);

}  // namespace quern::reports
