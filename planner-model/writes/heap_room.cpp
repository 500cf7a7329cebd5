#include "planner-model/writes/heap_room.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

/// Poisson probabilities of 0, 1, ... as far as they matter.
std::vector<double> poisson(double mean) {
  const auto most = static_cast<std::size_t>(mean + 8 * std::sqrt(mean) + 8);
  std::vector<double> answer;
  for (std::size_t k = 0; k <= most; ++k) {
    const auto count = static_cast<double>(k);
    answer.push_back(mean <= 0 ? (k == 0 ? 1 : 0)
                               : std::exp(count * std::log(mean) - mean - std::lgamma(count + 1)));
  }
  return answer;
}

/// A page with so much room when transactions of one row each come to it.
class Page {
 public:
  Page(const HeapRow& row, double holes)
      : item_{row.item},
        free_{row.room_of_load + holes * row.item},
        least_{row.prunes_below + kLinePointer} {}

  /// The first new version needs room; later visitors prune older ones away
  /// (heap_page_prune_opt()).
  [[nodiscard]] bool takes_first() const { return free_ >= item_; }

  /// Updates before each prune: dead versions pile up until the page counts as full.
  [[nodiscard]] double updates_a_prune() const {
    return 1 + std::floor(std::max(0.0, free_ - least_) / item_);
  }

  /// Deletes before a prune find the page full until enough of it has become free.
  [[nodiscard]] double prunes_of_deletes(double visits) const {
    const double needed = least_ > free_ ? std::ceil((least_ - free_) / item_) : 0;
    return std::min(std::max(visits - 1, 0.0), needed);
  }

 private:
  double item_;
  double free_;
  double least_;  ///< with the line pointer that PageGetHeapFreeSpace() leaves out
};

/// Without an end the stretch is that between two autovacuums.
double rows_of(const HeapRow& row, const WriteShape& shape) {
  constexpr double kScaleFactor = 0.2;  // autovacuum_vacuum_scale_factor
  constexpr double kThreshold = 50;
  return shape.rows > 0 ? shape.rows : kThreshold + kScaleFactor * row.rows_per_page * row.pages;
}

HeapRoom of_transactions(const HeapRow& row, const WriteShape& shape, double rows) {
  HeapRoom result{.on_same_page = 0, .pages_visited = pages_touched(row.pages, rows)};
  const double expected = std::min(rows / row.pages, 400.0);
  const auto holes_probability = poisson(std::min(row.holes, 400.0));
  const auto visits_probability = poisson(expected);
  double removed = 0;
  for (std::size_t h = 0; h < holes_probability.size(); ++h) {
    const Page page{row, static_cast<double>(h)};
    for (std::size_t k = 1; k < visits_probability.size(); ++k) {
      const double share = holes_probability[h] * visits_probability[k] / expected;
      const auto visits = static_cast<double>(k);
      if (shape.kind == RowWrite::Delete) {
        const double prunes = page.prunes_of_deletes(visits);
        result.prunes += share * prunes;
        removed += share * prunes;
        continue;
      }
      result.on_same_page += share * (visits - (page.takes_first() ? 0 : 1));
      const double prunes = std::floor((visits - 1) / page.updates_a_prune());
      result.prunes += share * prunes;
      removed += share * prunes * page.updates_a_prune();
    }
  }
  result.pruned = result.prunes > 0 ? removed / result.prunes : 1;
  return result;
}

/// One statement: its own dead versions stay. What a page has no room for goes into the holes of
/// pages further on (RelationGetBufferForTuple(), hio.c), but not into the fill factor's reserve;
/// if that is more than the holes take, they are full before the statement comes to them.
HeapRoom of_statement(const HeapRow& row, double rows) {
  HeapRoom result{.on_same_page = 0, .pages_visited = pages_touched(row.pages, rows)};
  const double expected = std::min(rows / row.pages, 400.0);
  const double from_load = std::floor(row.room_of_load / row.item);
  const auto visits_probability = poisson(expected);
  double left_over = 0;
  for (std::size_t k = 0; k < visits_probability.size(); ++k) {
    left_over += visits_probability[k] * std::max(0.0, static_cast<double>(k) - from_load);
  }
  // Not sharply so: neither is known that well.
  const double full = std::clamp((left_over / std::max(row.missing, 1e-9) - 0.8) / 0.6, 0.0, 1.0);
  const auto holes_probability = poisson(std::min(row.holes, 400.0));
  for (std::size_t h = 0; h < holes_probability.size(); ++h) {
    for (std::size_t k = 1; k < visits_probability.size(); ++k) {
      const double share = holes_probability[h] * visits_probability[k] / expected;
      const auto updates = static_cast<double>(k);
      const double now = std::min(updates, from_load + static_cast<double>(h));
      result.on_same_page += share * ((1 - full) * now + full * std::min(updates, from_load));
    }
  }
  return result;
}

/// What a load leaves free on its pages. Rows of any length end a page anywhere within one of them.
std::vector<double> rooms_of_load(const HeapRow& row) {
  if (!row.length_varies) {
    return {row.room_of_load};
  }
  constexpr int kRooms = 8;
  std::vector<double> rooms;
  for (int i = 0; i < kRooms; ++i) {
    rooms.push_back(std::max(0.0, row.room_of_load + ((i + 0.5) / kRooms - 0.5) * row.item));
  }
  return rooms;
}

}  // namespace

HeapRoom heap_room(const HeapRow& row, const WriteShape& shape) {
  const double rows = rows_of(row, shape);
  const std::vector<double> rooms = rooms_of_load(row);
  const double share = 1 / static_cast<double>(rooms.size());
  HeapRoom result{.on_same_page = 0, .pruned = 0};
  for (const double room : rooms) {
    HeapRow page = row;
    page.room_of_load = room;
    const HeapRoom one = shape.rows_per_transaction < 2 ? of_transactions(page, shape, rows)
                                                        : of_statement(page, rows);
    result.on_same_page += share * one.on_same_page;
    result.prunes += share * one.prunes;
    result.pruned += share * one.prunes * one.pruned;
    result.pages_visited = one.pages_visited;
  }
  result.on_same_page = std::clamp(result.on_same_page, 0.0, 1.0);
  result.pruned = result.prunes > 0 ? result.pruned / result.prunes : 1;
  return result;
}

}  // namespace quern::planner_model
