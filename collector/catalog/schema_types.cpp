// SchemaBuilder's types, collations and operator classes.
#include <algorithm>
#include <iterator>
#include <utility>

#include "collector/catalog/builtin_types.hpp"
#include "collector/catalog/schema_builder.hpp"
#include "collector/catalog/schema_nodes.hpp"

namespace quern::collector {

namespace {

/// pg_collation of every server; the others depend on its installation.
constexpr std::pair<std::string_view, Oid> kCollations[] = {
    {"default", 100}, {"C", 950}, {"POSIX", 951}};

/// The name that the parser gives what the SQL standard calls otherwise is resolved already
/// (integer is pg_catalog.int4); these are the server's pseudo-types of CREATE TABLE.
std::string_view without_serial(std::string_view name) {
  if (name == "serial" || name == "serial4") {
    return "int4";
  }
  if (name == "bigserial" || name == "serial8") {
    return "int8";
  }
  return name == "smallserial" || name == "serial2" ? "int2" : name;
}

/// typmodin of the types that have one: varchar(n) and char(n) n + 4, numeric(p, s) packed.
std::int32_t type_modifier(Oid type, const std::vector<int>& numbers) {
  constexpr int kHeader = 4;
  constexpr Oid kBpchar = 1042;
  constexpr Oid kVarchar = 1043;
  constexpr Oid kNumeric = 1700;
  if (numbers.empty()) {
    return -1;
  }
  if (type == kBpchar || type == kVarchar) {
    return numbers[0] + kHeader;
  }
  if (type == kNumeric) {
    const int scale = numbers.size() > 1 ? numbers[1] : 0;
    return ((numbers[0] << 16) | (scale & 0x7ff)) + kHeader;
  }
  return numbers[0];
}

}  // namespace

void SchemaBuilder::create_enum(const PgQuery__CreateEnumStmt& statement) {
  TypeDefinition type;
  type.kind = 'e';
  type.category = 'E';
  type.length = 4;
  type.by_value = true;
  type.labels = strings_of(statement.vals, statement.n_vals);
  add_type(strings_of(statement.type_name, statement.n_type_name), std::move(type));
}

void SchemaBuilder::create_domain(const PgQuery__CreateDomainStmt& statement) {
  TypeDefinition type;
  type.kind = 'd';
  type.base = resolve_type(*statement.type_name, type.type_modifier);
  type.category = category_of(type.base);
  type.collation = collation_of(type.base);
  if (const BuiltinType* base = builtin_type(type.base)) {
    type.length = base->length;
    type.by_value = base->by_value;
    type.alignment = base->alignment;
  }
  for (const TypeDefinition& base : snapshot_.types) {
    if (base.oid == type.base) {
      type.length = base.length;
      type.by_value = base.by_value;
      type.alignment = base.alignment;
      type.storage = base.storage;
    }
  }
  if (statement.coll_clause != nullptr) {
    type.collation = collation_named(
        strings_of(statement.coll_clause->collname, statement.coll_clause->n_collname));
  }
  add_type(strings_of(statement.domainname, statement.n_domainname), std::move(type));
}

void SchemaBuilder::create_composite(const PgQuery__CompositeTypeStmt& statement) {
  TypeDefinition type;
  type.kind = 'c';
  type.category = 'C';
  type.alignment = 'd';
  type.storage = 'x';
  for (std::size_t i = 0; i < statement.n_coldeflist; ++i) {
    const PgQuery__ColumnDef& column = *statement.coldeflist[i]->column_def;
    TypeField field{.name = column.colname};
    field.type = resolve_type(*column.type_name, field.type_modifier);
    field.collation = collation_of(field.type);
    type.fields.push_back(std::move(field));
  }
  add_type({schema_of(statement.typevar->schemaname), statement.typevar->relname}, std::move(type));
}

TypeDefinition& SchemaBuilder::add_type(const std::vector<std::string>& name, TypeDefinition type) {
  const auto parts = split_schema(name);
  type.schema = parts[0];
  type.name = parts[1];
  TypeDefinition array;
  array.schema = type.schema;
  array.name = "_" + type.name;
  array.category = 'A';
  array.storage = 'x';
  array.collation = type.collation;
  array.oid = next_oid_++;
  type.oid = next_oid_++;
  type.array = array.oid;
  array.element = type.oid;
  snapshot_.types.push_back(std::move(array));
  snapshot_.types.push_back(std::move(type));
  return snapshot_.types.back();
}

Oid SchemaBuilder::resolve_type(const PgQuery__TypeName& name, std::int32_t& modifier) const {
  const auto parts = strings_of(name.names, name.n_names);
  if (parts.empty()) {
    return 0;
  }
  const bool array = name.n_array_bounds > 0;
  const std::string& schema = parts.size() > 1 ? parts[parts.size() - 2] : std::string{};
  for (const TypeDefinition& type : snapshot_.types) {
    if (type.name == parts.back() && (schema.empty() || schema == type.schema)) {
      modifier = -1;
      return array ? type.array : type.oid;
    }
  }
  const BuiltinType* type = builtin_type(without_serial(parts.back()));
  if (type == nullptr) {
    return 0;
  }
  std::vector<int> numbers;
  for (std::size_t i = 0; i < name.n_typmods; ++i) {
    const PgQuery__Node& node = *name.typmods[i];
    if (node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
        node.a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL) {
      numbers.push_back(node.a_const->ival->ival);
    }
  }
  modifier = type_modifier(type->oid, numbers);
  return array ? type->array : type->oid;
}

Oid SchemaBuilder::collation_of(Oid type) const {
  if (const BuiltinType* builtin = builtin_type(type)) {
    return builtin->collation;
  }
  for (const TypeDefinition& defined : snapshot_.types) {
    if (defined.oid == type) {
      return defined.collation;
    }
  }
  return category_of(type) == 'A' && (type == 1009 || type == 1015 || type == 1014) ? 100 : 0;
}

char SchemaBuilder::category_of(Oid type) const {
  if (const BuiltinType* builtin = builtin_type(type)) {
    return builtin->category;
  }
  for (const TypeDefinition& defined : snapshot_.types) {
    if (defined.oid == type) {
      return defined.category;
    }
  }
  return type == 0 ? 'X' : 'A';
}

Oid SchemaBuilder::collation_named(const std::vector<std::string>& name) {
  const auto known = std::find_if(std::begin(kCollations), std::end(kCollations),
                                  [&](const auto& one) { return one.first == name.back(); });
  if (known != std::end(kCollations)) {
    return known->second;
  }
  const auto [entry, is_new] = collations_.try_emplace(name.back(), next_oid_);
  next_oid_ += is_new ? 1 : 0;
  return entry->second;
}

std::string SchemaBuilder::collation_name(Oid collation) const {
  for (const auto& [name, oid] : kCollations) {
    if (oid == collation) {
      return std::string{name};
    }
  }
  for (const auto& [name, oid] : collations_) {
    if (oid == collation) {
      return name;
    }
  }
  return "";
}

bool SchemaBuilder::is_binary_coercible(Oid from, Oid to) const {
  return std::any_of(snapshot_.casts.begin(), snapshot_.casts.end(), [&](const auto& cast) {
    return cast.source == from && cast.target == to && cast.method == 'b' && cast.context == 'i';
  });
}

// GetDefaultOpClass(), src/backend/commands/indexcmds.c: exact, else binary-coercible.
void SchemaBuilder::choose_operator_class(IndexKey& key, Oid type,
                                          std::string_view access_method) const {
  for (const TypeDefinition& defined : snapshot_.types) {
    if (defined.oid == type && defined.kind == 'd') {
      type = defined.base;
    }
  }
  const auto take_defined = [&](const auto& accepts) {
    for (const OperatorClass& one : snapshot_.operator_classes) {
      if (one.is_default && one.access_method == access_method && accepts(one.input_type)) {
        key.operator_class = one.oid;
        key.operator_class_name = one.name;
        return true;
      }
    }
    return false;
  };
  if (take_defined([&](Oid input) { return input == type; })) {
    return;
  }
  if (const auto* found = default_operator_class(access_method, type, category_of(type))) {
    key.operator_class = found->oid;
    key.operator_class_name = found->name;
    return;
  }
  take_defined([&](Oid input) { return is_binary_coercible(type, input); });
}

void SchemaBuilder::name_operator_class(IndexKey& key, const std::vector<std::string>& name,
                                        std::string_view access_method) const {
  key.operator_class = 0;
  key.operator_class_name = name.back();
  for (const OperatorClass& one : snapshot_.operator_classes) {
    if (one.access_method == access_method && one.name == name.back() &&
        (name.size() < 2 || name[name.size() - 2] == one.schema)) {
      key.operator_class = one.oid;
      return;
    }
  }
  if (const auto* named = builtin_operator_class(access_method, name.back())) {
    key.operator_class = named->oid;
  }
}

}  // namespace quern::collector
