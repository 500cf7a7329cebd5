#pragma once

#include "collector/workload/aggregated.hpp"

namespace quern::collector {

/// Keeps the execution as a sample of its class where it is slower than those kept, or chosen by
/// its hash, or the slowest of its plan's shape. `text_hash`: XXH3 of its SQL.
void offer_samples(Aggregated& held, CountedClass& c, const Execution& e, std::uint64_t text_hash);

/// Counts the execution's plan by its shape, and keeps it where it is the slowest of that.
void count_plan(Aggregated& held, CountedClass& c, const Execution& e);

/// Makes the documents of the plans that are kept by now.
void settle_examples(CountedClass& c);

}  // namespace quern::collector
