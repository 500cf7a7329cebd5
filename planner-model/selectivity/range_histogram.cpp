#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/restriction.hpp"

// rangesel() (rangetypes_selfuncs.c) and multirangesel() (multirangetypes_selfuncs.c): histograms
// of the ranges' lower bounds, upper bounds and lengths, each apart. Of a multirange these are the
// ends of the whole, and the same formulas are used.

namespace quern::planner_model {
namespace {

using Bounds = std::vector<RangeBound>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Index of the last bound that is less than `value` (or equal to it); -1: none. rbound_bsearch().
int last_below(const Bounds& bounds, const RangeBound& value, bool or_equal,
               const TypeSystem& types) {
  const auto end = std::partition_point(bounds.begin(), bounds.end(), [&](const RangeBound& b) {
    const auto order = compare_bounds(b, value, types);
    return order < 0 || (or_equal && order == 0);
  });
  return static_cast<int>(end - bounds.begin()) - 1;
}

/// Where in the bin the value lies, from 0 to 1. get_position().
double position_in(const RangeBound& value, const RangeBound& from, const RangeBound& to) {
  constexpr double kMiddle = 0.5;
  if (!from.value && !to.value) {
    return kMiddle;
  }
  if (!from.value) {
    return !value.value && value.lower ? 0.0 : 1.0;
  }
  if (!to.value) {
    return !value.value && !value.lower ? 1.0 : 0.0;
  }
  const auto width = range_difference(*to.value, *from.value);
  if (!value.value || !width || std::isnan(*width) || *width <= 0) {
    return kMiddle;
  }
  const double position =
      range_difference(*value.value, *from.value).value_or(kMiddle * *width) / *width;
  return std::isnan(position) ? kMiddle : std::clamp(position, 0.0, 1.0);
}

/// get_distance().
double distance(const RangeBound& from, const RangeBound& to) {
  if (!from.value || !to.value) {
    return !from.value && !to.value && from.lower == to.lower ? 0 : kInfinity;
  }
  const auto difference = range_difference(*to.value, *from.value);
  return difference && *difference >= 0 ? *difference : 1.0;
}

std::size_t at(int index) {
  return static_cast<std::size_t>(index);
}

/// The histogram of lengths as the share P(x) of ranges shorter than x, linear within its bins.
class LengthHistogram {
 public:
  explicit LengthHistogram(const std::vector<double>& lengths)
      : lengths_{lengths}, last_{static_cast<int>(lengths.size()) - 1} {}

  /// The average of P from `from` to `to`, or of the share not longer than x. The trapezoid of each
  /// whole bin takes the share at its beginning for both sides: calc_length_hist_frac() does.
  [[nodiscard]] double average(double from, double to, bool or_equal) const {
    if (to < 0) {
      return 0;
    }
    if (std::isinf(to) && or_equal) {
      return 1;
    }
    int bin = last_below(from, or_equal);
    if (bin >= last_) {
      return 1;
    }
    const double begin = bin < 0 ? 0.0 : position_in(from, bin);
    bin = std::max(bin, 0);
    Area area{from, (bin + begin) / last_};
    if (to == from) {
      return area.share;
    }
    for (; bin < last_ && reaches(to, bin + 1, or_equal); ++bin) {
      area.extend(lengths_[at(bin + 1)], static_cast<double>(bin) / last_);
    }
    const bool has_width = bin < last_ && lengths_[at(bin)] != lengths_[at(bin + 1)];
    area.extend(to, (bin + (has_width ? position_in(to, bin) : 0.0)) / last_);
    return std::isinf(area.sum) && std::isinf(to) ? 0.5 : area.sum / (to - from);
  }

 private:
  struct Area {
    double x = 0;
    double share = 0;  ///< P(x)
    double sum = 0;

    void extend(double to, double share_there) {
      if (share > 0 || share_there > 0) {  // no area is none, however wide
        sum += 0.5 * (share_there + share) * (to - x);
      }
      x = to;
      share = share_there;
    }
  };

  [[nodiscard]] bool reaches(double value, int index, bool or_equal) const {
    return lengths_[at(index)] < value || (or_equal && lengths_[at(index)] <= value);
  }

  /// length_hist_bsearch().
  [[nodiscard]] int last_below(double value, bool or_equal) const {
    int index = -1;
    while (index < last_ && reaches(value, index + 1, or_equal)) {
      ++index;
    }
    return index;
  }

  /// get_len_position().
  [[nodiscard]] double position_in(double value, int bin) const {
    const double from = lengths_[at(bin)];
    const double to = lengths_[at(bin + 1)];
    if (std::isinf(from) || std::isinf(to)) {
      return std::isinf(from) == std::isinf(to) ? 0.0 : std::isinf(from) ? 1.0 : 0.5;
    }
    return std::isinf(value) ? 0.5 : 1.0 - (to - value) / (to - from);
  }

  const std::vector<double>& lengths_;
  int last_;
};

class RangeEstimate {
 public:
  /// `counts_lengths` false: every range is short enough, see range_restriction().
  RangeEstimate(const ParsedStatistics& statistics, bool counts_lengths, const TypeSystem& types)
      : lower_{statistics.range_lower_bounds},
        upper_{statistics.range_upper_bounds},
        counts_lengths_{counts_lengths},
        lengths_{counts_lengths ? statistics.range_lengths : kNoLengths},
        types_{types} {}

  /// Of the values that are neither null nor empty; nullopt: no histogram. calc_hist_selectivity().
  [[nodiscard]] std::optional<double> share(std::string_view op, const RangeValue& query) const {
    if (lower_.size() < 2) {
      return std::nullopt;
    }
    if (op == "@>" || op == "<@") {
      return counts_lengths_ && lengths_.size() < 2
                 ? std::nullopt
                 : std::optional{op == "@>" ? containing(query) : within(query)};
    }
    if (op == "<" || op == "<=") {
      return below(lower_, query.lower, op == "<=");
    }
    if (op == ">" || op == ">=") {
      return 1 - below(lower_, query.lower, op == ">=");
    }
    if (op == "<<") {
      return below(upper_, query.lower, false);
    }
    if (op == ">>") {
      return 1 - below(lower_, query.upper, true);
    }
    if (op == "&>") {
      return 1 - below(lower_, query.lower, false);
    }
    if (op == "&<") {
      return below(upper_, query.upper, true);
    }
    return op == "&&" ? std::optional{overlapping(query)} : std::nullopt;
  }

 private:
  [[nodiscard]] double bins() const { return static_cast<double>(lower_.size()) - 1; }

  [[nodiscard]] int last_bin() const { return static_cast<int>(lower_.size()) - 2; }

  /// calc_hist_selectivity_scalar().
  [[nodiscard]] double below(const Bounds& bounds, const RangeBound& value, bool or_equal) const {
    const int bin = last_below(bounds, value, or_equal, types_);
    double share = std::max(bin, 0) / bins();
    if (bin >= 0 && bin <= last_bin()) {
      share += position_in(value, bounds[at(bin)], bounds[at(bin + 1)]) / bins();
    }
    return share;
  }

  /// Neither before nor behind.
  [[nodiscard]] double overlapping(const RangeValue& query) const {
    return 1 - (below(upper_, query.lower, false) + (1 - below(lower_, query.upper, true)));
  }

  /// calc_hist_selectivity_contained() and the cases of an infinite bound before it.
  [[nodiscard]] double within(const RangeValue& query) const {
    if (!query.lower.value) {
      return below(upper_, query.upper, true);
    }
    if (!query.upper.value) {
      return 1 - below(lower_, query.lower, false);
    }
    RangeBound end = query.upper;  // as a lower bound: where the ranges behind it begin
    end.inclusive = !end.inclusive;
    end.lower = true;
    int bin = last_below(lower_, end, false, types_);
    if (bin < 0) {
      return 0;
    }
    bin = std::min(bin, last_bin());
    double width = position_in(end, lower_[at(bin)], lower_[at(bin + 1)]);
    double near = 0;
    double sum = 0;
    for (bool last = false; bin >= 0 && !last; --bin) {
      last = compare_bounds(lower_[at(bin)], query.lower, types_) < 0;
      const double far = distance(last ? query.lower : lower_[at(bin)], end);
      if (last) {
        width =
            std::max(0.0, width - position_in(query.lower, lower_[at(bin)], lower_[at(bin + 1)]));
      }
      sum += LengthHistogram{lengths_}.average(near, far, true) * width / bins();
      width = 1;
      near = far;
    }
    return sum;
  }

  /// calc_hist_selectivity_contains().
  [[nodiscard]] double containing(const RangeValue& query) const {
    int bin = last_below(lower_, query.lower, true, types_);
    if (bin < 0) {
      return 0;
    }
    bin = std::min(bin, last_bin());
    double width = position_in(query.lower, lower_[at(bin)], lower_[at(bin + 1)]);
    double near = distance(query.lower, query.upper);
    double sum = 0;
    for (; bin >= 0; --bin) {
      const double far = distance(lower_[at(bin)], query.upper);
      sum += (1 - LengthHistogram{lengths_}.average(near, far, false)) * width / bins();
      width = 1;
      near = far;
    }
    return sum;
  }

  inline static const std::vector<double> kNoLengths;

  const Bounds& lower_;
  const Bounds& upper_;
  bool counts_lengths_;
  const std::vector<double>& lengths_;
  const TypeSystem& types_;
};

/// The empty range as the constant: calc_rangesel().
double beside_empty(std::string_view op, double empty) {
  if (op == "<@" || op == "<=") {
    return empty;
  }
  if (op == "@>" || op == ">=") {
    return 1;
  }
  if (op == ">") {
    return 1 - empty;
  }
  return 0;
}

/// The range that holds the value alone, not in canonical form.
RangeValue alone(const Value& value) {
  return {.lower = {.value = value, .inclusive = true, .lower = true},
          .upper = {.value = value, .inclusive = true}};
}

/// Operators of a multirange and a range: all but the order of whole values.
bool takes_range(std::string_view op, const Value& constant, Oid range) {
  return constant.type == range && !op.starts_with("<=") && !op.starts_with(">=") && op != "<" &&
         op != ">";
}

/// From the first bound to the last.
std::optional<RangeValue> span_of(const Value& multirange, Oid range, const TypeSystem& types) {
  const auto ranges = parse_multirange(multirange.text, range, types);
  if (!ranges || ranges->empty()) {
    return ranges ? std::optional{RangeValue{.empty = true}} : std::nullopt;
  }
  return RangeValue{.lower = ranges->front().lower, .upper = ranges->back().upper};
}

std::string_view commuted(std::string_view op) {
  constexpr std::pair<std::string_view, std::string_view> kPairs[] = {
      {"<", ">"}, {"<=", ">="}, {"@>", "<@"}, {"<<", ">>"}, {"&&", "&&"}};
  for (const auto& [a, b] : kPairs) {
    if (op == a || op == b) {
      return op == a ? b : a;
    }
  }
  return {};
}

}  // namespace

double default_range_selectivity(std::string_view op) {
  if (op == "&&") {
    return 0.01;
  }
  return op == "@>" || op == "<@" ? kDefaultRangeInequalitySelectivity
                                  : kDefaultInequalitySelectivity;
}

RangeSelectivity range_restriction(const Variable& variable, std::string_view op,
                                   const Value* constant, bool variable_on_left) {
  constexpr double kNoOperator = 0.01;
  if (constant == nullptr) {
    return {default_range_selectivity(op), true};
  }
  const std::string_view name = variable_on_left ? op : commuted(op);
  if (name.empty()) {
    return {kNoOperator, true};
  }
  const TypeSystem& types = *variable.types;
  const Oid type = types.base_type(variable.type);
  const Oid range = types.is_multirange(type) ? types.multirange_range(type) : type;
  const bool is_element = name == "@>" && constant->type == types.range_subtype(range);
  if (!types.is_range(range) ||
      (!is_element && constant->type != type && !takes_range(name, *constant, range))) {
    return {default_range_selectivity(name), true};
  }
  const auto query = is_element                ? std::optional{alone(*constant)}
                     : constant->type == range ? parse_range(constant->text, range, types)
                                               : span_of(*constant, range, types);
  const ParsedStatistics none;
  const ParsedStatistics& statistics =
      variable.statistics && !variable.values_hidden ? *variable.statistics : none;
  const double empty = statistics.empty_range_fraction;
  const double not_null = 1 - statistics.null_fraction;
  if (query && query->empty) {
    return {beside_empty(name, empty) * not_null, false};
  }
  // Of a multirange within a range the server forgets to read the lengths: its test has the
  // operator of a range within a multirange (calc_hist_selectivity(), multirangetypes_selfuncs.c).
  const bool counts_lengths = type == range || name != "<@" || constant->type != range;
  const RangeEstimate estimate{statistics, counts_lengths, types};
  const auto known = query ? estimate.share(is_element ? "&&" : name, *query) : std::nullopt;
  const double share =
      (1 - empty) * known.value_or(default_range_selectivity(name)) + (name == "<@" ? empty : 0);
  return {std::clamp(share * not_null, 0.0, 1.0), !known};
}

}  // namespace quern::planner_model
