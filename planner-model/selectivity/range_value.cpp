#include "planner-model/selectivity/range_value.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

/// range_bound_escape(): quoted where a character would not be read back.
std::string bound_text(const std::string& text) {
  constexpr std::string_view kQuoted = "\"\\(),[] \t\n\r\v\f";
  if (!text.empty() && text.find_first_of(kQuoted) == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += (c == '"' || c == '\\') ? std::string(2, c) : std::string(1, c);
  }
  return quoted + "\"";
}

bool is_discrete(Oid subtype) {
  return subtype == type_oid::kInt4 || subtype == type_oid::kInt8 || subtype == type_oid::kDate;
}

/// The next value of a discrete type.
std::optional<Value> next_value(const Value& value) {
  switch (value.type) {
    case type_oid::kInt4:
      return value.integer < INT32_MAX ? std::optional{make_integer(value.integer + 1)}
                                       : std::nullopt;
    case type_oid::kInt8:
      return value.integer < INT64_MAX
                 ? std::optional{make_integer(value.integer + 1, type_oid::kInt8)}
                 : std::nullopt;
    default:
      return std::optional{make_date(value.integer + 1)};
  }
}

bool is_infinite_date(const Value& value) {
  return value.type == type_oid::kDate &&
         (value.integer == kTimeInfinity || value.integer == kTimeMinusInfinity);
}

/// int4range_canonical() and the like: the bound begins a value.
bool make_canonical(RangeBound& bound) {
  const bool stands = bound.lower == bound.inclusive;
  if (!bound.value || stands || !is_discrete(bound.value->type) || is_infinite_date(*bound.value)) {
    return true;
  }
  bound.value = next_value(*bound.value);
  bound.inclusive = bound.lower;
  return bound.value.has_value();
}

/// The text form, taken apart. range_parse().
struct RangeText {
  bool empty = false;
  bool with_lower = false, with_upper = false;
  std::optional<std::string> lower, upper;  ///< none: infinite
};

/// range_parse_bound(); nullopt: the text ends within it.
std::optional<std::optional<std::string>> take_bound(std::string_view& rest) {
  const auto ends = [](char c) { return c == ',' || c == ')' || c == ']'; };
  if (!rest.empty() && ends(rest.front())) {
    return std::optional<std::string>{};
  }
  std::string bound;
  bool quoted = false;
  while (!rest.empty() && (quoted || !ends(rest.front()))) {
    const char c = rest.front();
    rest.remove_prefix(1);
    const bool doubled = quoted && c == '"' && rest.starts_with('"');
    if (doubled || (c == '\\' && !rest.empty())) {
      bound += rest.front();
      rest.remove_prefix(1);
    } else if (c == '"') {
      quoted = !quoted;
    } else {
      bound += c;
    }
  }
  return rest.empty() ? std::nullopt : std::optional{std::optional{std::move(bound)}};
}

bool is_empty_word(std::string_view text) {
  constexpr std::string_view kEmpty = "empty";
  return std::equal(text.begin(), text.end(), kEmpty.begin(), kEmpty.end(), [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  });
}

std::optional<RangeText> take_apart(std::string_view text) {
  text = value_text::trim(text);
  if (is_empty_word(text)) {
    return RangeText{.empty = true};
  }
  if (!text.starts_with('[') && !text.starts_with('(')) {
    return std::nullopt;
  }
  RangeText range{.with_lower = text.front() == '['};
  text.remove_prefix(1);
  auto lower = take_bound(text);
  if (!lower || !text.starts_with(',')) {
    return std::nullopt;
  }
  text.remove_prefix(1);
  auto upper = take_bound(text);
  if (!upper || text.size() != 1 || text.front() == ',') {
    return std::nullopt;
  }
  range.lower = *std::move(lower);
  range.upper = *std::move(upper);
  range.with_upper = text.front() == ']';
  return range;
}

}  // namespace

std::optional<RangeValue> make_range(RangeBound lower, RangeBound upper, const TypeSystem& types) {
  lower.lower = true;
  upper.lower = false;
  lower.inclusive = lower.inclusive && lower.value;
  upper.inclusive = upper.inclusive && upper.value;
  if (lower.value && upper.value) {
    const auto order = compare(*lower.value, *upper.value, 0, types);
    if (!order || *order > 0) {
      return std::nullopt;
    }
    if (*order == 0 && !(lower.inclusive && upper.inclusive)) {
      return RangeValue{.empty = true};
    }
  }
  if (!make_canonical(lower) || !make_canonical(upper)) {
    return std::nullopt;
  }
  if (lower.value && upper.value && is_discrete(lower.value->type) &&
      lower.value->integer >= upper.value->integer) {
    return RangeValue{.empty = true};
  }
  return RangeValue{.lower = std::move(lower), .upper = std::move(upper)};
}

std::optional<RangeValue> parse_range(std::string_view text, Oid range_type,
                                      const TypeSystem& types) {
  const auto parts = take_apart(text);
  if (!parts || parts->empty) {
    return parts ? std::optional{RangeValue{.empty = true}} : std::nullopt;
  }
  const Oid subtype = types.range_subtype(range_type);
  const auto bound = [&](const std::optional<std::string>& value, bool inclusive) {
    return RangeBound{.value = value ? parse_value(*value, subtype, types) : std::nullopt,
                      .inclusive = inclusive};
  };
  RangeBound lower = bound(parts->lower, parts->with_lower);
  RangeBound upper = bound(parts->upper, parts->with_upper);
  if (subtype == 0 || lower.value.has_value() != parts->lower.has_value() ||
      upper.value.has_value() != parts->upper.has_value()) {
    return std::nullopt;
  }
  return make_range(std::move(lower), std::move(upper), types);
}

namespace {

/// The text of the first range of a list, taken off it with its brackets; nullopt: there is none.
std::optional<std::string_view> take_range(std::string_view& rest) {
  if (constexpr std::size_t kEmpty = 5; is_empty_word(rest.substr(0, kEmpty))) {
    const std::string_view range = rest.substr(0, kEmpty);
    rest.remove_prefix(kEmpty);
    return range;
  }
  bool quoted = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ')' || c == ']')) {
      const std::string_view range = rest.substr(0, i + 1);
      rest.remove_prefix(i + 1);
      return range;
    }
  }
  return std::nullopt;
}

/// Of two ranges in order: they overlap, or nothing lies between them.
bool meets(const RangeValue& range, const RangeValue& next, const TypeSystem& types) {
  if (!range.upper.value || !next.lower.value) {
    return true;
  }
  const auto order = compare(*range.upper.value, *next.lower.value, 0, types);
  return order && (*order > 0 || (*order == 0 && (range.upper.inclusive || next.lower.inclusive)));
}

}  // namespace

std::vector<RangeValue> make_multirange(std::vector<RangeValue> ranges, const TypeSystem& types) {
  std::erase_if(ranges, [](const RangeValue& range) { return range.empty; });
  std::stable_sort(ranges.begin(), ranges.end(), [&](const RangeValue& a, const RangeValue& b) {
    const auto order = compare_bounds(a.lower, b.lower, types);
    return order < 0 || (order == 0 && compare_bounds(a.upper, b.upper, types) < 0);
  });
  std::vector<RangeValue> made;
  for (RangeValue& range : ranges) {
    if (made.empty() || !meets(made.back(), range, types)) {
      made.push_back(std::move(range));
    } else if (compare_bounds(range.upper, made.back().upper, types) > 0) {
      made.back().upper = std::move(range.upper);
    }
  }
  return made;
}

std::optional<std::vector<RangeValue>> parse_multirange(std::string_view text, Oid range_type,
                                                        const TypeSystem& types) {
  text = value_text::trim(text);
  if (!text.starts_with('{') || !text.ends_with('}') || text.size() < 2) {
    return std::nullopt;
  }
  std::string_view rest = value_text::trim(text.substr(1, text.size() - 2));
  std::vector<RangeValue> ranges;
  while (!rest.empty()) {
    const auto part = take_range(rest);
    auto range = part ? parse_range(*part, range_type, types) : std::nullopt;
    rest = value_text::trim(rest);
    if (!range || (!rest.empty() && !rest.starts_with(','))) {
      return std::nullopt;
    }
    ranges.push_back(*std::move(range));
    if (!rest.empty()) {
      rest = value_text::trim(rest.substr(1));
    }
  }
  return make_multirange(std::move(ranges), types);
}

std::string print_multirange(const std::vector<RangeValue>& ranges) {
  std::string text = "{";
  for (const RangeValue& range : ranges) {
    text += (text.size() > 1 ? "," : "") + print_range(range);
  }
  return text + "}";
}

std::string print_range(const RangeValue& range) {
  if (range.empty) {
    return "empty";
  }
  const auto text = [](const RangeBound& bound) {
    return bound.value ? bound_text(bound.value->output_text()) : std::string{};
  };
  return (range.lower.inclusive ? "[" : "(") + text(range.lower) + "," + text(range.upper) +
         (range.upper.inclusive ? "]" : ")");
}

std::strong_ordering compare_bounds(const RangeBound& a, const RangeBound& b,
                                    const TypeSystem& types) {
  const auto outside = [](const RangeBound& bound) {  // beyond every value on its side
    return bound.lower ? std::strong_ordering::less : std::strong_ordering::greater;
  };
  const auto inside = [](const RangeBound& bound) {  // just within the value that it excludes
    return bound.lower ? std::strong_ordering::greater : std::strong_ordering::less;
  };
  if (!a.value || !b.value) {
    if (!a.value && !b.value && a.lower == b.lower) {
      return std::strong_ordering::equal;
    }
    return !a.value ? outside(a) : 0 <=> outside(b);
  }
  const auto order = compare(*a.value, *b.value, 0, types).value_or(std::strong_ordering::equal);
  if (order != 0 || (a.inclusive && b.inclusive) ||
      (!a.inclusive && !b.inclusive && a.lower == b.lower)) {
    return order;
  }
  return !a.inclusive ? inside(a) : 0 <=> inside(b);
}

std::optional<double> range_difference(const Value& a, const Value& b) {
  constexpr double kMicrosecondsPerSecond = 1e6;
  switch (a.type) {
    case type_oid::kInt4:
    case type_oid::kInt8:
    case type_oid::kDate:
      return static_cast<double>(a.integer) - static_cast<double>(b.integer);
    case type_oid::kNumeric:
      return a.number - b.number;
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
      return (static_cast<double>(a.integer) - static_cast<double>(b.integer)) /
             kMicrosecondsPerSecond;
    default:
      return std::nullopt;
  }
}

}  // namespace quern::planner_model
