#include "planner-model/selectivity/statistics.hpp"

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <numeric>
#include <unordered_map>

#include "collector/base/units.hpp"

#include "planner-model/selectivity/extended.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

/// pg_statistic keeps float4 and computes in float8; pg_stats prints the shortest text of the
/// float4.
double as_stored(double printed) {
  return static_cast<float>(printed);
}

std::vector<double> as_stored(const std::vector<double>& printed) {
  std::vector<double> stored;
  stored.reserve(printed.size());
  for (const double number : printed) {
    stored.push_back(as_stored(number));
  }
  return stored;
}

std::vector<Value> read_values(const std::vector<std::string>& texts, Oid type,
                               const TypeSystem& types) {
  std::vector<Value> values;
  values.reserve(texts.size());
  for (const auto& text : texts) {
    values.push_back(read_value(text, type, types));
  }
  return values;
}

/// All of it or nothing: ranges in no order that is known here are no histogram.
void read_ranges(const ColumnStatistics& statistics, Oid type, const TypeSystem& types,
                 ParsedStatistics& parsed) {
  parsed.empty_range_fraction = as_stored(statistics.range_empty_fraction);
  const Oid base = types.base_type(type);
  const Oid range_type = types.is_multirange(base) ? types.multirange_range(base) : base;
  for (const std::string& text : statistics.range_bounds_histogram) {
    const auto range = parse_range(text, range_type, types);
    if (!range || range->empty) {
      parsed.range_lower_bounds.clear();
      parsed.range_upper_bounds.clear();
      return;
    }
    parsed.range_lower_bounds.push_back(range->lower);
    parsed.range_upper_bounds.push_back(range->upper);
  }
  for (const std::string& text : statistics.range_length_histogram) {
    parsed.range_lengths.push_back(value_text::read_double(text).value_or(0));
  }
}

}  // namespace

ParsedStatistics parse_statistics(const ColumnStatistics& statistics, Oid type,
                                  const TypeSystem& types) {
  ParsedStatistics parsed{
      .null_fraction = as_stored(statistics.null_fraction),
      .average_width = statistics.average_width,
      .n_distinct = as_stored(statistics.n_distinct),
      .most_common_values = read_values(statistics.most_common_values, type, types),
      .most_common_frequencies = as_stored(statistics.most_common_frequencies),
      .histogram = read_values(statistics.histogram_bounds, type, types),
      .correlation = statistics.correlation,
  };
  if (parsed.most_common_frequencies.size() != parsed.most_common_values.size()) {
    const auto common =
        std::min(parsed.most_common_frequencies.size(), parsed.most_common_values.size());
    parsed.most_common_frequencies.resize(common);
    parsed.most_common_values.resize(common);
  }
  if (parsed.correlation) {
    parsed.correlation = as_stored(*parsed.correlation);
  }
  parsed.most_common_total = std::accumulate(parsed.most_common_frequencies.begin(),
                                             parsed.most_common_frequencies.end(), 0.0);

  const Oid element = types.element_type(types.base_type(type));
  parsed.most_common_elements =
      read_values(statistics.most_common_elements, element != 0 ? element : type_oid::kText, types);
  auto frequencies = as_stored(statistics.most_common_element_frequencies);
  const std::size_t elements = parsed.most_common_elements.size();
  if (frequencies.size() >= elements + 2) {
    parsed.minimum_element_frequency = frequencies[elements];
    parsed.maximum_element_frequency = frequencies[elements + 1];
    parsed.null_element_frequency =
        frequencies.size() > elements + 2 ? frequencies[elements + 2] : 0;
    frequencies.resize(elements);
    parsed.most_common_element_frequencies = std::move(frequencies);
  } else {
    parsed.most_common_elements.clear();
  }
  parsed.element_count_histogram = as_stored(statistics.element_count_histogram);
  read_ranges(statistics, type, types, parsed);
  const auto end = [&](const std::optional<std::string>& text) {
    return text ? std::optional{read_value(*text, type, types)} : std::nullopt;
  };
  parsed.lowest = end(statistics.lowest);
  parsed.highest = end(statistics.highest);
  return parsed;
}

namespace {

/// The statistics of the catalog's columns, each with what was read of it. The keys are those of
/// the start, so that threads look them up without a lock: every clause asks.
class ColumnSlots {
 public:
  struct Slot {
    const ColumnStatistics* column = nullptr;
    std::atomic<const ParsedStatistics*> parsed = nullptr;
  };

  explicit ColumnSlots(const CatalogSnapshot& catalog) {
    std::vector<const ColumnStatistics*> all;
    for (const Table& table : catalog.tables) {
      for (const Column& column : table.columns) {
        for (const auto* statistics : {&column.statistics, &column.inherited_statistics}) {
          if (*statistics) {
            all.push_back(&**statistics);
          }
        }
      }
    }
    mask_ = std::bit_ceil(2 * all.size() + 1) - 1;
    slots_ = std::make_unique<Slot[]>(mask_ + 1);
    for (const ColumnStatistics* column : all) {
      place_of(*column).column = column;
    }
  }

  ~ColumnSlots() {
    for (std::size_t i = 0; i <= mask_; ++i) {
      delete slots_[i].parsed.load();
    }
  }

  ColumnSlots(const ColumnSlots&) = delete;
  ColumnSlots& operator=(const ColumnSlots&) = delete;

  /// Null: none of the catalog's.
  [[nodiscard]] Slot* find(const ColumnStatistics& column) {
    Slot& slot = place_of(column);
    return slot.column == nullptr ? nullptr : &slot;
  }

 private:
  /// The column's own slot, or the free one where it would be.
  [[nodiscard]] Slot& place_of(const ColumnStatistics& column) {
    constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15U;  // 2^64 by the golden ratio
    const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&column));
    std::size_t at = static_cast<std::size_t>((address * kSpread) >> 32U) & mask_;
    while (slots_[at].column != nullptr && slots_[at].column != &column) {
      at = (at + 1) & mask_;
    }
    return slots_[at];
  }

  std::size_t mask_ = 0;
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace

struct StatisticsCache::Implementation {
  explicit Implementation(const CatalogSnapshot& catalog) : columns{catalog} {}

  ColumnSlots columns;
  std::mutex mutex = {};  ///< of the maps
  /// Of columns that are not the catalog's: of imagined indexes.
  std::unordered_map<const ColumnStatistics*, std::unique_ptr<const ParsedStatistics>> parsed = {};
  std::unordered_map<const ExtendedStatistics*, std::unique_ptr<const ParsedExtendedStatistics>>
      extended = {};
};

StatisticsCache::StatisticsCache(const TypeSystem& types)
    : types_{types}, implementation_{std::make_unique<Implementation>(types.catalog())} {}

StatisticsCache::~StatisticsCache() = default;

const ParsedStatistics* StatisticsCache::get(const ColumnStatistics& statistics, Oid type) const {
  if (auto* slot = implementation_->columns.find(statistics)) {
    const ParsedStatistics* known = slot->parsed.load(std::memory_order_acquire);
    if (known != nullptr) {
      return known;
    }
    auto parsed =
        std::make_unique<const ParsedStatistics>(parse_statistics(statistics, type, types_));
    // Two threads may have read the same: the first to come keeps its own.
    return slot->parsed.compare_exchange_strong(known, parsed.get()) ? parsed.release() : known;
  }
  const std::lock_guard lock{implementation_->mutex};
  auto& slot = implementation_->parsed[&statistics];
  if (!slot) {
    slot = std::make_unique<const ParsedStatistics>(parse_statistics(statistics, type, types_));
  }
  return slot.get();
}

const ParsedExtendedStatistics* StatisticsCache::get(
    const ExtendedStatistics& statistics,
    const std::function<ParsedExtendedStatistics()>& read) const {
  const std::lock_guard lock{implementation_->mutex};
  auto& slot = implementation_->extended[&statistics];
  if (!slot) {
    slot = std::make_unique<const ParsedExtendedStatistics>(read());
  }
  return slot.get();
}

Distinct number_of_distinct(const Variable& variable) {
  double distinct = 0;  // unknown
  double null_fraction = 0;
  if (variable.statistics != nullptr) {
    distinct = variable.statistics->n_distinct;
    null_fraction = variable.statistics->null_fraction;
  } else if (variable.type == type_oid::kBool) {
    distinct = 2;
  } else if (variable.is_values || variable.is_ctid) {
    distinct = -1;
  } else if (variable.is_tableoid) {
    distinct = 1;
  }
  if (variable.is_unique) {
    distinct = -1.0 * (1.0 - null_fraction);
  }
  const auto exactly = [](double count) {
    return Distinct{clamp_rows(Rows{count}).value(), false};
  };
  if (distinct > 0) {
    return exactly(distinct);
  }
  if (!variable.has_relation || variable.relation_tuples <= 0) {
    return {};
  }
  if (distinct < 0) {
    return exactly(-distinct * variable.relation_tuples);
  }
  // A table smaller than the default is taken to be all different.
  return variable.relation_tuples < kDefaultDistinct ? exactly(variable.relation_tuples)
                                                     : Distinct{};
}

}  // namespace quern::planner_model
