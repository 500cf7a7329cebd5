#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "reports/cli/command_context.hpp"

namespace quern::reports {

/// A one-line bar on stderr for work over a second; nothing when stderr is not a terminal or
/// --quiet is given. Erases itself when destroyed, so that messages stay readable.
class Progress {
 public:
  explicit Progress(const CommandContext& context);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `fraction` in [0, 1]; below 0: unknown, only the stage is shown.
  void update(const std::string& stage, double fraction);
  /// With the rate and, where `all` is known (not 0), the time left.
  void update_bytes(const std::string& stage, std::uint64_t done, std::uint64_t all);

 private:
  using Clock = std::chrono::steady_clock;
  const CommandContext& context_;
  bool enabled_ = false;
  bool drawn_ = false;
  Clock::time_point started_;
  Clock::time_point last_drawn_;
};

}  // namespace quern::reports
