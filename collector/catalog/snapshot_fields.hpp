#pragma once

#include "collector/catalog/snapshot.hpp"

// The JSON key of every member of the snapshot, once, for reading and for writing: each
// describe_fields() calls `field(key, pointer to member)` for all members of its struct.
namespace quern::collector {

template <class F>
void describe_fields(F&& field, const ColumnStatistics*) {
  using S = ColumnStatistics;
  field("null_fraction", &S::null_fraction);
  field("average_width", &S::average_width);
  field("n_distinct", &S::n_distinct);
  field("most_common_values", &S::most_common_values);
  field("most_common_frequencies", &S::most_common_frequencies);
  field("histogram_bounds", &S::histogram_bounds);
  field("correlation", &S::correlation);
  field("most_common_elements", &S::most_common_elements);
  field("most_common_element_frequencies", &S::most_common_element_frequencies);
  field("element_count_histogram", &S::element_count_histogram);
  field("range_bounds_histogram", &S::range_bounds_histogram);
  field("range_length_histogram", &S::range_length_histogram);
  field("range_empty_fraction", &S::range_empty_fraction);
  field("lowest", &S::lowest);
  field("highest", &S::highest);
}

template <class F>
void describe_fields(F&& field, const SampledKeys*) {
  using S = SampledKeys;
  field("keys", &S::keys);
  field("stretches", &S::stretches);
  field("rows", &S::rows);
  field("near", &S::near);
  field("near_apart", &S::near_apart);
  field("near_bytes", &S::near_bytes);
  field("key_bytes", &S::key_bytes);
}

template <class F>
void describe_fields(F&& field, const ColumnSample*) {
  using S = ColumnSample;
  field("keys_of", &S::keys_of);
  field("pages", &S::pages);
  field("of_pages", &S::of_pages);
  field("stretches", &S::stretches);
  field("rows", &S::rows);
  field("null_rows", &S::null_rows);
  field("empty_rows", &S::empty_rows);
  field("null_key_rows", &S::null_key_rows);
  field("correlation", &S::correlation);
  field("falling", &S::falling);
  field("keys", &S::keys);
}

template <class F>
void describe_fields(F&& field, const Column*) {
  field("name", &Column::name);
  field("number", &Column::number);
  field("type", &Column::type);
  field("type_modifier", &Column::type_modifier);
  field("collation", &Column::collation);
  field("not_null", &Column::not_null);
  field("default", &Column::default_expression);
  field("identity", &Column::identity);
  field("generated", &Column::generated);
  field("storage", &Column::storage);
  field("compression", &Column::compression);
  field("statistics", &Column::statistics);
  field("inherited_statistics", &Column::inherited_statistics);
  field("samples", &Column::samples);
}

template <class F>
void describe_fields(F&& field, const TableActivity*) {
  using A = TableActivity;
  field("sequential_scans", &A::sequential_scans);
  field("index_scans", &A::index_scans);
  field("inserts", &A::inserts);
  field("updates", &A::updates);
  field("hot_updates", &A::hot_updates);
  field("deletes", &A::deletes);
  field("live_rows", &A::live_rows);
  field("dead_rows", &A::dead_rows);
  field("modified_since_analyze", &A::modified_since_analyze);
  field("last_vacuum", &A::last_vacuum);
  field("last_analyze", &A::last_analyze);
}

template <class F>
void describe_fields(F&& field, const ToastTable*) {
  field("pages", &ToastTable::pages);
  field("index_pages", &ToastTable::index_pages);
  field("relpages", &ToastTable::relpages);
  field("reltuples", &ToastTable::reltuples);
  field("live_rows", &ToastTable::live_rows);
  field("dead_rows", &ToastTable::dead_rows);
}

template <class F>
void describe_fields(F&& field, const RowPolicy*) {
  field("name", &RowPolicy::name);
  field("permissive", &RowPolicy::permissive);
  field("command", &RowPolicy::command);
  field("roles", &RowPolicy::roles);
  field("using", &RowPolicy::using_expression);
  field("check", &RowPolicy::check_expression);
}

template <class F>
void describe_fields(F&& field, const RewriteRule*) {
  field("name", &RewriteRule::name);
  field("event", &RewriteRule::event);
  field("instead", &RewriteRule::instead);
  field("definition", &RewriteRule::definition);
}

template <class F>
void describe_fields(F&& field, const Table*) {
  field("oid", &Table::oid);
  field("schema", &Table::schema);
  field("name", &Table::name);
  field("kind", &Table::kind);
  field("persistence", &Table::persistence);
  field("pages", &Table::pages);
  field("relpages", &Table::relpages);
  field("reltuples", &Table::reltuples);
  field("all_visible", &Table::all_visible);
  field("rewritten", &Table::rewritten);
  field("options", &Table::options);
  field("columns", &Table::columns);
  field("toast", &Table::toast);
  field("parents", &Table::parents);
  field("partition_key", &Table::partition_key);
  field("partition_bound", &Table::partition_bound);
  field("view_definition", &Table::view_definition);
  field("replica_identity", &Table::replica_identity);
  field("owner", &Table::owner);
  field("row_security", &Table::row_security);
  field("force_row_security", &Table::force_row_security);
  field("policies", &Table::policies);
  field("rules", &Table::rules);
  field("triggers", &Table::triggers);
  field("activity", &Table::activity);
}

template <class F>
void describe_fields(F&& field, const IndexKey*) {
  field("column", &IndexKey::column);
  field("expression", &IndexKey::expression);
  field("operator_class", &IndexKey::operator_class);
  field("operator_class_name", &IndexKey::operator_class_name);
  field("collation", &IndexKey::collation);
  field("descending", &IndexKey::descending);
  field("nulls_first", &IndexKey::nulls_first);
  field("statistics", &IndexKey::statistics);
}

template <class F>
void describe_fields(F&& field, const Index*) {
  field("oid", &Index::oid);
  field("table", &Index::table);
  field("schema", &Index::schema);
  field("name", &Index::name);
  field("access_method", &Index::access_method);
  field("definition", &Index::definition);
  field("keys", &Index::keys);
  field("included", &Index::included);
  field("predicate", &Index::predicate);
  field("unique", &Index::unique);
  field("primary", &Index::primary);
  field("exclusion", &Index::exclusion);
  field("nulls_not_distinct", &Index::nulls_not_distinct);
  field("valid", &Index::valid);
  field("ready", &Index::ready);
  field("replica_identity", &Index::replica_identity);
  field("clustered", &Index::clustered);
  field("immediate", &Index::immediate);
  field("constraint", &Index::constraint);
  field("parent", &Index::parent);
  field("options", &Index::options);
  field("pages", &Index::pages);
  field("relpages", &Index::relpages);
  field("reltuples", &Index::reltuples);
  field("tree_height", &Index::tree_height);
  field("scans", &Index::scans);
}

template <class F>
void describe_fields(F&& field, const Constraint*) {
  field("name", &Constraint::name);
  field("table", &Constraint::table);
  field("kind", &Constraint::kind);
  field("columns", &Constraint::columns);
  field("referenced_table", &Constraint::referenced_table);
  field("referenced_columns", &Constraint::referenced_columns);
  field("on_delete", &Constraint::on_delete);
  field("on_update", &Constraint::on_update);
  field("validated", &Constraint::validated);
  field("deferrable", &Constraint::deferrable);
  field("index", &Constraint::index);
  field("definition", &Constraint::definition);
}

template <class F>
void describe_fields(F&& field, const ExtendedStatistics*) {
  using E = ExtendedStatistics;
  field("oid", &E::oid);
  field("schema", &E::schema);
  field("name", &E::name);
  field("table", &E::table);
  field("columns", &E::columns);
  field("expressions", &E::expressions);
  field("kinds", &E::kinds);
  field("inherited", &E::inherited);
  field("n_distinct", &E::n_distinct);
  field("dependencies", &E::dependencies);
  field("most_common_values", &E::most_common_values);
  field("most_common_frequencies", &E::most_common_frequencies);
  field("most_common_base_frequencies", &E::most_common_base_frequencies);
  field("expression_statistics", &E::expression_statistics);
}

template <class F>
void describe_fields(F&& field, const TypeField*) {
  using T = TypeField;
  field("name", &T::name);
  field("type", &T::type);
  field("type_modifier", &T::type_modifier);
  field("collation", &T::collation);
}

template <class F>
void describe_fields(F&& field, const TypeDefinition*) {
  using T = TypeDefinition;
  field("oid", &T::oid);
  field("schema", &T::schema);
  field("name", &T::name);
  field("kind", &T::kind);
  field("category", &T::category);
  field("preferred", &T::preferred);
  field("length", &T::length);
  field("by_value", &T::by_value);
  field("alignment", &T::alignment);
  field("storage", &T::storage);
  field("element", &T::element);
  field("array", &T::array);
  field("base", &T::base);
  field("type_modifier", &T::type_modifier);
  field("collation", &T::collation);
  field("not_null", &T::not_null);
  field("labels", &T::labels);
  field("fields", &T::fields);
}

template <class F>
void describe_fields(F&& field, const FunctionDefinition::ResultColumn*) {
  using R = FunctionDefinition::ResultColumn;
  field("name", &R::name);
  field("type", &R::type);
}

template <class F>
void describe_fields(F&& field, const AggregateDefinition*) {
  using A = AggregateDefinition;
  field("kind", &A::kind);
  field("direct_arguments", &A::direct_arguments);
  field("transition", &A::transition);
  field("final", &A::final);
  field("combine", &A::combine);
  field("serialize", &A::serialize);
  field("deserialize", &A::deserialize);
  field("transition_type", &A::transition_type);
  field("transition_space", &A::transition_space);
  field("sort_operator", &A::sort_operator);
  field("starts_null", &A::starts_null);
  field("moving_transition", &A::moving_transition);
  field("moving_final", &A::moving_final);
}

template <class F>
void describe_fields(F&& field, const FunctionDefinition*) {
  using D = FunctionDefinition;
  field("oid", &D::oid);
  field("schema", &D::schema);
  field("name", &D::name);
  field("kind", &D::kind);
  field("volatility", &D::volatility);
  field("strict", &D::strict);
  field("returns_set", &D::returns_set);
  field("leakproof", &D::leakproof);
  field("parallel", &D::parallel);
  field("cost", &D::cost);
  field("rows", &D::rows);
  field("result", &D::result);
  field("variadic", &D::variadic);
  field("defaults", &D::defaults);
  field("arguments", &D::arguments);
  field("language", &D::language);
  field("support", &D::support);
  field("body", &D::body);
  field("argument_names", &D::argument_names);
  field("argument_defaults", &D::argument_defaults);
  field("result_columns", &D::result_columns);
  field("aggregate", &D::aggregate);
}

template <class F>
void describe_fields(F&& field, const OperatorDefinition*) {
  using O = OperatorDefinition;
  field("oid", &O::oid);
  field("schema", &O::schema);
  field("name", &O::name);
  field("left", &O::left);
  field("right", &O::right);
  field("result", &O::result);
  field("function", &O::function);
  field("commutator", &O::commutator);
  field("negator", &O::negator);
  field("merges", &O::merges);
  field("hashes", &O::hashes);
  field("restriction", &O::restriction);
  field("join", &O::join);
}

template <class F>
void describe_fields(F&& field, const CastDefinition*) {
  using C = CastDefinition;
  field("source", &C::source);
  field("target", &C::target);
  field("function", &C::function);
  field("context", &C::context);
  field("method", &C::method);
}

template <class F>
void describe_fields(F&& field, const OperatorClass::Member*) {
  using M = OperatorClass::Member;
  field("left", &M::left);
  field("right", &M::right);
  field("strategy", &M::strategy);
  field("operator", &M::operator_);
}

template <class F>
void describe_fields(F&& field, const OperatorClass*) {
  using O = OperatorClass;
  field("oid", &O::oid);
  field("schema", &O::schema);
  field("name", &O::name);
  field("access_method", &O::access_method);
  field("family", &O::family);
  field("input_type", &O::input_type);
  field("key_type", &O::key_type);
  field("is_default", &O::is_default);
  field("members", &O::members);
}

template <class F>
void describe_fields(F&& field, const Role*) {
  field("name", &Role::name);
  field("superuser", &Role::superuser);
  field("bypasses_row_security", &Role::bypasses_row_security);
  field("privileges_of", &Role::privileges_of);
}

template <class F>
void describe_fields(F&& field, const CatalogSnapshot*) {
  using C = CatalogSnapshot;
  field("server_version", &C::server_version);
  field("block_size", &C::block_size);
  field("database", &C::database);
  field("encoding", &C::encoding);
  field("collate", &C::collate);
  field("ctype", &C::ctype);
  field("locale_provider", &C::locale_provider);
  field("taken_at", &C::taken_at);
  field("statistics_since", &C::statistics_since);
  field("is_replica", &C::is_replica);
  field("has_statistics", &C::has_statistics);
  field("settings", &C::settings);
  field("search_path", &C::search_path);
  field("extensions", &C::extensions);
  field("tables", &C::tables);
  field("indexes", &C::indexes);
  field("constraints", &C::constraints);
  field("extended_statistics", &C::extended_statistics);
  field("types", &C::types);
  field("functions", &C::functions);
  field("operators", &C::operators);
  field("casts", &C::casts);
  field("operator_classes", &C::operator_classes);
  field("roles", &C::roles);
  field("caveats", &C::caveats);
}

}  // namespace quern::collector
