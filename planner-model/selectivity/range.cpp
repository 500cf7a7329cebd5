#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/restriction.hpp"

// scalarineqsel() and its parts (selfuncs.c).

namespace quern::planner_model {
namespace {

bool is_greater(Inequality inequality) {
  return inequality == Inequality::Greater || inequality == Inequality::GreaterEqual;
}

bool is_or_equal(Inequality inequality) {
  return inequality == Inequality::LessEqual || inequality == Inequality::GreaterEqual;
}

std::optional<bool> holds(const Value& bound, Inequality inequality, const Value& constant,
                          const Variable& variable) {
  const auto order = compare(bound, constant, variable.collation, *variable.types);
  if (!order) {
    return std::nullopt;
  }
  switch (inequality) {
    case Inequality::Less:
      return *order < 0;
    case Inequality::LessEqual:
      return *order <= 0;
    case Inequality::Greater:
      return *order > 0;
    default:
      return *order >= 0;
  }
}

/// The column's histogram; where an index tells the table's true ends, these take the place of its
/// own: as they were read, else moved out to the common values beyond.
class Bounds {
 public:
  explicit Bounds(const Variable& variable)
      : variable_{variable}, histogram_{variable.statistics->histogram} {}

  [[nodiscard]] std::size_t size() const { return histogram_.size(); }

  [[nodiscard]] const Value& operator[](std::size_t i) const {
    const bool end = i == 0 || i + 1 == size();
    return end && variable_.has_ordering_index ? true_end(i == 0) : histogram_[i];
  }

 private:
  const Value& true_end(bool lowest) const {
    const Value*& end = lowest ? lowest_ : highest_;
    if (end != nullptr) {
      return *end;
    }
    if (const auto& read = lowest ? variable_.statistics->lowest : variable_.statistics->highest) {
      end = &*read;
      return *end;
    }
    end = lowest ? &histogram_.front() : &histogram_.back();
    for (const Value& common : variable_.statistics->most_common_values) {
      const auto order = compare(common, *end, variable_.collation, *variable_.types);
      if (order && (lowest ? *order < 0 : *order > 0)) {
        end = &common;
      }
    }
    return *end;
  }

  const Variable& variable_;
  const std::vector<Value>& histogram_;
  mutable const Value* lowest_ = nullptr;  ///< once asked for
  mutable const Value* highest_ = nullptr;
};

/// Selectivity of one value among those that are not common, as far as it is known.
double one_value(const Variable& variable) {
  const double others = number_of_distinct(variable).count -
                        static_cast<double>(variable.statistics->most_common_frequencies.size());
  return others > 1 ? 1.0 / others : 0.0;
}

double fraction_within_bin(const Value& constant, const Value& low, const Value& high,
                           const Variable& variable) {
  const auto position = convert_to_scalar(constant, low, high, variable.collation, *variable.types);
  if (!position || position->high <= position->low) {
    return 0.5;
  }
  if (position->value <= position->low) {
    return 0.0;
  }
  if (position->value >= position->high) {
    return 1.0;
  }
  const double fraction = (position->value - position->low) / (position->high - position->low);
  return std::isnan(fraction) || fraction < 0 || fraction > 1 ? 0.5 : fraction;
}

/// Where the histogram is not in the operator's order: the share of its entries that satisfy it.
double unordered_share(const Variable& variable, const Operator& op, const Value& constant) {
  const auto& histogram = variable.statistics->histogram;
  const OperatorEvaluator evaluate{op, variable.collation, *variable.types};
  const auto matches = std::count_if(histogram.begin(), histogram.end(), [&](const Value& entry) {
    return evaluate(entry, constant).value_or(false);
  });
  const double cutoff = 0.01 / static_cast<double>(histogram.size() - 1);
  return std::clamp(static_cast<double>(matches) / static_cast<double>(histogram.size()), cutoff,
                    1.0 - cutoff);
}

}  // namespace

McvSelectivity mcv_selectivity(const Variable& variable, const Operator& op, const Value& constant,
                               bool variable_on_left) {
  McvSelectivity answer;
  if (variable.statistics == nullptr || !may_see_values(variable, op)) {
    return answer;
  }
  const OperatorEvaluator evaluate{op, variable.collation, *variable.types};
  const auto& values = variable.statistics->most_common_values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double frequency = variable.statistics->most_common_frequencies[i];
    const auto match =
        variable_on_left ? evaluate(values[i], constant) : evaluate(constant, values[i]);
    answer.matching += match.value_or(false) ? frequency : 0.0;
    answer.total += frequency;
  }
  return answer;
}

double histogram_selectivity(const Variable& variable, const Operator& op, const Value& constant,
                             bool variable_on_left, int minimum, int skip, int* entries) {
  const bool seen = variable.statistics != nullptr && may_see_values(variable, op);
  const auto size = static_cast<int>(seen ? variable.statistics->histogram.size() : 0);
  *entries = size;
  if (size < minimum) {
    return -1;
  }
  const OperatorEvaluator evaluate{op, variable.collation, *variable.types};
  int matches = 0;
  for (int i = skip; i < size - skip; ++i) {
    const Value& entry = variable.statistics->histogram[static_cast<std::size_t>(i)];
    const auto match = variable_on_left ? evaluate(entry, constant) : evaluate(constant, entry);
    matches += match.value_or(false) ? 1 : 0;
  }
  return static_cast<double>(matches) / static_cast<double>(size - 2 * skip);
}

double inequality_histogram_selectivity(const Variable& variable, Inequality inequality,
                                        const Value& constant) {
  if (variable.statistics == nullptr || variable.statistics->histogram.size() < 2) {
    return -1;
  }
  const Bounds bounds{variable};
  const bool greater = is_greater(inequality);
  const bool or_equal = is_or_equal(inequality);

  // Binary search for the right end of the bin that holds the constant. When it touches an end of
  // the histogram and an index can tell the true end, the answer is trusted to be extreme.
  bool knows_end = bounds.size() == 2 && variable.has_ordering_index;
  std::size_t low = 0;
  std::size_t high = bounds.size();
  while (low < high) {
    const std::size_t probe = (low + high) / 2;
    if ((probe == 0 || probe == bounds.size() - 1) && bounds.size() > 2) {
      knows_end = variable.has_ordering_index;
    }
    const auto satisfied = holds(bounds[probe], inequality, constant, variable);
    if (!satisfied) {
      return -1;
    }
    if (*satisfied != greater) {
      low = probe + 1;
    } else {
      high = probe;
    }
  }

  double fraction = 0;  // of the histogram's population with value <= constant
  if (low >= bounds.size()) {
    fraction = 1;
  } else if (low > 0) {
    const double equal = low == 1 || greater == or_equal ? one_value(variable) : 0.0;
    const double within = fraction_within_bin(constant, bounds[low - 1], bounds[low], variable);
    fraction = (static_cast<double>(low - 1) + within) / static_cast<double>(bounds.size() - 1);
    // Each entry is the rightmost value of its bin, except the first, which is the leftmost: the
    // first bin lacks one value.
    if (low == 1) {
      fraction += equal * (1.0 - within);
    }
    if (greater == or_equal) {
      fraction -= equal;
    }
  }
  const double selectivity = greater ? 1.0 - fraction : fraction;
  const double cutoff = knows_end ? 0.0 : 0.01 / static_cast<double>(bounds.size() - 1);
  return std::clamp(selectivity, cutoff, 1.0 - cutoff);
}

double scalar_inequality(const Variable& variable, const Operator& op, Inequality inequality,
                         const Value& constant) {
  if (variable.statistics == nullptr) {
    return kDefaultInequalitySelectivity;
  }
  const auto common = mcv_selectivity(variable, op, constant, true);
  const bool bytewise =
      op.name.size() > 1 && op.name.front() == '~' && variable.statistics->histogram.size() > 1;
  const double within = !may_see_values(variable, op) ? -1.0
                        : bytewise
                            ? unordered_share(variable, op, constant)
                            : inequality_histogram_selectivity(variable, inequality, constant);
  double selectivity = 1.0 - variable.statistics->null_fraction - common.total;
  selectivity *= within >= 0 ? within : 0.5;
  return std::clamp(selectivity + common.matching, 0.0, 1.0);
}

double scalar_inequality(const Variable& variable, Inequality inequality, const Value& constant) {
  if (variable.statistics == nullptr) {
    return kDefaultInequalitySelectivity;
  }
  double matching = 0;
  const auto& values = variable.statistics->most_common_values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (holds(values[i], inequality, constant, variable).value_or(false)) {
      matching += variable.statistics->most_common_frequencies[i];
    }
  }
  const double within = inequality_histogram_selectivity(variable, inequality, constant);
  double selectivity =
      1.0 - variable.statistics->null_fraction - variable.statistics->most_common_total;
  selectivity *= within >= 0 ? within : 0.5;
  return std::clamp(selectivity + matching, 0.0, 1.0);
}

namespace {

/// Whether this is an operator that the model can compute, if there is a value to try it on.
bool can_evaluate(const Variable& variable, const Operator& op, const Value& constant,
                  bool variable_on_left) {
  if (variable.statistics == nullptr) {
    return true;
  }
  const auto& common = variable.statistics->most_common_values;
  const auto& some = common.empty() ? variable.statistics->histogram : common;
  const OperatorEvaluator evaluate{op, variable.collation, *variable.types};
  return some.empty() ||
         (variable_on_left ? evaluate(some.front(), constant) : evaluate(constant, some.front()))
             .has_value();
}

}  // namespace

double generic_restriction(const Variable& variable, const Operator& op, const Value* constant,
                           bool variable_on_left, double default_selectivity) {
  if (constant == nullptr || !can_evaluate(variable, op, *constant, variable_on_left)) {
    return default_selectivity;
  }
  const auto common = mcv_selectivity(variable, op, *constant, variable_on_left);
  int entries = 0;
  double selectivity =
      histogram_selectivity(variable, op, *constant, variable_on_left, 10, 1, &entries);
  if (selectivity < 0) {
    selectivity = default_selectivity;
  } else if (entries < 100) {
    const double trust = entries / 100.0;
    selectivity = selectivity * trust + default_selectivity * (1.0 - trust);
  }
  selectivity = std::clamp(selectivity, 0.0001, 0.9999);
  const double nulls = variable.statistics == nullptr ? 0.0 : variable.statistics->null_fraction;
  return std::clamp(selectivity * (1.0 - nulls - common.total) + common.matching, 0.0, 1.0);
}

}  // namespace quern::planner_model
