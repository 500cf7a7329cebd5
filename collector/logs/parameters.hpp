#pragma once

#include <string_view>

#include "collector/workload/workload.hpp"

namespace quern::collector {

struct BoundParameters {
  ParameterValues values;
  bool complete = true;
};

/// `parameters: $1 = '7', $2 = NULL, $3 = 'O''Brien'`, as the DETAIL of a logged execution gives
/// them. A value that log_parameter_max_length cut (it ends in ...), or text that reads otherwise,
/// makes the list incomplete.
[[nodiscard]] BoundParameters read_parameters(std::string_view detail);

/// True when the DETAIL lists parameters at all.
[[nodiscard]] bool lists_parameters(std::string_view detail);

}  // namespace quern::collector
