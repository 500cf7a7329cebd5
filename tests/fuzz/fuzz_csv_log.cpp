#include "tests/fuzz/collect_input.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quern::collector::CollectOptions options;
  options.format = quern::collector::LogFormat::Csv;
  return quern::fuzz::collect_input(data, size, options);
}
