#include "advisor/select/in_parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

namespace quern::advisor {

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work,
                 const std::function<void(double)>& progress) {
  constexpr std::size_t kMostThreads = 16;
  const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1,
                                                      std::min(kMostThreads, count + 1));
  std::atomic<std::size_t> next{0};
  std::vector<std::exception_ptr> failures(count);
  const auto run = [&](bool reports) {
    for (std::size_t item = next++; item < count; item = next++) {
      try {
        work(item);
      } catch (...) {
        failures[item] = std::current_exception();
      }
      if (reports && progress) {
        progress(static_cast<double>(item + 1) / static_cast<double>(count));
      }
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) {
    others.emplace_back(run, false);
  }
  run(true);
  for (auto& other : others) {
    other.join();
  }
  for (const auto& failure : failures) {
    if (failure) {
      std::rethrow_exception(failure);
    }
  }
}

}  // namespace quern::advisor
