#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/incremental/advance.hpp"
#include "collector/incremental/collect_state.hpp"

using namespace quern;
using namespace quern::collector;

/// The file of `collect --state`.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const CollectState state =
        read_state({reinterpret_cast<const char*>(data), size}, "fuzz.state");
    const std::string text = write_state(state);
    ensure(write_state(read_state(text, "again")) == text, "what was written reads back");
    static_cast<void>(settled(collected(state)));
  } catch (const UserError&) {
  }
  return 0;
}
