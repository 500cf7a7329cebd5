#include "collector/base/in_parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace quern {

namespace {

/// Threads beside the callers' own, shared by all calls: what one call leaves idle helps another,
/// also one that runs inside it and has begun before.
class Spare {
 public:
  /// How many of these were to be had.
  std::size_t take(std::size_t wanted) {
    std::size_t there = idle_;
    std::size_t taken = 0;
    do {
      taken = std::min(there, wanted);
    } while (!idle_.compare_exchange_weak(there, there - taken));
    return taken;
  }

  void give_back() { ++idle_; }

 private:
  static constexpr std::size_t kMostThreads = 16;
  std::atomic<std::size_t> idle_{
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kMostThreads) - 1};
};

Spare& spare() {
  static Spare shared;
  return shared;
}

}  // namespace

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                 const std::function<void(double)>& progress, std::size_t threads) {
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(count);
  const auto run = [&](std::size_t item) {
    try {
      work(item);
    } catch (...) {
      failures[item] = std::current_exception();
    }
  };
  const std::size_t helpers = std::max<std::size_t>(std::min(count, threads), 1) - 1;
  std::vector<std::thread> others;
  for (std::size_t item = next++; item < count; item = next++) {
    const std::size_t wanted = std::min(helpers - others.size(), count - item - 1);
    for (std::size_t i = spare().take(wanted); i > 0; --i) {
      others.emplace_back([&] {
        for (std::size_t theirs = next++; theirs < count; theirs = next++) {
          run(theirs);
        }
        spare().give_back();
      });
    }
    run(item);
    if (progress) {
      progress(static_cast<double>(item + 1) / static_cast<double>(count));
    }
  }
  for (auto& other : others) {
    other.join();
  }
  for (const auto& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

}  // namespace quern
