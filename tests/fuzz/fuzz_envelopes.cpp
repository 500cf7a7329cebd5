#include <array>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/fuzz/collect_input.hpp"

using namespace quern::collector;

namespace {

using Envelopes = std::vector<Envelope>;

const std::array<std::pair<Envelopes, LogFormat>, 10> kMakes = {{
    {{Envelope::Syslog}, LogFormat::Stderr},
    {{Envelope::Syslog}, LogFormat::Csv},
    {{Envelope::JournalExport}, LogFormat::Stderr},
    {{Envelope::TimedLines}, LogFormat::Stderr},
    {{Envelope::TimedLines}, LogFormat::Json},
    {{Envelope::JsonEntries}, LogFormat::Stderr},
    {{Envelope::JsonEntries}, LogFormat::Fields},
    {{Envelope::CsvEntries}, LogFormat::Stderr},
    {{Envelope::CsvEntries}, LogFormat::Fields},
    {{Envelope::JsonEntries, Envelope::Syslog}, LogFormat::Stderr},
}};

}  // namespace

/// The first byte names the make; whether the lines look like it does not matter.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto& [envelopes, format] = kMakes[data[0] % kMakes.size()];
  LogLayout layout{format, "%m [%p] %q%u@%d ", envelopes};
  layout.newest_first = data[0] >= 0xC0;
  layout.reference_us = 1'700'000'000'000'000;
  std::uint64_t bytes = 0;
  ByteSource source = ByteSource::over(text, "fuzz.log");
  if (source.next_stream()) {
    const auto piece = collect_part(source, layout, {}, bytes);
    quern::fuzz::check_lines(settled(quern::fuzz::written_and_read(piece)));
  }
  return 0;
}
