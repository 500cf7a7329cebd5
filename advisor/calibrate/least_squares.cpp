#include "advisor/calibrate/least_squares.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace quern::advisor {

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// AᵀWA and AᵀWy with columns scaled to length 1, so that pages and rows weigh alike.
struct Normal {
  MatrixXd gram;
  VectorXd right;
  VectorXd scale;
};

Normal normal_equations(const std::vector<Equation>& equations) {
  const auto columns = static_cast<Index>(equations.empty() ? 0 : equations[0].amounts.size());
  Normal normal{MatrixXd::Zero(columns, columns), VectorXd::Zero(columns), VectorXd::Ones(columns)};
  for (const Equation& equation : equations) {
    const Eigen::Map<const VectorXd> row{equation.amounts.data(), columns};
    normal.gram.selfadjointView<Eigen::Lower>().rankUpdate(row, equation.weight);
    normal.right += equation.weight * equation.value * row;
  }
  normal.gram = MatrixXd{normal.gram.selfadjointView<Eigen::Lower>()};
  for (Index k = 0; k < columns; ++k) {
    const double length = std::sqrt(normal.gram(k, k));
    normal.scale(k) = length > 0 ? 1 / length : 0;
  }
  normal.gram = normal.scale.asDiagonal() * normal.gram * normal.scale.asDiagonal();
  normal.right = normal.scale.cwiseProduct(normal.right);
  return normal;
}

/// The unconstrained solution over the free columns; 0 elsewhere.
VectorXd solved(const Normal& normal, const std::vector<Index>& free) {
  VectorXd solution = VectorXd::Zero(normal.right.size());
  const MatrixXd gram = normal.gram(free, free);
  const VectorXd right = normal.right(free);
  const VectorXd part = gram.ldlt().solve(right);
  for (std::size_t i = 0; i < free.size(); ++i) {
    solution(free[i]) = part(static_cast<Index>(i));
  }
  return solution;
}

/// As far towards `target` as no free column gets negative; the one that stops it is no longer
/// free.
VectorXd stepped(const VectorXd& from, const VectorXd& target, std::vector<Index>& free) {
  double share = 1;
  Index stopping = free.front();
  for (const Index k : free) {
    const double until = target(k) <= 0 ? from(k) / std::max(1e-300, from(k) - target(k)) : 1;
    if (target(k) <= 0 && until <= share) {
      share = until;
      stopping = k;
    }
  }
  VectorXd reached = (from + share * (target - from)).cwiseMax(0);
  reached(stopping) = 0;
  std::erase(free, stopping);
  return reached;
}

}  // namespace

std::vector<double> nonnegative_least_squares(const std::vector<Equation>& equations) {
  const Normal normal = normal_equations(equations);
  const Index columns = normal.right.size();
  VectorXd x = VectorXd::Zero(columns);
  std::vector<Index> free;
  const double small = 1e-12 * (1 + normal.right.cwiseAbs().maxCoeff());
  for (Index round = 0; round < 3 * columns; ++round) {
    const VectorXd gradient = normal.right - normal.gram * x;
    Index best = -1;
    for (Index k = 0; k < columns; ++k) {
      const bool is_free = std::find(free.begin(), free.end(), k) != free.end();
      if (!is_free && normal.scale(k) > 0 && gradient(k) > small &&
          (best < 0 || gradient(k) > gradient(best))) {
        best = k;
      }
    }
    if (best < 0) {
      break;
    }
    free.push_back(best);
    VectorXd target = solved(normal, free);
    while (!free.empty() &&
           std::any_of(free.begin(), free.end(), [&](Index k) { return target(k) <= 0; })) {
      x = stepped(x, target, free);
      target = solved(normal, free);
    }
    x = target;
  }
  std::vector<double> coefficients;
  for (Index k = 0; k < columns; ++k) {
    coefficients.push_back(std::max(0.0, x(k)) * normal.scale(k));
  }
  return coefficients;
}

std::vector<std::size_t> collinear_columns(const std::vector<Equation>& equations) {
  constexpr double kNothing = 1e-7;
  constexpr double kTakesPart = 0.2;
  const Normal normal = normal_equations(equations);
  const Eigen::SelfAdjointEigenSolver<MatrixXd> eigen{normal.gram};
  std::vector<std::size_t> columns;
  if (normal.gram.size() == 0 || eigen.eigenvalues()(0) > kNothing) {
    return columns;
  }
  for (Index k = 0; k < normal.right.size(); ++k) {
    if (std::abs(eigen.eigenvectors()(k, 0)) > kTakesPart) {
      columns.push_back(static_cast<std::size_t>(k));
    }
  }
  return columns;
}

}  // namespace quern::advisor
