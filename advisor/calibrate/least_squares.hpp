#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace quern::advisor {

/// Σ amounts[k] · coefficient[k] ≈ value, counted `weight` times.
struct Equation {
  std::vector<double> amounts = {};
  double value = 0;
  double weight = 1;
};

/// Least squares with coefficients that are not negative, by the active-set method of Lawson and
/// Hanson, "Solving Least Squares Problems", chapter 23, on the normal equations. All equations
/// have as many amounts.
[[nodiscard]] std::vector<double> nonnegative_least_squares(const std::vector<Equation>& equations);

/// Columns that the equations can not tell apart: those of a combination that is nearly zero in
/// all of them. Empty where every column has its own effect.
[[nodiscard]] std::vector<std::size_t> collinear_columns(const std::vector<Equation>& equations);

}  // namespace quern::advisor
