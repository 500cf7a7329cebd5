#include "planner-model/selectivity/value_collation.hpp"

#include <algorithm>

namespace quern::planner_model {
namespace {

bool is_code_point_locale(std::string_view locale) {
  std::string name{locale};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name == "c.utf8" || name == "c.utf-8";
}

/// Weight of one byte: 1.. punctuation, then digits, then letters, then everything beyond ASCII.
char weight(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) {
    return c;
  }
  if (byte >= 'a' && byte <= 'z') {
    return static_cast<char>(0x60 + (byte - 'a'));
  }
  if (byte >= 'A' && byte <= 'Z') {
    return static_cast<char>(0x60 + (byte - 'A'));
  }
  if (byte >= '0' && byte <= '9') {
    return static_cast<char>(0x50 + (byte - '0'));
  }
  return static_cast<char>(std::min<int>(byte, 0x4F));
}

std::string weights(std::string_view text) {
  std::string key{text};
  std::transform(key.begin(), key.end(), key.begin(), weight);
  return key;
}

}  // namespace

bool orders_by_bytes(Oid collation, const TypeSystem& types) {
  if (collation == 0 || types.collation_is_c(collation)) {
    return true;
  }
  return collation == kDefaultCollation && types.catalog().locale_provider != 'i' &&
         is_code_point_locale(types.catalog().collate);
}

std::string collation_key(std::string_view text, Oid collation, const TypeSystem& types) {
  return orders_by_bytes(collation, types) ? std::string{text} : weights(text);
}

std::strong_ordering compare_text(std::string_view a, std::string_view b, Oid collation,
                                  const TypeSystem& types) {
  const auto by_bytes = [](std::string_view x, std::string_view y) { return x.compare(y) <=> 0; };
  if (orders_by_bytes(collation, types)) {
    return by_bytes(a, b);
  }
  if (const auto first = by_bytes(weights(a), weights(b)); first != 0) {
    return first;
  }
  // Equal but for case: lower case comes first.
  return by_bytes(b, a);
}

}  // namespace quern::planner_model
