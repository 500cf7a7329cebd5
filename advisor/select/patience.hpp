#pragma once

#include <chrono>
#include <vector>

#include "advisor/select/cost_model.hpp"

namespace quern::advisor {

/// How long a search by plans may go on: until they have taken so much by CostModel::spent(), which
/// is the same on every machine and for any number of threads, and so is then what the search
/// finds. The clock ends it only where plans take longer than that says.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  /// Without end.
  explicit Patience(const CostModel& model) : model_{&model} {}

  /// Until plans have taken so many seconds, those included that are made already; by the clock
  /// until `end`, which should leave room for a slower machine.
  Patience(const CostModel& model, double seconds, Clock::time_point end);

  /// When a time limit ends a search by the clock: twice as late as it should on a core that plans
  /// as fast as is counted, so that a machine with other work to do gives the same answer.
  [[nodiscard]] static Clock::time_point clock_end(Clock::time_point began, double time_limit);

  /// Not to be asked while queries are planned at once: what they have taken depends on the moment.
  [[nodiscard]] bool over() const;

  /// By the clock. To be asked at any time.
  [[nodiscard]] bool late() const;

  /// Seconds, by whichever is over first.
  [[nodiscard]] double left() const;

  /// Seconds of planning.
  [[nodiscard]] double left_by_effort() const;

  /// Up to which CostModel::spent() each of these queries may be planned if they are now planned at
  /// once; what is left is shared out by what a plan of each takes.
  [[nodiscard]] std::vector<double> shares(const std::vector<std::size_t>& queries) const;

 private:
  const CostModel* model_;
  double milliseconds_ = 1e300;
  Clock::time_point end_ = Clock::time_point::max();
};

}  // namespace quern::advisor
