#include <cstdint>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/base/utf8.hpp"
#include "collector/sql/lexical_shape.hpp"
#include "collector/sql/statement_kind.hpp"

using namespace quern::collector;

/// The text of a shape has the shape and the fingerprint of the statement that it came from.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw{reinterpret_cast<const char*>(data), size};
  const std::string sql = quern::to_clean_utf8(raw);
  static LexicalShaper shaper;
  static_cast<void>(shaper.shape(sql));
  static_cast<void>(normalized_text(sql));
  static_cast<void>(identify(sql));
  return 0;
}
