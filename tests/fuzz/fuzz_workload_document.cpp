#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/workload/workload_document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto workload =
        quern::read_workload({reinterpret_cast<const char*>(data), size}, "fuzz.json");
    const std::string text = quern::write_workload(workload);
    quern::ensure(quern::write_workload(quern::read_workload(text, "again")) == text,
                  "what was written reads back");
    static_cast<void>(quern::merge(workload, workload));
  } catch (const quern::UserError&) {
  }
  return 0;
}
