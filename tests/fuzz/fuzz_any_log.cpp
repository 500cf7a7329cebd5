#include "tests/fuzz/collect_input.hpp"

/// The make of the log is told from its lines: envelopes, formats, prefixes, dumps, SQL, archives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return quern::fuzz::collect_input(data, size, {});
}
