// hash_xlog.h, gistxlog.h and brin_xlog.h.
#include <algorithm>
#include <cmath>

#include "planner-model/size/gin_elements.hpp"
#include "planner-model/size/gist_classes.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/value_classes.hpp"
#include "planner-model/writes/hash_vacuum.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {

WalBytes hash_entry_wal(const IndexEntries& all, const EntryShape& shape) {
  constexpr double kTuple = 16;  // header and hash code
  constexpr double kItem = kTuple + kLinePointer;
  const WalRecord insert{.main = 2, .blocks = {kTuple, 0}};  // the bucket's page, the metapage
  WalBytes wal{.records = insert.aligned()};
  // _hash_expandtable(): one bucket more for every fill factor's worth of entries, once there are
  // more of them than the buckets are made for.
  const int fillfactor = std::clamp(index_option(*all.index, "fillfactor", 75), 10, 100);
  const double per_bucket = std::max(10.0, std::floor(kPageSize * fillfactor / 100 / kItem));
  double expansions = 1 / per_bucket;
  if (shape.rows > 0 && all.as_built) {
    const double room = hash_buckets(all.table->reltuples, per_bucket) * per_bucket;
    const double none_before =
        std::max(0.0, all.entries + shape.rows - std::max(room, all.entries)) / per_bucket /
        shape.rows;
    const double grown = hash_buckets_of(all).has_grown;
    expansions = grown * expansions + (1 - grown) * none_before;
  }
  const double moved = per_bucket * 0.6;
  const WalRecord allocate{.main = 12, .blocks = {0, 0, 0, 8}};
  const WalRecord removal{.main = 2, .blocks = {2 * moved}};
  wal.records +=
      expansions * (allocate.varying() + removal.varying() + 60 + page_image(moved * kItem + 40));
  if (shape.images && shape.rows > 0) {
    // Rows of one value come to the one page of its bucket that has room.
    const double touched = pages_touched(std::min(all.pages, all.distinct), shape.rows);
    const double used = std::min(kPageSize, all.entries / all.pages * kItem + 40);
    wal.images = touched * page_image(used) / shape.rows;
    wal.records -= touched * kTuple / shape.rows;
  }
  return wal;
}

namespace {

bool is_trigram(const IndexEntries& all) {
  return !all.index->keys.empty() && all.index->keys.front().operator_class_name == "gist_trgm_ops";
}

bool is_words(const IndexEntries& all) {
  return all.index->access_method == "gist" && !all.columns.empty() &&
         all.columns.front().type == type_oid::kTsVector;
}

/// A leaf tuple of the words' hash codes (gtsvector_compress(), tsgistidx.c).
double words_tuple(const IndexEntries& all, const TypeSystem& types) {
  constexpr double kTupleAndKeyHeader = 16;
  constexpr double kCode = 4;
  const double rows = std::max(all.entries, 1.0);
  double words = 0;
  for (const GinEntries& one : gin_entries(all.columns.front(), "", types, rows)) {
    words += one.entries * one.rows / rows;
  }
  return align_up(kTupleAndKeyHeader + kCode * std::rint(words), 8);
}

/// A leaf tuple of the texts' trigrams (gtrgm_compress(), trgm_gist.c).
double trigram_tuple(const IndexColumn& column) {
  double bytes = 0;
  double share = 0;
  for (const auto& entry :
       column_values(*column.statistics, column.type, column.table_rows).entries) {
    if (entry.text) {
      bytes += entry.share * TrigramGist::key(*entry.text).leaf_size;
      share += entry.share;
    }
  }
  constexpr double kNullTuple = 16;
  const double nulls = column.null_share();
  return share > 0 ? (1 - nulls) * bytes / share + nulls * kNullTuple : kNullTuple;
}

/// Pages divided, an entry. An index keeps its entries a page as it grows, but for the first of
/// them after a build, which leaves a tenth of each page free (GIST_DEFAULT_FILLFACTOR); one that
/// deletes have emptied fills up first. Equal values go to one page, whatever is free on the
/// others.
double gist_splits(const IndexEntries& all, double rows, double item) {
  const double entries = std::max(all.entries, 1.0);
  const double steady = std::min(all.pages, all.built_pages) / entries;
  // By inserts alone pages get fuller than by the build.
  constexpr double kGrown = 0.93;
  const bool grown = all.pages < kGrown * all.built_pages && all.index->access_method == "gist" &&
                     gist_size_is_followed(all.columns);
  if (rows <= 0 || grown) {
    return steady;
  }
  constexpr double kEmptied = 1.3;  // sizes are not foretold better than that
  if (all.pages > kEmptied * all.built_pages) {
    const double needed = all.built_pages * (entries + rows) / entries;
    return std::max(0.0, needed - all.pages) / rows;
  }
  if (is_trigram(all)) {
    // Signatures above most pages hold the new trigrams already, and the first such page is taken
    // (gistchoose()): few pages take most of the entries and are full soon, and the others hardly
    // any. Measured on ten built indexes, from 0.01 to 0.4 of their entries added.
    constexpr double kFreeOfTakers = 0.035;
    constexpr double kTaken = 0.78;
    return steady * kTaken * -std::expm1(-rows / entries / kFreeOfTakers);
  }
  // A tenth of the room is a fifth of what pages between 0.45 and 0.9 full hold.
  constexpr double kFreeOfBuilt = 0.2;
  const double heavy = heavy_values(all, item).share;
  return steady * (heavy + (1 - heavy) * -std::expm1(-rows / entries / kFreeOfBuilt));
}

}  // namespace

WalBytes gist_entry_wal(const IndexEntries& entries, const EntryShape& shape,
                        const TypeSystem& types) {
  IndexEntries all = entries;
  const bool trigram = is_trigram(all);
  if (trigram && all.columns.front().statistics != nullptr) {
    all.tuple = trigram_tuple(all.columns.front());
  }
  const bool words = is_words(all);
  if (words && all.columns.front().statistics != nullptr) {
    all.tuple = words_tuple(all, types);
  }
  const WalRecord insert{.main = 4, .blocks = {all.tuple}};
  const WalRecord parent{.main = 4, .blocks = {all.tuple + 2}};
  // The key above must cover the new one: signatures soon do.
  const double parent_grows = trigram || words ? 0 : 0.1;
  const double item = all.tuple + kLinePointer;
  const double per_page = std::max(2.0, (kPageSize - kPageHeader - 16) / item);
  const WalRecord split{.main = 24,
                        .blocks = {0, per_page / 2 * all.tuple + 8, per_page / 2 * all.tuple}};
  WalBytes wal{.records = (all.columns.front().varies ? insert.varying() : insert.aligned()) +
                          parent_grows * parent.varying()};
  wal.records += (split.varying() + parent.varying()) * gist_splits(all, shape.rows, item);
  if (shape.images && shape.rows > 0) {
    const double touched = pages_touched(all.pages, shape.rows);
    wal.images = touched * page_image(all.entries / all.pages * item + 40) / shape.rows;
    wal.records -= touched * all.tuple / shape.rows;
  }
  return wal;
}

namespace {

/// Of the table's last range. Only a build covers it before it is full, be it that of an empty
/// table which covers the first: VACUUM's summaries, after which the index counts the table's rows
/// as its own, pass it over (brinsummarize()).
bool is_last_range_covered(const IndexEntries& all, double ranges) {
  return ranges <= 1 || all.index->reltuples <= ranges;
}

}  // namespace

WalBytes brin_entry_wal(const IndexEntries& all, const EntryShape& shape) {
  // Rows in ranges that no summary covers yet write nothing: new rows, until VACUUM comes
  // (brininsert()). The last range's rest may be covered, and is widened by keys out of its bounds.
  const double per_range = std::max(1, index_option(*all.index, "pages_per_range", 128));
  const double table_pages = std::max<double>(static_cast<double>(all.table->pages), 1);
  const double ranges = std::ceil(table_pages / per_range);
  const double rest = is_last_range_covered(all, ranges) ? ranges * per_range - table_pages : 0;
  const double rest_rows = rest * std::max(all.entries, 1.0) / table_pages;
  double widened = 0;
  if (shape.rows > 0) {
    const double covered = std::min(1.0, rest_rows / shape.rows);
    // A new version of a row brings an old value among the table's last ones at most once.
    widened = all.ascending && !shape.same_key ? covered : 0.01 * covered;
  }
  const WalRecord update{.main = 2, .blocks = {24}};
  return {.records = widened * update.aligned(),
          .images = shape.images && shape.rows > 0 ? std::min(1.0, rest) * 200 / shape.rows : 0};
}

}  // namespace quern::planner_model
