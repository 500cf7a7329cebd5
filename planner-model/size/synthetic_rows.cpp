#include "planner-model/size/synthetic_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "planner-model/size/text_source.hpp"

namespace quern::planner_model {
namespace {

/// Standard normal, roughly.
double normal(Stream& stream) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) {
    sum += stream.uniform();
  }
  return sum;
}

class Maker {
 public:
  Maker(const ColumnValues& values, double rows, std::size_t most) : values_{values} {
    double filled = 0;
    for (const auto& entry : values_.entries) {
      filled += entry.is_null ? 0 : entry.share;
    }
    const double all = rows * filled;
    made_ = std::min(all, static_cast<double>(most));
    share_to_rows_ = filled > 0 ? made_ / filled : 0;
    answer_.scale = made_ > 0 ? all / made_ : 1;
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
    const TextSource source{examples};
    Stream stream;
    double left = share * share_to_rows_;
    for (std::size_t i = 0; left >= 0.5; ++i) {
      const double rows = std::min(left, rows_each);
      add(listed ? examples[i % examples.size()] : source.next(stream), rows);
      left -= rows;
    }
  }

  const ColumnValues& values_;
  SyntheticRows answer_ = {};
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
  const double noise = std::sqrt(std::max(0.0, 1 - correlation * correlation)) * 0.289;
  std::vector<std::pair<double, std::size_t>> places;
  for (const std::size_t row : answer.rows) {
    places.emplace_back(correlation * rank[row] + noise * normal(stream), row);
  }
  std::stable_sort(places.begin(), places.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < places.size(); ++i) {
    answer.rows[i] = places[i].second;
  }
}

}  // namespace

SyntheticRows synthetic_rows(const ColumnValues& values, double rows, std::size_t most,
                             double correlation,
                             const std::function<std::string(const std::string&)>& key) {
  SyntheticRows answer = Maker{values, rows, most}.run();
  put_in_order(answer, correlation, key);
  return answer;
}

}  // namespace quern::planner_model
