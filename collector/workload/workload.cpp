#include "collector/workload/workload.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "collector/workload/canonical_order.hpp"
#include "collector/workload/samples.hpp"
#include "collector/workload/time_buckets.hpp"

namespace quern {

namespace {

template <class Key>
void add_counts(std::map<Key, std::uint64_t>& into, const std::map<Key, std::uint64_t>& more) {
  for (const auto& [key, count] : more) {
    into[key] += count;
  }
}

void add_buckets(std::map<std::int64_t, TimeBucket>& into,
                 const std::map<std::int64_t, TimeBucket>& more) {
  for (const auto& [start, bucket] : more) {
    TimeBucket& ours = into[start];
    ours.calls += bucket.calls;
    ours.total += bucket.total;
  }
}

/// 0 stands for unknown.
std::int64_t earlier(std::int64_t a, std::int64_t b) {
  return a == 0 ? b : b == 0 ? a : std::min(a, b);
}

void merge_times(QueryClass& into, const QueryClass& more) {
  const bool had_time = into.calls > into.untimed;
  if (more.calls > more.untimed) {
    into.minimum = had_time ? std::min(into.minimum, more.minimum) : more.minimum;
    into.maximum = std::max(into.maximum, more.maximum);
  }
  into.total += more.total;
  into.nested_total += more.nested_total;
  into.parse_and_bind += more.parse_and_bind;
  into.durations.merge(more.durations);
  add_buckets(into.by_time, more.by_time);
}

/// The slowest stands for its shape; of equally slow ones the first.
bool better_example(const ObservedPlan& a, const ObservedPlan& b) {
  return a.example_duration != b.example_duration
             ? a.example_duration > b.example_duration
             : std::tie(a.example_at_us, a.example) < std::tie(b.example_at_us, b.example);
}

void merge_plans(std::vector<ObservedPlan>& into, const std::vector<ObservedPlan>& more) {
  for (const ObservedPlan& plan : more) {
    const auto ours = std::find_if(into.begin(), into.end(),
                                   [&](const ObservedPlan& p) { return p.shape == plan.shape; });
    if (ours == into.end()) {
      into.push_back(plan);
      continue;
    }
    ours->calls += plan.calls;
    ours->total += plan.total;
    add_buckets(ours->by_time, plan.by_time);
    if (better_example(plan, *ours)) {
      ours->example = plan.example;
      ours->example_duration = plan.example_duration;
      ours->example_at_us = plan.example_at_us;
    }
  }
}

}  // namespace

void add_query_id(QueryClass& query, std::int64_t id) {
  query.query_ids.insert(id);
  if (query.query_ids.size() > kMostQueryIds) {
    query.query_ids.erase(std::prev(query.query_ids.end()));
  }
}

namespace {

void merge_class(QueryClass& into, const QueryClass& more) {
  merge_times(into, more);
  if (preferred_text(more.sql, into.sql)) {
    into.sql = more.sql;
  }
  into.kind = std::min(into.kind, more.kind);
  into.calls += more.calls;
  into.untimed += more.untimed;
  into.nested += more.nested;
  into.errors += more.errors;
  into.cancelled += more.cancelled;
  if (more.rows) {
    into.rows = into.rows.value_or(0) + *more.rows;
    into.with_rows += more.with_rows;
  }
  add_counts(into.users, more.users);
  add_counts(into.databases, more.databases);
  add_counts(into.applications, more.applications);
  add_counts(into.list_lengths, more.list_lengths);
  for (const std::int64_t id : more.query_ids) {
    add_query_id(into, id);
  }
  into.samples.insert(into.samples.end(), more.samples.begin(), more.samples.end());
  keep_best_samples(into.samples);
  merge_plans(into.plans, more.plans);
  into.temp_bytes += more.temp_bytes;
  into.temp_files += more.temp_files;
  into.lock_waits += more.lock_waits;
  into.lock_wait_time += more.lock_wait_time;
}

void merge_pattern(SessionPattern& into, const SessionPattern& more) {
  into.runs += more.runs;
  into.calls += more.calls;
  into.longest = std::max(into.longest, more.longest);
  into.total += more.total;
  add_counts(into.predecessors, more.predecessors);
}

void merge_chatty(ChattyTransactions& into, const ChattyTransactions& more) {
  into.transactions += more.transactions;
  into.statements += more.statements;
  into.longest = std::max(into.longest, more.longest);
  into.total += more.total;
  into.elapsed += more.elapsed;
}

void merge_events(ServerEvents& into, const ServerEvents& more) {
  into.checkpoints += more.checkpoints;
  into.autovacuums += more.autovacuums;
  into.deadlocks += more.deadlocks;
  into.connections += more.connections;
  add_counts(into.errors_by_sqlstate, more.errors_by_sqlstate);
  into.checkpoint_work.buffers += more.checkpoint_work.buffers;
  into.checkpoint_work.wal_kb += more.checkpoint_work.wal_kb;
  into.checkpoint_work.write += more.checkpoint_work.write;
  into.checkpoint_work.sync += more.checkpoint_work.sync;
  for (const auto& [name, work] : more.tables) {
    TableMaintenance& table = into.tables[name];
    table.vacuums += work.vacuums;
    table.analyzes += work.analyzes;
    table.index_scans += work.index_scans;
    table.tuples_removed += work.tuples_removed;
    table.dead_kept += work.dead_kept;
    table.elapsed += work.elapsed;
  }
}

void merge_input(InputCounts& into, const InputCounts& more) {
  into.bytes += more.bytes;
  into.lines += more.lines;
  into.used += more.used;
  into.continuation += more.continuation;
  into.skipped += more.skipped;
  into.filtered += more.filtered;
}

/// Entries of both lists with the same fingerprint become one.
template <class Item, class Merge>
void merge_by_fingerprint(std::vector<Item>& into, const std::vector<Item>& more, Merge merge_one) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < into.size(); ++i) {
    places.emplace(into[i].fingerprint, i);
  }
  for (const Item& item : more) {
    const auto [place, inserted] = places.try_emplace(item.fingerprint, into.size());
    if (inserted) {
      into.push_back(item);
    } else {
      merge_one(into[place->second], item);
    }
  }
}

}  // namespace

bool preferred_text(const std::string& a, const std::string& b) {
  return b.empty() || (!a.empty() && std::make_pair(a.size(), std::cref(a).get()) <
                                         std::make_pair(b.size(), std::cref(b).get()));
}

void put_in_order(Workload& workload) {
  for (QueryClass& c : workload.classes) {
    std::sort(c.plans.begin(), c.plans.end(), [](const ObservedPlan& a, const ObservedPlan& b) {
      return std::make_tuple(b.calls, std::string_view{a.shape}) <
             std::make_tuple(a.calls, std::string_view{b.shape});
    });
  }
  std::sort(workload.classes.begin(), workload.classes.end(),
            [](const QueryClass& a, const QueryClass& b) {
              return std::make_tuple(b.total, b.calls, std::string_view{a.fingerprint}) <
                     std::make_tuple(a.total, a.calls, std::string_view{b.fingerprint});
            });
  for (SessionPattern& pattern : workload.patterns) {
    const auto common =
        std::max_element(pattern.predecessors.begin(), pattern.predecessors.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    pattern.preceded_by = common == pattern.predecessors.end() ? std::string{} : common->first;
  }
  std::sort(workload.patterns.begin(), workload.patterns.end(),
            [](const SessionPattern& a, const SessionPattern& b) {
              return std::make_tuple(b.calls, std::string_view{a.fingerprint}) <
                     std::make_tuple(a.calls, std::string_view{b.fingerprint});
            });
  std::sort(workload.chatty.begin(), workload.chatty.end(),
            [](const ChattyTransactions& a, const ChattyTransactions& b) {
              return std::make_tuple(b.statements, std::string_view{a.fingerprint}) <
                     std::make_tuple(a.statements, std::string_view{b.fingerprint});
            });
}

Microseconds time_of(const Workload& workload) {
  Microseconds total{0};
  for (const QueryClass& query : workload.classes) {
    total += query.total - query.nested_total;
  }
  return total;
}

Workload merge(Workload result, const Workload& b) {
  std::int32_t seconds = common_bucket_seconds(result.bucket_seconds, b.bucket_seconds);
  coarsen(result, seconds);
  seconds = std::max(seconds, result.bucket_seconds);
  result.from_us = earlier(result.from_us, b.from_us);
  result.until_us = std::max(result.until_us, b.until_us);
  if (b.bucket_seconds == seconds) {
    merge_by_fingerprint(result.classes, b.classes, merge_class);
  } else {
    Workload more = b;
    coarsen(more, seconds);
    coarsen(result, more.bucket_seconds);
    merge_by_fingerprint(result.classes, more.classes, merge_class);
  }
  merge_by_fingerprint(result.patterns, b.patterns, merge_pattern);
  merge_by_fingerprint(result.chatty, b.chatty, merge_chatty);
  merge_events(result.events, b.events);
  merge_input(result.input, b.input);
  add_counts(result.formats, b.formats);
  result.skipped.merge(b.skipped);
  coarsen(result, result.bucket_seconds);
  put_in_order(result);
  return result;
}

}  // namespace quern
