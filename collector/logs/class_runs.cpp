#include "collector/logs/class_runs.hpp"

#include "collector/workload/aggregate.hpp"

namespace quern::collector {

namespace {

void tell(const ClassRun& run, Aggregator& aggregator) {
  if (run.length >= kMinimumRun && run.values_vary) {
    aggregator.run(run.id, run.before, run.length, run.total);
  }
}

}  // namespace

void ClassRuns::add(const ClassRun& one, Aggregator& aggregator) {
  if (last.id == one.id) {
    last.values_vary = last.values_vary || one.values_vary || last.last_values != one.first_values;
    last.last_values = one.last_values;
    last.length += one.length;
    last.total += one.total;
    return;
  }
  const std::uint64_t before = last.id;
  if (several) {
    tell(last, aggregator);
  } else if (before != 0) {
    first = last;
    several = true;
  }
  last = one;
  last.before = before;
}

void ClassRuns::join(const ClassRuns& later, Aggregator& aggregator) {
  if (later.empty()) {
    return;
  }
  add(later.several ? later.first : later.last, aggregator);
  if (!later.several) {
    return;
  }
  if (several) {
    tell(last, aggregator);
  } else {
    first = last;
    several = true;
  }
  last = later.last;
}

void ClassRuns::end(Aggregator& aggregator) {
  if (several) {
    tell(first, aggregator);
  }
  tell(last, aggregator);
  *this = ClassRuns{};
}

}  // namespace quern::collector
