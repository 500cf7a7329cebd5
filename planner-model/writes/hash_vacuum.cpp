// XLOG_HASH_DELETE (hash.c), XLOG_HASH_MOVE_PAGE_CONTENTS and XLOG_HASH_SQUEEZE_PAGE (hashovfl.c).
#include "planner-model/writes/hash_vacuum.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "planner-model/size/other_sizes.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

constexpr double kOffset = 2;                 // OffsetNumber
constexpr double kMovedTuple = 16 + kOffset;  // header and hash code, and its place

/// A bucket's page and its overflow pages, all but the last of them full.
std::vector<double> chain_of(double entries) {
  std::vector<double> pages;
  for (; entries > kHashPageItems; entries -= kHashPageItems) {
    pages.push_back(kHashPageItems);
  }
  pages.push_back(entries);
  return pages;
}

/// hashbucketcleanup(): the dead entries of each page by their offsets.
void remove_dead(const std::vector<double>& chain, double dead_share, HashVacuum& vacuum) {
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const double any = -std::expm1(chain[i] * std::log1p(-std::min(dead_share, 1 - 1e-12)));
    const double dead = kOffset * chain[i] * dead_share / std::max(any, 1e-9);
    const WalRecord on_bucket{.main = 2, .blocks = {dead}};
    const WalRecord behind_it{.main = 2, .blocks = {0, dead}};
    vacuum.records += any * (i == 0 ? on_bucket.varying() : behind_it.varying());
    vacuum.pages_changed += any;
  }
}

/// _hash_squeezebucket(): entries of the last pages move to the room on the first, a record for
/// each pair of pages, and pages that become empty are freed.
void squeeze(const std::vector<double>& chain, double dead_share, HashVacuum& vacuum) {
  std::size_t to = 0;
  double room = kHashPageItems - std::floor(chain[to] * (1 - dead_share));
  for (std::size_t from = chain.size() - 1; from > to; --from) {
    double left = std::floor(chain[from] * (1 - dead_share));
    while (left > room) {
      const WalRecord move{.main = 3, .blocks = {0, kMovedTuple * room, kOffset * room}};
      vacuum.records += room > 0 ? move.varying() : 0;
      left -= room;
      if (++to == from) {
        return;
      }
      room = kHashPageItems - std::floor(chain[to] * (1 - dead_share));
    }
    room -= left;
    const WalRecord freed{.main = 12, .blocks = {kMovedTuple * left, 0, 0, 4, 4}};
    vacuum.records += freed.varying();
  }
}

HashVacuum with_buckets(const IndexEntries& all, double buckets, double dead_share) {
  HashVacuum vacuum;
  for (const double entries : hash_bucket_entries(all.columns.front(), all.entries, buckets)) {
    if (entries >= 0.5) {
      const std::vector<double> chain = chain_of(entries);
      remove_dead(chain, dead_share, vacuum);
      squeeze(chain, dead_share, vacuum);
    }
  }
  return vacuum;
}

/// All but the metapage.
double pages_with(const IndexEntries& all, double buckets) {
  constexpr double kBitmap = 1;
  double pages = kBitmap + hash_buckets(buckets, 1);
  for (const double entries : hash_bucket_entries(all.columns.front(), all.entries, buckets)) {
    pages += static_cast<double>(chain_of(entries).size()) - 1;
  }
  return pages;
}

}  // namespace

HashBuckets hash_buckets_of(const IndexEntries& all) {
  constexpr double kItem = 20;
  const int fillfactor = std::clamp(index_option(*all.index, "fillfactor", 75), 10, 100);
  const double per_bucket = std::max(10.0, std::floor(kPageSize * fillfactor / 100 / kItem));
  HashBuckets buckets{.built = hash_buckets(all.table->reltuples, per_bucket),
                      .grown = std::max(2.0, std::ceil(all.entries / per_bucket))};
  const double as_built = std::abs(pages_with(all, buckets.built) - all.pages);
  const double as_grown = std::abs(pages_with(all, buckets.grown) - all.pages);
  buckets.has_grown = as_built < as_grown ? 0 : as_grown < as_built ? 1 : 0.5;
  return buckets;
}

HashVacuum hash_vacuum(const IndexEntries& all, double dead_share) {
  const HashBuckets buckets = hash_buckets_of(all);
  const HashVacuum as_built = with_buckets(all, buckets.built, dead_share);
  const HashVacuum as_grown = with_buckets(all, buckets.grown, dead_share);
  const auto mean = [&](double built, double grown) {
    return built + buckets.has_grown * (grown - built);
  };
  // The metapage's row count.
  const double meta = WalRecord{.main = 8, .blocks = {0}}.aligned();
  return {mean(as_built.pages_changed, as_grown.pages_changed),
          mean(as_built.records, as_grown.records) + meta};
}

}  // namespace quern::planner_model
