#include "collector/parallel/chunk_worker.hpp"

#include <algorithm>
#include <string_view>

namespace quern::collector {

ChunkWorker::ChunkWorker(const EventFilter& filter, std::int32_t bucket_seconds,
                         AggregateLimits limits)
    : filter_{filter}, aggregator_{bucket_seconds, limits} {}

/// One by one.
void ChunkWorker::read_lines(const Chunk& chunk) {
  std::string_view rest = chunk.text;
  for (std::uint64_t number = chunk.first_line; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const bool terminated = end != std::string_view::npos;
    const bool cut = std::find(chunk.cut.begin(), chunk.cut.end(), number) != chunk.cut.end();
    std::string_view line = rest.substr(0, end);
    if (chunk.carriage_returns && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    stream_.line(line, number, cut, terminated);
    rest.remove_prefix(terminated ? end + 1 : rest.size());
  }
}

LogEnds ChunkWorker::read(const Chunk& chunk, const LogLayout& layout) {
  tally_.file = chunk.file;
  stream_.open(layout, Handover::WithinProcess);
  if (chunk.cut.empty() && !chunk.carriage_returns) {
    const std::string_view text = chunk.text;
    const std::size_t whole = text.rfind('\n') + 1;  // 0 for none
    const std::uint64_t lines = stream_.lines(text.substr(0, whole), chunk.first_line);
    if (whole < text.size()) {
      stream_.line(text.substr(whole), chunk.first_line + lines, false, false);
    }
  } else {
    read_lines(chunk);
  }
  static_cast<void>(stream_.close());
  LogEnds ends = stream_.suspend(Handover::WithinProcess);
  ends.sessions = assembler_.suspend(Handover::WithinProcess);
  return ends;
}

}  // namespace quern::collector
