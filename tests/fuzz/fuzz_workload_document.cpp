#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/pieces/piece_document.hpp"
#include "collector/workload/workload_document.hpp"

using namespace quern;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json{reinterpret_cast<const char*>(data), size};
  try {
    const Workload workload = read_workload(json, "fuzz.json");
    const std::string text = write_workload(workload);
    ensure(write_workload(read_workload(text, "again")) == text, "what was written reads back");
    static_cast<void>(merge(workload, workload));
    const auto piece = collector::read_piece(json, "fuzz.json");
    static_cast<void>(write_piece(join(piece, piece)));
  } catch (const UserError&) {
  }
  return 0;
}
