#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

#include "advisor/calibrate/calibration.hpp"
#include "advisor/calibrate/least_squares.hpp"

namespace quern::advisor {

namespace {

/// A component that fewer nodes had is not fitted.
constexpr std::size_t kFewestNodes = 3;
/// Clocks and rounding: errors of this many milliseconds mean nothing.
constexpr double kClock = 0.05;
/// Relative errors beyond this count less and less.
constexpr double kHuber = 0.5;
constexpr int kRounds = 4;
constexpr int kBootstraps = 200;
constexpr std::uint64_t kSeed = 20;

using Coefficients = std::array<double, kComponents>;

double time_of(const Coefficients& coefficients, const Work& work) {
  return std::inner_product(coefficients.begin(), coefficients.end(), work.amounts.begin(), 0.0);
}

/// The components that the plans show, and their nodes as equations.
class Fitting {
 public:
  Fitting(const std::vector<ExecutedPlan>& plans, std::vector<std::size_t> columns)
      : columns_{std::move(columns)} {
    for (const ExecutedPlan& plan : plans) {
      auto& own = equations_.emplace_back();
      for (const NodeWork& node : plan.nodes) {
        Equation equation{.value = node.milliseconds};
        for (const std::size_t column : columns_) {
          equation.amounts.push_back(node.work.amounts[column]);
        }
        equation.weight = 1 / std::pow(node.milliseconds + kClock, 2);
        own.push_back(std::move(equation));
      }
    }
  }

  /// `chosen`: plans by position, any of them more than once.
  [[nodiscard]] std::vector<Equation> equations(const std::vector<std::size_t>& chosen) const {
    std::vector<Equation> all;
    for (const std::size_t plan : chosen) {
      all.insert(all.end(), equations_[plan].begin(), equations_[plan].end());
    }
    return all;
  }

  [[nodiscard]] Coefficients solve(const std::vector<std::size_t>& chosen) const {
    std::vector<Equation> given = equations(chosen);
    std::vector<double> solution;
    const std::vector<Equation> unweighted = given;
    for (int round = 0; round < kRounds; ++round) {
      solution = nonnegative_least_squares(given);
      for (std::size_t i = 0; i < given.size(); ++i) {
        const Equation& equation = unweighted[i];
        const double predicted =
            std::inner_product(solution.begin(), solution.end(), equation.amounts.begin(), 0.0);
        // Between measured and predicted: relative to one of them alone, times that came out short,
        // or prices that are too high, would count most.
        const double noise = std::sqrt((predicted + kClock) * (equation.value + kClock));
        const double error = std::abs(predicted - equation.value) / noise;
        given[i].weight = std::min(1.0, kHuber / std::max(1e-9, error)) / (noise * noise);
      }
    }
    Coefficients coefficients{};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      coefficients[columns_[i]] = solution[i];
    }
    return coefficients;
  }

 private:
  std::vector<std::size_t> columns_;
  std::vector<std::vector<Equation>> equations_;  ///< by plan
};

double setting(const PlannerSettings& settings, const char* name, double otherwise) {
  const auto found = settings.find(name);
  return found == settings.end() ? otherwise : std::strtod(found->second.c_str(), nullptr);
}

/// What costsize.c charges for one of a component, in planner units.
Coefficients planner_prices(const PlannerSettings& settings) {
  const double tuple = setting(settings, "cpu_tuple_cost", 0.01);
  const double entry = setting(settings, "cpu_index_tuple_cost", 0.005);
  const double operation = setting(settings, "cpu_operator_cost", 0.0025);
  const double page = setting(settings, "seq_page_cost", 1.0);
  const double random = setting(settings, "random_page_cost", 4.0);
  const double setup = setting(settings, "parallel_setup_cost", 1000);
  // random_page_cost is of a disk's page; where shared buffers hold most, the price lies between.
  return {page,      page,          random,        tuple,     entry,      operation,
          tuple / 2, 2 * operation, 2 * operation, operation, 10 * tuple, setup / 10};
}

std::vector<std::size_t> positions(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), 0);
  return all;
}

void count_amounts(Calibration& calibration, const std::vector<ExecutedPlan>& plans) {
  for (const ExecutedPlan& plan : plans) {
    for (const NodeWork& node : plan.nodes) {
      for (std::size_t k = 0; k < kComponents; ++k) {
        calibration.coefficients[k].amount += node.work.amounts[k];
        calibration.coefficients[k].nodes += node.work.amounts[k] > 0 ? 1 : 0;
      }
      ++calibration.nodes;
    }
  }
  calibration.plans = plans.size();
  const auto amount = [&](Component component) {
    return calibration.coefficients[static_cast<std::size_t>(component)].amount;
  };
  const double pages = amount(Component::SequentialPage) + amount(Component::RandomPage);
  calibration.pages_read = pages > 0 ? amount(Component::PageRead) / pages : 0;
}

void require_evidence(const Calibration& calibration, const Fitting& fitting,
                      const std::vector<std::size_t>& columns) {
  if (calibration.plans < kFewestPlans || calibration.nodes < 2 * columns.size()) {
    throw UserError{fmt::format(
        "{} executed plans with {} nodes are too few to fit times: let auto_explain log at least "
        "{} plans of different statements with log_analyze, log_timing and log_buffers on",
        calibration.plans, calibration.nodes, kFewestPlans)};
  }
  const auto alike = collinear_columns(fitting.equations(positions(calibration.plans)));
  if (!alike.empty()) {
    std::string names;
    for (const std::size_t column : alike) {
      names += names.empty() ? "" : ", ";
      names += component_words(static_cast<Component>(columns[column]));
    }
    throw UserError{
        fmt::format("the executed plans can not tell these apart, whose amounts keep one ratio "
                    "throughout: {}; let auto_explain log plans of more, and more varied, "
                    "statements and tables",
                    names)};
  }
}

/// The bounds of the middle 95 %.
std::pair<double, double> interval(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return {values[static_cast<std::size_t>(0.025 * last)],
          values[static_cast<std::size_t>(std::ceil(0.975 * last))]};
}

void add_intervals(Calibration& calibration, const Fitting& fitting,
                   const std::vector<std::size_t>& columns) {
  std::mt19937_64 random{kSeed};
  std::array<std::vector<double>, kComponents> replicates;
  for (int b = 0; b < kBootstraps; ++b) {
    std::vector<std::size_t> drawn;
    for (std::size_t i = 0; i < calibration.plans; ++i) {
      drawn.push_back(random() % calibration.plans);
    }
    const Coefficients solved = fitting.solve(drawn);
    for (const std::size_t k : columns) {
      replicates[k].push_back(solved[k]);
    }
  }
  // Plans drawn again vary less than plans of another day: by the degrees of freedom, as a residual
  // variance does, and by the normal distribution's tails, which few plans do not have.
  const auto plans = static_cast<double>(calibration.plans);
  const double free = std::max(1.0, plans - static_cast<double>(columns.size()));
  const double wider = std::sqrt(plans / free) * (1 + 2.4 / free);
  for (const std::size_t k : columns) {
    Coefficient& coefficient = calibration.coefficients[k];
    const double middle = coefficient.milliseconds;
    const auto [low, high] = interval(std::move(replicates[k]));
    coefficient.low = std::max(0.0, middle - wider * std::max(0.0, middle - low));
    coefficient.high = middle + wider * std::max(0.0, high - middle);
  }
}

/// At the rate of what was seen: its time over what the planner would charge for it.
void assume_unseen(Calibration& calibration, const std::vector<std::size_t>& columns,
                   const PlannerSettings& settings) {
  const Coefficients prices = planner_prices(settings);
  double milliseconds = 0;
  double charged = 0;
  for (const std::size_t k : columns) {
    const Coefficient& seen = calibration.coefficients[k];
    milliseconds += seen.milliseconds * seen.amount;
    charged += prices[k] * seen.amount;
  }
  // As wide as different machines and caches make it.
  constexpr double kDoubt = 4;
  const double rate = charged > 0 ? milliseconds / charged : 0;
  for (std::size_t k = 0; k < kComponents; ++k) {
    Coefficient& coefficient = calibration.coefficients[k];
    if (std::find(columns.begin(), columns.end(), k) == columns.end()) {
      coefficient.assumed = true;
      coefficient.milliseconds = prices[k] * rate;
      coefficient.low = coefficient.milliseconds / kDoubt;
      coefficient.high = coefficient.milliseconds * kDoubt;
    }
  }
}

void add_goodness(Calibration& calibration, const std::vector<ExecutedPlan>& plans) {
  Coefficients coefficients{};
  for (std::size_t k = 0; k < kComponents; ++k) {
    coefficients[k] = calibration.coefficients[k].milliseconds;
  }
  double mean = 0;
  for (const auto& plan : plans) {
    for (const auto& node : plan.nodes) {
      mean += node.milliseconds / static_cast<double>(calibration.nodes);
    }
  }
  double unexplained = 0;
  double variation = 0;
  double squares = 0;
  std::vector<double> errors;
  for (const auto& plan : plans) {
    double predicted = 0;
    double measured = 0;
    for (const auto& node : plan.nodes) {
      const double time = time_of(coefficients, node.work);
      unexplained += std::pow(node.milliseconds - time, 2);
      variation += std::pow(node.milliseconds - mean, 2);
      predicted += time;
      measured += node.milliseconds;
    }
    const double ratio = (predicted + kClock) / (measured + kClock);
    squares += std::pow(std::log(ratio), 2);
    errors.push_back(std::abs(ratio - 1));
  }
  std::sort(errors.begin(), errors.end());
  calibration.r_squared = variation > 0 ? 1 - unexplained / variation : 0;
  calibration.median_error = errors[errors.size() / 2];
  calibration.scatter = std::sqrt(squares / static_cast<double>(plans.size()));
}

}  // namespace

Calibration fit(const std::vector<ExecutedPlan>& given, const PlannerSettings& settings) {
  std::vector<ExecutedPlan> plans;
  std::copy_if(given.begin(), given.end(), std::back_inserter(plans),
               [](const ExecutedPlan& plan) { return !plan.nodes.empty(); });
  Calibration calibration;
  count_amounts(calibration, plans);
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < kComponents; ++k) {
    if (calibration.coefficients[k].nodes >= kFewestNodes) {
      columns.push_back(k);
    }
  }
  const Fitting fitting{plans, columns};
  require_evidence(calibration, fitting, columns);
  const Coefficients solved = fitting.solve(positions(plans.size()));
  for (const std::size_t k : columns) {
    calibration.coefficients[k].milliseconds = solved[k];
  }
  add_intervals(calibration, fitting, columns);
  assume_unseen(calibration, columns, settings);
  add_goodness(calibration, plans);
  return calibration;
}

}  // namespace quern::advisor
