#include "collector/workload/workload_json.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/workload/canonical_order.hpp"
#include "collector/workload/class_text.hpp"

namespace quern {

namespace {

using nlohmann::json;

std::map<std::int64_t, TimeBucket> buckets_of(const json& list) {
  std::map<std::int64_t, TimeBucket> buckets;
  for (const json& bucket : list) {
    buckets[bucket.at(0).get<std::int64_t>()] = TimeBucket{
        bucket.at(1).get<std::uint64_t>(), Microseconds{bucket.at(2).get<std::int64_t>()}};
  }
  return buckets;
}

Microseconds microseconds(const json& object, const char* key) {
  return Microseconds{object.at(key).get<std::int64_t>()};
}

template <class Key>
std::map<Key, std::uint64_t> counts_of(const json& list) {
  std::map<Key, std::uint64_t> counts;
  for (const json& pair : list) {
    counts[pair.at(0).get<Key>()] += pair.at(1).get<std::uint64_t>();
  }
  return counts;
}

DurationSketch::Bins bins_of(const json& list) {
  DurationSketch::Bins bins;
  for (const json& pair : list) {
    bins.emplace_back(pair.at(0).get<std::int32_t>(), pair.at(1).get<std::uint64_t>());
  }
  return bins;
}

SampleExecution sample_of(const json& object) {
  SampleExecution sample;
  object.at("sql").get_to(sample.sql);
  for (const json& value : object.at("parameters")) {
    sample.parameters.push_back(value.is_null() ? std::nullopt
                                                : std::optional{value.get<std::string>()});
  }
  object.at("parameters_complete").get_to(sample.parameters_complete);
  sample.duration = microseconds(object, "duration_us");
  object.at("at_us").get_to(sample.at_us);
  object.at("why").get_to(sample.why);
  object.at("plan_shape").get_to(sample.plan_shape);
  return sample;
}

ObservedPlan plan_of(const json& object) {
  ObservedPlan plan;
  object.at("shape").get_to(plan.shape);
  object.at("calls").get_to(plan.calls);
  plan.total = microseconds(object, "total_us");
  object.at("example").get_to(plan.example);
  plan.example_duration = microseconds(object, "example_duration_us");
  plan.example_at_us = object.value("example_at_us", std::int64_t{0});
  if (object.contains("by_time")) {  // not in documents of before
    plan.by_time = buckets_of(object.at("by_time"));
  }
  return plan;
}

std::set<std::int64_t> query_ids_of(const json& texts) {
  std::set<std::int64_t> ids;
  for (const json& entry : texts) {
    const auto& text = entry.get_ref<const std::string&>();
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw UserError{fmt::format("query id '{}' is no number of 64 bits", text)};
    }
    ids.insert(id);
  }
  return ids;
}

QueryClass class_of(const json& object) {
  QueryClass c;
  object.at("fingerprint").get_to(c.fingerprint);
  object.at("sql").get_to(c.sql);
  c.kind = kind_of(object.at("kind").get<std::string>());
  object.at("calls").get_to(c.calls);
  object.at("untimed").get_to(c.untimed);
  if (object.contains("nested")) {
    object.at("nested").get_to(c.nested);
    c.nested_total = microseconds(object, "nested_us");
  }
  object.at("errors").get_to(c.errors);
  object.at("cancelled").get_to(c.cancelled);
  if (!object.at("rows").is_null()) {
    c.rows = object.at("rows").get<std::uint64_t>();
    c.with_rows = std::min(c.calls, object.value("with_rows", c.calls));
  }
  c.total = microseconds(object, "total_us");
  c.minimum = microseconds(object, "minimum_us");
  c.maximum = microseconds(object, "maximum_us");
  c.parse_and_bind = microseconds(object, "parse_and_bind_us");
  const json& durations = object.at("durations");
  c.durations = DurationSketch::restored(durations.at("zeros").get<std::uint64_t>(),
                                         bins_of(durations.at("bins")));
  c.by_time = buckets_of(object.at("by_time"));
  object.at("users").get_to(c.users);
  object.at("databases").get_to(c.databases);
  object.at("applications").get_to(c.applications);
  c.list_lengths = counts_of<std::uint32_t>(object.at("list_lengths"));
  if (object.contains("query_ids")) {
    c.query_ids = query_ids_of(object.at("query_ids"));
  }
  for (const json& sample : object.at("samples")) {
    c.samples.push_back(sample_of(sample));
  }
  for (const json& plan : object.at("plans")) {
    c.plans.push_back(plan_of(plan));
  }
  object.at("temp_bytes").get_to(c.temp_bytes);
  object.at("temp_files").get_to(c.temp_files);
  object.at("lock_waits").get_to(c.lock_waits);
  c.lock_wait_time = microseconds(object, "lock_wait_us");
  return c;
}

SessionPattern pattern_of(const json& object) {
  SessionPattern p;
  object.at("fingerprint").get_to(p.fingerprint);
  object.at("runs").get_to(p.runs);
  object.at("calls").get_to(p.calls);
  object.at("longest").get_to(p.longest);
  p.total = microseconds(object, "total_us");
  object.at("predecessors").get_to(p.predecessors);
  return p;
}

ChattyTransactions chatty_of(const json& object) {
  ChattyTransactions c;
  object.at("fingerprint").get_to(c.fingerprint);
  object.at("transactions").get_to(c.transactions);
  object.at("statements").get_to(c.statements);
  object.at("longest").get_to(c.longest);
  c.total = microseconds(object, "total_us");
  c.elapsed = microseconds(object, "elapsed_us");
  return c;
}

}  // namespace

nlohmann::json pattern_json(const SessionPattern& p) {
  return {{"calls", p.calls},
          {"fingerprint", p.fingerprint},
          {"longest", p.longest},
          {"runs", p.runs},
          {"predecessors", p.predecessors},
          {"preceded_by", p.preceded_by},
          {"total_us", p.total.count()}};
}

nlohmann::json chatty_json(const ChattyTransactions& c) {
  return {{"elapsed_us", c.elapsed.count()},
          {"fingerprint", c.fingerprint},
          {"longest", c.longest},
          {"statements", c.statements},
          {"total_us", c.total.count()},
          {"transactions", c.transactions}};
}

nlohmann::json skipped_json(const SkipReport& report) {
  json result = json::object();
  for (const auto& [reason, entry] : report.by_reason()) {
    result[reason] = {
        {"count", entry.count}, {"file", entry.first.file}, {"line", entry.first.line}};
  }
  return result;
}

nlohmann::json events_json(const ServerEvents& events) {
  json result = {{"autovacuums", events.autovacuums},
                 {"checkpoints", events.checkpoints},
                 {"connections", events.connections},
                 {"deadlocks", events.deadlocks},
                 {"errors_by_sqlstate", events.errors_by_sqlstate}};
  const CheckpointWork& work = events.checkpoint_work;
  if (work != CheckpointWork{}) {
    result["checkpoint_work"] = {{"buffers", work.buffers},
                                 {"sync_us", work.sync.count()},
                                 {"wal_kb", work.wal_kb},
                                 {"write_us", work.write.count()}};
  }
  for (const auto& [name, table] : events.tables) {
    result["tables"][name] = {{"analyzes", table.analyzes},
                              {"dead_kept", table.dead_kept},
                              {"elapsed_us", table.elapsed.count()},
                              {"index_scans", table.index_scans},
                              {"tuples_removed", table.tuples_removed},
                              {"vacuums", table.vacuums}};
  }
  return result;
}

nlohmann::json input_json(const InputCounts& input) {
  return {{"bytes", input.bytes},       {"continuation", input.continuation},
          {"filtered", input.filtered}, {"lines", input.lines},
          {"skipped", input.skipped},   {"used", input.used}};
}

Workload workload_of(const json& document) {
  Workload w;
  document.at("from_us").get_to(w.from_us);
  document.at("until_us").get_to(w.until_us);
  document.at("bucket_seconds").get_to(w.bucket_seconds);
  if (w.bucket_seconds <= 0) {
    throw UserError{"bucket_seconds must be positive"};
  }
  for (const json& c : document.at("classes")) {
    w.classes.push_back(class_of(c));
  }
  for (const json& p : document.at("patterns")) {
    w.patterns.push_back(pattern_of(p));
  }
  if (document.contains("chatty")) {  // not in documents of before
    for (const json& c : document.at("chatty")) {
      w.chatty.push_back(chatty_of(c));
    }
  }
  const json& events = document.at("events");
  events.at("checkpoints").get_to(w.events.checkpoints);
  events.at("autovacuums").get_to(w.events.autovacuums);
  events.at("deadlocks").get_to(w.events.deadlocks);
  events.at("connections").get_to(w.events.connections);
  events.at("errors_by_sqlstate").get_to(w.events.errors_by_sqlstate);
  if (events.contains("checkpoint_work")) {
    const json& work = events.at("checkpoint_work");
    work.at("buffers").get_to(w.events.checkpoint_work.buffers);
    work.at("wal_kb").get_to(w.events.checkpoint_work.wal_kb);
    w.events.checkpoint_work.sync = Microseconds{work.at("sync_us").get<std::int64_t>()};
    w.events.checkpoint_work.write = Microseconds{work.at("write_us").get<std::int64_t>()};
  }
  if (events.contains("tables")) {
    for (const auto& [name, table] : events.at("tables").items()) {
      TableMaintenance& its = w.events.tables[name];
      table.at("analyzes").get_to(its.analyzes);
      table.at("dead_kept").get_to(its.dead_kept);
      its.elapsed = Microseconds{table.at("elapsed_us").get<std::int64_t>()};
      table.at("index_scans").get_to(its.index_scans);
      table.at("tuples_removed").get_to(its.tuples_removed);
      table.at("vacuums").get_to(its.vacuums);
    }
  }
  const json& input = document.at("input");
  input.at("bytes").get_to(w.input.bytes);
  input.at("lines").get_to(w.input.lines);
  input.at("used").get_to(w.input.used);
  input.at("continuation").get_to(w.input.continuation);
  input.at("skipped").get_to(w.input.skipped);
  input.at("filtered").get_to(w.input.filtered);
  document.at("formats").get_to(w.formats);
  for (const auto& [reason, entry] : document.at("skipped").items()) {
    w.skipped.add(
        reason,
        TextPosition{entry.at("file").get<std::string>(), entry.at("line").get<std::uint64_t>()},
        entry.at("count").get<std::uint64_t>());
  }
  put_in_order(w);
  return w;
}

}  // namespace quern
