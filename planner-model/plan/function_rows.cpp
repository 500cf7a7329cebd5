// How many rows a set-returning function gives. Source: clauses.c (expression_returns_set_rows) and
// the support functions of unnest() and generate_series(), PostgreSQL 15.
#include "planner-model/plan/function_rows.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// Steps of a time: a month counts 30 days.
double microseconds(const Value& interval) {
  constexpr double kDaysPerMonth = 30;
  return (interval.months * kDaysPerMonth + interval.days) *
             static_cast<double>(kMicrosecondsPerDay) +
         static_cast<double>(interval.integer);
}

/// A bound of a series on a line, and its step; nullopt: not a finite value that its support
/// function counts by.
std::optional<double> position(const Value& value, ServerVersion server) {
  switch (value.form) {
    case ValueForm::Integer:
      return static_cast<double>(value.integer);
    case ValueForm::Numeric:
      return server.counts_every_series() && std::isfinite(value.number)
                 ? std::optional{value.number}
                 : std::nullopt;
    case ValueForm::Timestamp:
      return server.counts_every_series() && value.integer != kTimeInfinity &&
                     value.integer != kTimeMinusInfinity
                 ? std::optional{static_cast<double>(value.integer)}
                 : std::nullopt;
    case ValueForm::Interval:
      return microseconds(value);
    default:
      return std::nullopt;
  }
}

/// How many values generate_series() gives; nullopt: its bounds are not known.
std::optional<double> series_rows(PlannerInfo& root, const std::vector<ExprPtr>& args) {
  std::vector<double> known;
  for (std::size_t i = 0; i < std::min<std::size_t>(args.size(), 3); ++i) {
    const ExprPtr value =
        simplify(args[i], *root.global->types, FoldStable::Yes, root.global->now_us);
    if (value->kind != ExprKind::Const) {
      return std::nullopt;
    }
    if (value->is_null) {
      return 0.0;
    }
    const auto at = value->value ? position(*value->value, root.global->cost.server) : std::nullopt;
    if (!at) {
      return std::nullopt;
    }
    known.push_back(*at);
  }
  const double step = known.size() > 2 ? known[2] : 1.0;
  if (step == 0) {
    return std::nullopt;
  }
  return std::max(0.0, std::floor((known[1] - known[0] + step) / step));
}

}  // namespace

double function_rows(PlannerInfo& root, const ExprPtr& function) {
  if (function->kind != ExprKind::FuncExpr || !function->returns_set) {
    return 1;
  }
  constexpr double kDefaultRows = 1000;
  const auto* definition = root.global->types->function(function->function);
  if (definition == nullptr) {
    return kDefaultRows;
  }
  if (definition->name == "unnest" && function->args.size() == 1) {
    return estimate_array_length(root, function->args.front());
  }
  if (definition->name == "generate_series" && function->args.size() >= 2) {
    if (const auto rows = series_rows(root, function->args)) {
      return *rows;
    }
  }
  return definition->rows > 0 ? definition->rows : kDefaultRows;
}

}  // namespace quern::planner_model
