#include "collector/workload/add_statistics.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "collector/workload/canonical_order.hpp"

namespace quern {

namespace {

void add_beyond(QueryClass& logged, const StatementCounts& counted) {
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
  if (counted.rows && counted.calls >= logged.with_rows) {
    logged.rows = counted.rows;
    logged.with_rows = counted.calls;
  }
}

StatementCounts counts_of(const QueryClass& query) {
  return {query.calls, query.total, query.minimum, query.maximum, query.rows};
}

/// What EXPLAIN (VERBOSE) tells beside the plan; 0 for nothing.
std::int64_t query_id_of(std::string_view plan) {
  constexpr std::string_view kKey = "\"Query Identifier\":";  // no text holds a bare quote
  const std::size_t key = plan.find(kKey);
  if (key == std::string_view::npos) {
    return 0;
  }
  plan.remove_prefix(key + kKey.size());
  plan.remove_prefix(std::min(plan.find_first_not_of(' '), plan.size()));
  std::int64_t id = 0;
  std::from_chars(plan.data(), plan.data() + plan.size(), id);
  return id;
}

/// A log's classes by what a dump knows them by.
class LoggedClasses {
 public:
  explicit LoggedClasses(std::vector<QueryClass>& classes) {
    for (QueryClass& query : classes) {
      by_fingerprint_.emplace(query.fingerprint, &query);
      for (const std::int64_t id : query.query_ids) {
        by_id_.emplace(id, &query);
      }
      for (const ObservedPlan& plan : query.plans) {
        by_id_.emplace(query_id_of(plan.example), &query);
      }
    }
    by_id_.erase(0);
  }

  [[nodiscard]] QueryClass* of(const QueryClass& counted) const {
    if (const auto place = by_fingerprint_.find(counted.fingerprint);
        place != by_fingerprint_.end()) {
      return place->second;
    }
    for (const std::int64_t id : counted.query_ids) {
      if (QueryClass* query = of(id)) {
        return query;
      }
    }
    return nullptr;
  }

  [[nodiscard]] QueryClass* of(std::int64_t query_id) const {
    const auto place = by_id_.find(query_id);
    return place == by_id_.end() ? nullptr : place->second;
  }

 private:
  std::map<std::string_view, QueryClass*> by_fingerprint_;
  std::map<std::int64_t, QueryClass*> by_id_;
};

}  // namespace

void StatementCounts::add(const StatementCounts& more) {
  minimum = calls == 0 ? more.minimum : std::min(minimum, more.minimum);
  maximum = std::max(maximum, more.maximum);
  calls += more.calls;
  total += more.total;
  if (more.rows) {
    rows = rows.value_or(0) + *more.rows;
  }
}

void add_statistics(Workload& log, const Workload& dump,
                    const std::vector<HiddenStatement>& hidden) {
  const LoggedClasses classes{log.classes};
  std::map<QueryClass*, StatementCounts> counts;
  Workload only;
  only.bucket_seconds = log.bucket_seconds;
  only.skipped = dump.skipped;
  for (const QueryClass& counted : dump.classes) {
    if (QueryClass* logged = classes.of(counted)) {
      counts[logged].add(counts_of(counted));
    } else {
      only.classes.push_back(counted);
    }
  }
  for (const HiddenStatement& statement : hidden) {
    if (QueryClass* logged = classes.of(statement.query_id)) {
      counts[logged].add(statement.counts);
    } else {
      only.skipped.add("pg_stat_statements row whose query may not be seen", statement.where);
    }
  }
  for (const auto& [logged, counted] : counts) {
    add_beyond(*logged, counted);
  }
  log = merge(std::move(log), only);
}

}  // namespace quern
