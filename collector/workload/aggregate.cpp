#include "collector/workload/aggregate.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/base/utf8.hpp"
#include "collector/logs/parameters.hpp"
#include "collector/sql/lexical_shape.hpp"
#include "collector/sql/several_statements.hpp"
#include "collector/sql/statement_kind.hpp"
#include "collector/sql/text_skeleton.hpp"
#include "collector/workload/canonical_order.hpp"
#include "collector/workload/samples.hpp"
#include "collector/workload/time_buckets.hpp"

namespace quern::collector {

namespace {

constexpr const char* kUnparsable = "SQL that does not parse";
/// The server said so too: an application's mistake, not a loss.
constexpr const char* kRefused = "failed statement whose SQL does not parse";
constexpr const char* kTooMany = "statement beyond the limit of distinct statements";

/// Adds to a count by name without building a key string when the name is the last one again.
/// Programs that put numbers into their names make ever new ones: a class counts so many apart, and
/// fewer when there is little room.
class NameCounter {
 public:
  /// Returns the bytes that a new name takes.
  std::size_t add(std::map<std::string, std::uint64_t>& counts, std::string_view name,
                  std::uint64_t calls, bool room) {
    if (name.empty()) {
      return 0;
    }
    std::size_t bytes = 0;
    if (last_ == nullptr || last_name_ != name) {
      last_name_ = name;
      auto place = counts.find(last_name_);
      if (place == counts.end()) {
        constexpr std::size_t kNode = 96;
        bytes = counts.size() < (room ? kMostNames : kFewNames) ? kNode + name.size() : 0;
        place = counts.try_emplace(bytes > 0 ? last_name_ : std::string{kOthers}).first;
      }
      last_ = &place->second;
    }
    *last_ += calls;
    return bytes;
  }

 private:
  static constexpr std::size_t kMostNames = 1000;
  static constexpr std::size_t kFewNames = 8;
  static constexpr const char* kOthers = "(others)";

  std::string last_name_;
  std::uint64_t* last_ = nullptr;  ///< map nodes do not move
};

/// A class's duration bins while it is filled. Once a class is seen often they stand side by side,
/// which saves looking each up in the sketch.
class BinCounters {
 public:
  void add(DurationSketch& sketch, Microseconds duration, std::uint64_t calls) {
    if (duration.count() <= 0 || ++added_ < kOften || calls != 1) {
      sketch.add(duration, calls);
      return;
    }
    const std::int32_t bin = DurationSketch::bin_of(duration);
    if (bin < first_ || bin >= first_ + static_cast<std::int32_t>(counters_.size())) {
      flush(sketch);
      make_room(bin);
    }
    std::uint32_t& counter = counters_[static_cast<std::size_t>(bin - first_)];
    if (++counter == std::numeric_limits<std::uint32_t>::max()) {
      flush(sketch);
    }
  }

  void flush(DurationSketch& sketch) {
    for (std::size_t i = 0; i < counters_.size(); ++i) {
      if (counters_[i] != 0) {
        sketch.counter(first_ + static_cast<std::int32_t>(i)) += counters_[i];
        counters_[i] = 0;
      }
    }
  }

 private:
  static constexpr std::uint64_t kOften = 256;

  void make_room(std::int32_t bin) {
    constexpr std::int32_t kMargin = 32;
    const auto end = counters_.empty() ? bin : first_ + static_cast<std::int32_t>(counters_.size());
    const std::int32_t last = std::max(end, bin + kMargin);
    first_ = counters_.empty() ? bin - kMargin : std::min(first_, bin - kMargin);
    counters_.assign(static_cast<std::size_t>(last - first_), 0);
  }

  std::uint64_t added_ = 0;
  std::int32_t first_ = 0;
  std::vector<std::uint32_t> counters_ = {};
};

struct Class {
  QueryClass query;
  BinCounters bins;
  std::uint64_t id = 0;
  bool keeps_samples = true;
  NameCounter users, databases, applications;
  TimeBucket* bucket = nullptr;  ///< of bucket_at, likewise
  std::int64_t bucket_at = 0;
  // What a further execution has to beat, once the numbers are full.
  std::size_t slowest = 0, typical = 0;
  Microseconds slowest_bound{0};
  std::int64_t slowest_bound_at_us = 0;
  std::uint64_t typical_bound = 0;
};

std::uint64_t number_of(const std::string& fingerprint) {
  std::uint64_t number = 0;
  std::from_chars(fingerprint.data(), fingerprint.data() + fingerprint.size(), number, 16);
  return number;
}

std::string fingerprint_of(std::uint64_t number) {
  return fmt::format("{:016x}", number);
}

std::size_t size_of(const SampleExecution& sample) {
  std::size_t size = sizeof sample + sample.sql.size();
  for (const auto& value : sample.parameters) {
    size += sizeof value + (value ? value->size() : 0);
  }
  return size;
}

/// A statement seen lately, by the hash of its text or of its skeleton: most need no lexer then.
struct RecentText {
  std::uint64_t hash = 0;
  ClassNumber number = kNoClass;
  bool known = false;
  std::vector<std::uint32_t> list_lengths = {};
};

template <std::size_t N>
class RecentTexts {
 public:
  [[nodiscard]] const RecentText* find(std::uint64_t hash) const {
    if (places_.empty()) {
      return nullptr;
    }
    const RecentText& place = places_[hash % N];
    return place.known && place.hash == hash ? &place : nullptr;
  }

  void keep(std::uint64_t hash, ClassNumber number, const std::vector<std::uint32_t>& lengths) {
    if (places_.empty()) {
      places_.resize(N);  // the many that only join pieces remember nothing
    }
    RecentText& place = places_[hash % N];
    place.hash = hash;
    place.number = number;
    place.known = true;
    place.list_lengths = lengths;
  }

 private:
  std::vector<RecentText> places_;
};

}  // namespace

struct Aggregator::State {
  Workload workload;
  AggregateLimits limits;
  LexicalShaper shaper;
  TextSkeleton skeleton;
  RecentTexts<4096> recent_texts;
  RecentTexts<16384> recent_skeletons;
  std::vector<std::uint64_t> lately = std::vector<std::uint64_t>(16384);  ///< hashes of texts
  std::uint64_t text_hash = 0;                                            ///< of the last text
  std::vector<std::uint32_t> list_lengths = {};                           ///< of the last text
  std::vector<std::unique_ptr<Class>> classes;
  std::unordered_map<std::uint64_t, ClassNumber> by_shape;
  std::unordered_map<std::string, ClassNumber> by_fingerprint;
  std::map<std::uint64_t, SessionPattern> patterns;    ///< by the classes' numbers
  std::map<std::uint64_t, ChattyTransactions> chatty;  ///< likewise
  std::size_t bytes = 0;
  std::size_t buckets = 0;

  ClassNumber classify(std::string_view sql, const TextPosition& where, std::uint64_t count = 1,
                       const char* unparsable = kUnparsable) {
    const std::uint64_t text = text_hash = XXH3_64bits(sql.data(), sql.size());
    if (const RecentText* recent = recent_texts.find(text)) {
      return counted(*recent, sql, where, count, unparsable);
    }
    const auto bones = skeleton.hash(sql);
    if (bones) {
      if (const RecentText* recent = recent_skeletons.find(*bones)) {
        if (comes_again(text)) {
          recent_texts.keep(text, recent->number, recent->list_lengths);
        }
        return counted(*recent, sql, where, count, unparsable);
      }
    }
    const LexicalShape& shape = shaper.shape(sql);
    auto known = by_shape.find(shape.hash);
    if (known == by_shape.end()) {
      if (by_shape.size() >= limits.shapes) {
        by_shape.clear();  // only what was learned about them goes
      }
      known = by_shape.emplace(shape.hash, new_shape(sql)).first;
    }
    // Texts that differ in their literals only would push out those that repeat to the byte.
    if (bones) {
      recent_skeletons.keep(*bones, known->second, shape.list_lengths);
    } else {
      recent_texts.keep(text, known->second, shape.list_lengths);
    }
    return counted({text, known->second, true, shape.list_lengths}, sql, where, count, unparsable);
  }

  /// The text came lately: with $n in place of literals texts repeat, else each comes once.
  bool comes_again(std::uint64_t text) {
    std::uint64_t& last = lately[text % lately.size()];
    return std::exchange(last, text) == text;
  }

  /// Hosting services cut long messages, and say so in the text.
  static const char* why_unparsable(std::string_view sql, const char* unparsable) {
    if (sql.find("[Your log message was truncated]") != std::string_view::npos) {
      return "statement cut by the hosting service's log";
    }
    return is_empty_statement(sql) ? "empty statement" : unparsable;
  }

  ClassNumber counted(const RecentText& text, std::string_view sql, const TextPosition& where,
                      std::uint64_t count, const char* unparsable) {
    const ClassNumber number = text.number;
    list_lengths = text.list_lengths;
    if (number <= kNoClass) {
      workload.skipped.add(number == kNoClass ? why_unparsable(sql, unparsable) : kTooMany, where,
                           count);
    }
    return std::max(number, kNoClass);
  }

  /// A parse takes some sixty times the text's room. The text of its shape has the same
  /// fingerprint, and of a long list one row; but `date $1` for one does not parse.
  static std::optional<StatementIdentity> identify_bounded(std::string_view sql) {
    constexpr std::size_t kLong = 256U << 10U;
    auto identity = sql.size() > kLong ? identify(normalized_text(sql)) : std::nullopt;
    return identity ? identity : identify(sql);
  }

  /// kNoClass: does not parse; below it: no room.
  ClassNumber new_shape(std::string_view sql) {
    const auto identity = identify_bounded(sql);
    if (!identity) {
      return kNoClass;
    }
    const auto known = by_fingerprint.find(identity->fingerprint);
    if (known == by_fingerprint.end() && classes.size() >= limits.classes) {
      return kNoClass - 1;
    }
    std::string text = identity->holds_secret ? identity->text : normalized_text(sql);
    if (text.size() > limits.text_bytes) {
      text.resize(end_of_utf8(text, limits.text_bytes));
    }
    if (known != by_fingerprint.end()) {
      QueryClass& query = classes[static_cast<std::size_t>(known->second)]->query;
      query.sql = preferred_text(text, query.sql) ? std::move(text) : query.sql;
      return known->second;
    }
    if (bytes + text.size() > limits.bytes) {
      return kNoClass - 1;
    }
    const auto number = static_cast<ClassNumber>(classes.size());
    auto fresh = std::make_unique<Class>();
    fresh->query.fingerprint = identity->fingerprint;
    fresh->id = number_of(identity->fingerprint);
    fresh->query.kind = identity->kind;
    fresh->keeps_samples = !identity->holds_secret;
    bytes += sizeof(Class) + text.size();
    fresh->query.sql = std::move(text);
    classes.push_back(std::move(fresh));
    by_fingerprint.emplace(identity->fingerprint, number);
    return number;
  }

  Class& at(ClassNumber number) { return *classes[static_cast<std::size_t>(number)]; }

  void count_time(Class& c, const Execution& e) {
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

  void count_when(Class& c, const Execution& e) {
    if (e.at_us == 0) {
      return;
    }
    workload.from_us = workload.from_us == 0 ? e.at_us : std::min(workload.from_us, e.at_us);
    workload.until_us = std::max(workload.until_us, e.at_us);
    const std::int64_t start = bucket_start(e.at_us, workload.bucket_seconds);
    if (c.bucket == nullptr || c.bucket_at != start) {
      const auto [place, inserted] = c.query.by_time.try_emplace(start);
      buckets += inserted ? 1 : 0;
      c.bucket = &place->second;
      c.bucket_at = start;
    }
    c.bucket->calls += e.calls;
    c.bucket->total += e.duration * static_cast<std::int64_t>(e.calls);
    if (buckets > kMostBuckets) {
      lengthen_buckets();
    }
  }

  void lengthen_buckets() {
    const std::int32_t next = next_bucket_seconds(workload.bucket_seconds);
    if (next == workload.bucket_seconds) {
      return;
    }
    workload.bucket_seconds = next;
    buckets = 0;
    for (const auto& c : classes) {
      c->query.by_time = coarser(c->query.by_time, next);
      c->bucket = nullptr;
      buckets += c->query.by_time.size();
      for (ObservedPlan& plan : c->query.plans) {
        plan.by_time = coarser(plan.by_time, next);
        buckets += plan.by_time.size();
      }
    }
  }

  void offer_samples(Class& c, const Execution& e) {
    if (!c.keeps_samples) {
      return;
    }
    const std::uint64_t hash = sample_hash(text_hash, e.duration, e.at_us);
    const bool slow = c.slowest < kSlowestSamples || e.duration > c.slowest_bound ||
                      (e.duration == c.slowest_bound && e.at_us <= c.slowest_bound_at_us);
    const bool typical = c.typical < kTypicalSamples || hash <= c.typical_bound;
    const bool planned = e.plan != nullptr && !e.plan->shape.empty() && beats_plan_sample(c, e);
    if (!slow && !typical && !planned) {
      return;
    }
    if (e.sql.size() + e.parameters.size() > limits.sample_bytes) {
      workload.skipped.add("sample too large to keep", e.where);
      return;
    }
    SampleExecution sample = sample_of(e);
    if (bytes + 3 * size_of(sample) > limits.bytes) {
      workload.skipped.add("sample not kept: memory limit", e.where);
      return;
    }
    std::vector<SampleExecution>& kept = c.query.samples;
    for (const SampleExecution& old : kept) {
      bytes -= std::min(bytes, size_of(old));
    }
    const auto add = [&](bool wanted, const char* why) {
      if (wanted) {
        kept.push_back(sample);
        kept.back().why = why;
      }
    };
    add(slow, "slowest");
    add(typical, "typical");
    add(planned, "plan");
    keep_best_samples(kept);
    note_bounds(c);
    for (const SampleExecution& now : kept) {
      bytes += size_of(now);
    }
  }

  static SampleExecution sample_of(const Execution& e) {
    SampleExecution sample;
    sample.sql = e.sql;
    BoundParameters bound = read_parameters(e.parameters);
    sample.parameters = std::move(bound.values);
    sample.parameters_complete = bound.complete;
    sample.duration = e.duration;
    sample.at_us = e.at_us;
    sample.plan_shape = e.plan == nullptr ? std::string{} : e.plan->shape;
    return sample;
  }

  static bool beats_plan_sample(const Class& c, const Execution& e) {
    return std::none_of(
        c.query.samples.begin(), c.query.samples.end(), [&](const SampleExecution& s) {
          return s.why == "plan" && s.plan_shape == e.plan->shape &&
                 (s.duration > e.duration || (s.duration == e.duration && s.at_us < e.at_us));
        });
  }

  static void note_bounds(Class& c) {
    c.slowest = 0;
    c.typical = 0;
    for (const SampleExecution& sample : c.query.samples) {
      if (sample.why == "slowest") {
        ++c.slowest;
        c.slowest_bound = sample.duration;  // the last is the least
        c.slowest_bound_at_us = sample.at_us;
      } else if (sample.why == "typical") {
        ++c.typical;
        c.typical_bound = sample_hash(sample);
      }
    }
  }

  void count_plan(Class& c, const Execution& e) {
    const LoggedPlan& plan = *e.plan;
    if (plan.actual_rows && *plan.actual_rows >= 0 && *plan.actual_rows < 1e15) {
      c.query.rows =
          c.query.rows.value_or(0) + static_cast<std::uint64_t>(std::llround(*plan.actual_rows));
    }
    if (plan.shape.empty()) {
      return;
    }
    auto& plans = c.query.plans;
    auto ours = std::find_if(plans.begin(), plans.end(),
                             [&](const ObservedPlan& p) { return p.shape == plan.shape; });
    if (ours == plans.end()) {
      if (plans.size() >= limits.plans || bytes + plan.source.size() > limits.bytes) {
        workload.skipped.add("plan shape beyond the limit a statement", e.where);
        return;
      }
      ours = plans.insert(plans.end(), ObservedPlan{.shape = plan.shape});
    }
    ours->calls += std::max<std::uint64_t>(e.calls, 1);
    ours->total += e.duration;
    offer_example(*ours, e);
    if (e.at_us != 0) {
      const auto [bucket, inserted] =
          ours->by_time.try_emplace(bucket_start(e.at_us, workload.bucket_seconds));
      bucket->second.calls += std::max<std::uint64_t>(e.calls, 1);
      bucket->second.total += e.duration;
      buckets += inserted ? 1 : 0;
      if (buckets > kMostBuckets) {
        lengthen_buckets();
      }
    }
  }

  /// The slowest execution's plan stands for its shape. Most are not, and stay unformatted.
  void offer_example(ObservedPlan& ours, const Execution& e) {
    const auto rank = [](Microseconds duration, std::int64_t at_us) {
      return std::pair{-duration, at_us};
    };
    const auto best = rank(ours.example_duration, ours.example_at_us);
    const auto own = rank(e.duration, e.at_us);
    if (!ours.example.empty() && own > best) {
      return;
    }
    std::string document = plan_document(*e.plan);
    const bool better = ours.example.empty() || own < best || document < ours.example;
    if (better && document.size() <= limits.plan_bytes) {
      bytes += document.size();
      bytes -= std::min(bytes, ours.example.size());
      ours.example = std::move(document);
      ours.example_duration = e.duration;
      ours.example_at_us = e.at_us;
    }
  }
};

Aggregator::Aggregator(std::int32_t bucket_seconds, AggregateLimits limits)
    : state_{std::make_unique<State>()} {
  state_->workload.bucket_seconds = bucket_seconds;
  state_->limits = limits;
}

Aggregator::~Aggregator() = default;

ClassNumber Aggregator::execution(const Execution& e) {
  State& s = *state_;
  const ClassNumber number = s.classify(e.sql, e.where, e.calls);
  if (number == kNoClass) {
    return number;
  }
  Class& c = s.at(number);
  if (e.calls == 0) {
    if (e.plan != nullptr) {
      s.count_plan(c, e);
    } else {
      c.query.total += e.duration;
    }
    return number;
  }
  for (const std::uint32_t length : s.list_lengths) {
    c.query.list_lengths[length] += e.calls;
  }
  s.count_time(c, e);
  c.query.calls += e.calls;
  if (e.nested) {
    c.query.nested += e.calls;
    c.query.nested_total += e.duration * static_cast<std::int64_t>(e.calls);
  }
  s.count_when(c, e);
  const bool room = s.bytes < s.limits.bytes / 2;
  s.bytes += c.users.add(c.query.users, e.user, e.calls, room);
  s.bytes += c.databases.add(c.query.databases, e.database, e.calls, room);
  s.bytes += c.applications.add(c.query.applications, e.application, e.calls, room);
  if (e.plan != nullptr) {
    s.count_plan(c, e);
  }
  s.offer_samples(c, e);
  return number;
}

void Aggregator::protocol_step(std::string_view sql, Microseconds duration,
                               const TextPosition& where) {
  if (const ClassNumber number = state_->classify(sql, where); number != kNoClass) {
    state_->at(number).query.parse_and_bind += duration;
  }
}

void Aggregator::error(std::string_view sql, bool cancelled, const TextPosition& where) {
  if (const ClassNumber number = state_->classify(sql, where, 1, kRefused); number != kNoClass) {
    QueryClass& query = state_->at(number).query;
    ++query.errors;
    query.cancelled += cancelled ? 1 : 0;
  }
}

void Aggregator::temporary_file(std::string_view sql, std::uint64_t bytes,
                                const TextPosition& where) {
  if (const ClassNumber number = state_->classify(sql, where); number != kNoClass) {
    QueryClass& query = state_->at(number).query;
    ++query.temp_files;
    query.temp_bytes += bytes;
  }
}

void Aggregator::rows(std::string_view sql, std::uint64_t number, const TextPosition& where) {
  if (const ClassNumber c = state_->classify(sql, where); c != kNoClass) {
    QueryClass& query = state_->at(c).query;
    query.rows = query.rows.value_or(0) + number;
  }
}

void Aggregator::lock_wait(std::string_view sql, const TextPosition& where) {
  if (const ClassNumber number = state_->classify(sql, where); number != kNoClass) {
    ++state_->at(number).query.lock_waits;
  }
}

void Aggregator::lock_wait_time(std::string_view sql, Microseconds waited,
                                const TextPosition& where) {
  if (const ClassNumber number = state_->classify(sql, where); number != kNoClass) {
    state_->at(number).query.lock_wait_time += waited;
  }
}

bool Aggregator::is_utility(ClassNumber number) const {
  return number == kNoClass || state_->at(number).query.kind == StatementKind::Utility;
}

std::uint64_t Aggregator::last_text_hash() const {
  return state_->text_hash;
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
  return state_->workload.events;
}

InputCounts& Aggregator::input() {
  return state_->workload.input;
}

SkipReport& Aggregator::skipped() {
  return state_->workload.skipped;
}

std::map<std::string, std::uint64_t>& Aggregator::formats() {
  return state_->workload.formats;
}

Workload Aggregator::take() {
  State& s = *state_;
  for (auto& [id, pattern] : s.patterns) {
    pattern.fingerprint = fingerprint_of(id);
    s.workload.patterns.push_back(std::move(pattern));
  }
  for (auto& [id, pattern] : s.chatty) {
    pattern.fingerprint = fingerprint_of(id);
    s.workload.chatty.push_back(std::move(pattern));
  }
  for (auto& c : s.classes) {
    c->bins.flush(c->query.durations);
    s.workload.classes.push_back(std::move(c->query));
  }
  put_in_order(s.workload);
  Workload done = std::move(s.workload);
  const AggregateLimits limits = s.limits;
  state_ = std::make_unique<State>();
  state_->workload.bucket_seconds = done.bucket_seconds;
  state_->limits = limits;
  return done;
}

}  // namespace quern::collector
