#include "planner-model/query/type_system.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "planner-model/query/operator_memo.hpp"
#include "planner-model/query/type_tables.hpp"

namespace quern::planner_model {
namespace {

template <class Row>
const Row* find_oid(Oid oid, const CatalogIndex::ByOid<Row>& builtin,
                    const CatalogIndex::ByOid<Row>& own) {
  const Row* const found = builtin.find(oid);
  return found != nullptr ? found : own.find(oid);
}

template <class Row>
std::span<const Row* const> find_name(std::string_view name,
                                      const CatalogIndex::ByName<Row>& builtin,
                                      const CatalogIndex::ByName<Row>& own) {
  if (const auto found = own.find(name); found != own.end()) {
    return found->second;
  }
  if (const auto found = builtin.find(name); found != builtin.end()) {
    return found->second;
  }
  return {};
}

}  // namespace

TypeSystem::TypeSystem(const CatalogSnapshot& catalog)
    : tables_{std::make_unique<const Tables>(catalog)}, chosen_{std::make_unique<OperatorMemo>()} {
  // Each plan asks for them, many times.
  std::unordered_map<Oid, Ordering> found;
  for (const Table& table : catalog.tables) {
    for (const Column& column : table.columns) {
      if (!found.contains(column.type)) {
        found.emplace(column.type, find_ordering(column.type));
      }
    }
  }
  orderings_ = std::move(found);
}

TypeSystem::~TypeSystem() = default;

const CatalogSnapshot& TypeSystem::catalog() const {
  return tables_->catalog;
}

const TimeSettings& times_of(const TypeSystem& types) {
  return session_times(types);
}

const Type* TypeSystem::type(Oid oid) const {
  return find_oid(oid, tables_->builtin.types, tables_->own.types);
}

const Function* TypeSystem::function(Oid oid) const {
  return find_oid(oid, tables_->builtin.functions, tables_->own.functions);
}

const Aggregate* TypeSystem::aggregate(Oid function) const {
  return find_oid(function, tables_->builtin.aggregates, tables_->own.aggregates);
}

const Operator* TypeSystem::op(Oid oid) const {
  return find_oid(oid, tables_->builtin.operators, tables_->own.operators);
}

const OpClass* TypeSystem::operator_class(std::string_view access_method,
                                          const IndexKey& key) const {
  const OpClass* numbered = find_oid(key.operator_class, tables_->builtin.operator_classes,
                                     tables_->own.operator_classes);
  const bool is_named = numbered != nullptr && numbered->access_method == access_method &&
                        numbered->name == key.operator_class_name;
  return is_named || key.operator_class_name.empty()
             ? numbered
             : operator_class(access_method, key.operator_class_name);
}

std::span<const Function* const> TypeSystem::functions_named(std::string_view name) const {
  return find_name(name, tables_->builtin.functions_by_name, tables_->own.functions_by_name);
}

std::span<const Operator* const> TypeSystem::operators_named(std::string_view name) const {
  return find_name(name, tables_->builtin.operators_by_name, tables_->own.operators_by_name);
}

Oid TypeSystem::exact_operator(std::string_view name, Oid left, Oid right) const {
  Oid best = 0;
  std::optional<int> best_position;
  for (const Operator* candidate : operators_named(name)) {
    if (candidate->left != left || candidate->right != right) {
      continue;
    }
    const auto position = path_position(candidate->schema);
    if (position && (!best_position || *position < *best_position)) {
      best = candidate->oid;
      best_position = position;
    }
  }
  return best;
}

const OpClass* TypeSystem::operator_class(std::string_view access_method,
                                          std::string_view name) const {
  for (const auto* index : {&tables_->own, &tables_->builtin}) {
    for (const OpClass* candidate : index->operator_class_list) {
      if (candidate->access_method == access_method && candidate->name == name) {
        return candidate;
      }
    }
  }
  return nullptr;
}

const Collation* TypeSystem::collation(Oid oid) const {
  const auto& all = builtin_catalog().collations;
  const auto found =
      std::find_if(all.begin(), all.end(), [oid](const Collation& row) { return row.oid == oid; });
  return found == all.end() ? nullptr : &*found;
}

const Table* TypeSystem::relation(std::string_view schema, std::string_view name) const {
  const auto found = tables_->relations.find(name);
  if (found == tables_->relations.end()) {
    return nullptr;
  }
  const auto& named = found->second;
  const auto here = std::find_if(named.begin(), named.end(),
                                 [&](const Table* table) { return table->schema == schema; });
  return here == named.end() ? nullptr : *here;
}

const RangeColumns& TypeSystem::columns_of(const Table& table) const {
  return tables_->columns[static_cast<std::size_t>(&table - catalog().tables.data())];
}

Oid TypeSystem::base_type(Oid oid) const {
  for (const Type* found = type(oid); found != nullptr && found->kind == 'd';
       found = type(found->base)) {
    oid = found->base;
  }
  return oid;
}

std::int32_t TypeSystem::base_typmod(Oid oid) const {
  // The nearest domain that has a modifier decides: a domain over a domain cannot add one.
  std::int32_t typmod = -1;
  for (const Type* found = type(oid); found != nullptr && found->kind == 'd';
       found = type(found->base)) {
    if (typmod < 0) {
      typmod = found->typmod;
    }
  }
  return typmod;
}

Oid TypeSystem::element_type(Oid array) const {
  const Type* found = type(array);
  return found != nullptr && found->is_array ? found->element : 0;
}

Oid TypeSystem::array_type(Oid element) const {
  const Type* found = type(element);
  return found == nullptr ? 0 : found->array;
}

Oid TypeSystem::range_subtype(Oid range) const {
  const Range* found = find_oid(range, tables_->builtin.ranges, tables_->own.ranges);
  return found == nullptr ? 0 : found->subtype;
}

Oid TypeSystem::multirange_range(Oid multirange) const {
  const Range* found = find_oid(multirange, tables_->builtin.multiranges, tables_->own.multiranges);
  return found == nullptr ? 0 : found->range;
}

char TypeSystem::category(Oid oid) const {
  const Type* found = type(oid);
  return found == nullptr ? 'U' : found->category;
}

bool TypeSystem::is_preferred(char wanted, Oid oid) const {
  const Type* found = type(oid);
  return found != nullptr && found->category == wanted && found->preferred;
}

bool TypeSystem::is_enum(Oid oid) const {
  const Type* found = type(oid);
  return found != nullptr && found->kind == 'e';
}

bool TypeSystem::is_range(Oid oid) const {
  const Type* found = type(oid);
  return found != nullptr && found->kind == 'r';
}

bool TypeSystem::is_multirange(Oid oid) const {
  const Type* found = type(oid);
  return found != nullptr && found->kind == 'm';
}

bool TypeSystem::is_composite(Oid oid) const {
  const Type* found = type(base_type(oid));
  return found != nullptr && found->kind == 'c';
}

std::vector<RangeColumn> TypeSystem::fields(Oid oid) const {
  const Type* found = type(base_type(oid));
  std::vector<RangeColumn> columns;
  if (found != nullptr && found->fields != nullptr) {
    for (const TypeField& field : *found->fields) {
      columns.push_back({field.name, field.type, field.type_modifier, field.collation});
    }
  }
  return columns;
}

bool TypeSystem::is_polymorphic(Oid oid) const {
  switch (oid) {
    case type_oid::kAnyElement:
    case type_oid::kAnyArray:
    case type_oid::kAnyNonArray:
    case type_oid::kAnyEnum:
    case type_oid::kAnyRange:
    case type_oid::kAnyMultirange:
    case type_oid::kAnyCompatible:
    case type_oid::kAnyCompatibleArray:
    case type_oid::kAnyCompatibleNonArray:
    case type_oid::kAnyCompatibleRange:
    case type_oid::kAnyCompatibleMultirange:
      return true;
    default:
      return false;
  }
}

Oid TypeSystem::type_collation(Oid oid) const {
  const Type* found = type(oid);
  return found == nullptr ? 0 : found->collation;
}

bool TypeSystem::collation_is_c(Oid oid) const {
  const auto is_c = [](std::string_view locale) { return locale == "C" || locale == "POSIX"; };
  if (oid == kDefaultCollation) {
    return catalog().locale_provider != 'i' && is_c(catalog().collate);
  }
  const Collation* found = collation(oid);
  return found != nullptr && found->provider == 'c' && is_c(found->collate);
}

bool TypeSystem::collation_is_deterministic(Oid oid) const {
  const Collation* found = collation(oid);
  return found == nullptr || found->deterministic;
}

Oid TypeSystem::commutator(Oid oid) const {
  const Operator* found = op(oid);
  return found == nullptr ? 0 : found->commutator;
}

Oid TypeSystem::negator(Oid oid) const {
  const Operator* found = op(oid);
  return found == nullptr ? 0 : found->negator;
}

bool TypeSystem::is_strict(Oid oid) const {
  const Function* found = function(oid);
  return found != nullptr && found->strict;
}

std::optional<int> TypeSystem::path_position(std::string_view schema) const {
  if (schema == "pg_catalog") {
    return 0;  // searched first unless the path names it, which nobody does
  }
  const auto& path = catalog().search_path;
  const auto found = std::find(path.begin(), path.end(), schema);
  if (found == path.end()) {
    return std::nullopt;
  }
  return static_cast<int>(found - path.begin()) + 1;
}

const Type* TypeSystem::type_by_name(std::string_view schema, std::string_view name) const {
  const bool is_array = name.ends_with("[]");
  while (name.ends_with("[]")) {
    name.remove_suffix(2);
  }
  std::string plain{name};
  if (const auto open = plain.find('('); open != std::string::npos) {
    // "timestamp(3) with time zone": the modifier may stand in the middle.
    const auto close = plain.find(')', open);
    plain.erase(open, close == std::string::npos ? close : close - open + 1);
    while (!plain.empty() && plain.back() == ' ') {
      plain.pop_back();
    }
  }
  static const std::unordered_map<std::string_view, std::string_view> kSqlNames = {
      {"int", "int4"},
      {"integer", "int4"},
      {"smallint", "int2"},
      {"bigint", "int8"},
      {"real", "float4"},
      {"float", "float8"},
      {"double precision", "float8"},
      {"decimal", "numeric"},
      {"dec", "numeric"},
      {"boolean", "bool"},
      {"character varying", "varchar"},
      {"char varying", "varchar"},
      {"character", "bpchar"},
      {"char", "bpchar"},
      {"\"char\"", "char"},
      {"timestamp without time zone", "timestamp"},
      {"timestamp with time zone", "timestamptz"},
      {"time without time zone", "time"},
      {"time with time zone", "timetz"},
      {"bit varying", "varbit"},
  };
  std::string_view wanted = plain;
  // Under pg_catalog, "char" is the one-byte type: the parser has mapped the SQL spelling already.
  if (const auto sql = kSqlNames.find(wanted);
      sql != kSqlNames.end() && !(schema == "pg_catalog" && wanted == "char")) {
    wanted = sql->second;
  }
  const Type* best = nullptr;
  std::optional<int> best_position;
  for (const Type* candidate :
       find_name(wanted, tables_->builtin.types_by_name, tables_->own.types_by_name)) {
    if (!schema.empty()) {
      if (candidate->schema == schema) {
        best = candidate;
        break;
      }
      continue;
    }
    const auto position = path_position(candidate->schema);
    if (position && (!best_position || *position < *best_position)) {
      best = candidate;
      best_position = position;
    }
  }
  return best != nullptr && is_array ? type(best->array) : best;
}

namespace {

/// intervaltypmodout(), timestamp.c.
std::string interval_fields(std::int32_t typmod) {
  if (typmod < 0) {
    return {};
  }
  constexpr std::pair<int, std::string_view> kFields[] = {{1 << 2, "year"},    {1 << 1, "month"},
                                                          {1 << 3, "day"},     {1 << 10, "hour"},
                                                          {1 << 11, "minute"}, {1 << 12, "second"}};
  constexpr int kAllFields = 0x7FFF;
  constexpr int kFullPrecision = 0xFFFF;
  const int fields = (typmod >> 16) & kAllFields;
  std::string text;
  if (fields != kAllFields) {
    std::string_view first;
    std::string_view last;
    for (const auto& [bit, name] : kFields) {
      if ((fields & bit) != 0) {
        first = first.empty() ? name : first;
        last = name;
      }
    }
    text = first == last ? fmt::format(" {}", first) : fmt::format(" {} to {}", first, last);
  }
  const int precision = typmod & kFullPrecision;
  return precision == kFullPrecision ? text : fmt::format("{}({})", text, precision);
}

}  // namespace

std::string TypeSystem::format_type(Oid oid, std::int32_t typmod) const {
  const Type* found = type(oid);
  if (found == nullptr) {
    return "???";
  }
  if (found->is_array) {
    return format_type(found->element, typmod) + "[]";
  }
  const auto with = [typmod](std::string_view name, std::int32_t value,
                             std::string_view rest = "") {
    std::string text{name};
    if (typmod >= 0) {
      text += "(" + std::to_string(value) + ")";
    }
    return text + std::string{rest};
  };
  switch (oid) {
    case type_oid::kBool:
      return "boolean";
    case type_oid::kInt2:
      return "smallint";
    case type_oid::kInt4:
      return "integer";
    case type_oid::kInt8:
      return "bigint";
    case type_oid::kFloat4:
      return "real";
    case type_oid::kFloat8:
      return "double precision";
    case type_oid::kChar:
      return "\"char\"";
    case type_oid::kBpchar:
      return typmod < 0 ? "bpchar" : with("character", typmod - 4);
    case type_oid::kVarchar:
      return with("character varying", typmod - 4);
    case type_oid::kInterval:
      return "interval" + interval_fields(typmod);
    case type_oid::kTimestamp:
      return with("timestamp", typmod, " without time zone");
    case type_oid::kTimestampTz:
      return with("timestamp", typmod, " with time zone");
    case type_oid::kTime:
      return with("time", typmod, " without time zone");
    case type_oid::kTimeTz:
      return with("time", typmod, " with time zone");
    case type_oid::kBit:
      return typmod < 0 ? "\"bit\"" : with("bit", typmod);
    case type_oid::kVarbit:
      return with("bit varying", typmod);
    case type_oid::kNumeric: {
      if (typmod < 4) {
        return "numeric";
      }
      const auto packed = static_cast<std::uint32_t>(typmod - 4);
      const int scale = (static_cast<int>(packed & 0x7FFU) ^ 1024) - 1024;
      return "numeric(" + std::to_string((packed >> 16U) & 0xFFFFU) + "," + std::to_string(scale) +
             ")";
    }
    default:
      break;
  }
  const auto quoted = [](std::string_view name) {
    const bool plain =
        !name.empty() && (name.front() == '_' || (name.front() >= 'a' && name.front() <= 'z')) &&
        std::all_of(name.begin(), name.end(), [](char c) {
          return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '$';
        });
    return plain ? std::string{name} : "\"" + std::string{name} + "\"";
  };
  return path_position(found->schema) ? quoted(found->name)
                                      : quoted(found->schema) + "." + quoted(found->name);
}

std::optional<std::int32_t> TypeSystem::make_typmod(Oid oid, std::span<const int> values) const {
  const Type* found = type(oid);
  if (found != nullptr && found->is_array) {
    return make_typmod(found->element, values);
  }
  if (values.empty()) {
    return std::nullopt;
  }
  switch (oid) {
    case type_oid::kBpchar:
    case type_oid::kVarchar:
      return values[0] + 4;
    case type_oid::kBit:
    case type_oid::kVarbit:
      return values[0];
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
    case type_oid::kTime:
    case type_oid::kTimeTz:
      return std::clamp(values[0], 0, 6);
    case type_oid::kNumeric: {
      const auto scale = static_cast<std::uint32_t>(values.size() > 1 ? values[1] : 0) & 0x7FFU;
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(values[0]) << 16U | scale) + 4;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace quern::planner_model
