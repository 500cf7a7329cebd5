#include "collector/parallel/parallel_reader.hpp"

#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace quern::collector {

namespace {

/// One stream, handed out in chunks that are numbered from 0.
class Stream {
 public:
  Stream(const LogLayout& layout, const ParallelReader::NextChunk& next)
      : layout_{layout}, next_{next} {}

  /// Nothing at the stream's end.
  std::optional<std::uint64_t> fetch(Chunk& chunk) {
    const std::lock_guard lock{mutex_};
    if (!at_end_) {
      at_end_ = true;  // also when the next line throws
      at_end_ = !next_(chunk);
    }
    return at_end_ ? std::nullopt : std::optional{given_++};
  }

  void stop() {
    const std::lock_guard lock{mutex_};
    at_end_ = true;
  }

  [[nodiscard]] const LogLayout& layout() const { return layout_; }

 private:
  const LogLayout& layout_;
  const ParallelReader::NextChunk& next_;
  std::mutex mutex_;
  std::uint64_t given_ = 0;
  bool at_end_ = false;
};

}  // namespace

struct ParallelReader::State {
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable changed;
  Stream* stream = nullptr;                 ///< the one at hand
  std::uint64_t streams = 0;                ///< so far
  std::size_t reading = 0;                  ///< threads that have not come to its end
  std::map<std::uint64_t, ChunkRead> done;  ///< by the chunks' numbers
  std::exception_ptr failure;
  bool stopping = false;

  /// A thread's life.
  void work(ChunkWorker& worker) {
    Chunk chunk;
    std::uint64_t seen = 0;
    std::unique_lock lock{mutex};
    for (;;) {
      changed.wait(lock, [&] { return stopping || seen < streams; });
      if (stopping) {
        return;
      }
      seen = streams;
      lock.unlock();
      try {
        read_chunks(worker, chunk);
      } catch (...) {
        stream->stop();
        const std::lock_guard again{mutex};
        failure = std::current_exception();
      }
      lock.lock();
      --reading;
      changed.notify_all();
    }
  }

  void read_chunks(ChunkWorker& worker, Chunk& chunk) {
    while (const auto number = stream->fetch(chunk)) {
      ChunkRead read = worker.read(chunk, stream->layout());
      std::unique_lock lock{mutex};
      done.emplace(*number, std::move(read));
      changed.notify_all();
      // What waits for its turn takes memory. The chunk whose turn it is waits for nothing.
      changed.wait(lock, [&] { return failure || done.size() <= 2 * threads.size(); });
    }
    worker.settle();
  }

  void begin(Stream& next) {
    const std::lock_guard lock{mutex};
    stream = &next;
    ++streams;
    reading = threads.size();
    changed.notify_all();
  }

  /// Nothing when the stream has no such chunk.
  std::optional<ChunkRead> chunk(std::uint64_t number) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return failure || reading == 0 || done.count(number) > 0; });
    if (failure) {
      std::rethrow_exception(failure);
    }
    const auto place = done.find(number);
    if (place == done.end()) {
      return std::nullopt;
    }
    ChunkRead read = std::move(place->second);
    done.erase(place);
    changed.notify_all();
    return read;
  }

  /// No thread holds on to the stream afterwards.
  void end() {
    stream->stop();
    std::unique_lock lock{mutex};
    done.clear();
    changed.notify_all();
    changed.wait(lock, [&] {
      if (!done.empty()) {  // only after a failure: nobody takes them any more
        done.clear();
        changed.notify_all();
      }
      return reading == 0;
    });
  }
};

ParallelReader::ParallelReader(unsigned threads, const EventFilter& filter,
                               std::int32_t bucket_seconds, AggregateLimits limits)
    : state_{std::make_unique<State>()} {
  // The threads share what one may hold.
  limits.bytes /= threads;
  limits.shapes /= threads;
  for (unsigned i = 0; i < threads; ++i) {
    state_->workers.push_back(std::make_unique<ChunkWorker>(filter, bucket_seconds, limits));
  }
  for (const auto& worker : state_->workers) {
    state_->threads.emplace_back([this, &own = *worker] { state_->work(own); });
  }
}

ParallelReader::~ParallelReader() {
  {
    const std::lock_guard lock{state_->mutex};
    state_->stopping = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) {
    thread.join();
  }
}

bool ParallelReader::can_read(const LogLayout& layout) {
  return layout.envelopes.empty() && !layout.newest_first &&
         (layout.format == LogFormat::Stderr || layout.format == LogFormat::Csv ||
          layout.format == LogFormat::Json);
}

void ParallelReader::read(const LogLayout& layout, const NextChunk& next_chunk,
                          const TakeChunk& take_chunk) {
  Stream stream{layout, next_chunk};
  state_->begin(stream);
  try {
    std::uint64_t lines = 0;
    for (std::uint64_t taken = 0; auto read = state_->chunk(taken); ++taken) {
      read->follow_lines(lines);
      lines += read->lines;
      take_chunk(std::move(*read));
    }
  } catch (...) {
    state_->end();
    throw;
  }
  state_->end();
}

Workload ParallelReader::take() {
  Workload all = state_->workers.front()->take();
  for (std::size_t i = 1; i < state_->workers.size(); ++i) {
    all = merge(std::move(all), state_->workers[i]->take());
  }
  return all;
}

}  // namespace quern::collector
