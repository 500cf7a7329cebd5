#include "collector/workload/aggregate.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "collector/workload/aggregated.hpp"
#include "collector/workload/canonical_order.hpp"
#include "collector/workload/kept_evidence.hpp"
#include "collector/workload/statement_classifier.hpp"
#include "collector/workload/time_counters.hpp"

namespace quern::collector {

namespace {

/// The server said so too: an application's mistake, not a loss.
constexpr const char* kRefused = "failed statement whose SQL does not parse";

std::string fingerprint_of(std::uint64_t number) {
  return fmt::format("{:016x}", number);
}

void count_time(CountedClass& c, const Execution& e) {
  QueryClass& q = c.query;
  if (!e.timed) {
    q.untimed += e.calls;
    return;
  }
  const bool first = q.calls == q.untimed;
  q.minimum = first ? e.duration : std::min(q.minimum, e.duration);
  q.maximum = std::max(q.maximum, e.duration);
  q.total += e.duration * static_cast<std::int64_t>(e.calls);
  c.bins.add(q.durations, e.duration, e.calls);
}

}  // namespace

struct Aggregator::State {
  Aggregated held = {};
  StatementClassifier classifier{held};
  std::map<std::uint64_t, SessionPattern> patterns = {};    ///< by the classes' numbers
  std::map<std::uint64_t, ChattyTransactions> chatty = {};  ///< likewise

  CountedClass& at(ClassNumber number) { return *held.classes[static_cast<std::size_t>(number)]; }
};

Aggregator::Aggregator(std::int32_t bucket_seconds, AggregateLimits limits)
    : state_{std::make_unique<State>()} {
  state_->held.workload.bucket_seconds = bucket_seconds;
  state_->held.limits = limits;
}

Aggregator::~Aggregator() = default;

ClassNumber Aggregator::execution(const Execution& e) {
  State& s = *state_;
  const ClassNumber number = s.classifier.classify(e.sql, e.where, e.calls);
  if (number == kNoClass) {
    return number;
  }
  CountedClass& c = s.at(number);
  if (e.calls == 0) {
    if (e.plan != nullptr) {
      count_plan(s.held, c, e);
    } else {
      c.query.total += e.duration;
    }
    return number;
  }
  for (const std::uint32_t length : s.classifier.list_lengths()) {
    c.query.list_lengths[length] += e.calls;
  }
  if (e.query_id != 0 && e.query_id != c.query_id) {
    add_query_id(c.query, e.query_id);
    c.query_id = e.query_id;
  }
  count_time(c, e);
  c.query.calls += e.calls;
  if (e.nested) {
    c.query.nested += e.calls;
    c.query.nested_total += e.duration * static_cast<std::int64_t>(e.calls);
  }
  count_when(s.held, c, e);
  const bool room = s.held.bytes < s.held.limits.bytes / 2;
  s.held.bytes += c.users.add(c.query.users, e.user, e.calls, room);
  s.held.bytes += c.databases.add(c.query.databases, e.database, e.calls, room);
  s.held.bytes += c.applications.add(c.query.applications, e.application, e.calls, room);
  if (e.plan != nullptr) {
    count_plan(s.held, c, e);
  }
  offer_samples(s.held, c, e, s.classifier.text_hash());
  return number;
}

void Aggregator::protocol_step(std::string_view sql, Microseconds duration,
                               const TextPosition& where) {
  if (const ClassNumber number = state_->classifier.classify(sql, where); number != kNoClass) {
    state_->at(number).query.parse_and_bind += duration;
  }
}

void Aggregator::error(std::string_view sql, bool cancelled, const TextPosition& where) {
  if (const ClassNumber number = state_->classifier.classify(sql, where, 1, kRefused);
      number != kNoClass) {
    QueryClass& query = state_->at(number).query;
    ++query.errors;
    query.cancelled += cancelled ? 1 : 0;
  }
}

void Aggregator::temporary_file(std::string_view sql, std::uint64_t bytes,
                                const TextPosition& where) {
  if (const ClassNumber number = state_->classifier.classify(sql, where); number != kNoClass) {
    QueryClass& query = state_->at(number).query;
    ++query.temp_files;
    query.temp_bytes += bytes;
  }
}

void Aggregator::rows(std::string_view sql, std::uint64_t calls, std::uint64_t number,
                      const TextPosition& where) {
  if (const ClassNumber c = state_->classifier.classify(sql, where); c != kNoClass) {
    QueryClass& query = state_->at(c).query;
    query.rows = query.rows.value_or(0) + number;
    query.with_rows += calls;
  }
}

void Aggregator::lock_wait(std::string_view sql, const TextPosition& where) {
  if (const ClassNumber number = state_->classifier.classify(sql, where); number != kNoClass) {
    ++state_->at(number).query.lock_waits;
  }
}

void Aggregator::lock_wait_time(std::string_view sql, Microseconds waited,
                                const TextPosition& where) {
  if (const ClassNumber number = state_->classifier.classify(sql, where); number != kNoClass) {
    state_->at(number).query.lock_wait_time += waited;
  }
}

bool Aggregator::is_utility(ClassNumber number) const {
  return number == kNoClass || state_->at(number).query.kind == StatementKind::Utility;
}

std::uint64_t Aggregator::last_text_hash() const {
  return state_->classifier.text_hash();
}

std::uint64_t Aggregator::id(ClassNumber number) const {
  return state_->at(number).id;
}

void Aggregator::run(std::uint64_t id, std::uint64_t before, std::uint64_t length,
                     Microseconds total) {
  SessionPattern& pattern = state_->patterns[id];
  ++pattern.runs;
  pattern.calls += length;
  pattern.longest = std::max(pattern.longest, length);
  pattern.total += total;
  if (before != 0) {
    ++pattern.predecessors[fingerprint_of(before)];
  }
}

void Aggregator::chatty(std::uint64_t first, std::uint64_t statements, Microseconds total,
                        Microseconds elapsed) {
  ChattyTransactions& pattern = state_->chatty[first];
  ++pattern.transactions;
  pattern.statements += statements;
  pattern.longest = std::max(pattern.longest, statements);
  pattern.total += total;
  pattern.elapsed += elapsed;
}

ServerEvents& Aggregator::events() {
  return state_->held.workload.events;
}

InputCounts& Aggregator::input() {
  return state_->held.workload.input;
}

SkipReport& Aggregator::skipped() {
  return state_->held.workload.skipped;
}

std::map<std::string, std::uint64_t>& Aggregator::formats() {
  return state_->held.workload.formats;
}

void Aggregator::settle() {
  for (auto& c : state_->held.classes) {
    settle_examples(*c);
  }
}

Workload Aggregator::take() {
  State& s = *state_;
  for (auto& [id, pattern] : s.patterns) {
    pattern.fingerprint = fingerprint_of(id);
    s.held.workload.patterns.push_back(std::move(pattern));
  }
  for (auto& [id, pattern] : s.chatty) {
    pattern.fingerprint = fingerprint_of(id);
    s.held.workload.chatty.push_back(std::move(pattern));
  }
  for (auto& c : s.held.classes) {
    c->bins.flush(c->query.durations);
    settle_examples(*c);
    s.held.workload.classes.push_back(std::move(c->query));
  }
  put_in_order(s.held.workload);
  Workload done = std::move(s.held.workload);
  const AggregateLimits limits = s.held.limits;
  state_ = std::make_unique<State>();
  state_->held.workload.bucket_seconds = done.bucket_seconds;
  state_->held.limits = limits;
  return done;
}

}  // namespace quern::collector
