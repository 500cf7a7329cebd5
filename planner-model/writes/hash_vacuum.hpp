#pragma once

#include "planner-model/writes/index_entries.hpp"

namespace quern::planner_model {

/// The build makes the next power of two of buckets, an index that has grown one for every fill
/// factor's worth of entries. Which of the two this one is, its overflow pages tell.
struct HashBuckets {
  double built = 2;
  double grown = 2;
  double has_grown = 0.5;  ///< 1: it has; a half: both would have as many pages
};

[[nodiscard]] HashBuckets hash_buckets_of(const IndexEntries& all);

struct HashVacuum {
  double pages_changed = 0;
  double records = 0;  ///< bytes of WAL
};

/// hashbulkdelete() of such a share of the entries.
[[nodiscard]] HashVacuum hash_vacuum(const IndexEntries& all, double dead_share);

}  // namespace quern::planner_model
