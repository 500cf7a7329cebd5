#include "reports/document_profile.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "reports/document_evidence.hpp"
#include "reports/words.hpp"

namespace quern::reports {

namespace {

double milliseconds(Microseconds duration) {
  return static_cast<double>(duration.count()) / 1e3;
}

std::string kind_of(StatementKind kind) {
  switch (kind) {
    case StatementKind::Select:
      return "SELECT";
    case StatementKind::Insert:
      return "INSERT";
    case StatementKind::Update:
      return "UPDATE";
    case StatementKind::Delete:
      return "DELETE";
    case StatementKind::Merge:
      return "MERGE";
    case StatementKind::Utility:
      return "utility";
    case StatementKind::Other:
      return "other";
  }
  return "other";
}

std::string trouble_of(const QueryClass& query) {
  std::string words;
  const auto add = [&](const std::string& part) { words += (words.empty() ? "" : ", ") + part; };
  if (query.errors > 0) {
    add(plural(static_cast<double>(query.errors), "error", "errors"));
  }
  if (query.lock_waits > 0) {
    add(fmt::format("{} ({})",
                    plural(static_cast<double>(query.lock_waits), "lock wait", "lock waits"),
                    duration_words(query.lock_wait_time)));
  }
  if (mostly_planned(query)) {
    add(fmt::format("parse, plan and bind {}", duration_words(query.parse_and_bind)));
  }
  if (query.temp_bytes > 0) {
    add(size_words(Bytes{static_cast<double>(query.temp_bytes)}) + " temporary files");
  }
  return words;
}

Microseconds mean_of(const QueryClass& query) {
  const std::uint64_t timed = query.calls - std::min(query.calls, query.untimed);
  return timed == 0 ? Microseconds{0}
                    : Microseconds{query.total.count() / static_cast<std::int64_t>(timed)};
}

DocumentClass worded(const QueryClass& query, Microseconds workload_total) {
  const Microseconds mean = mean_of(query);
  // The sketch is exact to 1 % only; no quantile is shown above what was measured.
  const auto quantile = [&](double share_below) {
    return std::min(query.durations.quantile(share_below), query.maximum);
  };
  const Microseconds p95 = quantile(0.95);
  const double share =
      workload_total.count() > 0 ? milliseconds(query.total) / milliseconds(workload_total) : 0;
  const bool timed = query.durations.count() > 0;
  const auto duration = [&](Microseconds d) { return timed ? duration_words(d) : std::string{}; };
  return {.fingerprint = clean_text(query.fingerprint),
          .sql = clean_text(query.sql),
          .kind = kind_of(query.kind),
          .calls = count_words(static_cast<double>(query.calls)),
          .total = duration(query.total),
          .share = share_words(share),
          .mean = duration(mean),
          .median = duration(quantile(0.5)),
          .p95 = duration(p95),
          .p99 = duration(quantile(0.99)),
          .maximum = duration(query.maximum),
          .rows = query.rows ? count_words(static_cast<double>(*query.rows)) : "",
          .trouble = trouble_of(query),
          .calls_number = static_cast<double>(query.calls),
          .total_ms = milliseconds(query.total),
          .mean_ms = milliseconds(mean),
          .p95_ms = milliseconds(p95),
          .maximum_ms = milliseconds(query.maximum),
          .share_number = share};
}

void add_patterns(ReportDocument& document, const Workload& workload) {
  std::map<std::string, std::string> sql;
  for (const QueryClass& query : workload.classes) {
    sql.emplace(query.fingerprint, query.sql);
  }
  for (const SessionPattern& pattern : workload.patterns) {
    const auto found = sql.find(pattern.fingerprint);
    document.patterns.push_back(
        {clean_text(found == sql.end() ? pattern.fingerprint : found->second),
         fmt::format("{} of up to {}", plural(static_cast<double>(pattern.runs), "run", "runs"),
                     plural(static_cast<double>(pattern.longest), "call", "calls")),
         fmt::format("{} in all, {}", plural(static_cast<double>(pattern.calls), "call", "calls"),
                     duration_words(pattern.total))});
  }
}

}  // namespace

DocumentFact time_covered(const Workload& workload) {
  if (workload.from_us == 0 || workload.until_us < workload.from_us) {
    return {"Time covered", "unknown", "the source gave no times"};
  }
  return {"Time covered", duration_words(Microseconds{workload.until_us - workload.from_us}),
          time_range_words(workload.from_us, workload.until_us)};
}

void add_profile(ReportDocument& document, const Workload& workload,
                 const advisor::Advice& advice) {
  std::map<std::string, const advisor::QueryEffect*> effects;
  for (const advisor::QueryEffect& effect : advice.queries) {
    effects.emplace(effect.fingerprint, &effect);
  }
  const Microseconds total = time_of(workload);
  for (const QueryClass& query : workload.classes) {
    if (document.profile.size() == kProfileLimit) {
      document.profile_left_out = workload.classes.size() - kProfileLimit;
      break;
    }
    DocumentClass row = worded(query, total);
    if (const auto found = effects.find(query.fingerprint); found != effects.end()) {
      row.cost_before = cost_words(found->second->before);
      row.cost_after = cost_words(found->second->after);
      row.cost_change = change_words(found->second->before, found->second->after);
      row.cost_number = found->second->before.value();
    }
    if (document.profile.size() < kSeriesLimit) {
      for (const auto& [start, bucket] : query.by_time) {
        row.series.push_back(
            {start, static_cast<double>(bucket.calls), milliseconds(bucket.total)});
      }
    }
    document.profile.push_back(std::move(row));
  }
  add_patterns(document, workload);
  add_evidence(document, workload);
  for (const auto& [reason, entry] : workload.skipped.by_reason()) {
    document.skipped.push_back(
        {clean_text(reason), "", count_words(static_cast<double>(entry.count)),
         entry.first.file.empty()
             ? ""
             : fmt::format("{}:{}", clean_text(entry.first.file), entry.first.line)});
  }
}

}  // namespace quern::reports
