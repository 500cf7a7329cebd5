#include "planner-model/selectivity/statistics.hpp"

#include <mutex>
#include <numeric>
#include <unordered_map>

#include "collector/base/units.hpp"

#include "planner-model/selectivity/extended.hpp"

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
  return parsed;
}

struct StatisticsCache::Implementation {
  std::mutex mutex;
  std::unordered_map<const ColumnStatistics*, std::unique_ptr<const ParsedStatistics>> parsed;
  std::unordered_map<const ExtendedStatistics*, std::unique_ptr<const ParsedExtendedStatistics>>
      extended;
};

StatisticsCache::StatisticsCache(const TypeSystem& types)
    : types_{types}, implementation_{std::make_unique<Implementation>()} {}

StatisticsCache::~StatisticsCache() = default;

const ParsedStatistics* StatisticsCache::get(const ColumnStatistics& statistics, Oid type) const {
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
