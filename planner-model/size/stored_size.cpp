#include "planner-model/size/stored_size.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

namespace quern::planner_model {
namespace {

constexpr double kShortHeader = 1;
constexpr double kHeader = 4;
constexpr double kLongestShort = 126;
constexpr std::size_t kIndexTarget = 510;  // TOAST_INDEX_TARGET: a sixteenth of a page's tuples

/// Behind its short header: two bytes for sign, weight and scale, two for each group of four
/// decimal digits, counted from the point outwards (numeric.c).
double numeric_bytes(std::string_view text) {
  const auto point = std::min(text.find('.'), text.size());
  const auto first = std::min(text.find_first_of("123456789"), text.size());
  const auto last = text.find_last_of("123456789");
  if (last == std::string_view::npos) {
    return 2;
  }
  const auto group = [point](std::size_t digit) {
    return digit < point ? -static_cast<long>((point - digit + 3) / 4)
                         : static_cast<long>((digit - point - 1) / 4);
  };
  return 2 + 2 * static_cast<double>(group(last) - group(first) + 1);
}

/// Characters of UTF-8.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::vector<std::string> array_elements(std::string_view text) {
  std::vector<std::string> elements;
  if (text.size() < 2 || text.front() != '{' || text == "{}") {
    return elements;
  }
  std::string current;
  bool quoted = false;
  for (std::size_t at = 1; at + 1 < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 2 < text.size()) {
      current += text[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      elements.push_back(std::move(current));
      current.clear();
    } else {
      current += c;
    }
  }
  elements.push_back(std::move(current));
  return elements;
}

double varlena_size(double bytes) {
  return bytes + (bytes <= kLongestShort ? kShortHeader : kHeader);
}

int pglz_size(std::string_view data, double most) {
  constexpr std::size_t kShortest = 32;
  constexpr std::size_t kWindow = 0xffe;
  constexpr std::size_t kLongestMatch = 273;
  if (data.size() < kShortest) {
    return -1;
  }
  const double limit = static_cast<double>(data.size()) * most;
  std::unordered_map<std::string, std::vector<std::size_t>> seen;
  const auto word = [&](std::size_t at) { return std::string{data.substr(at, 4)}; };
  const auto match_at = [&](std::size_t at) {
    std::size_t best = 0;
    std::size_t good = 128;
    const auto found = seen.find(word(at));
    if (found == seen.end()) {
      return best;
    }
    for (auto candidate = found->second.rbegin(); candidate != found->second.rend(); ++candidate) {
      if (at - *candidate > kWindow) {
        break;
      }
      std::size_t length = 0;
      while (at + length < data.size() && length < kLongestMatch &&
             data[*candidate + length] == data[at + length]) {
        ++length;
      }
      best = std::max(best, length);
      if (best >= good) {
        break;
      }
      good -= good / 10;
    }
    return best;
  };
  double bytes = 0;
  bool matched = false;
  constexpr double kControlBit = 0.125;
  constexpr double kFirstSuccess = 1024;  // first_success_by: it gives up without a match by then
  for (std::size_t at = 0; at < data.size();) {
    const std::size_t match = match_at(at);
    const std::size_t step = match > 2 ? match : 1;
    bytes += kControlBit + (match > 17 ? 3 : match > 2 ? 2 : 1);
    for (std::size_t i = 0; i < step; ++i, ++at) {
      seen[word(at)].push_back(at);
    }
    matched = matched || match > 2;
    if (bytes >= limit || (!matched && bytes >= kFirstSuccess)) {
      return -1;
    }
  }
  return static_cast<int>(bytes) + 1;
}

namespace {

/// A one-dimensional array: header, then the elements, each aligned (arrayfuncs.c).
double array_bytes(const Type& element, std::string_view text) {
  constexpr double kArrayHeader = 20;  // without the length word
  const int alignment = element.alignment == 'd'   ? 8
                        : element.alignment == 's' ? 2
                        : element.alignment == 'c' ? 1
                                                   : 4;
  double bytes = 0;
  for (const auto& value : array_elements(text)) {
    const double plain = element.length > 0 ? element.length
                         : element.oid == type_oid::kNumeric
                             ? kHeader + numeric_bytes(value)
                             : kHeader + static_cast<double>(value.size());
    // Each is padded to its type's alignment, the last one too (construct_md_array()).
    bytes += std::ceil(plain / alignment) * alignment;
  }
  return bytes == 0 ? 12 : kArrayHeader + bytes;
}

}  // namespace

double stored_size(const Type& type, std::int32_t typmod, std::string_view text,
                   const TypeSystem& types) {
  if (type.length > 0) {
    return type.length;
  }
  if (type.is_array) {
    const Type* element = types.type(type.element);
    return element == nullptr || text.starts_with("{{") ? -1
                                                        : varlena_size(array_bytes(*element, text));
  }
  switch (type.oid) {
    case type_oid::kNumeric:
      return kShortHeader + numeric_bytes(text);
    case type_oid::kText:
    case type_oid::kVarchar:
    case type_oid::kBpchar: {
      std::string value{text};
      if (type.oid == type_oid::kBpchar && typmod > 4) {
        const auto width = static_cast<std::size_t>(typmod - 4);
        const std::size_t characters = length_of(value);
        value.append(width > characters ? width - characters : 0, ' ');
      }
      if (value.size() + 4 > kIndexTarget) {
        if (const int compressed = pglz_size(value); compressed > 0) {
          constexpr double kCompressedHeader = 8;
          return kCompressedHeader + compressed;
        }
      }
      return varlena_size(static_cast<double>(value.size()));
    }
    case type_oid::kBytea:
      return text.starts_with("\\x") ? varlena_size(static_cast<double>((text.size() - 2) / 2))
                                     : -1;
    case type_oid::kInet:
    case type_oid::kCidr:
      return text.find(':') == std::string_view::npos ? 7 : 19;
    default:
      return -1;
  }
}

}  // namespace quern::planner_model
