#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "collector/input/line_reader.hpp"
#include "collector/parallel/chunk_worker.hpp"

namespace quern::collector {

/// Several threads that read one stream after another, a chunk each at a time.
class ParallelReader {
 public:
  /// What a chunk leaves open, told in the chunks' order.
  using TakeEnds = std::function<void(LogEnds ends)>;

  /// Chunks are of `chunk_bytes`: large enough that what their ends cost does not show, small
  /// enough that a few fit into memory.
  ParallelReader(unsigned threads, std::size_t chunk_bytes, const EventFilter& filter,
                 std::int32_t bucket_seconds, AggregateLimits limits);
  ~ParallelReader();
  ParallelReader(const ParallelReader&) = delete;
  ParallelReader& operator=(const ParallelReader&) = delete;

  /// Chunks of a stream can be read apart when each of its lines stands for itself.
  [[nodiscard]] static bool can_read(const LogLayout& layout);

  /// `next_line` gives the stream's lines (see LineReader) and false at its end.
  using NextLine = std::function<bool(std::string_view& line, std::uint64_t& number, bool& cut,
                                      bool& terminated)>;
  void read(const std::string& file, const LogLayout& layout, const NextLine& next_line,
            const TakeEnds& take_ends);

  /// What is decided of all streams so far.
  [[nodiscard]] Workload take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
