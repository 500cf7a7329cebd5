#include "advisor/select/patience.hpp"

#include <algorithm>

namespace quern::advisor {

Patience::Patience(const CostModel& model, double seconds, Clock::time_point end)
    : model_{&model}, milliseconds_{1e3 * seconds}, end_{end} {}

Patience::Clock::time_point Patience::clock_end(Clock::time_point began, double time_limit) {
  constexpr double kLater = 2;
  constexpr double kEnough = 1e9;
  return began + std::chrono::duration_cast<Clock::duration>(
                     std::chrono::duration<double>(std::min(kLater * time_limit, kEnough)));
}

bool Patience::over() const {
  return left_by_effort() <= 0 || late();
}

bool Patience::late() const {
  return Clock::now() > end_;
}

double Patience::left() const {
  const double by_clock = std::chrono::duration<double>(end_ - Clock::now()).count();
  return std::min(by_clock, left_by_effort());
}

double Patience::left_by_effort() const {
  double left = milliseconds_;
  for (std::size_t q = 0; q < model_->queries(); ++q) {
    left -= model_->spent(q);
  }
  return left / 1e3;
}

std::vector<double> Patience::shares(const std::vector<std::size_t>& queries) const {
  double needed = 0;
  for (const std::size_t q : queries) {
    needed += model_->effort(q);
  }
  const double left = std::max(0.0, 1e3 * left_by_effort());
  std::vector<double> shares;
  for (const std::size_t q : queries) {
    shares.push_back(needed > 0 ? model_->spent(q) + left * model_->effort(q) / needed : 1e300);
  }
  return shares;
}

}  // namespace quern::advisor
