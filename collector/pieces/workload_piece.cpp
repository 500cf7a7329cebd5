#include "collector/pieces/workload_piece.hpp"

#include <utility>

#include "collector/logs/event_assembler.hpp"
#include "collector/logs/record_stream.hpp"
#include "collector/workload/aggregate.hpp"

namespace quern::collector {

namespace {

/// Reads on at the ends of a piece.
class Seam {
 public:
  explicit Seam(const WorkloadPiece& piece)
      : filter_{piece.ends.filter}, aggregator_{piece.decided.bucket_seconds} {
    assembler_.resume(piece.ends.sessions);
    stream_.resume(piece.ends);
  }

  void follow(const LogEnds& ends) {
    stream_.follow(ends);
    assembler_.follow(ends.sessions);
  }

  [[nodiscard]] Workload finish() {
    stream_.finish();
    assembler_.finish();
    return aggregator_.take();
  }

  [[nodiscard]] WorkloadPiece suspend() {
    WorkloadPiece piece;
    piece.ends = stream_.suspend();
    piece.ends.filter = filter_;
    piece.ends.sessions = assembler_.suspend();
    piece.decided = aggregator_.take();
    return piece;
  }

 private:
  EventFilter filter_;
  Aggregator aggregator_;
  ReadTally tally_{aggregator_.input(), aggregator_.skipped(), {}};
  EventAssembler assembler_{aggregator_, filter_, tally_};
  RecordStream stream_{assembler_, tally_, aggregator_.formats()};
};

}  // namespace

Workload ends_of_log(const WorkloadPiece& piece) {
  return Seam{piece}.finish();
}

Workload settled(const WorkloadPiece& piece) {
  return merge(piece.decided, ends_of_log(piece));
}

WorkloadPiece join(WorkloadPiece a, const WorkloadPiece& b) {
  Seam seam{a};
  seam.follow(b.ends);
  WorkloadPiece joined = seam.suspend();
  Workload between = std::exchange(joined.decided, {});
  joined.decided = merge(merge(std::move(a.decided), between), b.decided);
  return joined;
}

}  // namespace quern::collector
