// XLOG_BTREE_VACUUM (nbtpage.c), XLOG_GIN_VACUUM_PAGE and _DATA_LEAF_PAGE (ginvacuum.c,
// gindatapage.c), XLOG_GIST_PAGE_UPDATE (gistvacuum.c), XLOG_SPGIST_VACUUM_LEAF (spgvacuum.c).
#include "planner-model/writes/vacuum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "planner-model/size/gin_posting.hpp"
#include "planner-model/writes/gin_keys.hpp"
#include "planner-model/writes/hash_vacuum.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kOffset = 2;  // OffsetNumber

/// At least one of so many rows is dead when a share of all are.
double any_dead(double rows, double dead_share) {
  return -std::expm1(rows * std::log1p(-std::min(dead_share, 1 - 1e-12)));
}

/// Dead entries of one index.
struct Dead {
  double entries = 0;
  double share = 0;
};

/// Pages with dead entries, when all are equally full.
struct ChangedPages {
  double pages = 0;
  double dead = 0;  ///< entries of each
};

ChangedPages changed_pages(double pages, const Dead& dead) {
  const double changed = pages_touched(pages, dead.entries);
  return {changed, dead.entries / std::max(changed, 1e-9)};
}

double leaves_of_tree(const IndexEntries& all) {
  constexpr double kFill = 0.7;
  const double fanout = std::max(2.0, kFill * kPageSize / (all.tuple + kLinePointer));
  return std::max(1.0, all.pages - all.pages / fanout);
}

/// Equal keys are merged when a page fills up, and by the build: where the pages have room for each
/// entry by itself, they are not yet.
bool has_lists(const IndexEntries& all) {
  constexpr double kNearlyPlain = 0.8;
  constexpr double kBody = kPageSize - kPageHeader - 16;
  const double taken = leaves_of_tree(all) * kBody / std::max(all.entries, 1.0);
  return all.equal_image && all.entries > 1.5 * all.distinct &&
         taken < kNearlyPlain * (all.tuple + kLinePointer);
}

/// A posting list that keeps some of its rows is named, and within it the removed ones
/// (xl_btree_update); whole tuples by their offsets.
double btree_page_data(const IndexEntries& all, const ChangedPages& page, double dead_share) {
  if (!has_lists(all)) {
    return kOffset * page.dead;
  }
  const double rows_a_key = all.entries / std::max(all.distinct, 1.0);
  const double rows = std::min(rows_a_key, rows_of_full_list(all));
  const double lists = page.dead / (rows * dead_share);
  const double changed = lists * any_dead(rows, dead_share);
  const double removed_whole = lists * std::pow(dead_share, rows);
  return kOffset * changed + (changed - removed_whole) * kOffset +
         kOffset * (page.dead - removed_whole * rows);
}

void vacuum_btree(VacuumPass& pass, const IndexEntries& all, const Dead& dead) {
  const ChangedPages page = changed_pages(leaves_of_tree(all), dead);
  const double data = btree_page_data(all, page, dead.share);
  pass.pages_changed = page.pages;
  pass.wal.records = page.pages * WalRecord{.main = 4, .blocks = {data}}.varying();
}

void vacuum_hash(VacuumPass& pass, const IndexEntries& all, const Dead& dead) {
  const HashVacuum vacuum = hash_vacuum(all, dead.share);
  pass.pages_changed = vacuum.pages_changed;
  pass.wal.records = vacuum.records;
}

void vacuum_gist(VacuumPass& pass, const IndexEntries& all, const Dead& dead) {
  const ChangedPages page = changed_pages(leaves_of_tree(all), dead);
  pass.pages_changed = page.pages;
  pass.wal.records = page.pages * WalRecord{.main = 4, .blocks = {kOffset * page.dead}}.varying();
}

/// A dead tuple becomes a placeholder, and its neighbours in the chain are linked anew.
void vacuum_spgist(VacuumPass& pass, const IndexEntries& all, const Dead& dead) {
  constexpr double kHeader = 16;         // SizeOfSpgxlogVacuumLeaf
  constexpr double kOffsetsOfTuple = 3;  // of itself, and of the link that passes over it
  const ChangedPages page = changed_pages(leaves_of_tree(all), dead);
  pass.pages_changed = page.pages;
  const double main = kHeader + kOffsetsOfTuple * kOffset * page.dead;
  pass.wal.records = page.pages * WalRecord{.main = main, .blocks = {0}}.varying();
}

/// Leaves of the entry tree are logged whole whenever one of their lists loses a row; of posting
/// trees, the segments that do.
void vacuum_gin(VacuumPass& pass, const IndexEntries& all, const TypeSystem& types,
                const Dead& dead) {
  constexpr double kRoom = kPageSize - kPageHeader - 8;
  constexpr double kEmptiest = 0.4;
  constexpr double kListShare = 0.5;  // of an entry's bytes: its rows, which shrink
  constexpr double kSegment = 256;    // GinPostingListSegmentTargetSize
  const GinKeys keys = gin_keys(all, types);
  double entry_bytes = 0;
  double listed_rows = 0;
  double tree_leaves = 0;
  for (const GinKeyClass& one : keys.classes) {
    const double rows = one.share * all.entries;
    const double address = one.address;
    const double tuple = gin_entry_tuple(one.tuple, rows, address);
    entry_bytes += one.keys * (tuple + kLinePointer);
    if (tuple > one.tuple) {
      listed_rows += one.keys * rows;
      continue;
    }
    const double bytes = rows * address;
    const double leaves = one.keys * std::max(1.0, std::ceil(bytes / kRoom));
    const double segments = std::max(1.0, bytes * one.keys / leaves / kSegment);
    const double rows_a_segment = rows * one.keys / leaves / segments;
    const double changed = segments * any_dead(rows_a_segment, dead.share);
    const double again = kGinSegmentHeader + address * rows_a_segment * (1 - dead.share);
    const double touched = leaves * any_dead(rows_a_segment * segments, dead.share);
    tree_leaves += leaves;
    pass.pages_changed += touched;
    pass.wal.records += leaves * changed * (2 + again) * kWalPageShare +
                        touched * WalRecord{.main = 0, .blocks = {2}}.varying();
  }
  // The other pages are the entry tree's, as full as its entries make them, but for a long-lived
  // index's empty ones.
  const double fullest = entry_bytes / kRoom;
  const double pages = std::clamp(all.pages - tree_leaves, std::max(1.0, fullest),
                                  std::max(1.0, fullest / kEmptiest));
  const double changed = pages * any_dead(listed_rows / pages, dead.share);
  pass.pages_changed += changed;
  const double left = entry_bytes / pages * (1 - kListShare * dead.share);
  const double image = page_image(left + kPageHeader + 8);
  pass.wal.records += changed * (image + WalRecord{.main = 0, .blocks = {0}}.varying());
  pass.wal.records += WalRecord{.main = 88, .blocks = {0}}.aligned();  // ginUpdateStats()
}

double option_or_setting(const Table& table, const CatalogSnapshot& catalog, const char* name,
                         double otherwise) {
  if (const auto own = table.options.find(name); own != table.options.end()) {
    return std::strtod(own->second.c_str(), nullptr);
  }
  const auto all = catalog.settings.find(name);
  return all == catalog.settings.end() ? otherwise : std::strtod(all->second.c_str(), nullptr);
}

}  // namespace

VacuumPass vacuum_pass(const SizeContext& context, const Table& table, const Index& index,
                       double dead_rows) {
  return vacuum_pass(index_entries(context, table, index), context.types, dead_rows);
}

VacuumPass vacuum_pass(const IndexEntries& entries, const TypeSystem& types, double dead_rows) {
  const std::string& method = entries.index->access_method;
  if (method == "brin") {
    return {};  // summaries stay as wide as they were (brinbulkdelete())
  }
  const double all = std::max(entries.entries, 1.0);
  const Dead dead{.entries = std::min(dead_rows * entries.share, all),
                  .share = std::min(1.0, dead_rows * entries.share / all)};
  VacuumPass pass{.pages_read = entries.pages + 1, .entries = all};
  if (method == "gin") {
    vacuum_gin(pass, entries, types, dead);
    pass.pages_read *= 2;  // once more to count them (ginvacuumcleanup())
  } else if (method == "hash") {
    vacuum_hash(pass, entries, dead);
  } else if (method == "gist") {
    vacuum_gist(pass, entries, dead);
  } else if (method == "spgist") {
    vacuum_spgist(pass, entries, dead);
  } else {
    vacuum_btree(pass, entries, dead);
  }
  pass.pages_changed = std::min(pass.pages_changed, entries.pages);
  pass.wal.images = pass.pages_changed * page_image(0.75 * kPageSize);
  if (entries.table->persistence != 'p') {
    pass.wal = {};
  }
  return pass;
}

double dead_rows_a_vacuum(const Table& table, const CatalogSnapshot& catalog) {
  const double base = option_or_setting(table, catalog, "autovacuum_vacuum_threshold", 50);
  const double scale = option_or_setting(table, catalog, "autovacuum_vacuum_scale_factor", 0.2);
  const double most = option_or_setting(table, catalog, "autovacuum_vacuum_max_threshold", -1);
  const double rows = base + scale * std::max(table.reltuples, 0.0);
  return std::max(1.0, most >= 0 ? std::min(rows, most) : rows);
}

}  // namespace quern::planner_model
