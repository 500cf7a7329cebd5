#include "planner-model/size/element_pools.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "planner-model/size/analyze_sample.hpp"
#include "planner-model/size/text_source.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

struct Seen {
  double share = 0;
  double bounds = 0;        ///< of the histogram that have it
  double bounds_share = 0;  ///< of the rows, that those stand for
  double times = 0;         ///< among the histogram's values
  double common = 0;        ///< share among the most common values
  double key_size = 4;
  double place = 0;
  double rows_each = 0;  ///< share of the rows of one value that has it
  double values = 0;     ///< how many values are like that one
};

/// What of a pool is known by a few examples.
struct Rare {
  double share = 0;
  double draws = 0;
  double seen = 0;
  double once = 0;
  double size = 0;
  std::vector<std::string> texts = {};
  std::vector<std::pair<double, double>> rows_each = {};  ///< and of how many values
  std::vector<double> places = {};

  void add(const std::string& text, const Seen& one) {
    share += one.share;
    draws += one.times;
    seen += 1;
    once += one.times < 2 ? 1 : 0;
    size += one.key_size * one.times;
    texts.push_back(text);
    rows_each.emplace_back(one.rows_each, one.values);
    places.push_back(one.place);
  }
};

/// How many of a histogram's hundred bounds have an element is as much chance as frequency:
/// elements that are alike are brought nearer to each other.
void even_out(std::map<std::string, Seen>& pool) {
  std::vector<Seen*> all;
  std::vector<double> bounds;
  for (auto& [text, seen] : pool) {
    if (seen.bounds > 0) {
      all.push_back(&seen);
      bounds.push_back(seen.bounds);
    }
  }
  constexpr double kDeviations = 2;
  for (const auto& group : alike(bounds, kDeviations)) {
    std::vector<double> counts;
    double sum = 0;
    double share = 0;
    for (const std::size_t i : group) {
      counts.push_back(bounds[i]);
      sum += bounds[i];
      share += all[i]->bounds_share;
    }
    const std::vector<double> evened = evened_out(counts);
    for (std::size_t i = 0; i < group.size(); ++i) {
      Seen& seen = *all[group[i]];
      seen.times += evened[i] - seen.bounds;
      seen.share += evened[i] / sum * share - seen.bounds_share;
    }
  }
}

/// Elements of which some are known: as unlike in frequency as the values that have them.
void add_rare(double entries, double all_rows, Rare rare, std::vector<GinEntries>& answer) {
  auto& each = rare.rows_each;
  std::sort(each.begin(), each.end());
  double values = 0;
  for (const auto& one : each) {
    values += one.second;
  }
  constexpr std::size_t kClasses = 5;
  std::vector<double> sizes;
  double sum = 0;
  auto at = each.begin();
  double passed = at->second;
  for (std::size_t i = 0; i < kClasses; ++i) {
    const double middle = values * static_cast<double>(2 * i + 1) / (2 * kClasses);
    for (; passed < middle && std::next(at) != each.end(); passed += at->second) {
      ++at;
    }
    sizes.push_back(at->first);
    sum += at->first;
  }
  const auto [first, last] = std::minmax_element(rare.places.begin(), rare.places.end());
  for (const double size : sizes) {
    const double rows = std::max(1.0, size / std::max(sum / kClasses, 1e-12) * all_rows / entries);
    answer.push_back({.entries = std::min(entries, all_rows / rows) / kClasses,
                      .rows = rows,
                      .key_size = rare.size / rare.draws,
                      .first = *first,
                      .last = *last});
  }
}

}  // namespace

double place_of(std::string_view text) {
  constexpr std::size_t kBytes = 6;
  double place = 0;
  for (std::size_t i = 0; i < kBytes; ++i) {
    place = place * 256 + (i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  }
  return place;
}

std::vector<double> element_frequencies(const ColumnStatistics& statistics, double rows) {
  std::vector<double> counts = statistics.most_common_element_frequencies;
  counts.resize(std::min(counts.size(), statistics.most_common_elements.size()));
  const double share = sampled_share(statistics, rows);
  const double sample = share * rows * (1 - statistics.null_fraction);
  if (counts.empty() || share >= 1 || sample < 1) {
    return counts;
  }
  for (double& count : counts) {
    count *= sample;
  }
  const double deviations = std::sqrt(2 * std::log(static_cast<double>(counts.size()))) + 1;
  std::vector<double> frequencies(counts.size());
  for (const auto& group : alike(counts, deviations, 1 - share)) {
    std::vector<double> of_group;
    for (const std::size_t i : group) {
      of_group.push_back(counts[i]);
    }
    const std::vector<double> evened = evened_out(of_group, 1 - share);
    for (std::size_t i = 0; i < group.size(); ++i) {
      frequencies[group[i]] = evened[i] / sample;
    }
  }
  return frequencies;
}

void add_entries_of_values(const ColumnValues& values, double rows, const Extract& extract,
                           const std::set<std::string>& known, std::vector<GinEntries>& answer) {
  std::map<std::string, std::map<std::string, Seen>> pools;
  std::map<std::string, std::string> pool_of;  // where an element was seen first
  double values_of_rest = 1;
  double empty = 0;
  double examples = 0;
  for (const auto& entry : values.entries) {
    if (!entry.text) {
      continue;
    }
    // A common value that is hardly more common than others is an example as well.
    constexpr double kCommon = 0.004;
    const bool example = entry.from_histogram || entry.share < kCommon;
    examples += example ? 1 : 0;
    values_of_rest += example ? entry.values : 0;
    const auto elements = extract(*entry.text);
    empty += elements.empty() ? entry.share : 0;
    std::set<std::string> once;
    for (const Element& element : elements) {
      if (known.contains(element.text) || !once.insert(element.text).second) {
        continue;
      }
      Seen& seen = pools[pool_of.emplace(element.text, element.pool).first->second][element.text];
      seen.share += entry.share;
      seen.bounds += entry.from_histogram ? 1 : 0;
      seen.bounds_share += entry.from_histogram ? entry.share : 0;
      seen.times += example ? 1 : 0;
      seen.common += example ? 0 : entry.share;
      seen.key_size = element.key_size;
      seen.place = element.place;
      seen.rows_each = entry.share / std::max(entry.values, 1e-9);
      seen.values = entry.values;
    }
  }
  if (empty > 0) {
    answer.push_back({.entries = 1, .rows = empty * rows, .key_size = 0});
  }
  for (auto& [name, pool] : pools) {
    constexpr double kOften = 5;
    even_out(pool);
    Rare rare;
    for (const auto& [text, seen] : pool) {
      if (seen.times >= kOften || seen.common > 0 || examples < 20) {
        answer.push_back({.entries = 1,
                          .rows = std::max(1.0, seen.share * rows),
                          .key_size = seen.key_size,
                          .first = seen.place,
                          .last = seen.place});
      } else {
        rare.add(text, seen);
      }
    }
    if (rare.seen > 0) {
      // Good and Turing: the next value brings as many new elements as each so far brought that no
      // other has.
      const double values_left = std::max(0.0, values_of_rest - examples);
      const double most = std::min(rare.seen + values_left * rare.once / std::max(examples, 1.0),
                                   std::max(rare.seen, TextSource{rare.texts}.possible()));
      const double entries = std::min(
          {values_behind(rare.seen, rare.draws, most), most, std::max(1.0, rare.share * rows)});
      add_rare(entries, rare.share * rows, std::move(rare), answer);
    }
  }
}

}  // namespace quern::planner_model
