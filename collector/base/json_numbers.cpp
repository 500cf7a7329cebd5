#include "collector/base/json_numbers.hpp"

#include <cmath>
#include <vector>

#include <nlohmann/json.hpp>

namespace quern {

bool numbers_fit_64_bits(const nlohmann::json& document) {
  constexpr double kBeyond = 9.2e18;
  std::vector<const nlohmann::json*> left{&document};
  while (!left.empty()) {
    const nlohmann::json& value = *left.back();
    left.pop_back();
    if (value.is_number_float() && !(std::abs(value.get<double>()) < kBeyond)) {
      return false;
    }
    if (value.is_structured()) {
      for (const nlohmann::json& child : value) {
        left.push_back(&child);
      }
    }
  }
  return true;
}

}  // namespace quern
