#include "advisor/calibrate/time_effect.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace quern::advisor {

namespace {

constexpr double kHourMicroseconds = 3600e6;
constexpr double kDayMicroseconds = 86400e6;

/// A plan's predicted interval around the time that it would take on this server.
TimeEffect of_select(double measured, const PredictedTime& today, const PredictedTime& before,
                     const PredictedTime& after, bool same_plan) {
  const double scale = measured / std::max(1e-9, today.milliseconds);
  TimeEffect effect{.before_ms = scale * before.milliseconds,
                    .after_ms = scale * after.milliseconds};
  effect.after_low_ms = same_plan ? effect.after_ms : scale * after.low;
  effect.after_high_ms = same_plan ? effect.after_ms : scale * after.high;
  return effect;
}

TimeEffect of_write(double measured, const PredictedTime& today, const PredictedTime& before,
                    const PredictedTime& after) {
  const double start = std::max(0.0, measured - today.milliseconds + before.milliseconds);
  const double saved = before.milliseconds - after.milliseconds;
  const auto less = [&](double by) { return std::max(0.0, start - by); };
  return {.before_ms = start,
          .after_ms = less(saved),
          .after_low_ms = less(std::max(saved, before.high - after.milliseconds)),
          .after_high_ms = less(std::min(saved, before.low - after.milliseconds))};
}

/// Three digits that count.
std::string digits(double value) {
  const double size = std::abs(value);
  return size >= 100  ? fmt::format("{:.0f}", value)
         : size >= 10 ? fmt::format("{:.1f}", value)
         : size >= 1  ? fmt::format("{:.2f}", value)
                      : fmt::format("{:.2g}", value);
}

struct TimeUnit {
  double milliseconds;
  const char* name;
};

TimeUnit unit_for(double milliseconds) {
  const double size = std::abs(milliseconds);
  constexpr double kSecond = 1000;
  constexpr double kMinute = 60 * kSecond;
  return size >= 120 * kMinute ? TimeUnit{60 * kMinute, "h"}
         : size >= 2 * kMinute ? TimeUnit{kMinute, "min"}
         : size >= 1 * kSecond ? TimeUnit{kSecond, "s"}
                               : TimeUnit{1, "ms"};
}

}  // namespace

std::optional<TimeEffect> time_effect(const Calibration& calibration,
                                      const EstimatedWork& estimated,
                                      std::optional<Microseconds> measured_mean, bool writes,
                                      const ComparedPlans& plans) {
  if (!measured_mean || measured_mean->count() <= 0) {
    return std::nullopt;
  }
  const auto predicted = [&](const planner_model::PlanNode& plan) {
    return predicted_time(calibration, estimated.of(plan, calibration.pages_read));
  };
  const double measured = static_cast<double>(measured_mean->count()) / 1000;
  const PredictedTime today = predicted(plans.today);
  const PredictedTime before = predicted(plans.before);
  const PredictedTime after = predicted(plans.after);
  const bool same = explain_text(plans.after) == explain_text(plans.today);
  return writes ? of_write(measured, today, before, after)
                : of_select(measured, today, before, after, same);
}

std::optional<TimeGain> time_gain(const std::vector<QueryEffect>& queries) {
  TimeGain gain;
  double below = 0;
  double above = 0;
  bool any = false;
  for (const QueryEffect& effect : queries) {
    if (!effect.time) {
      continue;
    }
    any = true;
    gain.saved_ms += effect.calls * (effect.time->before_ms - effect.time->after_ms);
    below += std::pow(effect.calls * (effect.time->after_high_ms - effect.time->after_ms), 2);
    above += std::pow(effect.calls * (effect.time->after_ms - effect.time->after_low_ms), 2);
  }
  gain.low_ms = gain.saved_ms - std::sqrt(below);
  gain.high_ms = gain.saved_ms + std::sqrt(above);
  return any ? std::optional{gain} : std::nullopt;
}

std::string time_gain_words(const TimeGain& gain, const std::vector<QueryEffect>& queries,
                            const Workload& workload) {
  const auto period = static_cast<double>(workload.until_us - workload.from_us);
  const bool daily = period >= kHourMicroseconds;
  const double scale = daily ? kDayMicroseconds / period : 1;
  const QueryEffect* best = nullptr;
  for (const QueryEffect& effect : queries) {
    const auto saved = [](const QueryEffect& e) {
      return e.time ? e.calls * (e.time->before_ms - e.time->after_ms) : 0;
    };
    best = best == nullptr || saved(effect) > saved(*best) ? &effect : best;
  }
  const TimeUnit unit = unit_for(scale * (gain.saved_ms > 0 ? gain.saved_ms : gain.low_ms));
  const auto in_unit = [&](double ms) { return digits(scale * std::abs(ms) / unit.milliseconds); };
  const auto side = [&](double ms) {
    return fmt::format("{} {} {}", in_unit(ms), unit.name, ms < 0 ? "lost" : "saved");
  };
  const char* const period_words = daily ? "a day" : "in the recorded period";
  if (gain.saved_ms <= 0 || best == nullptr || !best->time) {
    return fmt::format("nothing that can be told: {} {} in all (95 %: {} to {})",
                       gain.saved_ms == 0 ? "none" : side(gain.saved_ms), period_words,
                       side(gain.low_ms), side(gain.high_ms));
  }
  const double call = best->time->before_ms - best->time->after_ms;
  const TimeUnit of_call = unit_for(call);
  const std::string range =
      gain.low_ms < 0
          ? fmt::format("{} to {}", side(gain.low_ms), side(gain.high_ms))
          : fmt::format("{} to {} {}", in_unit(gain.low_ms), in_unit(gain.high_ms), unit.name);
  return fmt::format("about {} {} a call of the query that gains most; {} {} {} in all (95 %: {})",
                     digits(call / of_call.milliseconds), of_call.name, in_unit(gain.saved_ms),
                     unit.name, period_words, range);
}

}  // namespace quern::advisor
