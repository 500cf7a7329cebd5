#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "collector/logs/event_filter.hpp"
#include "collector/logs/log_ends.hpp"
#include "collector/logs/log_reader.hpp"
#include "collector/logs/log_record.hpp"
#include "collector/logs/session_state.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

/// Sorts the records of a log, or of a piece of one, by session into executions (see
/// SessionExecutions) and tells the aggregator of them, of parse and bind times, errors, temporary
/// files, lock waits and the server's own events.
///
/// Sessions go across the ends of a piece: what their first and last records say may hang on the
/// pieces before and after. Either finish() lets them stand as they are, or suspend() hands them
/// over for resume() and follow() to join. The number of sessions that go into a document is
/// bounded: the first kMostEnds seen may go on from before, the last kMostEnds may go on after.
class EventAssembler final : public LogRecordSink {
 public:
  static constexpr std::size_t kMostEnds = 1000;

  EventAssembler(Aggregator& aggregator, const EventFilter& filter, const ReadTally& tally);
  ~EventAssembler() override;

  void take(const LogRecord& record) override;
  /// Hands over what is still open, at the end of all input.
  void finish();

  /// The sessions as they stand, in the order of their ids.
  [[nodiscard]] std::vector<SessionState> suspend(Handover where = Handover::IntoDocument);
  /// Goes on from these; the first call of all.
  void resume(std::vector<SessionState> sessions);
  /// The sessions of the piece that comes next.
  void follow(std::vector<SessionState> sessions, Neighbours neighbours = Neighbours::Likely);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace quern::collector
