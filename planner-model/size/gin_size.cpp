#include "planner-model/size/gin_size.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "planner-model/size/analyze_sample.hpp"
#include "planner-model/size/gin_order.hpp"
#include "planner-model/size/gin_posting.hpp"
#include "planner-model/size/key_sample.hpp"
#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

constexpr double kLinePointer = 4;
/// A page less its header (24) and GIN's special space (8).
constexpr double kPageBody = 8192 - 24 - 8;

struct Entry {
  double key = 16;  ///< MAXALIGNed tuple of the key alone
  double rows = 1;
  double deviation = 0;  ///< by chance, of the rows
  double bytes = 1;      ///< of each further row's address
  double first = 0;      ///< as of GinEntries
  double last = -1;

  /// Size in the entry tree when so many of its rows are in, without line pointer.
  [[nodiscard]] double tuple(double rows_in) const { return gin_entry_tuple(key, rows_in, bytes); }

  [[nodiscard]] double tree_pages() const {
    const bool in_tree = rows > 1 && tuple(rows) <= align_up(key, 8);
    return in_tree ? posting_tree_pages(rows, bytes) : 0;
  }
};

constexpr double kManyRows = 40;

/// Of the trees of entries that have so many rows on average, by chance: some have a posting tree,
/// or one with a page more, where others have not.
double mean_tree_pages(const Entry& entry) {
  if (entry.rows < kManyRows) {
    return entry.tree_pages();
  }
  // Medians of nine equal parts of the normal distribution.
  constexpr double kParts[] = {-1.593, -0.967, -0.589, -0.282, 0, 0.282, 0.589, 0.967, 1.593};
  double pages = 0;
  for (const double part : kParts) {
    Entry one = entry;
    one.rows += part * entry.deviation;
    pages += one.tree_pages() / std::size(kParts);
  }
  return pages;
}

/// The entry tree's leaves: keys sorted, put in one after the other, batch by batch; a full page is
/// split in halves (entrySplitPage()).
class EntryLeaves {
 public:
  struct Item {
    std::size_t key;
    double size;
  };

  EntryLeaves() : pages_{{}} {}

  void put(std::size_t key, double size) {
    const std::size_t at = page_of(key);
    auto& items = pages_[at];
    auto place = std::lower_bound(items.begin(), items.end(), key,
                                  [](const Item& item, std::size_t k) { return item.key < k; });
    if (place != items.end() && place->key == key) {
      place->size = size;
    } else {
      items.insert(place, {key, size});
    }
    if (used(items) > kPageBody) {
      split(at);
    }
  }

  [[nodiscard]] const std::vector<std::vector<Item>>& pages() const { return pages_; }

 private:
  [[nodiscard]] std::size_t page_of(std::size_t key) const {
    const auto after = std::upper_bound(
        pages_.begin() + 1, pages_.end(), key,
        [](std::size_t k, const std::vector<Item>& items) { return k < items.front().key; });
    return static_cast<std::size_t>(std::distance(pages_.begin(), after)) - 1;
  }

  static double used(const std::vector<Item>& items) {
    double sum = 0;
    for (const Item& item : items) {
      sum += item.size;
    }
    return sum;
  }

  void split(std::size_t at) {
    auto& items = pages_[at];
    const double total = used(items);
    double left = 0;
    std::size_t count = 0;
    while (count < items.size() && left <= total / 2) {
      left += items[count++].size;
    }
    count = std::min(count, items.size() - 1);
    std::vector<Item> right{items.begin() + static_cast<std::ptrdiff_t>(count), items.end()};
    items.resize(count);
    pages_.insert(pages_.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(right));
  }

  std::vector<std::vector<Item>> pages_;
};

/// Memory of one entry while the build collects (ginbulk.c): a tree node, the key's copy with a
/// length word of four bytes, and the addresses, six bytes each, in a chunk that doubles. Chunks
/// have a header, and a power of two of bytes up to 8192 (aset.c).
double collected_bytes(const GinEntries& one, double rows) {
  constexpr double kNode = 64;
  constexpr double kHeader = 16;
  constexpr double kByValue = 8;
  constexpr double kLeastRoom = 5;
  constexpr double kAddress = 6;
  constexpr double kOwnBlock = 8192;
  const auto chunk = [](double bytes) {
    double room = 8;
    while (room < bytes && room < kOwnBlock) {
      room *= 2;
    }
    return kHeader + std::max(room, bytes);
  };
  double room = kLeastRoom;
  while (room < rows) {
    room *= 2;
  }
  constexpr double kMoreInLengthWord = 3;
  const double key = one.alignment == 1        ? chunk(one.key_size + kMoreInLengthWord)
                     : one.key_size > kByValue ? chunk(one.key_size)
                                               : 0;
  return kNode + key + chunk(kAddress * room);
}

double setting(const CatalogSnapshot& catalog, const char* name, double otherwise) {
  const auto found = catalog.settings.find(name);
  return found == catalog.settings.end() ? otherwise : std::strtod(found->second.c_str(), nullptr);
}

/// The share of entries, each of so many rows as chance has it and at least one, that a share of
/// the table's rows shows.
double share_present(double rows, double share) {
  const double rate = truncated_poisson_rate(rows);
  constexpr double kNone = 1e-6;
  constexpr double kMany = 40;
  return rate < kNone   ? share
         : rate > kMany ? -std::expm1(-rate * share)
                        : 1 - std::expm1(rate * (1 - share)) / std::expm1(rate);
}

/// The share of the table's rows after which the build empties its memory into the index
/// (ginBuildCallback(), gininsert.c).
double rows_a_batch(const std::vector<GinEntries>& all, const CatalogSnapshot& catalog) {
  constexpr double kKilobyte = 1024;
  const double memory = kKilobyte * setting(catalog, "maintenance_work_mem", 65536);
  const auto collected = [&all](double share) {
    double bytes = 0;
    for (const GinEntries& one : all) {
      const double present = share_present(one.rows, share);
      bytes += one.entries * present *
               collected_bytes(one, std::max(1.0, one.rows * share / std::max(present, 1e-12)));
    }
    return bytes;
  };
  if (collected(1) < memory) {
    return 1;
  }
  constexpr double kLeast = 1.0 / 64;
  double low = kLeast;
  double high = 1;
  for (int i = 0; i < 12; ++i) {
    const double middle = (low + high) / 2;
    (collected(middle) < memory ? low : high) = middle;
  }
  return high;
}

/// Inner pages above so many leaves: split in halves as well, so half full when keys come in order.
double inner_pages(double leaves, double key_size, bool in_order) {
  const double item = key_size + kLinePointer;
  const double fanout = std::max(2.0, std::floor(kPageBody / item) * (in_order ? 0.5 : 0.69));
  const double root = std::floor(kPageBody / item);
  double pages = 0;
  for (double level = leaves; level > 1;) {
    level = level <= root ? 1 : std::ceil(level / fanout);
    pages += level;
  }
  return pages;
}

/// `fraction` of all keys, in the order in which the tree has them.
std::vector<const Entry*> keys_in_order(const std::vector<Entry>& kinds,
                                        const std::vector<double>& counts, double fraction,
                                        Stream& stream) {
  double lowest = 0;
  double highest = 1;
  for (const Entry& kind : kinds) {
    if (kind.last >= kind.first) {
      lowest = std::min(lowest, kind.first);
      highest = std::max(highest, kind.last);
    }
  }
  std::vector<std::pair<double, const Entry*>> keys;
  double carried = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Entry& kind = kinds[i];
    const bool known = kind.last >= kind.first;
    carried += counts[i] * fraction;
    for (; carried >= 0.5; --carried) {
      const double from = known ? kind.first : lowest;
      const double to = known ? kind.last : highest;
      keys.emplace_back(from + (to - from) * stream.uniform(), &kind);
    }
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const Entry*> answer;
  for (const auto& [place, kind] : keys) {
    answer.push_back(kind);
  }
  return answer;
}

/// The rows of one of these entries: they come by chance, and there is at least one.
double whole_rows(const Entry& entry, Stream& stream) {
  const double mean = entry.rows;
  if (mean > kManyRows) {
    return std::rint(mean + entry.deviation * stream.normal());
  }
  if (std::abs(mean - std::rint(mean)) < 1e-3) {
    return std::rint(mean);
  }
  // Poisson's distribution without its zero.
  const double rate = truncated_poisson_rate(mean);
  double probability = rate * std::exp(-rate) / (1 - std::exp(-rate));
  double left = stream.uniform();
  double rows = 1;
  for (; left > probability && rows < 4 * kManyRows; ++rows) {
    left -= probability;
    probability *= rate / (rows + 1);
  }
  return rows;
}

/// Each of the rows with this chance.
double part_of(double rows, double share, Stream& stream) {
  if (rows > kManyRows) {
    return std::rint(rows * share);
  }
  double part = 0;
  for (; rows > 0.5; --rows) {
    part += stream.uniform() < share ? 1 : 0;
  }
  return part;
}

double entry_tree_pages(const std::vector<Entry>& kinds, const std::vector<double>& counts,
                        double batch) {
  double total = 0;
  double total_bytes = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    total += counts[i];
    total_bytes += counts[i] * (kinds[i].tuple(kinds[i].rows * batch) + kLinePointer);
  }
  // As many keys as fill some dozens of pages, of each kind its share.
  constexpr double kEnoughBytes = 60 * 8192;
  const double fraction = std::min(1.0, kEnoughBytes / std::max(total_bytes, 1.0));
  Stream stream;
  const std::vector<const Entry*> keys = keys_in_order(kinds, counts, fraction, stream);
  EntryLeaves leaves;
  std::vector<double> rows_left;
  rows_left.reserve(keys.size());
  for (const Entry* entry : keys) {
    rows_left.push_back(whole_rows(*entry, stream));
  }
  std::vector<double> rows_in(keys.size(), 0);
  for (double done = 0; done < 1 - 1e-9; done += batch) {
    const double share = std::min(1.0, batch / (1 - done));
    for (std::size_t key = 0; key < keys.size(); ++key) {
      const double more = share >= 1 ? rows_left[key] : part_of(rows_left[key], share, stream);
      if (more < 0.5) {
        continue;
      }
      rows_left[key] -= more;
      rows_in[key] += more;
      leaves.put(key, keys[key]->tuple(rows_in[key]) + kLinePointer);
    }
  }
  const auto simulated = static_cast<double>(leaves.pages().size());
  const double pages = simulated <= 1 ? 1 : std::max(simulated, simulated / fraction);
  double key_size = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    key_size += kinds[i].key * counts[i] / std::max(total, 1e-9);
  }
  return std::ceil(pages) + inner_pages(std::ceil(pages), key_size, batch >= 1);
}

}  // namespace

GinSize gin_size(const Index& index, const std::vector<IndexColumn>& columns,
                 const TypeSystem& types, double rows, double heap_pages) {
  if (rows < 0.5) {
    return {};  // metapage and an empty root
  }
  const double rows_per_page =
      columns.front().table_rows > 0 ? columns.front().table_rows / std::max(heap_pages, 1.0) : 1;
  std::vector<Entry> kinds;
  std::vector<double> counts;
  std::vector<GinEntries> all;
  GinSize size;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string_view name =
        i < index.keys.size() ? std::string_view{index.keys[i].operator_class_name} : "";
    size.from_statistics = size.from_statistics && columns[i].statistics != nullptr;
    // Of rows that ANALYZE has looked at nothing is left to chance.
    const double unseen = columns[i].statistics == nullptr
                              ? 1
                              : 1 - sampled_share(*columns[i].statistics, columns[i].all_rows);
    const GinOrder order{columns[i], name == "gin_trgm_ops", rows, rows_per_page};
    const double kept = rows / std::max(columns[i].table_rows, rows);
    const auto bytes_of = [&](const GinEntries& one) {
      return one.posting_bytes <= 0 ? order.posting_bytes(one)
             : kept > 0.999         ? one.posting_bytes
                                    : thinned_posting_bytes(one.posting_bytes, kept, rows_per_page);
    };
    for (const GinEntries& one : gin_entries(columns[i], name, types, rows)) {
      constexpr double kTupleHeader = 8;
      const double attribute = columns.size() > 1 ? 2 : 0;
      const Entry entry{
          .key = align_up(
              align_up(kTupleHeader + attribute, one.alignment) + std::max(one.key_size, 1.0), 8),
          .rows = one.rows,
          .deviation = std::sqrt(one.rows * std::max(0.0, 1 - one.rows / rows) * unseen),
          .bytes = bytes_of(one),
          .first = one.first,
          .last = one.last};
      size.data_pages += one.entries * mean_tree_pages(entry);
      size.entries += one.entries;
      all.push_back(one);
      kinds.push_back(entry);
      counts.push_back(one.entries);
    }
  }
  size.entries = std::max(1.0, std::rint(size.entries));
  size.data_pages = std::ceil(size.data_pages);
  size.entry_pages = entry_tree_pages(kinds, counts, rows_a_batch(all, types.catalog()));
  size.pages = 1 + size.entry_pages + size.data_pages;
  return size;
}

}  // namespace quern::planner_model
