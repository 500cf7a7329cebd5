#include "collector/workload/add_statistics.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "collector/workload/canonical_order.hpp"

namespace quern {

namespace {

void add_beyond(QueryClass& logged, const QueryClass& counted) {
  const std::uint64_t timed = logged.calls - std::min(logged.calls, logged.untimed);
  if (counted.calls > timed) {
    const std::uint64_t more = counted.calls - timed;
    const Microseconds time = std::max(Microseconds{0}, counted.total - logged.total);
    logged.durations.add(time / static_cast<std::int64_t>(more), more);
    logged.total += time;
    logged.calls = std::max(logged.calls, counted.calls);
    logged.untimed = logged.calls - counted.calls;
    logged.minimum = timed == 0 ? counted.minimum : std::min(logged.minimum, counted.minimum);
    logged.maximum = std::max(logged.maximum, counted.maximum);
  }
  if (counted.rows) {
    logged.rows = std::max(logged.rows.value_or(0), *counted.rows);
  }
}

}  // namespace

void add_statistics(Workload& log, const Workload& dump) {
  std::map<std::string_view, QueryClass*> classes;
  for (QueryClass& query : log.classes) {
    classes.emplace(query.fingerprint, &query);
  }
  Workload only;
  only.bucket_seconds = log.bucket_seconds;
  only.skipped = dump.skipped;
  for (const QueryClass& counted : dump.classes) {
    const auto place = classes.find(counted.fingerprint);
    if (place == classes.end()) {
      only.classes.push_back(counted);
    } else {
      add_beyond(*place->second, counted);
    }
  }
  log = merge(std::move(log), only);
}

}  // namespace quern
