#include "collector/parallel/chunk_worker.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "collector/input/byte_source.hpp"
#include "collector/input/line_reader.hpp"

namespace quern::collector {

namespace {

void move_on(std::uint64_t& line, std::uint64_t lines) {
  line += line == 0 ? 0 : lines;  // 0: none
}

}  // namespace

void ChunkRead::follow_lines(std::uint64_t before) {
  SkipReport moved;
  for (auto [reason, entry] : skipped.by_reason()) {
    move_on(entry.first.line, before);
    moved.add(reason, entry.first, entry.count);
  }
  skipped = std::move(moved);
  move_on(ends.start_line_number, before);
  move_on(ends.end_line_number, before);
  move_on(ends.open.record.line, before);
  for (std::uint64_t& line : ends.start_cut) {
    move_on(line, before);
  }
  for (SessionState& session : ends.sessions) {
    for (HeldRecord& record : session.head) {
      move_on(record.line, before);
    }
    for (PendingPlan& plan : session.pending) {
      move_on(plan.origin.where.line, before);
    }
    move_on(session.open.origin.where.line, before);
  }
}

ChunkWorker::ChunkWorker(const EventFilter& filter, std::int32_t bucket_seconds,
                         AggregateLimits limits)
    : filter_{filter}, aggregator_{bucket_seconds, limits} {}

std::uint64_t ChunkWorker::read_line_by_line(const Chunk& chunk) {
  std::string_view rest = chunk.text;
  std::uint64_t lines = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const bool terminated = end != std::string_view::npos;
    const bool cut = std::find(chunk.cut.begin(), chunk.cut.end(), ++lines) != chunk.cut.end();
    std::string_view line = rest.substr(0, end);
    if (chunk.carriage_returns && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    stream_.line(line, lines, cut, terminated);
    rest.remove_prefix(terminated ? end + 1 : rest.size());
  }
  return lines;
}

std::uint64_t ChunkWorker::read_text(const Chunk& chunk) {
  if (!chunk.cut.empty() || chunk.carriage_returns) {
    return read_line_by_line(chunk);
  }
  const std::string_view text = chunk.text;
  const std::size_t whole = text.rfind('\n') + 1;  // 0 for none
  std::uint64_t lines = stream_.lines(text.substr(0, whole), 1);
  if (whole < text.size()) {
    stream_.line(text.substr(whole), ++lines, false, false);
  }
  return lines;
}

/// Block by block, while the bytes are in the processor's cache.
void ChunkWorker::read_range(const Chunk& chunk, ChunkRead& result) {
  const FileRange& range = *chunk.range;
  const std::uint64_t from = range.at_line ? range.from : range.from - 1;
  ByteSource source = ByteSource::part(range.file, from, std::numeric_limits<std::uint64_t>::max());
  ensure(source.next_stream(), "a part of a file is a stream");
  LineReader lines = LineReader::within(source, chunk.carriage_returns);
  if (!range.at_line && !lines.skip_rest_of_line(range.to - 1 - from)) {
    return;
  }
  const std::uint64_t begin = lines.bytes();
  const auto several = [&](std::string_view text, std::uint64_t first) {
    return stream_.lines(text, first);
  };
  std::string_view line;
  while (from + lines.bytes() < range.to) {
    if (!lines.lines_at_hand(several, range.to - from - lines.bytes())) {
      if (!lines.next(line)) {
        break;
      }
      stream_.line(line, lines.number(), lines.cut(), lines.terminated());
    }
  }
  result.lines = lines.number();
  result.bytes = lines.bytes() - begin;
  if (source.damage()) {
    tally_.note(
        fmt::format("input ends early ({}); what came before it was used", *source.damage()),
        result.lines);
  }
}

ChunkRead ChunkWorker::read(const Chunk& chunk, const LogLayout& layout) {
  tally_.file = chunk.file;
  stream_.open(layout, Handover::WithinProcess);
  ChunkRead result;
  if (chunk.range) {
    read_range(chunk, result);
  } else {
    result.lines = read_text(chunk);
  }
  static_cast<void>(stream_.close());
  result.ends = stream_.suspend(Handover::WithinProcess);
  result.ends.sessions = assembler_.suspend(Handover::WithinProcess);
  result.skipped = std::exchange(aggregator_.skipped(), {});
  return result;
}

}  // namespace quern::collector
