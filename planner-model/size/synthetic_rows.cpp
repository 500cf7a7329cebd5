#include "planner-model/size/synthetic_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

class Maker {
 public:
  Maker(const ColumnValues& values, double rows, std::size_t most, const ColumnValues* of)
      : values_{values}, of_{of} {
    double filled = 0;
    for (const auto& entry : values_.entries) {
      filled += entry.is_null ? 0 : entry.share;
    }
    all_ = rows * filled;
    made_ = std::min(all_, static_cast<double>(most));
    share_to_rows_ = filled > 0 ? made_ / filled : 0;
    table_rows_ = rows;
  }

  SyntheticRows run() {
    std::vector<std::string> examples;
    double share = 0;
    double values = 0;
    for (const auto& entry : values_.entries) {
      if (entry.text && entry.from_histogram) {
        examples.push_back(*entry.text);
        share += entry.share;
        values += entry.values;
      } else if (entry.text) {
        add(*entry.text, entry.share * share_to_rows_);
      }
    }
    if (!examples.empty()) {
      add_others(examples, share, values);
    }
    answer_.scale = answer_.rows.empty() ? 1 : all_ / static_cast<double>(answer_.rows.size());
    return std::move(answer_);
  }

 private:
  void add(std::string value, double rows) {
    carried_ += rows;
    if (carried_ < 1) {
      return;
    }
    answer_.values.push_back(std::move(value));
    for (; carried_ >= 1; --carried_) {
      answer_.rows.push_back(answer_.values.size() - 1);
    }
  }

  /// Each as often as such values come in the whole table, so fewer of them.
  void add_others(const std::vector<std::string>& examples, double share, double values) {
    const double rows_each = std::max(1.0, share * table_rows_ / std::max(values, 1.0));
    const bool listed = values < 1.2 * static_cast<double>(examples.size());
    const TextSource source = source_of(examples);
    const double wanted = share * share_to_rows_;
    if (!listed && add_numbers(source, wanted, rows_each, values)) {
      return;
    }
    Stream stream;
    double left = wanted;
    std::unordered_set<std::string> made;
    for (std::size_t i = 0; left >= 0.5; ++i) {
      const double rows = std::min(left, rows_each);
      add(listed ? examples[i % examples.size()] : another(source, made, stream), rows);
      left -= rows;
    }
  }

  [[nodiscard]] TextSource source_of(const std::vector<std::string>& examples) const {
    if (of_ == nullptr) {
      return TextSource{examples};
    }
    const std::unordered_set<std::string> in_stretch{examples.begin(), examples.end()};
    std::vector<std::string> all;
    std::vector<bool> allowed;
    for (const auto& entry : of_->entries) {
      if (entry.text && entry.from_histogram) {
        all.push_back(*entry.text);
        allowed.push_back(in_stretch.contains(*entry.text));
      }
    }
    TextSource source{all};
    source.keep_to(allowed);
    return source;
  }

  /// Different ones as long as there are enough.
  static std::string another(const TextSource& source, std::unordered_set<std::string>& made,
                             Stream& stream) {
    constexpr int kTries = 10;
    std::string text;
    for (int i = 0; i < kTries; ++i) {
      text = source.next(stream);
      if (made.insert(text).second) {
        break;
      }
    }
    return text;
  }

  /// Texts around numbers of which nearly all come ("user1042@..."): all of those with the same
  /// first digits, as many digits as it takes to have few enough.
  bool add_numbers(const TextSource& source, double wanted, double rows_each, double values) {
    const auto range = source.number_range();
    constexpr double kNearlyAll = 1.3;
    constexpr double kLargest = 1e15;
    if (!range || range->second - range->first + 1 > kNearlyAll * values ||
        range->second > kLargest) {
      return false;
    }
    const auto last = static_cast<long long>(std::max(values, range->second));
    constexpr double kAbout = 2.2;
    long long first_digits = 0;
    while (static_cast<double>(numbers_with(first_digits, last)) * rows_each > kAbout * wanted) {
      first_digits = first_digits == 0 ? 1 : first_digits * 10 + 2;
    }
    Stream stream;
    for (const auto& [from, to] : ranges_with(first_digits, last)) {
      for (long long number = from; number <= to; ++number) {
        add(source.with_number(number, stream), rows_each);
      }
    }
    return true;
  }

  using Range = std::pair<long long, long long>;

  /// The numbers up to `last` that begin with these digits; 0: all.
  static std::vector<Range> ranges_with(long long first_digits, long long last) {
    if (first_digits == 0) {
      return {{0, last}};
    }
    std::vector<Range> ranges;
    for (long long power = 1; first_digits * power <= last; power *= 10) {
      ranges.emplace_back(first_digits * power, std::min(last, (first_digits + 1) * power - 1));
    }
    return ranges;
  }

  static long long numbers_with(long long first_digits, long long last) {
    long long count = 0;
    for (const auto& [from, to] : ranges_with(first_digits, last)) {
      count += to - from + 1;
    }
    return count;
  }

  const ColumnValues& values_;
  const ColumnValues* of_;
  SyntheticRows answer_ = {};
  double all_ = 0;
  double made_ = 0;
  double share_to_rows_ = 0;
  double table_rows_ = 0;
  double carried_ = 0.5;
};

/// Rows by their values as far as the correlation goes, else in any order.
void put_in_order(SyntheticRows& answer, double correlation,
                  const std::function<std::string(const std::string&)>& key) {
  std::vector<std::string> keys;
  keys.reserve(answer.values.size());
  for (const auto& value : answer.values) {
    keys.push_back(key(value));
  }
  std::vector<std::size_t> by_key(keys.size());
  std::iota(by_key.begin(), by_key.end(), std::size_t{0});
  std::sort(by_key.begin(), by_key.end(),
            [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<double> rank(keys.size());
  for (std::size_t i = 0; i < by_key.size(); ++i) {
    rank[by_key[i]] = static_cast<double>(i) / static_cast<double>(by_key.size());
  }
  Stream stream;
  // Equal values cost what is strictly in order a little.
  constexpr double kStrictly = 0.998;
  const double noise = std::abs(correlation) > kStrictly
                           ? 0
                           : std::sqrt(std::max(0.0, 1 - correlation * correlation)) * 0.289;
  std::vector<std::pair<double, std::size_t>> places;
  for (const std::size_t row : answer.rows) {
    places.emplace_back(correlation * rank[row] + noise * stream.normal(), row);
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < places.size(); ++i) {
    answer.rows[i] = places[i].second;
  }
}

}  // namespace

ColumnValues whole_values(const ColumnValues& values, double rows, double most) {
  double listed = 0;
  double share = 0;
  double filled = 0;
  for (const auto& entry : values.entries) {
    const bool common = entry.text && !entry.from_histogram;
    listed += common ? 1 : 0;
    share += common ? entry.share : 0;
    filled += entry.is_null ? 0 : entry.share;
  }
  constexpr double kFewest = 3;
  constexpr double kOften = 200;
  const double step = rows * filled / most;
  if (step <= 1 || listed / step < kFewest || share * rows < kOften * listed) {
    return values;
  }
  ColumnValues answer{.type = values.type, .entries = {}};
  double at = step / 2;
  for (auto entry : values.entries) {
    if (entry.text && entry.from_histogram) {
      entry.share /= step;
      entry.values /= step;
    } else if (!entry.is_null) {
      at += 1;
      if (at < step) {
        continue;
      }
      at -= step;
    }
    answer.entries.push_back(std::move(entry));
  }
  return answer;
}

double correlation_within(double correlation, double part) {
  if (std::abs(correlation) < 1e-3 || part >= 1) {
    return correlation;
  }
  const double spread =
      std::sqrt(std::max(0.0, 1 - correlation * correlation)) / std::abs(correlation) / part;
  return std::copysign(1 / std::sqrt(1 + spread * spread), correlation);
}

SyntheticRows synthetic_rows(const ColumnValues& values, double rows, std::size_t most,
                             double correlation,
                             const std::function<std::string(const std::string&)>& key,
                             const ColumnValues* of) {
  SyntheticRows answer = Maker{values, rows, most, of}.run();
  put_in_order(answer, correlation, key);
  return answer;
}

}  // namespace quern::planner_model
