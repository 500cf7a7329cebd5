#include <cstdint>
#include <string_view>

#include "collector/base/utf8.hpp"
#include "collector/redact/redact_sql.hpp"

using namespace quern;
using namespace quern::collector;

/// SQL, conditions of plans and values, mapped.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const CatalogSnapshot catalog;
  static const ValueMapping mapping{"fuzz"};
  static const SqlRedactor redactor{mapping, catalog};
  const std::string text = to_clean_utf8({reinterpret_cast<const char*>(data), size});
  static_cast<void>(redactor.statement(text));
  static_cast<void>(redactor.expression(text, nullptr));
  static_cast<void>(redactor.fragment(text));
  for (const ValueKind kind :
       {ValueKind::Keep, ValueKind::Guess, ValueKind::Text, ValueKind::Number, ValueKind::Real,
        ValueKind::Operand, ValueKind::RowCount, ValueKind::Time, ValueKind::Epoch,
        ValueKind::TimeOfDay, ValueKind::Interval, ValueKind::Hex, ValueKind::Json,
        ValueKind::Network, ValueKind::Small, ValueKind::Year, ValueKind::Bits, ValueKind::Range,
        ValueKind::Geometry}) {
    static_cast<void>(mapping.map(text, {kind}));
    static_cast<void>(mapping.map(text, {kind, true}));
    static_cast<void>(mapping.map(text, {kind, false, true}));
    static_cast<void>(mapping.map(text, {kind, false, false, true}));
  }
  return 0;
}
