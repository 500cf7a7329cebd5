#pragma once

#include <cstddef>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// The share of a table's rows that ANALYZE looks at: 300 a unit of the statistics target
/// (std_typanalyze(), analyze.c).
[[nodiscard]] double sampled_share(const ColumnStatistics& statistics, double rows);

/// What ANALYZE is to be expected to count per different value that there may be, where values come
/// by chance, `rate` times each on average, and it looks at a share of the rows: the estimator that
/// it takes from Haas and Stokes (Duj1, compute_scalar_stats()).
[[nodiscard]] double estimate_by_chance(double rate, double share);

/// The number of different values a row, from ANALYZE's estimate of it. The estimator is right when
/// each value comes equally often; when values come by chance, what is to be expected of it is less
/// than there are.
[[nodiscard]] double values_by_chance(double estimate, double share);

/// Those counts of a sample that may all be of things equally frequent: by their places, the
/// greatest first. One further below the mean of those before than so many deviations (Poisson's,
/// times the root of `chance`) is of another kind.
[[nodiscard]] std::vector<std::vector<std::size_t>> alike(const std::vector<double>& counts,
                                                          double deviations, double chance = 1);

/// How many of a sample have something is as much chance as frequency. Counts of things that are
/// alike are brought nearer to their mean, by the part of their variance that chance alone would
/// give (`chance` times Poisson's; the estimator of James and Stein).
[[nodiscard]] std::vector<double> evened_out(const std::vector<double>& counts, double chance = 1);

}  // namespace quern::planner_model
