#include "planner-model/writes/image_compression.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/size/stored_size.hpp"
#include "planner-model/writes/page_bytes.hpp"
#include "planner-model/writes/wal_record.hpp"

namespace quern::planner_model {
namespace {

std::string number(std::uint64_t value, std::size_t bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) {
    text += static_cast<char>(value >> (8 * i));
  }
  return text;
}

void pad(std::string& text, std::size_t alignment) {
  text.append((alignment - text.size() % alignment) % alignment, '\0');
}

/// Line pointers stand before the items, and the first item at the page's end.
std::string page_of(const std::vector<std::string>& items) {
  std::string pointers(24, '\1');
  std::string body;
  std::size_t at = static_cast<std::size_t>(kPageSize);
  for (const std::string& item : items) {
    at -= std::min(at, item.size());
    pointers += number((item.size() << 17U) | (1U << 15U) | at, 4);
    body.insert(0, item);
  }
  return pointers + body;
}

std::string row_address(std::uint64_t block, std::uint64_t offset) {
  return number(0, 2) + number(block, 2) + number(offset, 2);
}

}  // namespace

ImageCompression::ImageCompression(const TypeSystem& types) : types_{types} {
  const auto& settings = types.catalog().settings;
  const auto found = settings.find("wal_compression");
  const std::string how = found == settings.end() ? "off" : found->second;
  method_ = how == "lz4"                                                  ? Method::Lz4
            : how == "zstd"                                               ? Method::Zstd
            : how == "on" || how == "pglz" || how == "true" || how == "1" ? Method::Pglz
                                                                          : Method::Off;
}

double ImageCompression::left_of(const std::string& page) const {
  const double most = method_ == Method::Pglz ? 0.75 : 2;  // PGLZ_strategy_default saves a quarter
  const int bytes = pglz_size(page, most);
  const double left = bytes < 0 ? 1 : bytes / static_cast<double>(page.size());
  constexpr double kLz4 = 1.15;
  constexpr double kZstd = 0.65;
  return std::min(1.0, left * (method_ == Method::Lz4    ? kLz4
                               : method_ == Method::Zstd ? kZstd
                                                         : 1));
}

double ImageCompression::heap(const HeapRow& row, const std::vector<IndexColumn>& columns) const {
  if (method_ == Method::Off) {
    return 1;
  }
  std::vector<ColumnBytes> sources;
  for (const IndexColumn& column : columns) {
    sources.emplace_back(column, types_);
  }
  Stream stream;
  const auto count = static_cast<std::size_t>(std::clamp(row.rows_per_page, 1.0, 400.0));
  const double step = 1 / std::max(row.rows_per_page * row.pages, 1.0);
  const double first = stream.uniform();
  std::vector<std::string> items;
  for (std::size_t i = 0; i < count; ++i) {
    // xmin of one loading transaction, no xmax, its own address, flags (HeapTupleHeaderData).
    std::string item = number(740, 4) + number(0, 8) + row_address(1000, i + 1) +
                       number(columns.size(), 2) + number(0x0902, 2) + number(24, 1);
    item.resize(static_cast<std::size_t>(std::max(row.header, 24.0)), '\0');
    for (const ColumnBytes& source : sources) {
      const auto value = source.is_in_order()
                             ? source.at(first + static_cast<double>(i) * step, stream)
                             : source.any(stream);
      if (value) {
        pad(item, static_cast<std::size_t>(source.alignment()));
        item += *value;
      }
    }
    pad(item, 8);
    items.push_back(std::move(item));
  }
  return left_of(page_of(items));
}

namespace {

/// Addresses of rows of one table, at random or one behind the other.
class RowAddresses {
 public:
  explicit RowAddresses(const IndexEntries& all)
      : pages_{std::max<double>(1, static_cast<double>(all.table->pages))},
        per_page_{std::max(1.0, all.entries / std::max(all.share, 1e-6) / pages_)} {}

  [[nodiscard]] std::string any(Stream& stream) {
    return at(stream.uniform() * pages_ * per_page_);
  }

  /// Some rows behind the last one, so many on average.
  [[nodiscard]] std::string next(double gap, Stream& stream) {
    row_ += gap <= 1 ? 1 : std::ceil(stream.uniform() * (2 * gap - 1));
    return at(std::fmod(row_, pages_ * per_page_));
  }

  void begin_anywhere(double rows, Stream& stream) { row_ = std::floor(stream.uniform() * rows); }

 private:
  [[nodiscard]] std::string at(double row) const {
    return row_address(static_cast<std::uint64_t>(row / per_page_),
                       static_cast<std::uint64_t>(std::fmod(row, per_page_)) + 1);
  }

  double pages_;
  double per_page_;
  double row_ = 0;
};

constexpr double kFilled = 7300;  // bytes of a page, on average
constexpr std::size_t kMostItems = 400;

/// Sorted hash codes, whose lowest bits tell the bucket.
std::vector<std::string> hash_items(const IndexEntries& all, Stream& stream) {
  RowAddresses addresses{all};
  constexpr std::uint64_t kItem = 16;
  const double count = std::min(kFilled / (kItem + kLinePointer), all.entries / all.pages);
  const double step = 4294967296.0 / std::max(count, 1.0);
  std::vector<std::string> items;
  for (double i = 0; i < count; ++i) {
    const auto code = static_cast<std::uint64_t>((i + stream.uniform()) * step) & ~0xFFULL;
    items.push_back(addresses.any(stream) + number(kItem, 2) + number(code | 0x5AU, 4) +
                    number(0, 4));
  }
  return items;
}

}  // namespace

double ImageCompression::index(const IndexEntries& all) const {
  const bool is_hash = all.index->access_method == "hash";
  if (method_ == Method::Off || (all.index->access_method != "btree" && !is_hash)) {
    return 1;
  }
  Stream stream;
  if (is_hash) {
    return left_of(page_of(hash_items(all, stream)));
  }
  std::vector<ColumnBytes> sources;
  for (const IndexColumn& column : all.columns) {
    sources.emplace_back(column, types_);
  }
  const double per_key = all.equal_image ? std::max(1.0, all.entries / all.distinct) : 1;
  const double keys = std::max(all.entries / per_key, 1.0);
  const bool by_row = !sources.empty() && sources.front().is_in_order();
  const double first = stream.uniform() * 0.9;
  RowAddresses addresses{all};
  addresses.begin_anywhere(all.entries, stream);
  std::vector<std::string> items;
  const double in_list = std::min(per_key, rows_of_full_list(all));
  for (double bytes = 0; bytes < kFilled && items.size() < kMostItems;) {
    std::string item = by_row ? addresses.next(1, stream) : addresses.any(stream);
    item += number(static_cast<std::uint64_t>(all.tuple), 2);
    // Equal keys may fill several lists.
    const double key = std::floor(static_cast<double>(items.size()) * in_list / per_key);
    for (std::size_t c = 0; c < sources.size(); ++c) {
      const auto value =
          c == 0 ? sources[c].at(first + key / keys, stream) : sources[c].any(stream).value_or("");
      pad(item, static_cast<std::size_t>(sources[c].alignment()));
      item += value;
    }
    pad(item, 8);
    for (double more = 1; more < in_list; ++more) {
      item += addresses.next(by_row ? 1 : all.entries / per_key, stream);
    }
    bytes += static_cast<double>(item.size()) + kLinePointer;
    items.push_back(std::move(item));
  }
  return left_of(page_of(items));
}

}  // namespace quern::planner_model
