// ginxlog.h, ginfast.c, gindatapage.c and ginentrypage.c.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "planner-model/size/gin_posting.hpp"
#include "planner-model/writes/gin_keys.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kMetaPage = 56;    // GinMetaPageData
constexpr double kUpdateMeta = 88;  // ginxlogUpdateMeta
constexpr double kPageRoom = kPageSize - kPageHeader - 8;
constexpr double kSegment = 256;  // GinPostingListSegmentTargetSize

/// How likely one of so many rows holds a key that a share of them hold.
double any_of(double share, double rows) {
  return -std::expm1(rows * std::log1p(-std::min(share, 1 - 1e-12)));
}

struct Insertion {
  double records = 0;  ///< for one key that `added` rows get
  double growth = 0;   ///< of the entry tree, bytes
  bool in_tree = false;
  double bytes_before = 0;
};

/// Where new rows come to posting lists.
struct Growth {
  bool at_end = true;     ///< else anywhere among those there
  bool as_built = false;  ///< lists and pages as full as the build leaves them
};

/// Rows added to a posting tree (computeLeafRecompressWALData(), gindatapage.c): each segment that
/// gets some is written again, or only its new addresses, whichever is shorter. New rows at the
/// table's end come to the last segment.
double tree_records(double present, double added, double address, const Growth& growth) {
  const double segments = std::max(1.0, present * address / kSegment);
  const double touched = growth.at_end ? 1 : segments * -std::expm1(-added / segments);
  const double each = added / touched;
  const double added_items = 2 + 6 * each;
  const double again =
      kGinSegmentHeader + address * each + (growth.at_end ? kSegment / 2 : kSegment);
  const double a_segment = 2 + std::min(added_items, again);
  const WalRecord leaf{.main = 2, .blocks = {2 + touched * a_segment}};
  constexpr double kAppendFill = 0.75;
  constexpr double kRandomFill = 0.69;
  const double splits = added * address / ((growth.at_end ? kAppendFill : kRandomFill) * kPageRoom);
  return leaf.varying() + splits * 1.25 * page_image(kPageRoom);
}

/// Pages of a tree that rows added among those there divide, over a stretch. The build fills a page
/// until the next segment does not fit, so that less than one is free.
double divided_pages(double present, double added, double address) {
  const double full = std::floor(present * address / kPageRoom);
  return std::min(full, added * address / kSegment);
}

/// `address`: bytes of a row in this key's lists.
Insertion insert_key(const GinKeyClass& one, double present, double added, double address,
                     const Growth& growth) {
  const auto size = [&](double rows) { return gin_entry_tuple(one.tuple, rows, address); };
  const bool is_new = present < 0.5;
  const double before = is_new ? 0 : size(present);
  const double after = size(is_new ? std::max(added, 1.0) : present + added);
  if (!is_new && before <= one.tuple) {
    return {.records = tree_records(present, added, address, growth), .in_tree = true};
  }
  const WalRecord entry{.main = 2, .blocks = {4 + after}};
  Insertion answer{.records = entry.aligned(),
                   .growth = after - before + (is_new ? kLinePointer : 0),
                   .bytes_before = before + kLinePointer};
  if (after <= one.tuple) {  // createPostingTree()
    answer.records += WalRecord{.main = 4 + kLargestGinEntry, .blocks = {0}}.varying();
    answer.growth = 0;
  }
  return answer;
}

double pending_record(double row_bytes) {
  const WalRecord in_place{.main = kUpdateMeta, .blocks = {0, row_bytes}};
  const WalRecord list_page{.main = 8, .blocks = {row_bytes}};
  const WalRecord new_tail{.main = kUpdateMeta, .blocks = {0, 0}};
  // A row that the last page has no room for begins a new one.
  const double per_page = std::max(1.0, std::floor(kPageRoom / std::max(row_bytes * 1.25, 1.0)));
  const WalRecord removal{.main = kMetaPage + 8, .blocks = {0, 0}};
  return ((per_page - 1) * in_place.varying() + list_page.varying() + new_tail.varying() +
          (removal.varying() + 128) / 16) /
         per_page;
}

/// A stretch of rows, sorted in a batch at a time.
struct Stretch {
  double rows = 0;       ///< 0: a long time
  double scattered = 0;  ///< of them, those that come to anywhere among the rows there
  double before = 0;
  double batch = 1;
  Growth how = {};
};

/// What the keys of one class write, a row.
struct KeyWrites {
  double records = 0;
  double growth = 0;         ///< of the entry tree, bytes
  double entry_touches = 0;  ///< over the stretch
  double entry_bytes = 0;    ///< of all of them before
  double list_pages = 0;     ///< of posting trees that the stretch comes to
};

/// By how much a key's rows differ from those of others of its class: by chance, and where ANALYZE
/// saw a sample of the table by that sample's.
double length_deviation(double share, double rows) {
  constexpr double kSampledRows = 30'000;  // at the default statistics target
  const double by_chance = (1 - share) / std::max(share, 1e-12);
  const double of_sample = rows > kSampledRows ? by_chance / kSampledRows : 0;
  return std::sqrt(by_chance / std::max(rows, 1.0) + of_sample);
}

/// Lists grow along the stretch and are not equally long, and past the limit they get trees: seen
/// at a few points of it and at a few lengths.
KeyWrites key_writes(const GinKeyClass& one, const Stretch& stretch) {
  constexpr int kPoints = 6;
  constexpr double kNormal[] = {-1.2816, -0.5244, 0, 0.5244, 1.2816};  // tenths 1, 3, 5, 7 and 9
  constexpr double kSeen = kPoints * std::size(kNormal);
  const double deviation = std::min(length_deviation(one.share, stretch.before), 0.7);
  const double address = one.address;
  const double with_any = any_of(one.share, stretch.batch);
  const double each = one.share * stretch.batch / std::max(with_any, 1e-12);
  const double often = one.keys * with_any / stretch.batch / kSeen;
  KeyWrites writes;
  for (int point = 0; point < kPoints; ++point) {
    const double rows =
        stretch.before + std::max(stretch.rows - stretch.batch, 0.0) * (point + 0.5) / kPoints;
    for (const double deviations : kNormal) {
      const double present = one.share * rows * (1 + deviations * deviation);
      const Insertion insertion = insert_key(one, present, each, address, stretch.how);
      writes.records += often * insertion.records;
      writes.growth += often * insertion.growth;
      if (insertion.in_tree) {
        writes.list_pages += one.keys * any_of(one.share, stretch.rows) / kSeen;
      } else {
        writes.entry_touches += often * stretch.rows;
        writes.entry_bytes += one.keys * insertion.bytes_before / kSeen;
      }
    }
  }
  const double present = one.share * stretch.before;
  const bool in_tree = gin_entry_tuple(one.tuple, present, address) <= one.tuple;
  if (stretch.how.as_built && stretch.scattered > 0 && in_tree) {
    writes.records += one.keys * divided_pages(present, one.share * stretch.scattered, address) /
                      stretch.rows * page_image(kPageRoom);
  }
  return writes;
}

}  // namespace

WalBytes gin_entry_wal(const IndexEntries& all, const EntryShape& shape, const TypeSystem& types) {
  Stretch stretch{.rows = shape.rows,
                  .scattered = shape.rows * shape.scattered,
                  .before = std::max(all.entries, 1.0),
                  .how = {.at_end = shape.at_end, .as_built = all.as_built}};
  const GinKeys keys = gin_keys(all, types);
  WalBytes wal;
  if (has_pending_list(*all.index)) {
    constexpr double kDefaultLimit = 4096;  // gin_pending_list_limit, kB
    const double limit = 1024 * index_option(*all.index, "gin_pending_list_limit", kDefaultLimit);
    const double full = limit / std::max(keys.pending_bytes * 1.25, 1.0);
    // What a stretch leaves in the list is sorted in as well.
    const double batches = std::ceil(std::max(shape.rows, 1.0) / std::max(full, 1.0));
    stretch.batch = std::max(1.0, shape.rows > 0 ? shape.rows / batches : full);
    wal.records += pending_record(keys.pending_bytes);
  }
  KeyWrites sum;
  for (const GinKeyClass& one : keys.classes) {
    const KeyWrites writes = key_writes(one, stretch);
    sum.records += writes.records;
    sum.growth += writes.growth;
    sum.entry_touches += writes.entry_touches;
    sum.entry_bytes += writes.entry_bytes;
    sum.list_pages += writes.list_pages;
  }
  wal.records += sum.records;
  // A page of the entry tree splits into two half full ones, both logged whole (ginPlaceToPage()).
  wal.records += sum.growth / (kPageRoom / 2) * 2 * page_image(kPageRoom / 2 + 32);
  if (shape.images && shape.rows > 0) {
    constexpr double kFill = 0.7;
    const double entry_pages = 1 + sum.entry_bytes / (kFill * kPageRoom);
    const double touched = pages_touched(entry_pages, sum.entry_touches);
    wal.images =
        (touched * page_image(kFill * kPageRoom) + sum.list_pages * page_image(kPageRoom / 2)) /
        shape.rows;
  }
  return wal;
}

}  // namespace quern::planner_model
