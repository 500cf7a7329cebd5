#pragma once

#include <cstdint>
#include <memory>

#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/log_record.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Puts the records of each session together into executions, each counted once:
///
/// - auto_explain's plan and the statement's own duration line are one execution. Simple statements
///   and writes log the plan first; a SELECT through the extended protocol logs it when its portal
///   closes, which is after its `execute` line.
/// - `execute fetch from` adds to the execution before it.
/// - `statement:` without a duration waits for the bare `duration:` line of log_duration, and is an
///   untimed execution when none comes, an error when an ERROR comes instead.
/// - parse and bind times go to the class, not to its executions.
/// - a plan with no statement line (auto_explain alone) is an execution by itself; one that ran
///   within a longer statement of the session (nested) is left out and counted.
class EventAssembler final : public LogRecordSink {
 public:
  EventAssembler(Aggregator& aggregator, const EventFilter& filter, const ReadTally& tally);
  ~EventAssembler() override;

  void take(const LogRecord& record) override;
  /// Hands over what is still open, at the end of all input.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
