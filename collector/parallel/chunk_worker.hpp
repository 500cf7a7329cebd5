#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "collector/logs/event_assembler.hpp"
#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_ends.hpp"
#include "collector/logs/record_stream.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Whole lines of a stream, to be read apart from the rest of it.
struct Chunk {
  std::string file;
  std::string text;  ///< each line with a line feed, but for the last of an unterminated stream
  std::uint64_t first_line = 1;
  std::vector<std::uint64_t> cut;  ///< numbers of the lines that were too long
  bool carriage_returns = false;   ///< to be dropped where they stand before the line feeds
};

/// Reads chunks of logs, each apart from what comes before and after it. What is decided is summed
/// over all chunks; what hangs over a chunk's ends is handed back.
class ChunkWorker {
 public:
  ChunkWorker(const EventFilter& filter, std::int32_t bucket_seconds, AggregateLimits limits);

  [[nodiscard]] LogEnds read(const Chunk& chunk, const LogLayout& layout);

  /// What all chunks gave; the worker is empty afterwards.
  [[nodiscard]] Workload take() { return aggregator_.take(); }

 private:
  void read_lines(const Chunk& chunk);

  EventFilter filter_;
  Aggregator aggregator_;
  ReadTally tally_{aggregator_.input(), aggregator_.skipped(), {}};
  EventAssembler assembler_{aggregator_, filter_, tally_};
  RecordStream stream_{assembler_, tally_, aggregator_.formats()};
};

}  // namespace quern::collector
