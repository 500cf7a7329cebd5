#include "planner-model/size/value_classes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/value.hpp"
#include "planner-model/size/analyze_sample.hpp"

namespace quern::planner_model {
namespace {

/// The values beyond the most common ones seldom come equally often. When the list of common values
/// is long, their frequencies go on falling as a power of the rank: f(r) = least (r / listed)^-a,
/// with `a` such that the shares add up.
std::vector<ColumnValues::Entry> falling_frequencies(double least, double listed, double values,
                                                     double rest) {
  const auto share_between = [&](double a, double from, double to) {
    const double scale = least * std::pow(listed, a);
    return std::abs(a - 1) < 1e-6 ? scale * std::log(to / from)
                                  : scale * (std::pow(to, 1 - a) - std::pow(from, 1 - a)) / (1 - a);
  };
  double low = 0;
  double high = 12;
  for (int i = 0; i < 50; ++i) {
    const double a = (low + high) / 2;
    (share_between(a, listed, listed + values) > rest ? low : high) = a;
  }
  const double a = (low + high) / 2;
  constexpr int kSteps = 16;
  std::vector<ColumnValues::Entry> entries;
  for (int i = 0; i < kSteps; ++i) {
    const auto rank = [&](int step) {
      return listed * std::pow((listed + values) / listed, static_cast<double>(step) / kSteps);
    };
    entries.push_back(
        {.share = share_between(a, rank(i), rank(i + 1)), .values = rank(i + 1) - rank(i)});
  }
  return entries;
}

/// What ANALYZE is to be expected to estimate of the different values (Haas and Stokes' Duj1,
/// compute_scalar_stats()) that are `listed` and these, when a share of the rows is looked at.
double expected_estimate(const std::vector<ColumnValues::Entry>& others, double listed,
                         double filled_rows, double rows, double share) {
  double seen = listed;
  double once = 0;
  for (const auto& one : others) {
    const double times = one.share * rows * share / one.values;
    seen += one.values * (1 - std::exp(-times));
    once += one.values * times * std::exp(-times);
  }
  const double sample = filled_rows * share;
  return sample * seen / (sample - once + once * share);
}

/// The values beyond `listed` ones, of which `rest` of the rows are.
double unlisted_values(const ColumnStatistics& statistics, double listed, double rest,
                       double rows) {
  const double distinct =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  const double most = std::max(1.0, rest * rows);
  const double values = std::clamp(distinct - listed, 1.0, most);
  if (in_table_order(statistics) || values > 0.99 * most) {
    return values;
  }
  return std::clamp(most * values_by_chance(values / most, sampled_share(statistics, rows)), values,
                    most);
}

ExprPtr constant(const std::optional<std::string>& text, const TypeSystem& types, const Expr& var) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::Const;
  expr->type = var.type;
  expr->typmod = var.typmod;
  expr->collation = var.collation;
  if (!text) {
    expr->is_null = true;
    return expr;
  }
  auto value = std::make_shared<Value>(read_value(*text, types.base_type(var.type), types));
  expr->text = value->text.empty() ? *text : value->text;
  expr->value = std::move(value);
  return expr;
}

bool is_true(const Expr& expr) {
  return !expr.is_null &&
         (expr.text == "t" || expr.text == "true" || (expr.value && expr.value->integer != 0));
}

/// Points strictly between two bounds of a histogram, for types with a line of whole numbers.
std::vector<std::string> points_between(const std::string& low, const std::string& high, Oid type,
                                        const TypeSystem& types, int wanted) {
  std::vector<std::string> points;
  const Value from = read_value(low, type, types);
  const Value to = read_value(high, type, types);
  const bool whole = from.form == ValueForm::Integer || from.form == ValueForm::Date ||
                     from.form == ValueForm::Timestamp;
  if (!whole || from.form != to.form || to.integer <= from.integer) {
    return points;
  }
  const double gap = static_cast<double>(to.integer) - static_cast<double>(from.integer);
  std::int64_t last = from.integer;
  for (int i = 1; i <= wanted; ++i) {
    // A step that is no multiple of anything round.
    const auto at = from.integer + static_cast<std::int64_t>(gap * i / (wanted + 1.0173));
    if (at <= last || at >= to.integer) {
      continue;
    }
    last = at;
    const Value value = from.form == ValueForm::Date      ? make_date(at)
                        : from.form == ValueForm::Integer ? make_integer(at, type)
                                                          : make_timestamp(at, type);
    points.push_back(value.text);
  }
  return points;
}

/// So many texts there can be at most, going by the letters seen in each place.
double spellings(const std::map<std::string, double>& texts) {
  std::vector<std::set<char>> letters;
  std::set<std::size_t> lengths;
  for (const auto& [text, count] : texts) {
    lengths.insert(text.size());
    letters.resize(std::max(letters.size(), text.size()));
    for (std::size_t at = 0; at < text.size(); ++at) {
      letters[at].insert(text[at]);
    }
  }
  double most = 0;
  double product = 1;
  for (std::size_t length = 0; length <= letters.size() && product < 1e15; ++length) {
    most += lengths.contains(length) ? product : 0;
    product *= length < letters.size() ? static_cast<double>(letters[length].size()) : 1;
  }
  return product >= 1e15 ? 1e15 : most;
}

}  // namespace

bool in_table_order(const ColumnStatistics& statistics) {
  constexpr double kInOrder = 0.999;
  return std::abs(statistics.correlation.value_or(0)) > kInOrder;
}

namespace {

/// Values whose frequencies fall as a power of their rank, from the first to the last of `values`:
/// those up to rank r are filled (r / values)^(1 - a) of the rows.
std::vector<ColumnValues::Entry> by_power(double a, double values, double from, double filled) {
  std::vector<ColumnValues::Entry> steps;
  const auto up_to = [&](double rank) { return filled * std::pow(rank / values, 1 - a); };
  constexpr double kSingly = 8;
  constexpr double kGrowth = 1.6;
  for (double rank = from; rank < values;) {
    const double next =
        std::min(values, rank < kSingly ? std::floor(rank) + 1 : std::floor(rank * kGrowth));
    steps.push_back({.share = up_to(next) - up_to(rank), .values = next - rank});
    rank = next;
  }
  return steps;
}

/// Chance of at least so many when `mean` are expected (Poisson).
double at_least(double times, double mean) {
  double probability = std::exp(-mean);
  double less = 0;
  for (double k = 0; k < times && less < 1; ++k) {
    less += probability;
    probability *= mean / (k + 1);
  }
  return std::max(0.0, 1 - less);
}

struct PowerLaw {
  double exponent = 0;
  double values = 0;
};

/// The law whose sample is like ANALYZE's: it estimates as many values of it, and as many come more
/// often than the last of the listed did, some of them by their luck.
std::optional<PowerLaw> power_law(const ColumnStatistics& statistics, double rows) {
  const double distinct =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  const auto& common = statistics.most_common_frequencies;
  const double share = sampled_share(statistics, rows);
  const double filled = 1 - statistics.null_fraction;
  // Of those that came as often as the last, some may not be listed; all that came more often are.
  const double least = std::rint(common.back() * rows * share) + 1;
  const auto listed =
      static_cast<double>(std::count_if(common.begin(), common.end(), [&](double frequency) {
        return frequency * rows * share > least - 0.5;
      }));
  constexpr double kEnough = 5;
  if (listed < kEnough) {
    return std::nullopt;
  }
  const auto values_of = [&](double a) {
    double low = distinct;
    double high = std::max(2 * distinct, 20 * rows);
    for (int i = 0; i < 15; ++i) {
      const double middle = std::sqrt(low * high);
      const auto all = by_power(a, middle, 0, filled);
      (expected_estimate(all, 0, filled * rows, rows, share) < distinct ? low : high) = middle;
    }
    return low;
  };
  const auto too_many = [&](double a, double values) {
    double count = 0;
    for (const auto& one : by_power(a, values, 0, filled)) {
      count += one.values * at_least(least, one.share * rows * share / one.values);
    }
    return count - listed;
  };
  // Of equally frequent values as many come as often, give or take their chance: then they are.
  constexpr double kDeviations = 2;
  double low = 0;
  if (too_many(low, values_of(low)) > -kDeviations * std::sqrt(listed)) {
    return std::nullopt;
  }
  // The first that has too many, or by chance just not.
  double high = 0;
  PowerLaw nearest;
  double fewest = -kDeviations * std::sqrt(listed);
  for (const double a : {0.2, 0.4, 0.6, 0.7, 0.8, 0.9}) {
    const PowerLaw law{a, values_of(a)};
    const double excess = too_many(a, law.values);
    if (excess >= 0) {
      high = a;
      break;
    }
    if (excess > fewest) {
      fewest = excess;
      nearest = law;
    }
    low = a;
  }
  if (high <= 0) {
    return nearest.values > 0 ? std::optional{nearest} : std::nullopt;
  }
  for (int i = 0; i < 6; ++i) {
    const double middle = (low + high) / 2;
    (too_many(middle, values_of(middle)) < 0 ? low : high) = middle;
  }
  return PowerLaw{high, values_of(high)};
}

/// Values beyond the listed ones whose frequencies fall.
std::vector<ColumnValues::Entry> falling_values(const ColumnStatistics& statistics, double least,
                                                double values, double rest, double rows) {
  const auto listed = static_cast<double>(statistics.most_common_frequencies.size());
  const auto law = sampled_share(statistics, rows) < 1 ? power_law(statistics, rows) : std::nullopt;
  if (!law || law->values < 1.1 * listed) {
    return falling_frequencies(least, listed, values, rest);
  }
  auto entries = by_power(law->exponent, law->values, listed, 1 - statistics.null_fraction);
  double share = 0;
  for (const auto& one : entries) {
    share += one.share;
  }
  for (auto& one : entries) {
    one.share *= rest / share;
    // Those that a table of so many rows has.
    one.values *= 1 - std::exp(-one.share * rows / one.values);
  }
  return entries;
}

/// The listed frequencies; each the mean where none is more frequent than the most frequent of as
/// many equally frequent values comes out in a sample.
std::vector<double> true_frequencies(const ColumnStatistics& statistics, double rows) {
  std::vector<double> frequencies = statistics.most_common_frequencies;
  const double share = sampled_share(statistics, rows);
  const double filled = 1 - statistics.null_fraction;
  const double values =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  const auto listed = static_cast<double>(frequencies.size());
  if (frequencies.empty() || share >= 1 || values < listed || values <= 0) {
    return frequencies;
  }
  const double mean = filled / values;
  const double deviation = std::sqrt(mean * (1 - mean) * (1 - share) / (share * rows));
  // Of so many normal deviates the greatest is about sqrt(2 ln n); it varies by less than one.
  const double greatest = std::sqrt(2 * std::log(std::max(values, 2.0))) + 1;
  if (frequencies.front() < mean + greatest * deviation) {
    std::fill(frequencies.begin(), frequencies.end(), mean);
  }
  return frequencies;
}

}  // namespace

ColumnValues column_values(const ColumnStatistics& statistics, Oid type, double rows) {
  ColumnValues column{.type = type, .entries = {}};
  double common = 0;
  const std::vector<double> frequencies = true_frequencies(statistics, rows);
  const auto listed = std::min(frequencies.size(), statistics.most_common_values.size());
  for (std::size_t i = 0; i < listed; ++i) {
    column.entries.push_back(
        {.share = frequencies[i], .values = 1, .text = statistics.most_common_values[i]});
    common += frequencies[i];
  }
  if (statistics.null_fraction > 0) {
    column.entries.push_back({.share = statistics.null_fraction, .values = 1, .is_null = true});
  }
  const double rest = 1 - common - statistics.null_fraction;
  const double distinct =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  const double values = unlisted_values(statistics, static_cast<double>(listed), rest, rows);
  if (rest <= 1e-6 || (rest * rows < 0.5) ||
      (listed > 0 && distinct <= static_cast<double>(listed) && rest < 0.01)) {
    return column;
  }
  const auto& bounds = statistics.histogram_bounds;
  constexpr std::size_t kLongList = 20;
  const bool falling =
      listed >= kLongList && values > 2 && frequencies[listed - 1] > 1.15 * rest / values;
  if (falling) {
    auto entries = falling_values(statistics, frequencies[listed - 1], values, rest, rows);
    // Each bound of the histogram is an example of one of the steps.
    const std::size_t each = std::max<std::size_t>(bounds.size() / entries.size(), 1);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      for (std::size_t k = 0; k < each; ++k) {
        auto part = entries[i];
        part.share /= static_cast<double>(each);
        part.values /= static_cast<double>(each);
        if (!bounds.empty()) {
          part.text = bounds[(i + k * entries.size()) % bounds.size()];
          part.from_histogram = true;
        }
        column.entries.push_back(std::move(part));
      }
    }
    return column;
  }
  const double parts = std::max<double>(static_cast<double>(bounds.size()), 1);
  for (std::size_t i = 0; i < std::max<std::size_t>(bounds.size(), 1); ++i) {
    ColumnValues::Entry entry{.share = rest / parts, .values = values / parts};
    if (!bounds.empty()) {
      entry.text = bounds[i];
      entry.from_histogram = true;
    }
    column.entries.push_back(std::move(entry));
  }
  return column;
}

ColumnValues indexed_values(const IndexColumn& column) {
  return column.values != nullptr ? *column.values
         : column.statistics != nullptr
             ? column_values(*column.statistics, column.type, column.table_rows)
             : ColumnValues{.type = column.type};
}

ExprPtr value_at(const ExprPtr& expr,
                 const std::function<std::optional<std::string>(const Expr& var)>& text_of,
                 const TypeSystem& types) {
  const auto put = [&](const auto& self, const ExprPtr& node) -> ExprPtr {
    if (node->kind == ExprKind::Var) {
      return constant(text_of(*node), types, *node);
    }
    return map_children(node, [&](const ExprPtr& child) { return self(self, child); });
  };
  return simplify(put(put, expr), types, FoldStable::Yes);
}

ExprPtr value_at(const ExprPtr& expr, const std::optional<std::string>& text,
                 const TypeSystem& types) {
  return value_at(
      expr, [&](const Expr&) { return text; }, types);
}

double values_behind(double seen, double draws, double most) {
  if (seen >= 0.985 * draws) {
    return std::max(most, seen);
  }
  double low = seen;
  double high = std::max(most, seen);
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (middle * (1 - std::exp(-draws / middle)) < seen ? low : high) = middle;
  }
  return (low + high) / 2;
}

int only_column(const ExprPtr& expr) {
  int found = 0;
  bool several = false;
  const auto walk = [&](const auto& self, const ExprPtr& node) -> void {
    if (node->kind == ExprKind::Var) {
      several = several || node->attno <= 0 || (found != 0 && found != node->attno);
      found = node->attno;
    }
    for (const ExprPtr& child : children(*node)) {
      self(self, child);
    }
  };
  walk(walk, expr);
  return several ? 0 : found;
}

namespace {

/// Outcomes that so many draws gave no more unevenly than chance does (Pearson's test, two
/// deviations) are taken as equally frequent.
void even_out(std::map<std::string, double>& outcomes, double draws) {
  const auto count = static_cast<double>(outcomes.size());
  const double mean = draws / count;
  double apart = 0;
  for (const auto& [text, times] : outcomes) {
    apart += (times - mean) * (times - mean) / mean;
  }
  if (apart <= count - 1 + 2 * std::sqrt(2 * (count - 1))) {
    for (auto& [text, times] : outcomes) {
      times = mean;
    }
  }
}

}  // namespace

ColumnValues expression_values(const ColumnValues& column, const ExprPtr& expr,
                               const TypeSystem& types) {
  ColumnValues answer{.type = types.base_type(expr->type), .entries = {}};

  struct Outcome {
    double share = 0;
    double values = 0;
    bool is_null = false;
  };

  std::map<std::string, Outcome> outcomes;
  double draws = 0;
  double inputs = 0;
  double rest_share = 0;
  double sampled = 0;
  const std::string* previous = nullptr;
  bool evaluates = true;
  const auto evaluate = [&](const std::optional<std::string>& text) {
    const ExprPtr folded = value_at(expr, text, types);
    evaluates = evaluates && folded->kind == ExprKind::Const;
    return folded;
  };
  // The common values: what they give, with their own shares.
  std::vector<std::string> examples;
  for (const auto& entry : column.entries) {
    if (entry.is_null || (entry.text && !entry.from_histogram)) {
      const ExprPtr folded = evaluate(entry.is_null ? std::nullopt : entry.text);
      if (!evaluates) {
        return answer;
      }
      auto& outcome = outcomes[folded->is_null ? "\1null" : folded->text];
      outcome.share += entry.share;
      outcome.values = 1;
      outcome.is_null = folded->is_null;
      continue;
    }
    if (!entry.text) {
      return answer;
    }
    rest_share += entry.share;
    inputs += entry.values;
    examples.push_back(*entry.text);
    if (previous != nullptr) {
      for (auto& point : points_between(*previous, *entry.text, column.type, types, 6)) {
        examples.push_back(std::move(point));
      }
    }
    previous = &*entry.text;
  }
  std::map<std::string, double> seen;
  double nulls = 0;
  std::sort(examples.begin(), examples.end());
  examples.erase(std::unique(examples.begin(), examples.end()), examples.end());
  for (const auto& example : examples) {
    const ExprPtr folded = evaluate(example);
    if (!evaluates) {
      return answer;
    }
    ++sampled;
    if (folded->is_null) {
      ++nulls;
    } else {
      ++draws;
      ++seen[folded->text];
    }
  }
  if (nulls > 0) {
    auto& outcome = outcomes["\1null"];
    outcome.share += rest_share * nulls / sampled;
    outcome.values = 1;
    outcome.is_null = true;
  }
  if (draws > 0) {
    const double share = rest_share * draws / sampled;
    const double found = static_cast<double>(seen.size());
    const double distinct_inputs = std::max(1.0, inputs * draws / sampled);
    const double most = std::max(found, std::min(distinct_inputs, spellings(seen)));
    // Points between bounds need not be values of the column: never more values than it has.
    const double values = std::min(distinct_inputs, values_behind(found, draws, most));
    const bool all_seen = values < 1.1 * found && found < 1.1 * values;
    if (all_seen) {
      even_out(seen, draws);
    }
    for (const auto& [text, count] : seen) {
      if (all_seen) {
        auto& outcome = outcomes[text];
        outcome.share += share * count / draws;
        outcome.values = 1;
      } else {
        answer.entries.push_back({.share = share * count / draws,
                                  .values = values / found,
                                  .text = text,
                                  .from_histogram = true});
      }
    }
  }
  for (const auto& [text, outcome] : outcomes) {
    answer.entries.push_back({.share = outcome.share, .values = 1, .is_null = outcome.is_null});
    if (!outcome.is_null) {
      answer.entries.back().text = text;
    }
  }
  return answer;
}

std::optional<ColumnValues> restricted_values(const ColumnValues& column, const ExprPtr& condition,
                                              const TypeSystem& types, double& kept) {
  ColumnValues answer{.type = column.type, .entries = {}};
  kept = 0;
  for (const auto& entry : column.entries) {
    if (!entry.is_null && !entry.text) {
      return std::nullopt;
    }
    const ExprPtr folded = value_at(condition, entry.is_null ? std::nullopt : entry.text, types);
    if (folded->kind != ExprKind::Const) {
      return std::nullopt;
    }
    if (is_true(*folded)) {
      answer.entries.push_back(entry);
      kept += entry.share;
    }
  }
  if (kept <= 0) {
    return std::nullopt;
  }
  for (auto& entry : answer.entries) {
    entry.share /= kept;
  }
  return answer;
}

}  // namespace quern::planner_model
