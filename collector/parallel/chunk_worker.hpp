#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collector/base/failure.hpp"
#include "collector/input/input_file.hpp"
#include "collector/logs/event_assembler.hpp"
#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_ends.hpp"
#include "collector/logs/record_stream.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// The lines of a file that begin within [from, to), the last one up to its end.
struct FileRange {
  InputFile file;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  bool at_line = false;  ///< a line is known to begin at `from`
};

/// Whole lines of a stream, to be read apart from the rest of it.
struct Chunk {
  std::string file;                ///< the stream's name
  std::optional<FileRange> range;  ///< instead of the text: the file's bytes as they stand
  std::string text;  ///< each line with a line feed, but for the last of an unterminated stream
  std::vector<std::uint64_t> cut;  ///< numbers of the lines that were too long, from 1
  bool carriage_returns = false;   ///< to be dropped where they stand before the line feeds
};

/// Lines are numbered from the chunk's first, which is 1: what comes before is not known yet.
struct ChunkRead {
  LogEnds ends;  ///< what hangs over the chunk's ends
  SkipReport skipped;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;  ///< of a range

  /// So many lines come before the chunk.
  void follow_lines(std::uint64_t before);
};

/// Reads chunks of logs, each apart from what comes before and after it. What is decided is summed
/// over all chunks; what hangs over a chunk's ends is handed back.
class ChunkWorker {
 public:
  ChunkWorker(const EventFilter& filter, std::int32_t bucket_seconds, AggregateLimits limits);

  [[nodiscard]] ChunkRead read(const Chunk& chunk, const LogLayout& layout);

  /// No chunk is at hand: time for what take() would have to do.
  void settle() { aggregator_.settle(); }

  /// What all chunks gave; the worker is empty afterwards.
  [[nodiscard]] Workload take() { return aggregator_.take(); }

 private:
  std::uint64_t read_text(const Chunk& chunk);
  std::uint64_t read_line_by_line(const Chunk& chunk);
  void read_range(const Chunk& chunk, ChunkRead& result);

  EventFilter filter_;
  Aggregator aggregator_;
  ReadTally tally_{aggregator_.input(), aggregator_.skipped(), {}};
  EventAssembler assembler_{aggregator_, filter_, tally_};
  RecordStream stream_{assembler_, tally_, aggregator_.formats()};
};

}  // namespace quern::collector
