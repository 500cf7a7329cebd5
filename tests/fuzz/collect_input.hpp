#pragma once

#include <cstdint>

#include "collector/base/failure.hpp"
#include "collector/collect.hpp"
#include "collector/input/line_reader.hpp"
#include "collector/workload/workload_document.hpp"

namespace quern::fuzz {

/// Collects the bytes as one log: no crash, every line accounted for, a document that reads back.
inline int collect_input(const std::uint8_t* data, std::size_t size,
                         const collector::CollectOptions& options) {
  try {
    const Workload workload =
        collector::collect_text({reinterpret_cast<const char*>(data), size}, options, "fuzz.log");
    const InputCounts& in = workload.input;
    ensure(in.lines == in.used + in.continuation + in.skipped, "every line is accounted for");
    ensure(read_workload(write_workload(workload), "fuzz.json") == workload, "reads back");
  } catch (const UserError&) {
  }
  return 0;
}

}  // namespace quern::fuzz
