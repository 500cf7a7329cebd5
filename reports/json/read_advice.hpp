#pragma once

#include <string>

#include "advisor/verify/verify.hpp"

namespace quern::reports {

/// What `verify` needs of an advice document. Throws UserError when it is none.
[[nodiscard]] advisor::Prediction read_prediction(const std::string& json, const std::string& path);

}  // namespace quern::reports
