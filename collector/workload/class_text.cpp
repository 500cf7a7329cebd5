#include "collector/workload/class_text.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"
#include "collector/base/json_text.hpp"
#include "collector/workload/told_json.hpp"

namespace quern {

namespace {

using nlohmann::json;
using Kind = JsonWriter::Kind;

constexpr std::array<const char*, 7> kKinds = {"select", "insert",  "update", "delete",
                                               "merge",  "utility", "other"};

void append(bool value, std::string& out) {
  out += value ? "true" : "false";
}

void append(std::string_view text, std::string& out) {
  append_json(text, out);
}

void append(const std::string& text, std::string& out) {
  append_json(std::string_view{text}, out);
}

void append(std::uint64_t number, std::string& out) {
  append_json(number, out);
}

void append(std::int64_t number, std::string& out) {
  append_json(number, out);
}

void append(Microseconds time, std::string& out) {
  append_json(std::int64_t{time.count()}, out);
}

void append(const json& value, std::string& out) {
  append_json(value, out);
}

/// A list of numbers within a list.
template <class... Numbers>
void append_row(JsonWriter& list, Numbers... numbers) {
  list.item();
  JsonWriter row{Kind::List, list.out()};
  ((row.item(), append(numbers, list.out())), ...);
}

void append(const std::map<std::int64_t, TimeBucket>& buckets, std::string& out) {
  JsonWriter list{Kind::List, out};
  for (const auto& [start, bucket] : buckets) {
    append_row(list, start, bucket.calls, bucket.total);
  }
}

void append(const std::map<std::uint32_t, std::uint64_t>& counts, std::string& out) {
  JsonWriter list{Kind::List, out};
  for (const auto& [key, count] : counts) {
    append_row(list, std::uint64_t{key}, count);
  }
}

void append(const DurationSketch::Bins& bins, std::string& out) {
  JsonWriter list{Kind::List, out};
  for (const auto& [bin, count] : bins) {
    append_row(list, std::int64_t{bin}, count);
  }
}

/// As text: they need all 64 bits.
void append(const std::set<std::int64_t>& ids, std::string& out) {
  JsonWriter list{Kind::List, out};
  for (const std::int64_t id : ids) {
    list.item();
    append(std::string_view{fmt::format_int{id}.c_str()}, out);
  }
}

void append(const ParameterValues& values, std::string& out) {
  JsonWriter list{Kind::List, out};
  for (const auto& value : values) {
    list.item();
    if (value) {
      append(std::string_view{*value}, out);
    } else {
      out += "null";
    }
  }
}

void append(const std::map<std::string, std::uint64_t>& counts, std::string& out) {
  JsonWriter object{Kind::Object, out};
  for (const auto& [name, count] : counts) {
    object.key(name);
    append(count, out);
  }
}

void append(const DurationSketch& sketch, std::string& out) {
  JsonWriter object{Kind::Object, out};
  object.key("bins");
  append(sketch.bins(), out);
  object.key("zeros");
  append(sketch.zeros(), out);
}

template <class Value>
void add(JsonWriter& object, std::string_view key, const Value& value) {
  object.key(key);
  append(value, object.out());
}

void append(const SampleExecution& sample, std::string& out) {
  JsonWriter object{Kind::Object, out};
  add(object, "at_us", sample.at_us);
  add(object, "duration_us", sample.duration);
  add(object, "parameters", sample.parameters);
  add(object, "parameters_complete", sample.parameters_complete);
  add(object, "plan_shape", sample.plan_shape);
  add(object, "sql", sample.sql);
  add(object, "why", sample.why);
}

void append_plan(const ObservedPlan& plan, bool told, std::string& out) {
  JsonWriter object{Kind::Object, out};
  add(object, "by_time", plan.by_time);
  add(object, "calls", plan.calls);
  add(object, "example", plan.example);
  add(object, "example_at_us", plan.example_at_us);
  add(object, "example_duration_us", plan.example_duration);
  if (told) {
    add(object, "findings", findings_json(plan));
  }
  add(object, "shape", plan.shape);
  add(object, "total_us", plan.total);
}

template <class Item, class Append>
void add_list(JsonWriter& object, std::string_view key, const std::vector<Item>& items,
              const Append& append_item) {
  object.key(key);
  JsonWriter list{Kind::List, object.out()};
  for (const Item& item : items) {
    list.item();
    append_item(item, object.out());
  }
}

void add_plans(const QueryClass& c, std::optional<std::int32_t> told_by, JsonWriter& object) {
  if (told_by) {
    if (const json periods = plan_periods_json(c, *told_by); !periods.empty()) {
      add(object, "plan_periods", periods);
    }
  }
  add_list(object, "plans", c.plans, [&](const ObservedPlan& plan, std::string& out) {
    append_plan(plan, told_by.has_value(), out);
  });
}

void add_members(const QueryClass& c, std::optional<std::int32_t> told_by, JsonWriter& object) {
  add(object, "applications", c.applications);
  add(object, "by_time", c.by_time);
  add(object, "calls", c.calls);
  add(object, "cancelled", c.cancelled);
  add(object, "databases", c.databases);
  add(object, "durations", c.durations);
  add(object, "errors", c.errors);
  add(object, "fingerprint", c.fingerprint);
  add(object, "kind", std::string_view{kKinds[static_cast<std::size_t>(c.kind)]});
  add(object, "list_lengths", c.list_lengths);
  add(object, "lock_wait_us", c.lock_wait_time);
  add(object, "lock_waits", c.lock_waits);
  add(object, "maximum_us", c.maximum);
  add(object, "minimum_us", c.minimum);
  if (c.nested > 0) {
    add(object, "nested", c.nested);
    add(object, "nested_us", c.nested_total);
  }
  add(object, "parse_and_bind_us", c.parse_and_bind);
  add_plans(c, told_by, object);
  if (!c.query_ids.empty()) {
    add(object, "query_ids", c.query_ids);
  }
  add(object, "rows", c.rows ? json(*c.rows) : json(nullptr));
  add_list(object, "samples", c.samples,
           [](const SampleExecution& sample, std::string& out) { append(sample, out); });
  add(object, "sql", c.sql);
  add(object, "temp_bytes", c.temp_bytes);
  add(object, "temp_files", c.temp_files);
  add(object, "total_us", c.total);
  add(object, "untimed", c.untimed);
  add(object, "users", c.users);
  if (c.rows && c.with_rows != c.calls) {
    add(object, "with_rows", c.with_rows);
  }
}

}  // namespace

void append_class(const QueryClass& c, std::optional<std::int32_t> told_by, std::string& out) {
  JsonWriter object{Kind::Object, out};
  add_members(c, told_by, object);
}

std::map<std::string, std::string> class_members(const QueryClass& c) {
  std::string text;
  std::vector<JsonWriter::Member> places;
  {
    JsonWriter object{Kind::Object, text, &places};
    add_members(c, std::nullopt, object);
  }
  std::map<std::string, std::string> members;
  for (const JsonWriter::Member& place : places) {
    members[std::string{place.name}] = text.substr(place.from, place.to - place.from);
  }
  return members;
}

StatementKind kind_of(const std::string& word) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (word == kKinds[i]) {
      return static_cast<StatementKind>(i);
    }
  }
  throw UserError{fmt::format("statement kind '{}' is not known", word)};
}

}  // namespace quern
