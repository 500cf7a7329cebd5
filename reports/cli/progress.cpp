#include "reports/cli/progress.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

#include "reports/words.hpp"

namespace quern::reports {

Progress::Progress(const CommandContext& context)
    : context_{context},
      enabled_{!context.quiet && isatty(STDERR_FILENO) == 1},
      started_{Clock::now()},
      last_drawn_{started_} {}

Progress::~Progress() {
  if (drawn_) {
    context_.err << "\r\033[K" << std::flush;
  }
}

void Progress::update(const std::string& stage, double fraction) {
  using namespace std::chrono_literals;
  if (!enabled_) {
    return;
  }
  const auto now = Clock::now();
  if (now - started_ < 1s || (drawn_ && now - last_drawn_ < 100ms)) {
    return;
  }
  last_drawn_ = now;
  drawn_ = true;
  if (fraction < 0) {
    context_.err << fmt::format("\r\033[K{}", stage) << std::flush;
    return;
  }
  constexpr int kWidth = 24;
  const int filled = static_cast<int>(std::clamp(fraction, 0.0, 1.0) * kWidth);
  context_.err << fmt::format("\r\033[K[{:#<{}}{:.<{}}] {:3.0f} % {}", "", filled, "",
                              kWidth - filled, 100 * std::clamp(fraction, 0.0, 1.0), stage)
               << std::flush;
}

void Progress::update_bytes(const std::string& stage, std::uint64_t done, std::uint64_t all) {
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  if (!enabled_ || seconds < 1) {
    return;
  }
  const double rate = static_cast<double>(done) / seconds;
  std::string words = fmt::format("{} {}/s", stage, size_words(Bytes{rate}));
  if (all == 0 || done > all) {
    update(words, -1);
    return;
  }
  if (rate > 0) {
    const double left = static_cast<double>(all - done) / rate;
    words += fmt::format(", {} left", duration_words(Microseconds{std::llround(left) * 1'000'000}));
  }
  update(words, static_cast<double>(done) / static_cast<double>(all));
}

}  // namespace quern::reports
