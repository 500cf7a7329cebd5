#pragma once

#include <vector>

#include "planner-model/size/index_columns.hpp"

namespace quern::planner_model {

/// A row of the index, drawn as often as such rows are.
struct KeySample {
  double tuple = 8;  ///< aligned size of its index tuple, without line pointer (index_form_tuple())
  /// The other rows expected to have the same key; their number is about Poisson distributed.
  double others = 0;
  bool exact = false;  ///< every key has just so many
  bool has_null = false;
};

/// Of the first columns of a key.
struct KeyPrefix {
  double tuple = 0;     ///< average size of an index tuple of these alone
  double distinct = 0;  ///< expected different values among the rows
};

struct KeySamples {
  std::vector<KeySample> rows = {};
  double distinct = 0;                   ///< expected different keys
  std::vector<KeyPrefix> prefixes = {};  ///< of the first column, the first two, and so on
};

/// Rows of an index over `rows_indexed` rows: the columns' values put together as if independent,
/// less where the catalog knows better (extended n-distinct statistics, columns that come in runs
/// along the table). Deterministic.
[[nodiscard]] KeySamples sample_keys(const Index& index, const std::vector<IndexColumn>& columns,
                                     const CatalogSnapshot& catalog, double rows_indexed);

/// Average size of the index tuple of no column, of the first, of the first two, and so on.
[[nodiscard]] std::vector<double> average_tuple_sizes(const std::vector<IndexColumn>& columns);

/// The rate whose Poisson distribution without its zero has this mean.
[[nodiscard]] double truncated_poisson_rate(double mean);

}  // namespace quern::planner_model
