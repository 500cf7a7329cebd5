#include "collector/parallel/parallel_reader.hpp"

#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace quern::collector {

struct ParallelReader::State {
  struct Task {
    std::uint64_t number = 0;
    Chunk chunk = {};
    LogLayout layout = {};
  };

  std::vector<std::unique_ptr<ChunkWorker>> workers;
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Task> tasks;
  std::map<std::uint64_t, LogEnds> done;  ///< by the tasks' numbers
  std::exception_ptr failure;
  bool stopping = false;
  std::size_t chunk_bytes = 0;

  void work(ChunkWorker& worker) {
    for (std::optional<Task> task; (task = next());) {
      try {
        LogEnds ends = worker.read(task->chunk, task->layout);
        const std::lock_guard lock{mutex};
        done.emplace(task->number, std::move(ends));
      } catch (...) {
        const std::lock_guard lock{mutex};
        failure = std::current_exception();
      }
      changed.notify_all();
    }
  }

  std::optional<Task> next() {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return stopping || !tasks.empty(); });
    if (stopping) {
      return std::nullopt;
    }
    Task task = std::move(tasks.front());
    tasks.pop_front();
    lock.unlock();
    changed.notify_all();
    return task;
  }

  void give(Task task) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return failure || tasks.size() < threads.size(); });
    tasks.push_back(std::move(task));
    lock.unlock();
    changed.notify_all();
  }

  /// The ends of this task; with `wait` once they are there.
  std::optional<LogEnds> ends_of(std::uint64_t number, bool wait) {
    std::unique_lock lock{mutex};
    if (wait) {
      changed.wait(lock, [&] { return failure || done.count(number) > 0; });
    }
    if (failure) {
      std::rethrow_exception(failure);
    }
    const auto place = done.find(number);
    if (place == done.end()) {
      return std::nullopt;
    }
    LogEnds ends = std::move(place->second);
    done.erase(place);
    return ends;
  }
};

ParallelReader::ParallelReader(unsigned threads, std::size_t chunk_bytes, const EventFilter& filter,
                               std::int32_t bucket_seconds, AggregateLimits limits)
    : state_{std::make_unique<State>()} {
  state_->chunk_bytes = chunk_bytes;
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

void ParallelReader::read(const std::string& file, const LogLayout& layout,
                          const NextLine& next_line, const TakeEnds& take_ends) {
  std::uint64_t given = 0;
  std::uint64_t taken = 0;
  Chunk chunk;
  const auto start = [&](std::uint64_t first_line) {
    chunk = Chunk{};
    chunk.file = file;
    chunk.first_line = first_line;
    chunk.text.reserve(state_->chunk_bytes + state_->chunk_bytes / 8);
  };
  const auto take = [&](bool wait) {
    while (taken < given) {
      auto ends = state_->ends_of(taken, wait);
      if (!ends) {
        return;
      }
      take_ends(std::move(*ends));
      ++taken;
    }
  };
  std::string_view line;
  std::uint64_t number = 0;
  bool cut = false;
  bool terminated = true;
  start(1);
  while (next_line(line, number, cut, terminated)) {
    chunk.text.append(line);
    if (terminated || cut) {
      chunk.text.push_back('\n');
    }
    if (cut) {
      chunk.cut.push_back(number);
    }
    if (chunk.text.size() >= state_->chunk_bytes) {
      state_->give({given++, std::exchange(chunk, {}), layout});
      start(number + 1);
      take(false);
    }
  }
  if (!chunk.text.empty()) {
    state_->give({given++, std::move(chunk), layout});
  }
  take(true);
}

Workload ParallelReader::take() {
  Workload all = state_->workers.front()->take();
  for (std::size_t i = 1; i < state_->workers.size(); ++i) {
    all = merge(std::move(all), state_->workers[i]->take());
  }
  return all;
}

}  // namespace quern::collector
