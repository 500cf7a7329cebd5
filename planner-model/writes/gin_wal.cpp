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

/// Pages of a tree that the build filled and that rows added among those there divide, over a
/// stretch.
double divided_pages(double present, double added, double address) {
  const double full = std::floor(present * address / kPageRoom);
  return full < 1 ? 0 : full * -std::expm1(-added / full);
}

Insertion insert_key(const GinKeyClass& one, double present, double added, double rows_per_page,
                     const Growth& growth) {
  const double address = posting_bytes(one.share, rows_per_page);
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

}  // namespace

WalBytes gin_entry_wal(const IndexEntries& all, const EntryShape& shape, const TypeSystem& types) {
  const double rows_now = std::max(all.entries, 1.0);
  const double rows_per_page =
      rows_now / std::max<double>(static_cast<double>(all.table->pages), 1);
  const GinKeys keys = gin_keys(*all.index, all.columns, types, rows_now);
  const bool pending = has_pending_list(*all.index);
  WalBytes wal;
  double batch = 1;
  if (pending) {
    constexpr double kDefaultLimit = 4096;  // gin_pending_list_limit, kB
    const double limit = 1024 * index_option(*all.index, "gin_pending_list_limit", kDefaultLimit);
    const double full = limit / std::max(keys.pending_bytes * 1.25, 1.0);
    batch = std::max(1.0, shape.rows > 0 ? std::min(shape.rows, full) : full);
    wal.records += pending_record(keys.pending_bytes);
  }
  const Growth how{.at_end = shape.at_end, .as_built = all.as_built};
  double growth = 0;
  double entry_bytes = 0;
  double entry_touches = 0;
  double list_pages = 0;
  // Lists grow along the stretch and are not equally long, and past the limit they get trees: seen
  // at a few points of it and at a few lengths.
  constexpr int kPoints = 4;
  constexpr double kLengths[] = {0.94, 0.97, 1, 1.03, 1.06};
  constexpr double kSeen = kPoints * std::size(kLengths);
  for (const GinKeyClass& one : keys.classes) {
    const double added = one.share * batch;
    const double with_any = any_of(one.share, batch);
    const double each = added / std::max(with_any, 1e-12);
    const double often = one.keys * with_any / batch / kSeen;
    const double address = posting_bytes(one.share, rows_per_page);
    if (how.as_built && !how.at_end && shape.rows > 0 &&
        gin_entry_tuple(one.tuple, one.share * rows_now, address) <= one.tuple) {
      wal.records += one.keys *
                     divided_pages(one.share * rows_now, one.share * shape.rows, address) /
                     shape.rows * page_image(kPageRoom);
    }
    for (int point = 0; point < kPoints; ++point) {
      const double stretch = std::max(shape.rows - batch, 0.0) * (point + 0.5) / kPoints;
      for (const double length : kLengths) {
        const double present = one.share * (rows_now + stretch) * length;
        const Insertion insertion = insert_key(one, present, each, rows_per_page, how);
        wal.records += often * insertion.records;
        growth += often * insertion.growth;
        if (insertion.in_tree) {
          list_pages += one.keys * any_of(one.share, shape.rows) / kSeen;
        } else {
          entry_touches += often * shape.rows;
          entry_bytes += one.keys * insertion.bytes_before / kSeen;
        }
      }
    }
  }
  // A page of the entry tree splits into two half full ones, both logged whole (ginPlaceToPage()).
  wal.records += growth / (kPageRoom / 2) * 2 * page_image(kPageRoom / 2 + 32);
  if (shape.images && shape.rows > 0) {
    constexpr double kFill = 0.7;
    const double entry_pages = 1 + entry_bytes / (kFill * kPageRoom);
    const double touched = pages_touched(entry_pages, entry_touches);
    wal.images =
        (touched * page_image(kFill * kPageRoom) + list_pages * page_image(kPageRoom / 2)) /
        shape.rows;
  }
  return wal;
}

}  // namespace quern::planner_model
