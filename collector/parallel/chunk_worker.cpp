#include "collector/parallel/chunk_worker.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace quern::collector {

ChunkWorker::ChunkWorker(const EventFilter& filter, std::int32_t bucket_seconds,
                         AggregateLimits limits)
    : filter_{filter}, aggregator_{bucket_seconds, limits} {}

LogEnds ChunkWorker::read(const Chunk& chunk, const LogLayout& layout) {
  tally_.file = chunk.file;
  stream_.open(layout, Handover::WithinProcess);
  std::string_view rest = chunk.text;
  for (std::uint64_t number = chunk.first_line; !rest.empty(); ++number) {
    const void* end = std::memchr(rest.data(), '\n', rest.size());
    const std::size_t length =
        end == nullptr ? rest.size()
                       : static_cast<std::size_t>(static_cast<const char*>(end) - rest.data());
    const bool cut = !chunk.cut.empty() &&
                     std::find(chunk.cut.begin(), chunk.cut.end(), number) != chunk.cut.end();
    std::string_view line = rest.substr(0, length);
    if (chunk.carriage_returns && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    stream_.line(line, number, cut, end != nullptr);
    rest.remove_prefix(end == nullptr ? length : length + 1);
  }
  static_cast<void>(stream_.close());
  LogEnds ends = stream_.suspend(Handover::WithinProcess);
  ends.sessions = assembler_.suspend(Handover::WithinProcess);
  return ends;
}

}  // namespace quern::collector
