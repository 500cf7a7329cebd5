#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <vector>

#include "planner-model/selectivity/extension_operators.hpp"
#include "planner-model/selectivity/pattern_match.hpp"
#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/time_settings.hpp"
#include "planner-model/selectivity/value.hpp"
#include "planner-model/selectivity/value_collation.hpp"
#include "planner-model/selectivity/value_json.hpp"
#include "planner-model/selectivity/value_text.hpp"
#include "planner-model/size/trigrams.hpp"

namespace quern::planner_model {
namespace {

std::strong_ordering order_doubles(double a, double b) {
  // float8_cmp_internal(): NaN equals NaN and exceeds everything else.
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) <=> std::isnan(b);
  }
  return a < b   ? std::strong_ordering::less
         : a > b ? std::strong_ordering::greater
                 : std::strong_ordering::equal;
}

std::strong_ordering order_bytes(std::string_view a, std::string_view b) {
  const int common = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
  return common != 0 ? common <=> 0 : a.size() <=> b.size();
}

std::strong_ordering order_networks(const Value& a, const Value& b) {
  // network_cmp_internal(): family, the common network bits, the mask's length, the whole address.
  if (a.bytes.front() != b.bytes.front()) {
    return a.bytes.front() <=> b.bytes.front();
  }
  const int bits = std::min(a.days, b.days);
  for (int i = 0; i < bits; ++i) {
    const auto byte = static_cast<std::size_t>(i / 8) + 1;
    const int shift = 7 - i % 8;
    const int x = static_cast<unsigned char>(a.bytes[byte]) >> shift & 1;
    const int y = static_cast<unsigned char>(b.bytes[byte]) >> shift & 1;
    if (x != y) {
      return x <=> y;
    }
  }
  return a.days != b.days ? a.days <=> b.days : order_bytes(a.bytes, b.bytes);
}

/// Days and microseconds of an interval on one line, 30 days a month.
std::strong_ordering order_intervals(const Value& a, const Value& b) {
  const auto split = [](const Value& v) {
    std::int64_t days = v.integer / kMicrosecondsPerDay + v.days + std::int64_t{30} * v.months;
    std::int64_t rest = v.integer % kMicrosecondsPerDay;
    if (rest < 0) {
      rest += kMicrosecondsPerDay;
      --days;
    }
    return std::pair{days, rest};
  };
  return split(a) <=> split(b);
}

bool is_number(const Value& value) {
  return value.form == ValueForm::Integer || value.form == ValueForm::Floating ||
         value.form == ValueForm::Numeric;
}

std::int64_t as_microseconds(const Value& value) {
  if (value.form == ValueForm::Timestamp || value.integer == kTimeInfinity ||
      value.integer == kTimeMinusInfinity) {
    return value.integer;
  }
  return value.integer * kMicrosecondsPerDay;
}

/// As a moment where the other value is one: timestamp_cmp_timestamptz_internal() (timestamp.c).
std::int64_t comparable_time(const Value& value, const Value& other, const TypeSystem& types) {
  const std::int64_t time = as_microseconds(value);
  const bool is_local = other.type == type_oid::kTimestampTz &&
                        value.type != type_oid::kTimestampTz && time != kTimeInfinity &&
                        time != kTimeMinusInfinity;
  return is_local ? times_of(types).to_moment(time) : time;
}

bool is_moment(const Value& value) {
  return value.form == ValueForm::Date || value.form == ValueForm::Timestamp;
}

std::strong_ordering order_numbers(const Value& a, const Value& b) {
  if (a.form == ValueForm::Integer && b.form == ValueForm::Integer) {
    return a.integer <=> b.integer;
  }
  if (a.form != ValueForm::Floating && b.form != ValueForm::Floating) {
    const auto decimal = [](const Value& v) -> const std::string& {
      return v.form == ValueForm::Integer ? v.text : v.bytes;
    };
    return value_text::compare_decimals(decimal(a), decimal(b));
  }
  return order_doubles(a.number, b.number);
}

std::optional<std::strong_ordering> order_arrays(const Value& a, const Value& b, Oid collation,
                                                 const TypeSystem& types) {
  // array_cmp(): elements first (null greatest), then the number of elements, then dimensions.
  const std::size_t common = std::min(a.elements.size(), b.elements.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (!a.elements[i] || !b.elements[i]) {
      if (a.elements[i].has_value() == b.elements[i].has_value()) {
        continue;
      }
      return b.elements[i] ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    const auto order = compare(*a.elements[i], *b.elements[i], collation, types);
    if (!order || *order != 0) {
      return order;
    }
  }
  return a.elements.size() != b.elements.size() ? a.elements.size() <=> b.elements.size()
                                                : a.dimensions <=> b.dimensions;
}

/// bit_cmp(): the bytes, the last one filled with zeros, then the number of bits.
std::strong_ordering order_bits(std::string_view a, std::string_view b) {
  constexpr std::size_t kByte = 8;
  const std::size_t bytes = (std::min(a.size(), b.size()) + kByte - 1) / kByte;
  for (std::size_t i = 0; i < bytes * kByte; ++i) {
    const char left = i < a.size() ? a[i] : '0';
    const char right = i < b.size() ? b[i] : '0';
    if (left != right) {
      return left <=> right;
    }
  }
  return a.size() <=> b.size();
}

}  // namespace

std::optional<std::strong_ordering> compare(const Value& a, const Value& b, Oid collation,
                                            const TypeSystem& types) {
  if (a.form == ValueForm::Integer && b.form == ValueForm::Integer) {
    return a.integer <=> b.integer;
  }
  if (is_number(a) && is_number(b)) {
    return order_numbers(a, b);
  }
  if (is_moment(a) && is_moment(b)) {
    return comparable_time(a, b, types) <=> comparable_time(b, a, types);
  }
  if (a.form != b.form) {
    return std::nullopt;
  }
  switch (a.form) {
    case ValueForm::Text:
      return a.type == type_oid::kChar || a.type == type_oid::kName
                 ? order_bytes(a.bytes, b.bytes)
                 : compare_text(a.bytes, b.bytes, collation, types);
    case ValueForm::Bytes:
      return order_bytes(a.bytes, b.bytes);
    case ValueForm::Time: {
      const auto utc = [](const Value& v) { return v.integer + v.days * std::int64_t{1'000'000}; };
      return utc(a) != utc(b) ? utc(a) <=> utc(b) : a.days <=> b.days;
    }
    case ValueForm::Interval:
      return order_intervals(a, b);
    case ValueForm::Network:
      return order_networks(a, b);
    case ValueForm::Enum:
      return a.integer <=> b.integer;
    case ValueForm::Array:
      return order_arrays(a, b, collation, types);
    case ValueForm::Bits:
      return order_bits(a.text, b.text);
    default:
      return a.text == b.text ? std::optional{std::strong_ordering::equal} : std::nullopt;
  }
}

bool equal_values(const Value& a, const Value& b) {
  if (a.form == ValueForm::Integer && b.form == ValueForm::Integer) {
    return a.integer == b.integer;
  }
  if (is_number(a) && is_number(b)) {
    return order_numbers(a, b) == 0;
  }
  if (is_moment(a) && is_moment(b)) {
    return as_microseconds(a) == as_microseconds(b);
  }
  if (a.form != b.form) {
    return a.text == b.text;
  }
  switch (a.form) {
    case ValueForm::Text:
    case ValueForm::Bytes:
      return a.bytes == b.bytes;
    case ValueForm::Time:
      return a.integer == b.integer && a.days == b.days;
    case ValueForm::Interval:
      return order_intervals(a, b) == 0;
    case ValueForm::Network:
      return a.days == b.days && a.bytes == b.bytes;
    case ValueForm::Enum:
      return a.integer == b.integer;
    case ValueForm::Array:
      return a.dimensions == b.dimensions &&
             std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                        [](const auto& x, const auto& y) {
                          return x.has_value() == y.has_value() && (!x || equal_values(*x, *y));
                        });
    default:
      return a.text == b.text;
  }
}

namespace {

/// similarity_op() of contrib/pg_trgm (trgm_op.c; cnt_sml() without DIVUNION's other form), with
/// the similarity_threshold that it begins with.
bool are_similar(std::string_view a, std::string_view b) {
  constexpr float kThreshold = 0.3F;
  const auto first = trigrams(a);
  const auto second = trigrams(b);
  std::vector<std::uint32_t> shared;
  std::set_intersection(first.begin(), first.end(), second.begin(), second.end(),
                        std::back_inserter(shared));
  if (shared.empty()) {
    return false;
  }
  const auto all = static_cast<float>(first.size() + second.size() - shared.size());
  return static_cast<float>(shared.size()) / all >= kThreshold;
}

}  // namespace

OperatorEvaluator::OperatorEvaluator(const Operator& op, Oid collation, const TypeSystem& types)
    : op_{op}, types_{types}, collation_{collation} {
  if (pattern_kind(op, negated_)) {
    is_pattern_ = true;
    return;
  }
  const auto strategy = [&](Oid oid) -> std::optional<int> {
    for (const FamilyMember* member : types.memberships(oid)) {
      if (member->access_method == "btree") {
        return member->strategy;
      }
    }
    return std::nullopt;
  };
  strategy_ = strategy(op.oid);
  if (!strategy_) {
    strategy_ = strategy(op.negator);
    negated_ = strategy_.has_value();
  }
  if (!strategy_ && (op.restriction == "eqsel" || op.restriction == "neqsel")) {
    strategy_ = btree_strategy::kEqual;
    negated_ = op.restriction == "neqsel";
  }
  // text_pattern_ops (~<~ and so on) compare bytes.
  if (op.name.size() > 1 && op.name.front() == '~') {
    collation_ = kCCollation;
  }
}

std::optional<bool> OperatorEvaluator::operator()(const Value& left, const Value& right) const {
  if (is_pattern_ && left.form == ValueForm::Text) {
    bool negate = false;
    const auto kind = pattern_kind(op_, negate);
    return pattern_is_understood(*kind, right.bytes)
               ? std::optional{pattern_matches(*kind, left.bytes, right.bytes) != negate}
               : std::nullopt;
  }
  if (op_.name == "%" && op_.result == type_oid::kBool && left.form == ValueForm::Text) {
    return are_similar(left.bytes, right.bytes);
  }
  if (left.type == type_oid::kJsonb) {
    return evaluate_json_operator(op_.name, left.text, right.text);
  }
  if (!strategy_) {
    constexpr Oid kFirstOwn = 16384;
    const auto* function = op_.oid >= kFirstOwn ? types_.function(op_.function) : nullptr;
    return function != nullptr ? evaluate_extension_function(function->name, left, right)
                               : std::nullopt;
  }
  if (*strategy_ == btree_strategy::kEqual) {
    return equal_values(left, right) != negated_;
  }
  const auto order = compare(left, right, collation_, types_);
  if (!order) {
    return std::nullopt;
  }
  switch (*strategy_) {
    case btree_strategy::kLess:
      return (*order < 0) != negated_;
    case btree_strategy::kLessEqual:
      return (*order <= 0) != negated_;
    case btree_strategy::kGreaterEqual:
      return (*order >= 0) != negated_;
    default:
      return (*order > 0) != negated_;
  }
}

}  // namespace quern::planner_model
