#include "planner-model/query/type_tables.hpp"

#include <algorithm>

namespace quern::planner_model {

void CatalogIndex::add(const Type& row) {
  types.add(row.oid, &row);
  types_by_name[row.name].push_back(&row);
}

void CatalogIndex::add(const Function& row) {
  functions.add(row.oid, &row);
  functions_by_name[row.name].push_back(&row);
}

void CatalogIndex::add(const Operator& row) {
  operators.add(row.oid, &row);
  operators_by_name[row.name].push_back(&row);
}

void CatalogIndex::add(const OpClass& row) {
  operator_classes.add(row.oid, &row);
  operator_class_list.push_back(&row);
}

void CatalogIndex::add(const Range& row) {
  ranges.add(row.range, &row);
  multiranges.add(row.multirange, &row);
}

void CatalogIndex::add(const FamilyMember& row) {
  memberships[row.op].push_back(&row);
  families.insert(row.family);
  if (row.purpose == 's') {
    search_operators.try_emplace({row.family, row.left, row.right, row.strategy}, row.op);
  }
  if (row.access_method == "btree" && row.strategy == btree_strategy::kEqual) {
    merge_families[row.op].push_back(row.family);
  }
}

const CatalogIndex& builtin_index() {
  static const CatalogIndex index = [] {
    const auto& catalog = builtin_catalog();
    CatalogIndex made;
    const auto add_all = [&made](const auto& rows) {
      for (const auto& row : rows) {
        made.add(row);
      }
    };
    add_all(catalog.types);
    add_all(catalog.functions);
    add_all(catalog.aggregates);
    add_all(catalog.operators);
    add_all(catalog.casts);
    add_all(catalog.operator_classes);
    add_all(catalog.family_members);
    add_all(catalog.ranges);
    return made;
  }();
  return index;
}

namespace {

RangeColumns::List columns_by_number(const Table& table) {
  RangeColumns::List columns;
  for (const Column& column : table.columns) {
    const auto place = static_cast<std::size_t>(std::max<int>(column.number, 1));
    if (columns.size() < place) {
      columns.resize(place);
    }
    columns[place - 1] =
        RangeColumn{column.name, column.type, column.type_modifier, column.collation};
  }
  return columns;
}

/// Lets a name found in the snapshot list the built-in rows of that name first.
template <class Row>
void merge_names(const CatalogIndex::ByName<Row>& builtin, CatalogIndex::ByName<Row>& own) {
  for (auto& [name, rows] : own) {
    if (const auto found = builtin.find(name); found != builtin.end()) {
      rows.insert(rows.begin(), found->second.begin(), found->second.end());
    }
  }
}

}  // namespace

TypeSystem::Tables::Tables(const CatalogSnapshot& snapshot) : catalog{snapshot}, times{snapshot} {
  for (const Table& table : catalog.tables) {
    relations[table.name].push_back(&table);
    columns.emplace_back(columns_by_number(table));
  }
  add_types();
  add_functions();
  add_operators();
  add_casts();
  add_operator_classes();
  merge_names(builtin.types_by_name, own.types_by_name);
  merge_names(builtin.functions_by_name, own.functions_by_name);
  merge_names(builtin.operators_by_name, own.operators_by_name);
}

void TypeSystem::Tables::add_types() {
  for (const auto& given : catalog.types) {
    own.add(types.emplace_back(Type{
        .oid = given.oid,
        .schema = given.schema,
        .name = given.name,
        .length = given.length,
        .by_value = given.by_value,
        .kind = given.kind,
        .category = given.category,
        .preferred = given.preferred,
        .element = given.element,
        .array = given.array,
        .base = given.base,
        .typmod = given.type_modifier,
        .collation = given.collation,
        .alignment = given.alignment,
        .storage = given.storage,
        .is_array = given.kind == 'b' && given.element != 0 && given.length == -1,
        .labels = given.kind == 'e' ? &given.labels : nullptr,
        .fields = given.fields.empty() ? nullptr : &given.fields,
    }));
  }
}

void TypeSystem::Tables::add_functions() {
  for (const auto& given : catalog.functions) {
    own.add(functions.emplace_back(Function{
        .oid = given.oid,
        .schema = given.schema,
        .name = given.name,
        .kind = given.kind,
        .volatility = given.volatility,
        .strict = given.strict,
        .returns_set = given.returns_set,
        .leakproof = given.leakproof,
        .parallel = given.parallel,
        .cost = given.cost,
        .rows = given.rows,
        .result = given.result,
        .variadic = given.variadic,
        .defaults = given.defaults,
        .arguments = given.arguments,
        .support = given.support,
        .argument_names = given.argument_names.empty() ? nullptr : &given.argument_names,
        .argument_defaults = given.argument_defaults.empty() ? nullptr : &given.argument_defaults,
    }));
    if (given.kind == 'a') {
      const AggregateDefinition parts = given.aggregate.value_or(AggregateDefinition{});
      own.add(aggregates.emplace_back(Aggregate{
          .function = given.oid,
          .kind = parts.kind,
          .direct_arguments = parts.direct_arguments,
          .transition = parts.transition,
          .final = parts.final,
          .combine = parts.combine,
          .serialize = parts.serialize,
          .deserialize = parts.deserialize,
          .transition_type = parts.transition_type,
          .transition_space = parts.transition_space,
          .sort_operator = parts.sort_operator,
          .initial_value_is_null = parts.starts_null,
          .moving_transition = parts.moving_transition,
          .moving_final = parts.moving_final,
      }));
    }
  }
}

void TypeSystem::Tables::add_operators() {
  for (const auto& given : catalog.operators) {
    own.add(operators.emplace_back(Operator{
        .oid = given.oid,
        .schema = given.schema,
        .name = given.name,
        .left = given.left,
        .right = given.right,
        .result = given.result,
        .function = given.function,
        .commutator = given.commutator,
        .negator = given.negator,
        .merges = given.merges,
        .hashes = given.hashes,
        .restriction = given.restriction,
        .join = given.join,
    }));
  }
}

void TypeSystem::Tables::add_casts() {
  for (const auto& given : catalog.casts) {
    own.add(casts.emplace_back(Cast{
        .source = given.source,
        .target = given.target,
        .function = given.function,
        .context = given.context,
        .method = given.method,
    }));
  }
}

void TypeSystem::Tables::add_operator_classes() {
  for (const auto& given : catalog.operator_classes) {
    own.add(operator_classes.emplace_back(OpClass{
        .oid = given.oid,
        .schema = given.schema,
        .name = given.name,
        .access_method = given.access_method,
        .family = given.family,
        .input_type = given.input_type,
        .is_default = given.is_default,
        .key_type = given.key_type,
    }));
    if (builtin.families.contains(given.family) || own.families.contains(given.family)) {
      continue;  // the members belong to the family, which several classes share
    }
    for (const auto& member : given.members) {
      // A condition is an operator to search by; a distance is one to order by.
      const Operator* op = builtin.operators.find(member.operator_);
      op = op == nullptr ? own.operators.find(member.operator_) : op;
      const bool orders = op != nullptr && op->result != type_oid::kBool;
      if (auto& all = own.merge_families[member.operator_]; all.empty()) {
        all = builtin.merge_families.find(member.operator_);  // the answer is one list
      }
      own.add(members.emplace_back(FamilyMember{
          .family = given.family,
          .access_method = given.access_method,
          .left = member.left,
          .right = member.right,
          .strategy = member.strategy,
          .purpose = orders ? 'o' : 's',
          .op = member.operator_,
      }));
    }
  }
}

}  // namespace quern::planner_model
