#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "collector/parallel/chunk_worker.hpp"

namespace quern::collector {

/// Several threads that read one stream after another. Each fetches a chunk when it has none, while
/// the others read theirs: fetching is no more than to tell a range of a file, else to copy bytes
/// or to undo their compression.
class ParallelReader {
 public:
  /// What a chunk leaves open, told in the chunks' order, with lines numbered by the stream's.
  using TakeChunk = std::function<void(ChunkRead read)>;

  /// The stream's next chunk, into one whose memory is used again; false at the stream's end.
  /// Called by one thread at a time.
  using NextChunk = std::function<bool(Chunk& chunk)>;

  ParallelReader(unsigned threads, const EventFilter& filter, std::int32_t bucket_seconds,
                 AggregateLimits limits);
  ~ParallelReader();
  ParallelReader(const ParallelReader&) = delete;
  ParallelReader& operator=(const ParallelReader&) = delete;

  /// Chunks of a stream can be read apart when each of its lines stands for itself.
  [[nodiscard]] static bool can_read(const LogLayout& layout);

  void read(const LogLayout& layout, const NextChunk& next_chunk, const TakeChunk& take_chunk);

  /// What is decided of all streams so far.
  [[nodiscard]] Workload take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
