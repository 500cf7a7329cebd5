#include "planner-model/selectivity/value.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/selectivity/date_time_input.hpp"
#include "planner-model/selectivity/json_path.hpp"
#include "planner-model/selectivity/range_value.hpp"
#include "planner-model/selectivity/session_text.hpp"
#include "planner-model/selectivity/text_query.hpp"
#include "planner-model/selectivity/value_array.hpp"
#include "planner-model/selectivity/value_json.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

using namespace value_text;

constexpr Oid kJsonPath = 4072, kPoint = 600, kSegment = 601, kPath = 602, kBox = 603,
              kPolygon = 604, kLine = 628, kCircle = 718;

std::optional<Value> read_bool(std::string_view text) {
  std::string word{trim(text)};
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto abbreviates = [&word](std::string_view whole) {
    return !word.empty() && whole.starts_with(word);
  };
  if (abbreviates("true") || abbreviates("yes") || word == "on" || word == "1") {
    return make_bool(true);
  }
  if (abbreviates("false") || abbreviates("no") || word == "off" || word == "of" || word == "0") {
    return make_bool(false);
  }
  return std::nullopt;
}

std::optional<Value> read_whole(std::string_view text, Oid type) {
  const auto number = read_integer(text);
  if (!number) {
    return std::nullopt;
  }
  const auto fits = [&](std::int64_t low, std::int64_t high) {
    return *number >= low && *number <= high;
  };
  if ((type == type_oid::kInt2 && !fits(INT16_MIN, INT16_MAX)) ||
      (type == type_oid::kInt4 && !fits(INT32_MIN, INT32_MAX)) ||
      (type == type_oid::kOid && !fits(INT32_MIN, UINT32_MAX))) {
    return std::nullopt;
  }
  return make_integer(*number, type);
}

std::optional<Value> read_float(std::string_view text, Oid type) {
  auto number = read_double(text);
  if (!number) {
    return std::nullopt;
  }
  if (type == type_oid::kFloat4) {
    number = static_cast<float>(*number);
  }
  return make_float(*number, type);
}

std::optional<Value> read_numeric(std::string_view text) {
  auto decimal = canonical_decimal(text);
  if (!decimal) {
    return std::nullopt;
  }
  Value value{.type = type_oid::kNumeric, .form = ValueForm::Numeric, .text = *decimal};
  value.number = read_double(*decimal).value_or(0);
  value.bytes = std::move(*decimal);
  return value;
}

std::optional<Value> read_bytes(std::string_view text, Oid type) {
  std::optional<std::string> bytes;
  std::string printed;
  switch (type) {
    case type_oid::kBytea:
      bytes = read_bytea(text);
      printed = bytes ? print_bytea(*bytes) : "";
      break;
    case type_oid::kUuid:
      bytes = read_uuid(text);
      printed = bytes ? print_uuid(*bytes) : "";
      break;
    default:
      bytes = read_mac(text, type == type_oid::kMacAddr ? 6 : 8);
      printed = bytes ? print_mac(*bytes) : "";
      break;
  }
  if (!bytes) {
    return std::nullopt;
  }
  Value value{.type = type, .form = ValueForm::Bytes, .text = std::move(printed)};
  value.bytes = std::move(*bytes);
  return value;
}

std::optional<Value> read_time_value(std::string_view text, Oid type, const TypeSystem& types) {
  switch (type) {
    case type_oid::kDate: {
      const auto days = read_date(text, times_of(types));
      return days ? std::optional{make_date(*days)} : std::nullopt;
    }
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz: {
      const auto microseconds =
          read_timestamp(text, type == type_oid::kTimestampTz, times_of(types));
      return microseconds ? std::optional{make_timestamp(*microseconds, type)} : std::nullopt;
    }
    case type_oid::kInterval:
      return parse_interval(text, -1, types);
    default: {
      const auto time = read_time(text, times_of(types));
      if (!time) {
        return std::nullopt;
      }
      Value value{.type = type, .form = ValueForm::Time};
      value.integer = time->microseconds;
      value.text = print_time(time->microseconds);
      if (type == type_oid::kTimeTz) {
        value.days = time->zone_seconds_west;
        value.text += print_zone(-time->zone_seconds_west);
      }
      return value;
    }
  }
}

std::optional<Value> read_network_value(std::string_view text, Oid type) {
  auto address = read_network(text, type == type_oid::kCidr);
  if (!address) {
    return std::nullopt;
  }
  Value value{.type = type, .form = ValueForm::Network};
  value.text = print_network(*address, type == type_oid::kCidr);
  value.bytes = std::move(address->bytes);
  value.days = address->bits;
  return value;
}

/// bit_in(): digits, or hexadecimal ones after an x.
std::optional<Value> read_bits(std::string_view text, Oid type) {
  const bool hexadecimal = text.starts_with('x') || text.starts_with('X');
  if (hexadecimal || text.starts_with('b') || text.starts_with('B')) {
    text.remove_prefix(1);
  }
  Value value{.type = type, .form = ValueForm::Bits};
  for (const char c : text) {
    const bool binary = c == '0' || c == '1';
    if (!hexadecimal && binary) {
      value.text += c;
    } else if (hexadecimal && std::isxdigit(static_cast<unsigned char>(c)) != 0) {
      const int digit = std::stoi(std::string{c}, nullptr, 16);
      for (const int bit : {8, 4, 2, 1}) {
        value.text += (digit & bit) != 0 ? '1' : '0';
      }
    } else {
      return std::nullopt;
    }
  }
  return value;
}

std::optional<Value> read_enum(std::string_view text, const Type& type) {
  const auto& labels = *type.labels;
  const auto found = std::find(labels.begin(), labels.end(), text);
  if (found == labels.end()) {
    return std::nullopt;
  }
  Value value{.type = type.oid, .form = ValueForm::Enum, .text = std::string{text}};
  value.integer = found - labels.begin();
  return value;
}

std::optional<Value> read_array_value(std::string_view text, const Type& type,
                                      const TypeSystem& types) {
  auto items = read_array(text);
  if (!items) {
    return std::nullopt;
  }
  Value value{.type = type.oid, .form = ValueForm::Array, .text = std::string{trim(text)}};
  value.dimensions = items->dimensions;
  for (const auto& item : items->elements) {
    if (!item) {
      value.elements.emplace_back(std::nullopt);
    } else if (auto element = parse_value(*item, type.element, types)) {
      value.elements.emplace_back(std::move(element));
    } else {
      return std::nullopt;
    }
  }
  if (value.dimensions <= 1) {
    auto made = make_array(type.oid, std::move(value.elements));
    return made;
  }
  return value;
}

Value opaque(std::string_view text, Oid type) {
  return {.type = type, .form = ValueForm::Opaque, .text = std::string{text}};
}

Value read_range(std::string_view text, Oid type, const TypeSystem& types) {
  const auto range = parse_range(text, type, types);
  return opaque(range ? print_range(*range) : std::string{text}, type);
}

Value read_text_query(std::string_view text, Oid type) {
  const auto query = parse_text_query(text);
  return opaque(query ? print_text_query(*query) : std::string{text}, type);
}

}  // namespace

std::optional<Value> parse_value(std::string_view text, Oid oid, const TypeSystem& types) {
  oid = types.base_type(oid);
  switch (oid) {
    case type_oid::kBool:
      return read_bool(text);
    case type_oid::kInt2:
    case type_oid::kInt4:
    case type_oid::kInt8:
    case type_oid::kOid:
    case type_oid::kXid:
    case type_oid::kCid:
      return read_whole(text, oid);
    case type_oid::kFloat4:
    case type_oid::kFloat8:
      return read_float(text, oid);
    case type_oid::kNumeric:
      return read_numeric(text);
    case type_oid::kText:
    case type_oid::kVarchar:
    case type_oid::kBpchar:
    case type_oid::kName:
    case type_oid::kChar:
    case type_oid::kUnknown:
    case type_oid::kCstring:
      return make_text(text, oid);
    case type_oid::kBytea:
    case type_oid::kUuid:
    case type_oid::kMacAddr:
    case type_oid::kMacAddr8:
      return read_bytes(text, oid);
    case type_oid::kDate:
    case type_oid::kTime:
    case type_oid::kTimeTz:
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
    case type_oid::kInterval:
      return read_time_value(text, oid, types);
    case type_oid::kInet:
    case type_oid::kCidr:
      return read_network_value(text, oid);
    case type_oid::kBit:
    case type_oid::kVarbit:
      return read_bits(text, oid);
    case type_oid::kTsQuery:
      return read_text_query(text, oid);
    case kPoint:
    case kSegment:
    case kPath:
    case kBox:
    case kPolygon:
    case kLine:
    case kCircle:
      return opaque(print_geometry(text, oid).value_or(std::string{text}), oid);
    case kJsonPath: {
      const auto path = parse_json_path(text);
      return opaque(path ? print_json_path(*path) : std::string{text}, oid);
    }
    case type_oid::kJsonb:
      return opaque(print_jsonb(text).value_or(std::string{text}), oid);
    default:
      break;
  }
  const Type* type = types.type(oid);
  if (type != nullptr && type->labels != nullptr) {
    return read_enum(text, *type);
  }
  if (type != nullptr && type->is_array) {
    return read_array_value(text, *type, types);
  }
  if (types.is_range(oid)) {
    return read_range(text, oid, types);
  }
  if (types.is_multirange(oid)) {
    const auto ranges = parse_multirange(text, types.multirange_range(oid), types);
    return opaque(ranges ? print_multirange(*ranges) : std::string{text}, oid);
  }
  return opaque(text, oid);
}

std::optional<Value> parse_interval(std::string_view text, std::int32_t typmod) {
  const auto parts = read_interval(text, typmod);
  return parts ? std::optional{make_interval(parts->months, parts->days, parts->microseconds)}
               : std::nullopt;
}

std::optional<Value> parse_interval(std::string_view text, std::int32_t typmod,
                                    const TypeSystem& types) {
  const auto parts =
      read_interval(text, typmod, times_of(types).interval_style == IntervalStyle::SqlStandard);
  return parts ? std::optional{make_interval(parts->months, parts->days, parts->microseconds)}
               : std::nullopt;
}

Value read_value(std::string_view text, Oid type, const TypeSystem& types) {
  if (auto value = parse_value(text, type, types)) {
    return *std::move(value);
  }
  return opaque(text, types.base_type(type));
}

Value make_bool(bool flag) {
  Value value{.type = type_oid::kBool, .form = ValueForm::Integer, .text = flag ? "t" : "f"};
  value.integer = flag ? 1 : 0;
  return value;
}

Value make_integer(std::int64_t number, Oid type) {
  Value value{.type = type, .form = ValueForm::Integer, .text = std::to_string(number)};
  value.integer = number;
  value.number = static_cast<double>(number);
  return value;
}

Value make_float(double number, Oid type) {
  Value value{.type = type, .form = ValueForm::Floating};
  value.text = print_float(number, type == type_oid::kFloat4);
  value.number = number;
  return value;
}

Value make_text(std::string_view text, Oid type) {
  Value value{.type = type, .form = ValueForm::Text, .text = std::string{text}};
  value.bytes = value.text;
  if (type == type_oid::kBpchar) {
    value.bytes.resize(value.bytes.find_last_not_of(' ') + 1);
  }
  return value;
}

Value make_date(std::int64_t days) {
  Value value{.type = type_oid::kDate, .form = ValueForm::Date, .text = print_date(days)};
  value.integer = days;
  return value;
}

Value make_timestamp(std::int64_t microseconds, Oid type) {
  Value value{.type = type, .form = ValueForm::Timestamp};
  value.text = print_timestamp(microseconds, type == type_oid::kTimestampTz);
  value.integer = microseconds;
  return value;
}

Value make_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) {
  Value value{.type = type_oid::kInterval, .form = ValueForm::Interval};
  value.text = print_interval({months, days, microseconds});
  value.months = months;
  value.days = days;
  value.integer = microseconds;
  return value;
}

Value make_array(Oid array_type, std::vector<std::optional<Value>> elements) {
  Value value{.type = array_type, .form = ValueForm::Array};
  std::vector<std::optional<std::string>> texts;
  for (const auto& element : elements) {
    texts.push_back(element ? std::optional{element->text} : std::nullopt);
  }
  value.text = print_array(texts);
  value.dimensions = elements.empty() ? 0 : 1;
  value.elements = std::move(elements);
  return value;
}

}  // namespace quern::planner_model
