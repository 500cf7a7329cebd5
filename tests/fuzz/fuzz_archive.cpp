#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"

using namespace quern::collector;

namespace {

void read(std::string_view bytes_of_file) {
  constexpr std::uint64_t kEnough = 4U << 20U;  // a bomb need not be read to its end
  ByteSource source = ByteSource::over(bytes_of_file, "fuzz.tar");
  std::uint64_t bytes = 0;
  while (bytes < kEnough && source.next_stream()) {
    static_cast<void>(source.name());
    static_cast<void>(source.modified_us());
    static_cast<void>(source.plain());
    LineReader lines{source};
    std::string_view line;
    while (bytes + lines.bytes() < kEnough && lines.next(line)) {
    }
    bytes += lines.bytes();
    static_cast<void>(source.consumed());
  }
}

}  // namespace

/// Compressed files and archives, within one another: read to their ends or to where they are
/// damaged.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    read({reinterpret_cast<const char*>(data), size});
  } catch (const quern::UserError&) {  // damaged from its first byte on
  }
  return 0;
}
