#include "planner-model/size/derived_statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string>

#include "planner-model/selectivity/value.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {

namespace {

constexpr std::size_t kTarget = 100;     ///< default_statistics_target
constexpr double kSampledRows = 30'000;  ///< 300 a unit of the target (std_typanalyze())
constexpr double kManyDistinct = 0.1;    ///< of the rows: then kept as a share of them
constexpr double kTimesCommon = 3;       ///< so often among the examples: no chance

/// The columns that the expression reads, by number; nothing: whole rows, or other queries' rows.
std::optional<std::map<int, const Expr*>> columns_read(const ExprPtr& expr) {
  std::map<int, const Expr*> columns;
  const bool others = any_of(expr, [&](const Expr& e) {
    if (e.kind == ExprKind::Var) {
      columns.emplace(e.attno, &e);
    }
    return e.kind == ExprKind::Var && (e.levels_up != 0 || e.attno <= 0);
  });
  return others || columns.empty() ? std::nullopt : std::optional{columns};
}

struct Listed {
  std::string text;
  double share = 0;
  bool common = false;  ///< one value by itself, of those that may be listed as common
};

/// Entries of one text together; none where an entry is of no value in particular.
std::optional<std::vector<Listed>> listed_values(const ColumnValues& values) {
  double least_example = 1;
  for (const auto& entry : values.entries) {
    if (entry.from_histogram) {
      least_example = std::min(least_example, entry.share);
    }
  }
  std::map<std::string, Listed> by_text;
  for (const auto& entry : values.entries) {
    if (entry.is_null) {
      continue;
    }
    if (!entry.text) {
      return std::nullopt;
    }
    Listed& listed = by_text[*entry.text];
    listed.text = *entry.text;
    listed.share += entry.share;
    listed.common |= !entry.from_histogram || entry.share >= kTimesCommon * least_example;
  }
  std::vector<Listed> all;
  all.reserve(by_text.size());
  for (auto& [text, listed] : by_text) {
    all.push_back(std::move(listed));
  }
  return all;
}

/// How many of the most frequent are significantly more so than the others on average, going by a
/// sample of ANALYZE's size (analyze_mcv_list()). `common`: most frequent first.
std::size_t common_values(const std::vector<Listed>& common, double distinct, double null_fraction,
                          double rows) {
  const double sample = std::min(rows, kSampledRows);
  std::size_t kept = std::min(common.size(), kTarget);
  if (sample >= rows) {  // all that came twice
    while (kept > 0 && common[kept - 1].share * rows < 1.5) {
      --kept;
    }
    return kept;
  }
  double total = 0;
  for (std::size_t i = 0; i + 1 < kept; ++i) {
    total += common[i].share;
  }
  while (kept > 0) {
    const double others = std::max(1.0, distinct - static_cast<double>(kept) + 1);
    const double average = std::max(0.0, 1 - null_fraction - total) / others;
    const double holders = common[kept - 1].share * rows;
    const double variance = sample * holders * (rows - holders) * (rows - sample) /
                            std::max(1.0, rows * rows * (rows - 1));
    const double deviation = std::sqrt(std::max(0.0, variance));
    if (common[kept - 1].share * sample > average * sample + 2 * deviation + 0.5) {
      break;
    }
    --kept;
    total -= kept > 0 ? common[kept - 1].share : 0;
  }
  return kept;
}

/// The places of the texts in their type's order; nothing where that is not known.
std::optional<std::vector<std::size_t>> order_of(const std::vector<std::string>& texts, Oid type,
                                                 Oid collation, const TypeSystem& types) {
  std::vector<Value> values;
  values.reserve(texts.size());
  for (const std::string& text : texts) {
    values.push_back(read_value(text, type, types));
  }
  if (!values.empty() && !compare(values.front(), values.back(), collation, types)) {
    return std::nullopt;
  }
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto compared = compare(values[a], values[b], collation, types);
    return compared && *compared < 0;
  });
  return order;
}

/// Bounds with as many rows between any two, from values in order.
std::vector<std::string> histogram_of(const std::vector<Listed>& values,
                                      const std::vector<std::size_t>& order) {
  std::vector<std::string> bounds;
  const std::size_t wanted = std::min(order.size(), kTarget + 1);
  if (wanted < 2) {
    return bounds;
  }
  const auto share = [&](std::size_t place) { return values[order[place]].share; };
  double total = 0;
  for (const Listed& one : values) {
    total += one.share;
  }
  const double first = share(0) / 2;  // the middle of a value's rows
  const double last = total - share(order.size() - 1) / 2;
  double passed = first;
  std::size_t at = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    const double place =
        first + (last - first) * static_cast<double>(i) / static_cast<double>(wanted - 1);
    while (at + 1 < order.size() && passed + (share(at) + share(at + 1)) / 4 < place) {
      passed += (share(at) + share(at + 1)) / 2;
      ++at;
    }
    bounds.push_back(values[order[at]].text);
  }
  return bounds;
}

/// Spearman's: how far the expression rises and falls with its column.
std::optional<double> rank_correlation(const ColumnValues& column, Oid column_collation,
                                       const ExprPtr& expr, const TypeSystem& types) {
  std::vector<std::string> inputs;
  for (const auto& entry : column.entries) {
    if (!entry.is_null && entry.text) {
      inputs.push_back(*entry.text);
    }
  }
  const auto rising = order_of(inputs, column.type, column_collation, types);
  if (!rising) {
    return std::nullopt;
  }
  std::vector<std::string> outputs;
  for (const std::size_t place : *rising) {
    const ExprPtr value = value_at(expr, inputs[place], types);
    if (value->kind == ExprKind::Const && !value->is_null) {
      outputs.push_back(value->text);
    }
  }
  constexpr std::size_t kFewest = 3;
  const auto order = order_of(outputs, types.base_type(expr->type), expr->collation, types);
  if (outputs.size() < kFewest || !order) {
    return std::nullopt;
  }
  const auto count = static_cast<double>(outputs.size());
  double squares = 0;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    squares += std::pow(static_cast<double>((*order)[i]) - static_cast<double>(i), 2);
  }
  return 1 - 6 * squares / (count * (count * count - 1));
}

double number_of(const ColumnValues& values) {
  double number = 0;
  for (const auto& entry : values.entries) {
    number += entry.is_null ? 0 : entry.values;
  }
  return number;
}

/// The different values, as far from what there are as ANALYZE's estimate of the column's is.
double distinct_values(const ColumnValues& values, const ColumnValues& inputs,
                       const ColumnStatistics& column, double rows) {
  const double own = column.n_distinct < 0 ? -column.n_distinct * rows : column.n_distinct;
  return number_of(values) * std::min(1.0, own / std::max(1.0, number_of(inputs)));
}

/// The most common values go from `listed` into the statistics. `complete`: there are no others.
void list_common(std::vector<Listed>& listed, bool complete, double distinct, double rows,
                 ColumnStatistics& derived) {
  const auto less_common = std::stable_partition(listed.begin(), listed.end(),
                                                 [](const Listed& one) { return one.common; });
  std::stable_sort(listed.begin(), less_common,
                   [](const Listed& a, const Listed& b) { return a.share > b.share; });
  const std::vector<Listed> common{listed.begin(), less_common};
  const std::size_t kept = complete && common.size() <= kTarget
                               ? common.size()
                               : common_values(common, distinct, derived.null_fraction, rows);
  for (std::size_t i = 0; i < kept; ++i) {
    derived.most_common_values.push_back(common[i].text);
    derived.most_common_frequencies.push_back(common[i].share);
  }
  listed.erase(listed.begin(), listed.begin() + static_cast<std::ptrdiff_t>(kept));
}

/// Values by their cumulative shares.
class Draw {
 public:
  explicit Draw(const ColumnValues& values) : values_{values} {
    for (const auto& entry : values.entries) {
      total_ += entry.share;
      until_.push_back(total_);
    }
  }

  /// The value at this share of the rows; NULL: none.
  [[nodiscard]] const std::optional<std::string>& at(double share) const {
    const auto found = std::lower_bound(until_.begin(), until_.end(), share * total_);
    const auto place = std::min<std::ptrdiff_t>(found - until_.begin(),
                                                static_cast<std::ptrdiff_t>(until_.size()) - 1);
    return values_.entries[static_cast<std::size_t>(place)].text;
  }

 private:
  const ColumnValues& values_;
  std::vector<double> until_ = {};
  double total_ = 0;
};

/// The expression over rows made up of the columns' values.
ColumnValues values_of_rows(const ExprPtr& expr, const std::map<int, ColumnValues>& columns,
                            double rows, const TypeSystem& types) {
  constexpr int kRows = 1000;
  // Multiples of roots of primes fill the unit cube evenly (Kronecker's sequence).
  constexpr std::array kSteps{0.41421356237309515, 0.7320508075688772, 0.2360679774997898,
                              0.6457513110645907};
  ColumnValues answer{.type = types.base_type(expr->type), .entries = {}};
  std::map<int, Draw> draws;
  double combinations = 1;
  for (const auto& [attno, values] : columns) {
    const bool listed = !values.entries.empty() &&
                        std::all_of(values.entries.begin(), values.entries.end(),
                                    [](const auto& entry) { return entry.is_null || entry.text; });
    if (!listed || draws.size() == kSteps.size()) {
      return answer;
    }
    draws.emplace(attno, values);
    combinations = std::min(rows, combinations * std::max(1.0, number_of(values)));
  }
  std::map<std::string, double> seen;
  double nulls = 0;
  for (int row = 1; row <= kRows; ++row) {
    const auto text_of = [&](const Expr& var) {
      const auto column = draws.find(var.attno);
      const auto place = static_cast<std::size_t>(std::distance(draws.begin(), column));
      const double along = row * kSteps[place];
      return column->second.at(along - std::floor(along));
    };
    const ExprPtr value = value_at(expr, text_of, types);
    if (value->kind != ExprKind::Const) {
      return answer;
    }
    ++(value->is_null ? nulls : seen[value->text]);
  }
  const auto found = static_cast<double>(seen.size());
  const double distinct = values_behind(found, kRows - nulls, combinations);
  const bool all_seen = distinct < 1.1 * found;
  for (const auto& [text, count] : seen) {
    answer.entries.push_back({.share = count / kRows,
                              .values = all_seen ? 1 : distinct / found,
                              .text = text,
                              .from_histogram = !all_seen});
  }
  if (nulls > 0) {
    answer.entries.push_back({.share = nulls / kRows, .is_null = true});
  }
  return answer;
}

bool is_complete(const ColumnValues& values) {
  return std::none_of(values.entries.begin(), values.entries.end(),
                      [](const auto& entry) { return entry.from_histogram; });
}

/// Without correlation; nothing where the values are not known one by one.
std::optional<ColumnStatistics> statistics_of(const ColumnValues& values, double distinct,
                                              double rows, Oid collation, const TypeSystem& types) {
  auto listed = listed_values(values);
  if (!listed || values.entries.empty()) {
    return std::nullopt;
  }
  ColumnStatistics derived;
  for (const auto& entry : values.entries) {
    derived.null_fraction += entry.is_null ? entry.share : 0;
  }
  derived.n_distinct = distinct > kManyDistinct * rows ? -std::min(1.0, distinct / rows) : distinct;
  list_common(*listed, is_complete(values), distinct, rows, derived);
  std::vector<std::string> others;
  std::transform(listed->begin(), listed->end(), std::back_inserter(others),
                 [](const Listed& one) { return one.text; });
  if (const auto order = order_of(others, values.type, collation, types)) {
    derived.histogram_bounds = histogram_of(*listed, *order);
  }
  return derived;
}

std::optional<ColumnStatistics> of_one_column(const ExprPtr& expr, const Expr& var,
                                              const ColumnStatistics& column, double rows,
                                              const TypeSystem& types) {
  const ColumnValues inputs = column_values(column, types.base_type(var.type), rows);
  const ColumnValues values = expression_values(inputs, expr, types);
  const double distinct =
      is_complete(values) ? number_of(values) : distinct_values(values, inputs, column, rows);
  auto derived = statistics_of(values, distinct, rows, expr->collation, types);
  if (derived && column.correlation) {
    if (const auto along = rank_correlation(inputs, var.collation, expr, types)) {
      derived->correlation = *along * *column.correlation;
    }
  }
  return derived;
}

}  // namespace

std::optional<ColumnStatistics> derived_statistics(const ExprPtr& expr,
                                                   const StatisticsOfColumn& columns, double rows,
                                                   const TypeSystem& types) {
  const auto read = columns_read(expr);
  if (!read || rows < 1) {
    return std::nullopt;
  }
  std::map<int, ColumnValues> values;
  for (const auto& [attno, var] : *read) {
    const ColumnStatistics* own = columns(attno);
    if (own == nullptr) {
      return std::nullopt;
    }
    if (read->size() == 1) {
      return of_one_column(expr, *var, *own, rows, types);
    }
    values.emplace(attno, column_values(*own, types.base_type(var->type), rows));
  }
  const ColumnValues made = values_of_rows(expr, values, rows, types);
  return statistics_of(made, number_of(made), rows, expr->collation, types);
}

const ParsedStatistics* DerivedStatistics::of(const ExprPtr& expr,
                                              const StatisticsOfColumn& columns,
                                              double rows) const {
  const auto read = columns_read(expr);
  const ColumnStatistics* first = read ? columns(read->begin()->first) : nullptr;
  if (first == nullptr) {
    return nullptr;
  }
  const auto of_range_1 = [](const auto& self, const ExprPtr& node) -> ExprPtr {
    if (node->kind == ExprKind::Var) {
      auto var = std::make_shared<Expr>(*node);
      var->varno = 1;
      return var;
    }
    return map_children(node, [&](const ExprPtr& child) { return self(self, child); });
  };
  ExprPtr wanted = of_range_1(of_range_1, expr);
  const std::lock_guard lock{mutex_};
  auto& known = known_[first];
  const auto there = std::find_if(known.begin(), known.end(),
                                  [&](const Known& one) { return equal(*one.expr, *wanted); });
  if (there != known.end()) {
    return there->statistics.get();
  }
  const auto derived = derived_statistics(wanted, columns, rows, types_);
  auto parsed = derived ? std::make_unique<const ParsedStatistics>(
                              parse_statistics(*derived, wanted->type, types_))
                        : nullptr;
  return known.emplace_back(Known{std::move(wanted), std::move(parsed)}).statistics.get();
}

}  // namespace quern::planner_model
