#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collector/workload/aggregate.hpp"
#include "collector/workload/class_counters.hpp"
#include "collector/workload/workload.hpp"

namespace quern::collector {

/// A query class while executions are added to it.
struct CountedClass {
  QueryClass query;
  BinCounters bins;
  std::uint64_t id = 0;
  bool keeps_samples = true;
  NameCounter users, databases, applications;
  TimeBucket* bucket = nullptr;  ///< of bucket_at: map nodes do not move
  std::int64_t bucket_at = 0;
  std::int64_t query_id = 0;  ///< the last one added
  /// Of each of the query's plans, the example as it was logged, until its document is made.
  std::vector<std::string> example_sources = {};
  // What a further execution has to beat, once the numbers are full.
  std::size_t slowest = 0, typical = 0;
  Microseconds slowest_bound{0};
  std::int64_t slowest_bound_at_us = 0;
  std::uint64_t typical_bound = 0;
};

/// What an Aggregator holds, for the parts that fill it.
struct Aggregated {
  Workload workload;  ///< its classes stand below
  AggregateLimits limits;
  std::vector<std::unique_ptr<CountedClass>> classes = {};  ///< by their numbers
  std::size_t bytes = 0;                                    ///< of texts, names, samples and plans
  std::size_t buckets = 0;                                  ///< of all time series
};

}  // namespace quern::collector
