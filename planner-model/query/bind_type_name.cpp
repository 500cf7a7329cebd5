// Type names: parse_type.c.
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

std::optional<int> integer_constant(const ParseNode* node) {
  if (!is(node, PG_QUERY__NODE__NODE_A_CONST)) {
    return std::nullopt;
  }
  const PgQuery__AConst& constant = *node->a_const;
  if (constant.val_case == PG_QUERY__A__CONST__VAL_IVAL) {
    return constant.ival->ival;
  }
  return std::nullopt;
}

/// interval's modifier: field mask and precision (intervaltypmodin(), timestamp.c).
std::int32_t interval_typmod(const std::vector<int>& values) {
  constexpr int kFullPrecision = 0xFFFF;
  constexpr int kMaximumPrecision = 6;
  const int fields = values.front();
  const int precision = values.size() > 1 ? std::min(values[1], kMaximumPrecision) : kFullPrecision;
  constexpr int kFullRange = 0x7FFF;
  if (values.size() == 1 && fields == kFullRange) {
    return -1;
  }
  return ((fields & kFullRange) << 16) | (precision & kFullPrecision);
}

}  // namespace

std::int32_t Analyzer::typmod_of(const PgQuery__TypeName& name, Oid type) {
  if (name.n_typmods == 0) {
    return name.typemod != 0 ? name.typemod : -1;
  }
  std::vector<int> values;
  for (const ParseNode* node : list_of(name.n_typmods, name.typmods)) {
    const std::optional<int> value = integer_constant(node);
    if (!value) {
      unmodelled_.push_back(fmt::format("type modifier of {}", types_.format_type(type)));
      return -1;
    }
    values.push_back(*value);
  }
  if (type == type_oid::kInterval) {
    return interval_typmod(values);
  }
  const std::optional<std::int32_t> typmod = types_.make_typmod(type, values);
  if (!typmod) {
    throw UserError{
        fmt::format("type modifier is not allowed for type \"{}\"", types_.format_type(type))};
  }
  return *typmod;
}

Analyzer::TypeReference Analyzer::resolve_type_name(const PgQuery__TypeName& name) {
  const QualifiedName qualified = qualified_name(list_of(name.n_names, name.names));
  if (name.pct_type != 0) {
    throw UserError{fmt::format("type reference {}%TYPE is not supported", qualified.name)};
  }
  // The grammar turns CHAR into bpchar: "char" here was quoted.
  const Type* type = qualified.name == "char"
                         ? types_.type(type_oid::kChar)
                         : types_.type_by_name(qualified.schema, qualified.name);
  if (type == nullptr) {
    throw UserError{fmt::format("type \"{}{}{}\" does not exist", qualified.schema,
                                qualified.schema.empty() ? "" : ".", qualified.name)};
  }
  TypeReference result{type->oid, typmod_of(name, type->oid)};
  if (name.n_array_bounds > 0) {
    result.type = types_.array_type(type->oid);
    if (result.type == 0) {
      throw UserError{fmt::format("type \"{}[]\" does not exist", types_.format_type(type->oid))};
    }
  }
  return result;
}

}  // namespace quern::planner_model
