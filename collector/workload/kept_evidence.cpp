#include "collector/workload/kept_evidence.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "collector/logs/parameters.hpp"
#include "collector/workload/samples.hpp"
#include "collector/workload/time_counters.hpp"

namespace quern::collector {

namespace {

std::size_t size_of(const SampleExecution& sample) {
  std::size_t size = sizeof sample + sample.sql.size();
  for (const auto& value : sample.parameters) {
    size += sizeof value + (value ? value->size() : 0);
  }
  return size;
}

SampleExecution sample_of(const Execution& e) {
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

bool beats_plan_sample(const CountedClass& c, const Execution& e) {
  return std::none_of(
      c.query.samples.begin(), c.query.samples.end(), [&](const SampleExecution& s) {
        return s.why == "plan" && s.plan_shape == e.plan->shape &&
               (s.duration > e.duration || (s.duration == e.duration && s.at_us < e.at_us));
      });
}

void note_bounds(CountedClass& c) {
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

/// The document of a plan is surely no longer than this: JSON is indented in logs, YAML has fewer
/// quotes, and text leaves out keys.
bool surely_fits(std::string_view source, std::size_t limit) {
  constexpr std::size_t kOfText = 16;
  constexpr std::size_t kOfOthers = 2;
  const bool text = source.empty() || (source.front() != '{' && source.front() != '<');
  return source.size() * (text ? kOfText : kOfOthers) <= limit;
}

void settle_example(ObservedPlan& ours, std::string& source) {
  if (!source.empty()) {
    ours.example = plan_document(LoggedPlan{.source = std::exchange(source, {})});
  }
}

/// The slowest execution's plan stands for its shape. Its document is made in the end: most are
/// beaten before.
void offer_example(Aggregated& held, ObservedPlan& ours, std::string& source, const Execution& e) {
  const auto rank = [](Microseconds duration, std::int64_t at_us) {
    return std::pair{-duration, at_us};
  };
  const auto best = rank(ours.example_duration, ours.example_at_us);
  const auto own = rank(e.duration, e.at_us);
  const bool first = ours.example.empty() && source.empty();
  if (!first && own > best) {
    return;
  }
  const auto exchange_bytes = [&](std::size_t gained) {
    held.bytes += gained;
    held.bytes -= std::min(held.bytes, ours.example.size() + source.size());
    ours.example_duration = e.duration;
    ours.example_at_us = e.at_us;
  };
  if ((first || own < best) && surely_fits(e.plan->source, held.limits.plan_bytes)) {
    exchange_bytes(e.plan->source.size());
    source.assign(e.plan->source);
    ours.example.clear();
    return;
  }
  settle_example(ours, source);
  std::string document = plan_document(*e.plan);
  const bool better = first || own < best || document < ours.example;
  if (better && document.size() <= held.limits.plan_bytes) {
    exchange_bytes(document.size());
    ours.example = std::move(document);
  }
}

}  // namespace

void offer_samples(Aggregated& held, CountedClass& c, const Execution& e, std::uint64_t text_hash) {
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
  if (e.sql.size() + e.parameters.size() > held.limits.sample_bytes) {
    held.workload.skipped.add("sample too large to keep", e.where);
    return;
  }
  SampleExecution sample = sample_of(e);
  if (held.bytes + 3 * size_of(sample) > held.limits.bytes) {
    held.workload.skipped.add("sample not kept: memory limit", e.where);
    return;
  }
  std::vector<SampleExecution>& kept = c.query.samples;
  for (const SampleExecution& old : kept) {
    held.bytes -= std::min(held.bytes, size_of(old));
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
    held.bytes += size_of(now);
  }
}

void count_plan(Aggregated& held, CountedClass& c, const Execution& e) {
  const LoggedPlan& plan = *e.plan;
  if (plan.actual_rows && *plan.actual_rows >= 0 && *plan.actual_rows < 1e15) {
    c.query.rows =
        c.query.rows.value_or(0) + static_cast<std::uint64_t>(std::llround(*plan.actual_rows));
    c.query.with_rows += std::max<std::uint64_t>(e.calls, 1);
  }
  if (plan.shape.empty()) {
    return;
  }
  auto& plans = c.query.plans;
  auto ours = std::find_if(plans.begin(), plans.end(),
                           [&](const ObservedPlan& p) { return p.shape == plan.shape; });
  if (ours == plans.end()) {
    if (plans.size() >= held.limits.plans || held.bytes + plan.source.size() > held.limits.bytes) {
      held.workload.skipped.add("plan shape beyond the limit a statement", e.where);
      return;
    }
    ours = plans.insert(plans.end(), ObservedPlan{.shape = plan.shape});
    c.example_sources.emplace_back();
  }
  ours->calls += std::max<std::uint64_t>(e.calls, 1);
  ours->total += e.duration;
  offer_example(held, *ours, c.example_sources[static_cast<std::size_t>(ours - plans.begin())], e);
  count_when(held, *ours, e);
}

void settle_examples(CountedClass& c) {
  for (std::size_t i = 0; i < c.query.plans.size(); ++i) {
    settle_example(c.query.plans[i], c.example_sources[i]);
  }
}

}  // namespace quern::collector
