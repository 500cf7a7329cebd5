#pragma once

#include <cstdint>
#include <string_view>

#include "collector/catalog/snapshot.hpp"

namespace quern::collector {

/// pg_type of PostgreSQL 15, base types only. OIDs below 10000 are the same on every version.
struct BuiltinType {
  std::string_view name;
  Oid oid;
  Oid array;
  Oid collation;
  char category;
  std::int16_t length;
  bool by_value;
  char alignment;
};

/// pg_opclass of PostgreSQL 15.
struct BuiltinOperatorClass {
  std::string_view access_method;
  std::string_view name;
  Oid oid;
  Oid input_type;
  bool is_default;
};

[[nodiscard]] const BuiltinType* builtin_type(std::string_view name);
[[nodiscard]] const BuiltinType* builtin_type(Oid oid);

/// By name, for a type that the class accepts if there are several of the name.
[[nodiscard]] const BuiltinOperatorClass* builtin_operator_class(std::string_view access_method,
                                                                 std::string_view name);

/// The default class of a base type; for 'A' arrays, 'E' enums and 'R' ranges that of the
/// pseudotype. Nothing when the access method has none.
[[nodiscard]] const BuiltinOperatorClass* default_operator_class(std::string_view access_method,
                                                                 Oid type, char category);

}  // namespace quern::collector
