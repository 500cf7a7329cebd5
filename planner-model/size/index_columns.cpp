#include "planner-model/size/index_columns.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "collector/base/failure.hpp"

#include "planner-model/size/column_readings.hpp"
#include "planner-model/size/sampled_keys.hpp"
#include "planner-model/size/stored_size.hpp"
#include "planner-model/size/text_order.hpp"
#include "planner-model/size/unknown_columns.hpp"
#include "planner-model/size/value_classes.hpp"

namespace quern::planner_model {
namespace {

int alignment_bytes(char code) {
  switch (code) {
    case 'c':
      return 1;
    case 's':
      return 2;
    case 'd':
      return 8;
    default:
      return 4;
  }
}

const Column* find_column(const Table& table, std::int16_t number) {
  const auto found =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [number](const Column& column) { return column.number == number; });
  return found == table.columns.end() ? nullptr : &*found;
}

const ColumnStatistics* statistics_of(const Column& column) {
  return column.statistics             ? &*column.statistics
         : column.inherited_statistics ? &*column.inherited_statistics
                                       : nullptr;
}

/// Do equal values of the column stand together in the table? Where they are scattered, ANALYZE's
/// correlation is that of chance; far from it, they come in runs, whichever way the runs are
/// ordered. Of many values it can be told only when they are in order, or count in what they hold.
bool stand_in_runs(const ColumnStatistics& statistics, Oid type, double rows) {
  constexpr double kFewValues = 500;
  if (!statistics.correlation) {
    return false;
  }
  if (in_table_order(statistics)) {
    return true;
  }
  const double values =
      statistics.n_distinct < 0 ? -statistics.n_distinct * rows : statistics.n_distinct;
  if (values <= 0 || !has_an_order(statistics, rows)) {
    return false;
  }
  if (values <= kFewValues) {
    return std::abs(*statistics.correlation) < 0.9;
  }
  constexpr double kRowsOfRun = 1.5;
  const bool repeats = rows * (1 - statistics.null_fraction) > kRowsOfRun * values;
  const bool text = type == type_oid::kText || type == type_oid::kVarchar;
  return repeats && (text || type == type_oid::kJsonb) &&
         counts_in_text(statistics, rows, text ? TextKind::Plain : TextKind::Json);
}

/// Values that are their place in the table and a spread of width w, even in both: the correlation
/// is 1 / sqrt(1 + w * w), less what equal values make of it.
double window_of(const ColumnStatistics& statistics, double rows) {
  if (!has_an_order(statistics, rows)) {
    return 1;
  }
  const double by_chance = correlation_by_chance(statistics);
  const double correlation = (std::abs(*statistics.correlation) - by_chance) / (1 - by_chance);
  return correlation <= 0 || by_chance >= 1
             ? 1
             : std::min(1.0, std::sqrt(std::max(0.0, 1 / correlation / correlation - 1)));
}

/// Values that come twice, or three times, on average as nearly as a sample can tell, and none of
/// them often, come twice or three times each where they stand in order in the table. In any order
/// when ANALYZE has seen all of it.
std::optional<double> rows_each(const ColumnStatistics& statistics, double rows) {
  constexpr double kWholeSample = 30'000;
  const bool all_seen = rows <= kWholeSample;
  if (statistics.n_distinct >= 0 || (!all_seen && !in_table_order(statistics))) {
    return std::nullopt;
  }
  const double each = (1 - statistics.null_fraction) / -statistics.n_distinct;
  const double tolerance = all_seen ? 0.001 : 0.015;
  constexpr double kMost = 8;
  const bool whole = std::abs(each - std::rint(each)) < tolerance * std::rint(each);
  // A few may come once more often, as those at the ends of a scale do.
  constexpr std::size_t kFew = 20;
  const auto& common = statistics.most_common_frequencies;
  const bool even = common.empty() || common[common.size() / kFew] * rows < std::rint(each) + 0.5;
  return whole && even && each > 1.5 && each < kMost ? std::optional{std::rint(each)}
                                                     : std::nullopt;
}

class ColumnReader {
 public:
  ColumnReader(const Index& index, const Table& table, const SizeContext& context, double rows)
      : table_{table}, types_{context.types}, context_{context}, rows_{rows} {
    if (context.expressions != nullptr && !index.predicate.empty()) {
      try {
        conditions_ = context.expressions->condition(index.predicate, table, 1);
      } catch (const UserError&) {
        conditions_.clear();  // then the columns are taken as those of all rows
      }
    }
  }

  [[nodiscard]] IndexColumn plain(const Column& column) const {
    const auto read = [&] { return plain_anew(column); };
    return context_.readings == nullptr || !conditions_.empty()
               ? read()
               : context_.readings->of(column, rows_, read);
  }

  [[nodiscard]] IndexColumn plain_anew(const Column& column) const {
    IndexColumn answer = of_type(types_.base_type(column.type), column.type_modifier);
    answer.collation = column.collation;
    answer.number = column.number;
    answer.samples = &column.samples;
    answer.statistics = statistics_of(column);
    answer.in_runs =
        answer.statistics != nullptr && stand_in_runs(*answer.statistics, answer.type, rows_);
    if (answer.statistics == nullptr) {
      if (answer.varies) {
        answer.width = width_by_room(table_, column, types_);
        set_alignment(answer);
      }
      unknown_values(answer, distinct_by_definition(table_, column, rows_, types_));
      return answer;
    }
    if (answer.varies && answer.statistics->average_width > 0) {
      answer.width = answer.statistics->average_width;
      set_alignment(answer);
    }
    answer.window = window_of(*answer.statistics, rows_);
    set_classes(answer, restricted(column, answer), column.type_modifier);
    sampled_classes(answer);
    answer.rows_each = rows_each(*answer.statistics, rows_);
    return answer;
  }

  [[nodiscard]] IndexColumn expression(const IndexKey& key) const {
    ExprPtr bound;
    if (context_.expressions != nullptr) {
      try {
        bound = context_.expressions->expression(key.expression, table_, 1);
      } catch (const UserError&) {
        bound = nullptr;  // of unknown type then
      }
    }
    IndexColumn answer =
        bound ? of_type(types_.base_type(bound->type), bound->typmod) : of_type(0, -1);
    if (key.statistics) {
      answer.statistics = &*key.statistics;
      answer.width = answer.varies ? std::max(1, key.statistics->average_width) : answer.width;
      answer.table_rows = answer.all_rows = rows_;
      set_classes(answer, column_values(*key.statistics, answer.type, rows_), -1);
      answer.rows_each = rows_each(*key.statistics, rows_);
    } else if (!bound || !evaluate(answer, bound)) {
      unknown_values(answer, default_distinct());
    }
    return answer;
  }

 private:
  [[nodiscard]] IndexColumn of_type(Oid type, std::int32_t typmod) const {
    IndexColumn answer{.type = type};
    const Type* found = type == 0 ? nullptr : types_.type(type);
    answer.varies = found == nullptr || found->length < 0;
    answer.width = answer.type_width = found == nullptr ? 32 : default_width(*found, typmod);
    answer.long_alignment = found == nullptr ? 4 : alignment_bytes(found->alignment);
    set_alignment(answer);
    return answer;
  }

  static void set_alignment(IndexColumn& column) {
    constexpr double kShortVarlena = 127;
    column.alignment = column.varies && column.width < kShortVarlena ? 1 : column.long_alignment;
  }

  [[nodiscard]] double default_distinct() const {
    constexpr double kDefault = 200;
    return std::max(1.0, std::min(rows_, kDefault));
  }

  void unknown_values(IndexColumn& column, double distinct) const {
    column.classes = {{.share = 1, .values = distinct, .size = column.width}};
    column.table_rows = column.all_rows = rows_;
  }

  /// The column's values under those conditions of the predicate that speak of it alone.
  [[nodiscard]] ColumnValues restricted(const Column& column, IndexColumn& answer) const {
    ColumnValues values = column_values(*answer.statistics, answer.type, rows_);
    answer.table_rows = answer.all_rows = rows_;
    for (const ExprPtr& condition : conditions_) {
      double kept = 1;
      if (only_column(condition) != column.number) {
        continue;
      }
      if (auto fewer = restricted_values(values, condition, types_, kept)) {
        values = std::move(*fewer);
        answer.table_rows *= kept;
      }
    }
    return values;
  }

  /// ANALYZE takes all ranges for different ones; a sample tells how often each comes.
  void sampled_classes(IndexColumn& answer) const {
    const ColumnSample* sample = sample_of(answer, "values");
    if (sample == nullptr || answer.table_rows < answer.all_rows || rows_ < 1) {
      return;
    }
    constexpr double kSteps = 8;
    std::map<double, ValueClass> alike;
    for (const ExpectedKeys& one : expected_keys(*sample, rows_)) {
      ValueClass& to = alike[std::rint(kSteps * std::log(one.rows))];
      to.share += one.keys * one.rows / rows_;
      to.values += one.keys;
      to.size += one.keys * one.key_size;
    }
    answer.classes.clear();
    if (sample->null_rows > 0) {
      answer.classes.push_back(
          {.share = static_cast<double>(sample->null_rows) / static_cast<double>(sample->rows),
           .values = 1,
           .is_null = true});
    }
    for (auto& [rows, one] : alike) {
      one.values -= 1;  // what it began with
      one.size /= std::max(one.values, 1e-9);
      answer.classes.push_back(one);
    }
  }

  static double values_of(const ColumnValues& column) {
    double count = 0;
    for (const auto& entry : column.entries) {
      count += entry.is_null ? 0 : entry.values;
    }
    return count;
  }

  bool evaluate(IndexColumn& answer, const ExprPtr& bound) const {
    const auto* column = find_column(table_, static_cast<std::int16_t>(only_column(bound)));
    const auto* statistics = column == nullptr ? nullptr : statistics_of(*column);
    if (statistics == nullptr) {
      return false;
    }
    IndexColumn input = of_type(types_.base_type(column->type), column->type_modifier);
    input.statistics = statistics;
    answer.in_runs = stand_in_runs(*statistics, input.type, rows_);
    const ColumnValues inputs = restricted(*column, input);
    ColumnValues values = expression_values(inputs, bound, types_);
    if (values.entries.empty()) {
      // What it gives is not known here: as many values as the column has, and as wide where they
      // are of its type.
      values = inputs;
      const bool like_input = answer.varies && input.varies &&
                              types_.category(answer.type) == types_.category(input.type);
      constexpr double kDigest = 33;
      if (bound->name == "md5") {
        answer.width = kDigest;
      } else if (like_input) {
        answer.width = statistics->average_width;
      }
      if (!like_input || bound->name == "md5") {
        for (auto& entry : values.entries) {
          entry.text.reset();
        }
      }
    }
    answer.table_rows = input.table_rows;
    answer.all_rows = rows_;
    set_classes(answer, values, -1);
    if (values_of(values) > 0.99 * values_of(inputs)) {
      answer.window = window_of(*statistics, rows_);
      answer.rows_each = rows_each(*statistics, rows_);
    }
    return true;
  }

  /// The examples of a histogram are a hundred of all values, and the statistics know the average
  /// width of those: each is taken as so much the more often as it makes theirs right, all else
  /// alike (the shares of most entropy are exponential in the width).
  static void fit_width(IndexColumn& column, const std::vector<bool>& examples) {
    constexpr double kUncompressed = 500;
    double filled = 0;
    double least = kUncompressed;
    double most = 0;
    for (const ValueClass& one : column.classes) {
      filled += one.is_null ? 0 : one.share;
      least = one.is_null ? least : std::min(least, one.size);
      most = std::max(most, one.size);
    }
    constexpr double kHalf = 0.5;  // a whole number, cut off (compute_scalar_stats())
    const double wanted = column.statistics->average_width + kHalf;
    if (!column.varies || most >= kUncompressed || wanted <= least || wanted >= most) {
      return;
    }
    const std::vector<ValueClass> found = column.classes;
    const auto mean_of = [&](double tilt) {
      double plain = 0;
      double tilted = 0;
      for (std::size_t i = 0; i < found.size(); ++i) {
        if (examples[i]) {
          plain += found[i].share;
          tilted += found[i].share * std::exp(tilt * (found[i].size - wanted) / most);
        }
      }
      double mean = 0;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const double factor =
            examples[i] ? std::exp(tilt * (found[i].size - wanted) / most) * plain / tilted : 1;
        column.classes[i].share = found[i].share * factor;
        column.classes[i].values = found[i].values * factor;
        mean += found[i].is_null ? 0 : column.classes[i].share * found[i].size / filled;
      }
      return mean;
    };
    if (std::abs(mean_of(0) - wanted) <= kHalf) {
      return;
    }
    constexpr double kSteepest = 8;
    double low = -kSteepest;
    double high = kSteepest;
    for (int i = 0; i < 40; ++i) {
      const double middle = (low + high) / 2;
      (mean_of(middle) > wanted ? high : low) = middle;
    }
  }

  void set_classes(IndexColumn& column, const ColumnValues& values, std::int32_t typmod) const {
    const Type* type = column.type == 0 ? nullptr : types_.type(column.type);
    double total = 0;
    bool all_known = column.statistics != nullptr && column.number != 0;
    std::vector<bool> examples;
    for (const auto& entry : values.entries) {
      double size = column.width;
      if (entry.is_null) {
        size = 0;
      } else if (column.varies && type != nullptr && entry.text) {
        const double stored = stored_size(*type, typmod, *entry.text, types_);
        size = stored < 0 ? column.width : stored;
        all_known = all_known && stored >= 0;
      }
      examples.push_back(entry.from_histogram);
      column.classes.push_back({.share = entry.share,
                                .values = std::max(entry.values, 1e-9),
                                .size = size,
                                .is_null = entry.is_null});
      total += entry.share;
    }
    if (total <= 0) {
      unknown_values(column, default_distinct());
      return;
    }
    column.values = std::make_shared<const ColumnValues>(values);
    for (ValueClass& one : column.classes) {
      one.share /= total;
    }
    if (all_known && column.table_rows >= 0.999 * rows_) {
      fit_width(column, examples);
    }
  }

  const Table& table_;
  const TypeSystem& types_;
  const SizeContext& context_;
  double rows_;
  std::vector<ExprPtr> conditions_ = {};
};

}  // namespace

double IndexColumn::null_share() const {
  double share = 0;
  for (const ValueClass& one : classes) {
    share += one.is_null ? one.share : 0;
  }
  return share;
}

double IndexColumn::mean_size() const {
  double size = 0;
  for (const ValueClass& one : classes) {
    size += one.is_null ? 0 : one.share * one.size;
  }
  return size / std::max(1e-9, 1 - null_share());
}

double IndexColumn::distinct() const {
  double count = 0;
  for (const ValueClass& one : classes) {
    count += one.values;
  }
  return count;
}

std::vector<IndexColumn> index_columns(const Index& index, const Table& table,
                                       const SizeContext& context, double rows) {
  const ColumnReader reader{index, table, context, rows};
  std::vector<IndexColumn> columns;
  for (const IndexKey& key : index.keys) {
    const Column* column = key.column == 0 ? nullptr : find_column(table, key.column);
    columns.push_back(column == nullptr ? reader.expression(key) : reader.plain(*column));
    if (key.collation != 0) {
      columns.back().collation = key.collation;
    }
  }
  for (const std::int16_t number : index.included) {
    if (const Column* column = find_column(table, number)) {
      columns.push_back(reader.plain(*column));
      columns.back().is_key = false;
    }
  }
  return columns;
}

int index_option(const Index& index, const char* name, int otherwise) {
  const auto found = index.options.find(name);
  if (found == index.options.end()) {
    return otherwise;
  }
  int value = otherwise;
  const auto& text = found->second;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace quern::planner_model
