#include <cstdint>
#include <string_view>

#include "collector/plans/auto_explain.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static quern::collector::LoggedPlanReader reader;
  static_cast<void>(reader.read({reinterpret_cast<const char*>(data), size}));
  return 0;
}
