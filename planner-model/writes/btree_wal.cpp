// XLOG_BTREE_INSERT_LEAF, _SPLIT_L/R, _INSERT_UPPER, _DEDUP and _DELETE (nbtxlog.h, nbtinsert.c,
// nbtdedup.c).
#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "planner-model/size/key_sample.hpp"
#include "planner-model/writes/index_entries.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kBody = kPageSize - kPageHeader - 16;  // BTPageOpaqueData
constexpr double kHeapTid = 6;
constexpr double kBuiltFill = 0.9;         // BTREE_DEFAULT_FILLFACTOR
constexpr double kSingleValueFill = 0.96;  // BTREE_SINGLEVAL_FILLFACTOR
constexpr double kLn2 = 0.6931471805599453;
constexpr double kInsertMain = 2;  // SizeOfBtreeInsert
constexpr double kSplitMain = 10;  // SizeOfBtreeSplit
constexpr double kManyRows = 1e5;  // of a stretch without an end

double normal_below(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

struct Leaf {
  double pages = 1;
  double per_key = 1;    ///< rows
  double entry = 20;     ///< bytes that one more entry takes for good, line pointer included
  double used = 0;       ///< bytes of a leaf in use
  double room = 0;       ///< of which the high key takes one tuple
  bool as_built = true;  ///< all but the last as full as the fill factor says
  double since = 0;      ///< bytes of a leaf that have come since the build, none split yet
  bool merges = false;   ///< several entries a key: posting lists
  /// Of one key, several in each page of the table: a bottom-up deletion looks for dead rows in the
  /// first of those pages, and gives up when it finds none (heap_index_delete_tuples(), heapam.c).
  bool of_many_rows = false;
};

/// Their entries stand in the order of the rows, so those of new rows come to the last of their
/// pages.
HeavyValues heavy_keys(const IndexEntries& all) {
  const auto keys = std::count_if(all.columns.begin(), all.columns.end(),
                                  [](const IndexColumn& column) { return column.is_key; });
  return heavy_values(all, all.equal_image ? kHeapTid : all.tuple + kLinePointer,
                      static_cast<std::size_t>(keys));
}

/// By the columns' statistics, or more where the entries would not fit the index's pages: the
/// columns depend on each other.
double rows_a_key(const IndexEntries& all, const Leaf& leaf, double plain) {
  const double independent = all.entries / std::max(all.distinct, 1.0);
  constexpr double kSurely = 0.93;
  const double taken = kBuiltFill * leaf.room * leaf.pages / std::max(all.entries, 1.0);
  if (!all.equal_image || all.index->pages <= 0 || taken > kSurely * plain) {
    return independent;
  }
  constexpr double kMost = 220;
  return std::max(independent, plain / std::max(taken - kHeapTid, plain / kMost));
}

/// `part_of`: of an index in this state, whose other entries stand on pages of their own.
Leaf leaf_of(const IndexEntries& all, const Leaf* part_of = nullptr) {
  Leaf leaf;
  leaf.room = kBody - all.pivot - kLinePointer;
  const double plain = all.tuple + kLinePointer;
  const double fanout = std::max(leaf.room * 0.7 / (all.pivot + kLinePointer), 2.0);
  constexpr double kRootAndLeaf = 2;
  const bool has_root = part_of == nullptr && all.pages >= kRootAndLeaf;
  const double inner = std::max(has_root ? 1.0 : 0.0, all.pages / fanout);
  leaf.pages = std::max(1.0, all.pages - inner);
  const double per_key = leaf.per_key = rows_a_key(all, leaf, plain);
  leaf.merges = all.equal_image && per_key > 1.5;
  // A key's tuple and its row addresses; a posting list ends at about a sixth of a page.
  const double stored =
      leaf.merges ? std::min(plain, kHeapTid + plain / std::min(per_key, 220.0)) : plain;
  // One more: an address, and a tuple where its key is new or the posting list full.
  leaf.entry =
      leaf.merges ? std::min(plain, kHeapTid + plain * std::max(std::min(all.new_keys, 1 / per_key),
                                                                1 / 220.0))
                  : plain;
  const int fillfactor = index_option(*all.index, "fillfactor", 90);
  // _bt_buildadd(): a page ends once less is free than that, and its last item begins the next.
  const double reserve = std::floor(kPageSize * (100 - std::clamp(fillfactor, 10, 100)) / 100);
  const double built = std::min(leaf.room, kBody - 2 * kLinePointer - reserve - plain / 2);
  const double bytes = all.entries * stored;
  // Sizes of tuples that vary are not foretold better than that.
  const bool even = std::all_of(
      all.columns.begin(), all.columns.end(),
      [](const IndexColumn& column) { return !column.varies && column.null_share() <= 0; });
  const double nearly_built = even ? 0.985 : 0.93;
  constexpr double kLastOne = 0.9;  // may hold next to nothing
  leaf.as_built = part_of != nullptr ? part_of->as_built
                  : leaf.merges
                      ? all.as_built
                      : bytes / std::max(leaf.pages - kLastOne, 0.5) > nearly_built * built;
  leaf.used = std::min(leaf.as_built ? built : leaf.room, bytes / leaf.pages);
  if (leaf.merges && per_key > rows_of_full_list(all)) {
    leaf.used = std::min(leaf.room, bytes / leaf.pages);  // a page ends between two full lists
  } else if (leaf.as_built && bytes > built) {
    // Fuller than a build leaves them: entries have come since, and none or few have split their
    // page. Told of tuples that are all alike, each a key of its own; a few equal ones that the
    // statistics do not tell fill pages as well.
    constexpr double kFuller = 1.02;
    constexpr double kHardlyAny = 1.01;
    const bool is_exact =
        all.index->pages > 0 && even && (!all.equal_image || per_key < kHardlyAny);
    if (part_of != nullptr && part_of->since > 0) {
      leaf.since = part_of->since;
    } else if (part_of == nullptr && is_exact && bytes > kFuller * built * leaf.pages) {
      leaf.since = std::min(leaf.room, bytes / leaf.pages) - built;
    }
    leaf.used = std::min(leaf.room, built + leaf.since);
    leaf.pages = std::max(1.0, bytes / leaf.used);
  }
  return leaf;
}

/// Splits of one leaf when `added` bytes come to it on average, in entries of `entry` bytes.
/// `variation`: of the entries' sizes, squared, in parts of their mean's square.
double splits_of_built(const Leaf& leaf, double added, double entry, double variation) {
  double splits = 0;
  double leaves = 1;
  const double deviation = std::sqrt(
      std::max((added + leaf.since) * entry, entry * entry) * (1 + variation) + entry * entry / 12);
  for (int generation = 0; generation < 24; ++generation, leaves *= 2) {
    const double needed = leaves * leaf.room - leaf.used;
    const double more = leaves * normal_below((added - needed) / deviation);
    splits += more;
    if (more < 1e-6) {
      break;
    }
  }
  return splits;
}

bool is_appended(const IndexEntries& all, const EntryShape& shape) {
  return shape.appended && (all.ascending || all.grouped);
}

/// One beside the other, but not at the right end: pages are split in halves there, and the left
/// one stays as it is.
bool is_advancing(const IndexEntries& all, const EntryShape& shape) {
  return shape.appended && all.advancing;
}

/// Of entries that come to anywhere.
double splits_per_entry(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf,
                        double entry) {
  if (shape.rows <= 0) {
    return entry / (kLn2 * leaf.room);
  }
  if (!leaf.as_built) {
    // Leaves of a grown index are between half full and full, ln 2 on average. VACUUM's removals
    // leave them emptier and more uneven, and then some split while the others fill up.
    const double steady = kLn2 * leaf.room;
    const double added = shape.rows * entry / std::max(leaf.pages * leaf.used, 1.0);
    const double all_alike = (1 + added) * std::min(1.0, leaf.used / steady) - 1;
    constexpr double kNoneSplit = 0.35;
    const double uneven =
        added * std::clamp((leaf.used / leaf.room - kNoneSplit) / (kLn2 - kNoneSplit), 0.0, 1.0);
    return std::max(all_alike, 0.5 * uneven) * leaf.pages / shape.rows;
  }
  const double per_leaf = shape.rows / leaf.pages;
  return splits_of_built(leaf, per_leaf * entry, entry, all.variation) / std::max(per_leaf, 1e-9);
}

/// `moved`: the share of a full leaf that goes to the new one.
double split_bytes(const IndexEntries& all, const Leaf& leaf, double moved) {
  const double line_pointers = all.tuple / (all.tuple + kLinePointer);
  const double bytes = moved * leaf.room * (leaf.merges ? 0.97 : line_pointers);
  const WalRecord split{.main = kSplitMain, .blocks = {0.5 * all.tuple + all.pivot, bytes, 0}};
  const WalRecord parent{.main = kInsertMain, .blocks = {all.pivot, 0}};
  return split.varying() + parent.varying();
}

/// Passes over full leaves that merge equal keys: an interval of 4 bytes for each key that got an
/// entry since the last, and the record itself, a few entries apart as the room runs out.
double merge_bytes(const Leaf& leaf, const EntryShape& shape, bool pairs) {
  const double free = leaf.room - leaf.used;
  const double plain = 20;
  const double added = shape.rows > 0 ? shape.rows / leaf.pages * plain : HUGE_VAL;
  const double full = std::clamp(1 - free / added, 0.0, 1.0);  // entries that find it so
  if (full <= 0) {
    return 0;
  }
  const WalRecord pass{.main = 2, .blocks = {0}};
  if (pairs) {
    return full * (4 + pass.aligned() * 0.15);
  }
  const double shrinks = std::max(0.1, 1 - leaf.entry / plain);
  const double free_after_build = (1 - kBuiltFill) * leaf.room;
  const double passes = std::log(free_after_build / plain) / -std::log1p(-shrinks) + 1;
  const double entries = free_after_build / leaf.entry;
  return full * (4 + pass.aligned() * std::min(0.4, passes / entries));
}

/// One more entry on a page of full posting lists, which passes over the page let grow beyond what
/// the build does (maxpostingsize of _bt_dedup_pass(), nbtdedup.c); but behind the sixth list of a
/// page of one value they stop (_bt_do_singleval()), unless the index's keys stay as they were.
/// Lists of an index that has grown are of any length.
double entry_beside_full_lists(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf) {
  const double lists = leaf.used / kFullList;
  constexpr double kListsOfAPass = 6;
  const bool one_value = leaf.per_key * kHeapTid > leaf.room;
  const double merged = one_value && leaf.as_built && !shape.same_key
                            ? std::min(1.0, kListsOfAPass / std::max(lists, 1.0))
                            : 1;
  // A leaf must also have room for the entry that comes before a pass, and for lists as aligned.
  constexpr double kAlignment = 3;
  const double plain = all.tuple + kLinePointer;
  const double added = shape.rows > 0 ? std::max(shape.rows / leaf.pages, 1.0) : HUGE_VAL;
  return merged * (kHeapTid + (plain + kAlignment * lists) / added) + (1 - merged) * plain;
}

/// What one more entry takes of a leaf.
double added_bytes(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf) {
  if (leaf.merges && !shape.at_end && leaf.per_key > rows_of_full_list(all)) {
    return entry_beside_full_lists(all, shape, leaf);
  }
  // Old and new version share a posting list once the leaf is full.
  const double pair = align_up(all.tuple + 2 * kHeapTid, 8) - all.tuple;
  return shape.same_key && all.equal_image && !leaf.merges ? std::min(leaf.entry, pair)
                                                           : leaf.entry;
}

/// Entries that come to the ends of groups of keys, which fill pages to such a share before they
/// split. What the build left free there is filled up first, and the first split is in halves.
struct Ends {
  std::vector<double> rows = {};  ///< that come to each group
  double times = 1;               ///< so many groups of each
  double fill = 1;
  double entry = 20;  ///< bytes
};

/// All of them.
double split_bytes_at_ends(const IndexEntries& all, const Leaf& leaf, const Ends& ends) {
  const double at_end = split_bytes(all, leaf, 1 - ends.fill);
  const double in_halves = split_bytes(all, leaf, 0.5);
  // Ends that have been appended to for long are in any state, and their pages fuller than built.
  constexpr double kFuller = 0.97;
  const bool fills_up = leaf.as_built && all.pages > kFuller * all.built_pages &&
                        ends.times * static_cast<double>(ends.rows.size()) > 1;
  double bytes = 0;
  for (const double rows : ends.rows) {
    const double beyond = rows * ends.entry - (fills_up ? leaf.room - leaf.used : 0);
    if (fills_up) {
      bytes += in_halves * normal_below(beyond / ends.entry / std::sqrt(rows + 0.1));
    }
    bytes += at_end * std::max(0.0, beyond) / (ends.fill * leaf.room);
  }
  return bytes * ends.times;
}

/// Of the leaves of a grown index, which are between half full and full, some have no room for the
/// first new version that comes to them, and nothing dead on them yet.
double splits_before_any_is_dead(const IndexEntries& all, const EntryShape& shape,
                                 const Leaf& leaf) {
  if (shape.rows <= 0 || leaf.as_built) {
    return 0;
  }
  const double per_leaf = shape.rows / leaf.pages;
  const double full = std::min(1.0, (all.tuple + kLinePointer) / (leaf.room / 2));
  return full * -std::expm1(-per_leaf) / per_leaf;
}

/// What an entry's insertion brings beyond its own record: splits, passes that merge equal keys.
double upkeep_bytes(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf) {
  if (shape.same_key && shape.old_versions_dead && !leaf.of_many_rows) {
    // Bottom-up deletion frees the old versions instead (_bt_bottomupdel_pass()): two bytes each.
    const WalRecord removal{.main = 8, .blocks = {0}};
    const double freed = std::max(2.0, (leaf.room - leaf.used) / (all.tuple + kLinePointer));
    return 2 + removal.bytes() / freed +
           splits_before_any_is_dead(all, shape, leaf) * split_bytes(all, leaf, 0.5);
  }
  const double entry = added_bytes(all, shape, leaf);
  double bytes = 0;
  if (is_appended(all, shape) || is_advancing(all, shape)) {
    const double rows = shape.rows > 0 ? shape.rows : all.groups * kManyRows;
    const Ends ends{.rows = {rows / all.groups},
                    .times = all.groups,
                    .fill = is_appended(all, shape) ? kBuiltFill : 0.5,
                    .entry = entry};
    bytes = split_bytes_at_ends(all, leaf, ends) / rows;
  } else {
    bytes = splits_per_entry(all, shape, leaf, entry) * split_bytes(all, leaf, 0.5);
  }
  if (leaf.merges || (shape.same_key && all.equal_image)) {
    bytes += merge_bytes(leaf, shape, !leaf.merges);
  }
  return bytes;
}

/// Share of new entries without the ascending first column: they come to anywhere among each other,
/// as the columns behind it say.
double nulls_out_of_order(const IndexEntries& all, const EntryShape& shape) {
  const bool by_others = all.columns.size() > 1 && all.columns[1].is_key;
  return shape.appended && all.ascending && by_others ? all.columns.front().null_share() : 0;
}

/// Of values that stand on pages of their own.
double upkeep_of_part(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf,
                      const HeavyValues& values, double pages) {
  IndexEntries part = all;
  part.entries *= values.share;
  part.distinct = std::clamp(values.values, 1.0, std::max(part.entries, 1.0));
  part.pages = std::max(1.0, pages);
  EntryShape shape_of_part = shape;
  shape_of_part.rows *= values.share;
  return upkeep_bytes(part, shape_of_part, leaf_of(part, &leaf));
}

/// The entries of the first column's heavy values, or of the others, are of another size than the
/// average one: NULL takes no room.
double tuple_of_part(const IndexEntries& all, const HeavyValues& heavy, bool of_heavy) {
  const bool one_key = std::count_if(all.columns.begin(), all.columns.end(),
                                     [](const IndexColumn& column) { return column.is_key; }) == 1;
  if (!one_key) {
    return all.tuple;
  }
  std::vector<IndexColumn> columns = all.columns;
  std::vector<ValueClass>& classes = columns.front().classes;
  std::erase_if(classes, [&](const ValueClass& one) {
    const bool is_heavy = one.share / (one.is_null ? 1 : std::max(one.values, 1.0)) > heavy.least;
    return is_heavy != of_heavy;
  });
  double share = 0;
  for (const ValueClass& one : classes) {
    share += one.share;
  }
  if (share <= 0) {
    return all.tuple;
  }
  for (ValueClass& one : classes) {
    one.share /= share;
  }
  return average_tuple_sizes(columns).back();
}

/// New row versions that have come to the table's indexes, a row, since its counters began. Many
/// where nothing counts them.
double past_versions(const Table& table) {
  if (!table.activity || table.reltuples <= 0) {
    return HUGE_VAL;
  }
  const auto& counted = *table.activity;
  return static_cast<double>(counted.updates - counted.hot_updates) / table.reltuples;
}

/// New versions that come to anywhere among the rows of heavy values. In a grown index the pages of
/// these have been split behind the last row, as rows came, and have hardly any room until the
/// first such versions split them in halves.
double upkeep_of_heavy(const IndexEntries& all, const EntryShape& shape, const Leaf& leaf,
                       const HeavyValues& heavy, double pages) {
  IndexEntries part = all;
  part.entries *= heavy.share;
  part.distinct = std::clamp(heavy.values, 1.0, std::max(part.entries, 1.0));
  part.pages = std::max(1.0, pages);
  part.tuple = tuple_of_part(all, heavy, true);
  EntryShape shape_of_part = shape;
  shape_of_part.rows *= heavy.share;
  Leaf split = leaf_of(part, &leaf);
  const double table_pages = std::max(1.0, static_cast<double>(all.table->pages));
  constexpr double kSeveral = 2;
  split.of_many_rows = part.entries / part.distinct / table_pages > kSeveral;
  if (leaf.as_built) {
    return upkeep_bytes(part, shape_of_part, split);
  }
  Leaf full = split;
  full.as_built = true;
  full.used = kSingleValueFill * full.room;
  full.pages = std::max(1.0, std::min(full.pages, full.pages * split.used / full.used));
  const double entry = added_bytes(part, shape_of_part, full);
  const double before = past_versions(*all.table) * part.entries / full.pages;
  const double fit = (full.room - full.used) / entry;
  const double have_split =
      before > 1e6 ? 1 : normal_below((before - fit) / std::sqrt(std::max(before, 1.0)));
  return have_split * upkeep_bytes(part, shape_of_part, split) +
         (1 - have_split) * upkeep_bytes(part, shape_of_part, full);
}

}  // namespace

WalBytes btree_entry_wal(const IndexEntries& all, const EntryShape& shape) {
  const Leaf leaf = leaf_of(all);
  // Into the middle of a posting list: its place in the tuple is told (XLOG_BTREE_INSERT_POST).
  const double posting = leaf.merges && !shape.at_end ? 2 : 0;
  const WalRecord insert{.main = kInsertMain, .blocks = {all.tuple + posting}};
  WalBytes wal{.records = insert.aligned()};
  const HeavyValues heavy = heavy_keys(all);
  if (heavy.share > 0) {
    const double plain = all.tuple + kLinePointer;
    const double row =
        all.equal_image ? kHeapTid + plain / std::max(rows_of_full_list(all), 1.0) : plain;
    const double rows = shape.rows > 0 ? shape.rows : heavy.values * kManyRows;
    Ends ends{.fill = kSingleValueFill, .entry = row};
    std::transform(heavy.shares.begin(), heavy.shares.end(), std::back_inserter(ends.rows),
                   [rows](double share) { return share * rows; });
    const double plain_of_others = plain / std::clamp(leaf.per_key, 1.0, 220.0);
    const double others_row = leaf.merges ? std::min(plain, kHeapTid + plain_of_others) : plain;
    const double heavy_bytes = heavy.share * row;
    const double pages = leaf.pages * heavy_bytes / (heavy_bytes + (1 - heavy.share) * others_row);
    wal.records += shape.at_end ? split_bytes_at_ends(all, leaf, ends) / rows
                                : heavy.share * upkeep_of_heavy(all, shape, leaf, heavy, pages);
    const HeavyValues others{1 - heavy.share, all.distinct - heavy.values};
    if (others.share > 0) {
      wal.records += others.share * upkeep_of_part(all, shape, leaf, others, all.pages - pages);
    }
  } else if (const double nulls = nulls_out_of_order(all, shape); nulls > 0) {
    IndexEntries unordered = all;
    unordered.ascending = false;
    wal.records += (1 - nulls) * upkeep_bytes(all, shape, leaf) +
                   nulls * upkeep_of_part(unordered, shape, leaf, {nulls, all.distinct * nulls},
                                          all.pages * nulls);
  } else {
    wal.records += upkeep_bytes(all, shape, leaf);
  }
  if (shape.images && shape.rows > 0) {
    const double used = std::min(kPageSize, leaf.used + all.tuple + kLinePointer + 40);
    const double targets = shape.appended && all.ascending ? 1
                           : shape.appended && leaf.merges ? std::min(leaf.pages, all.distinct)
                                                           : leaf.pages;
    const double touched = pages_touched(targets, shape.rows);
    wal.images = touched * page_image(used) / shape.rows;
    wal.records -= touched * all.tuple / shape.rows;  // the image stands for the tuple
  }
  return wal;
}

}  // namespace quern::planner_model
