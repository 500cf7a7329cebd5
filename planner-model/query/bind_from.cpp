// FROM items: parse_clause.c and parse_relation.c; views are expanded as rewriteHandler.c does.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "planner-model/query/bind_analyzer.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

namespace {

/// setNamespaceLateralState()
void set_lateral(std::vector<NamespaceItem>& names, bool only, bool ok) {
  for (NamespaceItem& item : names) {
    item.lateral_only = only;
    item.lateral_ok = ok;
  }
}

}  // namespace

/// checkNameSpaceConflicts(), over what can be named.
void check_name_conflicts(const std::vector<NamespaceItem>& first,
                          const std::vector<NamespaceItem>& second) {
  for (const NamespaceItem& a : first) {
    if (!a.relation_visible) {
      continue;
    }
    for (const NamespaceItem& b : second) {
      if (!b.relation_visible || a.name != b.name) {
        continue;
      }
      const bool differ = a.table != nullptr && b.table != nullptr && !a.has_alias &&
                          !b.has_alias && a.table != b.table;
      if (!differ) {
        throw UserError{fmt::format("table name \"{}\" specified more than once", b.name)};
      }
    }
  }
}

/// transformFromClause()
void Analyzer::transform_from(Scope& scope, ParseList items) {
  for (const ParseNode* node : items) {
    FromItem item = transform_from_item(scope, *node);
    check_name_conflicts(scope.names, item.names);
    set_lateral(item.names, true, true);
    std::move(item.names.begin(), item.names.end(), std::back_inserter(scope.names));
    scope.query.join_tree.children.push_back(std::move(item.tree));
  }
  set_lateral(scope.names, false, true);
}

Analyzer::FromItem Analyzer::transform_from_item(Scope& scope, const ParseNode& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      return transform_relation(scope, *node.range_var);
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT:
      return transform_subselect(scope, *node.range_subselect);
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
      return transform_function(scope, *node.range_function);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_FUNC:
      return transform_table_function(scope, *node.range_table_func);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
      return transform_tablesample(scope, *node.range_table_sample);
    case PG_QUERY__NODE__NODE_JOIN_EXPR:
      return transform_join(scope, *node.join_expr);
    default:
      throw UserError{"the FROM clause holds an item that is not supported here"};
  }
}

namespace {

bool in_order(const std::vector<Column>& columns) {
  return std::is_sorted(columns.begin(), columns.end(),
                        [](const Column& a, const Column& b) { return a.number < b.number; });
}

}  // namespace

/// addRangeTableEntryFor...(): the entry, its alias applied, and the name it can be asked by.
Analyzer::FromItem Analyzer::add_range(Scope& scope, RangeTableEntry entry,
                                       const PgQuery__Alias* alias) {
  std::size_t live = 0;
  for (const RangeColumn& column : entry.columns) {
    live += column.name.empty() ? 0 : 1;
  }
  if (alias != nullptr) {
    entry.alias = std::string{text_of(alias->aliasname)};
    entry.has_alias = true;
    if (alias->n_colnames > live) {
      throw UserError{fmt::format("table \"{}\" has {} columns available but {} columns specified",
                                  entry.alias, live, alias->n_colnames)};
    }
    // Only a list of names needs columns of its own (RangeColumns).
    std::size_t next = 0;
    for (std::size_t i = 0; next < alias->n_colnames; ++i) {
      if (!entry.columns[i].name.empty()) {
        entry.columns.edit()[i].name = std::string{string_of(alias->colnames[next++])};
      }
    }
  }
  const int range = static_cast<int>(scope.query.range_table.size()) + 1;
  std::shared_ptr<ColumnSet> columns;
  if (entry.kind == RangeKind::Relation && (alias == nullptr || alias->n_colnames == 0) &&
      in_order(entry.table->columns)) {
    columns = std::make_shared<ColumnSet>(range, *entry.table);
  } else {
    columns = std::make_shared<ColumnSet>();
    for (std::size_t i = 0; i < entry.columns.size(); ++i) {
      if (!entry.columns[i].name.empty()) {
        columns->add(entry.columns[i].name,
                     make_var(range, static_cast<int>(i) + 1, entry.columns[i]));
      }
    }
  }
  FromItem item;
  item.tree.kind = JoinTree::Kind::Range;
  item.tree.range = range;
  item.columns = columns;
  NamespaceItem name;
  name.name = entry.alias;
  name.table = entry.table;
  name.has_alias = entry.has_alias;
  name.range = range;
  name.columns = columns;
  item.names.push_back(std::move(name));
  scope.query.range_table.push_back(std::move(entry));
  return item;
}

/// A recorded session may have had a search path of its own: a name that the snapshot's does not
/// reach is the one relation that has it. Of several it may be any.
const Table* Analyzer::only_one_named(std::string_view name) const {
  std::string schemas;
  const Table* found = nullptr;
  for (const Table& table : catalog_.tables) {
    if (table.name == name) {
      schemas += (schemas.empty() ? "" : ", ") + table.schema;
      found = found == nullptr ? &table : found;
    }
  }
  if (found != nullptr && schemas != found->schema) {
    throw UserError{fmt::format(
        "relation \"{}\" is in the schemas {}, and in none of the search path ({}): take the "
        "snapshot in a session with the application's search_path",
        name, schemas, fmt::join(catalog_.search_path, ", "))};
  }
  return found;
}

const Table& Analyzer::find_table(std::string_view schema, std::string_view name) {
  const bool is_system =
      schema == "pg_catalog" || schema == "information_schema" || schema == "pg_toast";
  if (!schema.empty()) {
    if (const Table* table = types_.relation(schema, name)) {
      return *table;
    }
  } else {
    for (const std::string& where : catalog_.search_path) {
      if (const Table* table = types_.relation(where, name)) {
        return *table;
      }
    }
    if (const Table* table = only_one_named(name)) {
      return *table;
    }
  }
  const std::string shown = schema.empty() ? std::string{name} : fmt::format("{}.{}", schema, name);
  if (is_system || (schema.empty() && name.substr(0, 3) == "pg_")) {
    throw UserError{fmt::format(
        "\"{}\" is a system catalog or view, which the catalog snapshot does not hold", shown)};
  }
  throw UserError{
      fmt::format("relation \"{}\" does not exist (the catalog snapshot does not have it)", shown)};
}

/// getNSItemForSpecialRelationTypes(), then tables and views.
Analyzer::FromItem Analyzer::transform_relation(Scope& scope, const PgQuery__RangeVar& relation) {
  const std::string name{text_of(relation.relname)};
  if (text_of(relation.schemaname).empty()) {
    int levels_up = 0;
    for (Scope* level = &scope; level != nullptr; level = level->parent, ++levels_up) {
      for (CteEntry& entry : level->ctes) {
        if (entry.visible && entry.name == name) {
          return transform_cte_reference(scope, relation, *level, entry, levels_up);
        }
      }
    }
  }
  return transform_table(scope, find_table(text_of(relation.schemaname), name), relation);
}

Analyzer::FromItem Analyzer::transform_cte_reference(Scope& scope,
                                                     const PgQuery__RangeVar& relation,
                                                     Scope& owner, CteEntry& entry, int levels_up) {
  RangeTableEntry range;
  range.kind = RangeKind::Cte;
  range.alias = entry.name;
  range.cte = entry.name;
  range.cte_levels_up = levels_up;
  range.cte_self_reference = entry.being_defined;
  range.columns = entry.columns;
  CommonTableExpression& cte = owner.query.ctes[entry.position];
  if (entry.being_defined) {
    if (!entry.columns_known) {
      throw UserError{fmt::format(
          "recursive reference to query \"{}\" must not appear within its non-recursive term",
          entry.name)};
    }
    cte.recursive = true;
  } else {
    ++cte.references;
    if (cte.query && cte.query->command != Command::Select && cte.query->returning.empty()) {
      throw UserError{
          fmt::format("WITH query \"{}\" does not have a RETURNING clause", entry.name)};
    }
  }
  return add_range(scope, std::move(range), relation.alias);
}

bool is_security_barrier(const Table& view) {
  return is_on(view, "security_barrier");
}

Analyzer::FromItem Analyzer::transform_table(Scope& scope, const Table& table,
                                             const PgQuery__RangeVar& relation) {
  RangeTableEntry range;
  range.alias = table.name;
  range.table = &table;
  range.inherit = relation.inh != 0;
  if (table.kind == 'v') {
    range.kind = RangeKind::Subquery;
    range.table = nullptr;
    range.view = &table;
    range.security_barrier = is_security_barrier(table);
    range.subquery = std::make_shared<Query>(expand_view(table));
    for (const TargetEntry& target : range.subquery->targets) {
      if (!target.junk) {
        const std::size_t i = range.columns.size();
        range.columns.push_back(column_of_expr(
            i < table.columns.size() ? table.columns[i].name : target.name, *target.expr));
      }
    }
  } else {
    range.columns = types_.columns_of(table);
  }
  FromItem item = add_range(scope, std::move(range), relation.alias);
  item.names.front().table = &table;  // views can be named with their schema too
  return item;
}

namespace {

void check_view_depth(int depth, const Table& view) {
  constexpr int kMaximumDepth = 64;
  if (depth > kMaximumDepth) {
    throw UserError{
        fmt::format("infinite recursion detected in rules for relation \"{}\"", view.name)};
  }
}

}  // namespace

/// fireRIRrules(): the view's query stands in its place.
Query Analyzer::expand_view(const Table& view) {
  if (views_ == nullptr) {
    return bind_view(view);
  }
  if (const auto known = views_->find(view.oid)) {
    check_view_depth(view_depth_ + known->depth, view);
    deepest_view_ = std::max(deepest_view_, view_depth_ + known->depth);
    unmodelled_.insert(unmodelled_.end(), known->unmodelled.begin(), known->unmodelled.end());
    return known->query;
  }
  const auto noted = static_cast<std::ptrdiff_t>(unmodelled_.size());
  const int deepest = std::exchange(deepest_view_, 0);
  Query query = bind_view(view);
  views_->keep(view.oid, {.query = query,
                          .unmodelled = {unmodelled_.begin() + noted, unmodelled_.end()},
                          .depth = deepest_view_ - view_depth_});
  deepest_view_ = std::max(deepest_view_, deepest);
  return query;
}

Query Analyzer::bind_view(const Table& view) {
  check_view_depth(view_depth_ + 1, view);
  deepest_view_ = std::max(deepest_view_, view_depth_ + 1);
  if (view.view_definition.empty()) {
    throw UserError{
        fmt::format("the catalog snapshot does not hold the definition of view \"{}\"", view.name)};
  }
  const Swapped<int> deeper{view_depth_, view_depth_ + 1};
  const auto tree = collector::ParseTree::parse_or_throw(view.view_definition);
  if (tree.statements().size() != 1 ||
      !is(tree.statements()[0].node, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    throw UserError{fmt::format("the definition of view \"{}\" is not a SELECT", view.name)};
  }
  try {
    return transform_select(*tree.statements()[0].node->select_stmt, nullptr);
  } catch (const UserError& error) {
    throw UserError{fmt::format("in view \"{}\": {}", view.name, error.what())};
  }
}

Analyzer::FromItem Analyzer::transform_subselect(Scope& scope,
                                                 const PgQuery__RangeSubselect& subselect) {
  if (!is(subselect.subquery, PG_QUERY__NODE__NODE_SELECT_STMT)) {
    throw UserError{"a subquery in FROM must be a SELECT"};
  }
  if (subselect.alias == nullptr) {
    throw UserError{subselect.subquery->select_stmt->n_values_lists > 0
                        ? "VALUES in FROM must have an alias"
                        : "subquery in FROM must have an alias"};
  }
  RangeTableEntry range;
  range.kind = RangeKind::Subquery;
  range.lateral = subselect.lateral != 0;
  {
    const Swapped<ExprUse> in_place{scope.use, ExprUse::FromSubselect};
    const Swapped<bool> lateral{scope.lateral_active, subselect.lateral != 0};
    range.subquery =
        std::make_shared<Query>(transform_select(*subselect.subquery->select_stmt, &scope));
  }
  for (const TargetEntry& target : range.subquery->targets) {
    if (!target.junk) {
      range.columns.push_back(column_of_expr(target.name, *target.expr));
    }
  }
  return add_range(scope, std::move(range), subselect.alias);
}

/// transformRangeTableSample()
Analyzer::FromItem Analyzer::transform_tablesample(Scope& scope,
                                                   const PgQuery__RangeTableSample& sample) {
  FromItem item = transform_from_item(scope, *sample.relation);
  RangeTableEntry& range = scope.query.range_table.back();
  if (range.kind != RangeKind::Relation ||
      (range.table->kind != 'r' && range.table->kind != 'm' && range.table->kind != 'p')) {
    throw UserError{"TABLESAMPLE clause can only be applied to tables and materialized views"};
  }
  const QualifiedName method = qualified_name(list_of(sample.n_method, sample.method));
  if (method.name != "bernoulli" && method.name != "system") {
    unmodelled_.push_back(fmt::format("tablesample method {}", method.name));
  }
  const std::string name = method.name;
  std::optional<double> fraction;
  std::string percent;
  for (const ParseNode* node : list_of(sample.n_args, sample.args)) {
    const ExprPtr argument =
        simplify(coerce_to_specific(transform_expr(scope, node, ExprUse::FromFunction),
                                    type_oid::kFloat4, "TABLESAMPLE"),
                 types_);
    if (is_const(argument) && !argument->is_null && argument->value) {
      percent = argument->text;
      fraction = std::clamp(argument->value->number / 100, 0.0, 1.0);
    }
  }
  constexpr double kUnknownFraction = 0.1;  // system_samplescangetsamplesize()'s default
  RangeTableEntry& entry = scope.query.range_table.back();
  if (is_set(sample.repeatable)) {
    const ExprPtr seed =
        simplify(coerce_to_specific(transform_expr(scope, sample.repeatable, ExprUse::FromFunction),
                                    type_oid::kFloat8, "REPEATABLE"),
                 types_);
    if (is_const(seed) && !seed->is_null) {
      entry.sample_seed = seed->text;
    }
  }
  entry.sample_method = name;
  entry.sample_percent = percent;
  entry.sample_fraction = fraction.value_or(kUnknownFraction);
  return item;
}

}  // namespace quern::planner_model
