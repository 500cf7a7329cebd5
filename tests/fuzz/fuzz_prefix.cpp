#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/logs/infer_prefix.hpp"

using namespace quern::collector;

/// The first line is a prefix, the second a line to match; and the other way round, inferred.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::size_t border = text.find(char{10});
  if (border == std::string_view::npos) {
    return 0;
  }
  PrefixFields fields;
  try {
    const auto prefix = LogLinePrefix::compile(text.substr(0, border));
    if (prefix.match(text.substr(border + 1), fields)) {
      quern::ensure(fields.text_from <= size, "the message begins within the line");
    }
  } catch (const quern::UserError&) {
  }
  if (const auto inferred = infer_prefix({text.substr(border + 1)})) {
    quern::ensure(inferred->match(text.substr(border + 1), fields), "an inferred prefix matches");
  }
  return 0;
}
