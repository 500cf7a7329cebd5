#pragma once

#include <string>

#include "advisor/calibrate/calibration.hpp"

namespace quern::reports {

[[nodiscard]] std::string calibration_json(const advisor::Calibration& calibration);

/// Throws UserError for a text that is no calibration document; `path` is for its message.
[[nodiscard]] advisor::Calibration read_calibration(const std::string& json,
                                                    const std::string& path);

}  // namespace quern::reports
