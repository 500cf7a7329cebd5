#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/bind_scope.hpp"
#include "planner-model/query/bind_write_target.hpp"
#include "planner-model/query/type_system.hpp"
#include "planner-model/query/view_queries.hpp"

namespace quern::planner_model {

/// Throws when both name the same table.
void check_name_conflicts(const std::vector<NamespaceItem>& first,
                          const std::vector<NamespaceItem>& second);

/// The column an INSERT or UPDATE names; throws when the table does not have it.
[[nodiscard]] const Column& target_column(const Table& table, std::string_view name);
/// checkInsertTargets(): the named columns, or all.
[[nodiscard]] std::vector<const Column*> insert_columns(ParseList names, const Table& table,
                                                        std::vector<ParseList>& indirections);

/// RelationIsSecurityView()
[[nodiscard]] bool is_security_barrier(const Table& view);
/// The conditions of the views that UPDATE, DELETE or MERGE goes through join its own.
void add_view_conditions(Query& query, const WriteTarget& target);

/// NULLS FIRST or LAST of an ORDER BY item, with its default.
[[nodiscard]] bool nulls_first_of(const PgQuery__SortBy& sort);

/// A parameter's value is not of the type that its place in the statement asks for.
class ParameterMisfit : public UserError {
 public:
  ParameterMisfit(const std::string& what, int number) : UserError{what}, parameter{number} {}

  int parameter;
};

/// One statement's parse analysis. The functions keep the server's names in snake case where they
/// do what the server's do, so that they can be read beside src/backend/parser.
class Analyzer {
 public:
  Analyzer(const CatalogSnapshot& catalog, const TypeSystem& types,
           const std::vector<std::optional<std::string>>& parameters,
           std::map<int, Oid> declared_parameters = {}, ViewQueries* views = nullptr);

  /// SELECT, VALUES, INSERT, UPDATE, DELETE, or EXPLAIN, PREPARE, DECLARE and so on of one.
  [[nodiscard]] Query analyze(const ParseNode& statement);
  [[nodiscard]] Index index(const PgQuery__IndexStmt& statement);
  [[nodiscard]] ExprPtr table_expression(const ParseNode& expression, const Table& table, int range,
                                         ExprUse use);

  /// The body of a function in SQL: its parameters' names are as good as $1, $2 and so on.
  [[nodiscard]] Query function_body(const ParseNode& statement, const FunctionDefinition& function);

  [[nodiscard]] std::vector<std::string> take_unmodelled() { return std::move(unmodelled_); }

  /// A function that must not run while workers do was put in place of its call.
  [[nodiscard]] bool inlined_parallel_unsafe() const { return inlined_parallel_unsafe_; }

 private:
  // --- bind_statement.cpp
  [[nodiscard]] Query transform_statement(const ParseNode& statement, Scope* parent);

  /// The CTE that a statement defines, when it may refer to itself.
  struct RecursiveCte {
    Scope* owner;
    std::size_t entry;
    const PgQuery__CommonTableExpr* node;
  };

  [[nodiscard]] Query transform_select(const PgQuery__SelectStmt& statement, Scope* parent,
                                       bool resolve_unknowns = true,
                                       const RecursiveCte* recursive = nullptr);
  void transform_plain_select(Scope& scope, const PgQuery__SelectStmt& statement);
  void transform_values(Scope& scope, const PgQuery__SelectStmt& statement);
  void transform_locking(Scope& scope, const PgQuery__SelectStmt& statement);
  [[nodiscard]] ExprPtr transform_limit(Scope& scope, const ParseNode* node, ExprUse use);
  [[nodiscard]] ExprPtr transform_where(Scope& scope, const ParseNode* node, ExprUse use);
  void finish(Scope& scope);

  // --- bind_set_operation.cpp
  void transform_set_operations(Scope& scope, const PgQuery__SelectStmt& statement,
                                const RecursiveCte* recursive);
  [[nodiscard]] SetOperation transform_set_tree(Scope& scope, const PgQuery__SelectStmt& statement,
                                                const RecursiveCte* recursive);
  [[nodiscard]] SetOperation transform_set_leaf(Scope& scope, const PgQuery__SelectStmt& statement);
  void unify_columns(Scope& scope, SetOperation& operation);
  void type_leaf_column(Scope& scope, SetOperation& arm, std::size_t column, Oid type);

  // --- bind_cte.cpp
  void transform_with(Scope& scope, const PgQuery__WithClause& clause);
  void analyze_cte(Scope& scope, const PgQuery__CommonTableExpr& cte, std::size_t entry,
                   bool recursive);
  void set_cte_columns(CteEntry& entry, const PgQuery__CommonTableExpr& cte,
                       const std::vector<RangeColumn>& columns);

  // --- bind_search_cycle.cpp
  struct SearchAndCycle;

  /// Gives a recursive query the columns of SEARCH and CYCLE; answers them.
  [[nodiscard]] std::vector<RangeColumn> add_search_and_cycle(
      Scope& scope, const PgQuery__CommonTableExpr& cte, const std::vector<RangeColumn>& columns,
      Query& query);
  void add_search(const PgQuery__CTESearchClause& clause, const std::vector<RangeColumn>& columns,
                  SearchAndCycle& added);
  void add_cycle(Scope& scope, const PgQuery__CTECycleClause& clause,
                 const std::vector<RangeColumn>& columns, SearchAndCycle& added);
  void widen_recursive_query(const PgQuery__CommonTableExpr& cte, Query& query,
                             const std::vector<RangeColumn>& columns, const SearchAndCycle& added);

  // --- bind_from.cpp
  struct FromItem {
    JoinTree tree;
    std::vector<NamespaceItem> names = {};
    std::shared_ptr<const ColumnSet> columns = {};
  };

  void transform_from(Scope& scope, ParseList items);
  [[nodiscard]] FromItem transform_from_item(Scope& scope, const ParseNode& node);
  [[nodiscard]] FromItem transform_relation(Scope& scope, const PgQuery__RangeVar& relation);
  [[nodiscard]] FromItem transform_subselect(Scope& scope,
                                             const PgQuery__RangeSubselect& subselect);
  [[nodiscard]] FromItem transform_tablesample(Scope& scope,
                                               const PgQuery__RangeTableSample& sample);
  [[nodiscard]] FromItem transform_cte_reference(Scope& scope, const PgQuery__RangeVar& relation,
                                                 Scope& owner, CteEntry& entry, int levels_up);
  [[nodiscard]] FromItem transform_table(Scope& scope, const Table& table,
                                         const PgQuery__RangeVar& relation);
  [[nodiscard]] FromItem add_range(Scope& scope, RangeTableEntry entry,
                                   const PgQuery__Alias* alias);
  [[nodiscard]] const Table& find_table(std::string_view schema, std::string_view name);
  [[nodiscard]] const Table* only_one_named(std::string_view name) const;
  [[nodiscard]] Query expand_view(const Table& view);
  [[nodiscard]] Query bind_view(const Table& view);

  // --- bind_from_function.cpp
  [[nodiscard]] FromItem transform_function(Scope& scope, const PgQuery__RangeFunction& function);
  [[nodiscard]] std::vector<RangeColumn> function_result_columns(const Expr& call,
                                                                 const std::string& name,
                                                                 bool only_one,
                                                                 const PgQuery__Alias* alias);
  [[nodiscard]] std::vector<RangeColumn> column_definitions(ParseList definitions);
  [[nodiscard]] const FunctionDefinition* definition_of(Oid function) const;
  [[nodiscard]] std::shared_ptr<Query> inlined_rows(const Expr& call,
                                                    const std::vector<RangeColumn>& columns);
  [[nodiscard]] FromItem transform_table_function(Scope& scope,
                                                  const PgQuery__RangeTableFunc& function);

  // --- bind_join.cpp
  [[nodiscard]] FromItem transform_join(Scope& scope, const PgQuery__JoinExpr& join);

  struct MergedColumns {
    ColumnSet columns = {};
    std::vector<int> left = {};
    std::vector<int> right = {};
    ExprPtr quals = {};
  };

  [[nodiscard]] MergedColumns merge_using(const FromItem& left, const FromItem& right,
                                          const std::vector<std::string_view>& names,
                                          PgQuery__JoinType type);
  [[nodiscard]] ExprPtr merged_column(PgQuery__JoinType type, const ExprPtr& left,
                                      const ExprPtr& right);
  [[nodiscard]] ExprPtr transform_join_on(Scope& scope, const PgQuery__JoinExpr& join,
                                          std::vector<NamespaceItem>& names);
  void name_join(const PgQuery__JoinExpr& join, MergedColumns merged, const FromItem& left,
                 const FromItem& right, FromItem& result);

  // --- bind_column.cpp
  [[nodiscard]] ExprPtr transform_column_ref(Scope& scope, const PgQuery__ColumnRef& ref);
  [[nodiscard]] ExprPtr column_by_name(Scope& scope, std::string_view name, bool local_only);
  [[nodiscard]] ExprPtr column_of(const NamespaceItem& item, std::string_view name, int levels_up);
  [[nodiscard]] ExprPtr whole_row(const NamespaceItem& item, int levels_up);
  [[nodiscard]] ExprPtr whole_row_or_scalar(Scope& scope, const NamespaceItem& item, int levels_up);
  [[nodiscard]] ExprPtr projection_call(Scope& scope, std::string_view name, const ExprPtr& row);

  struct FoundName {
    NamespaceItem* item = nullptr;
    int levels_up = 0;
  };

  [[nodiscard]] FoundName find_name(Scope& scope, std::string_view schema, std::string_view name);
  [[noreturn]] void missing_relation(Scope& scope, std::string_view name);
  [[nodiscard]] ExprPtr select_field(Scope& scope, const ExprPtr& row, const std::string& name);
  [[nodiscard]] std::vector<RangeColumn> row_columns(Scope& scope, const Expr& row);

  // --- bind_expr.cpp
  [[nodiscard]] ExprPtr transform_expr(Scope& scope, const ParseNode* node, ExprUse use);
  [[nodiscard]] ExprPtr transform(Scope& scope, const ParseNode* node);
  /// Accounts for `expr` standing `times` times in the tree; throws when shared parts multiply
  /// beyond what any pass over the tree could walk.
  void charge_copies(const ExprPtr& expr, std::size_t times);
  [[nodiscard]] ExprPtr transform_rare(Scope& scope, const ParseNode& node);
  [[nodiscard]] ExprPtr transform_const(const PgQuery__AConst& constant);
  [[nodiscard]] ExprPtr transform_param(const PgQuery__ParamRef& param);
  /// sql_fn_post_column_ref(), functions.c: null where the body that is read has no such argument.
  [[nodiscard]] ExprPtr function_parameter(std::string_view name);
  [[nodiscard]] ExprPtr transform_bool(Scope& scope, const PgQuery__BoolExpr& expr);
  [[nodiscard]] ExprPtr transform_case(Scope& scope, const PgQuery__CaseExpr& expr);
  [[nodiscard]] ExprPtr transform_coalesce(Scope& scope, const PgQuery__CoalesceExpr& expr);
  [[nodiscard]] ExprPtr transform_min_max(Scope& scope, const PgQuery__MinMaxExpr& expr);
  [[nodiscard]] ExprPtr transform_null_test(Scope& scope, const PgQuery__NullTest& test);
  [[nodiscard]] ExprPtr transform_boolean_test(Scope& scope, const PgQuery__BooleanTest& test);
  [[nodiscard]] ExprPtr transform_collate(Scope& scope, const PgQuery__CollateClause& clause);
  [[nodiscard]] ExprPtr transform_value_function(const PgQuery__SQLValueFunction& function);
  [[nodiscard]] ExprPtr transform_row(Scope& scope, const PgQuery__RowExpr& row);
  [[nodiscard]] ExprPtr transform_indirection(Scope& scope, const PgQuery__AIndirection& node);
  [[nodiscard]] ExprPtr transform_subscripts(Scope& scope, ExprPtr container, ParseList subscripts);
  [[nodiscard]] ExprPtr transform_type_cast(Scope& scope, const PgQuery__TypeCast& cast);
  [[nodiscard]] ExprPtr transform_array(Scope& scope, const PgQuery__AArrayExpr& array, Oid type,
                                        Oid element, std::int32_t typmod);
  [[nodiscard]] std::vector<ExprPtr> transform_list(Scope& scope, ParseList nodes);
  [[nodiscard]] Oid find_collation(ParseList names);

  // --- bind_a_expr.cpp
  [[nodiscard]] ExprPtr transform_a_expr(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr transform_op(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr transform_distinct(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr transform_null_if(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr transform_in(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr in_array(const QualifiedName& op, const ExprPtr& left,
                                 const std::vector<ExprPtr>& items, bool use_or);
  [[nodiscard]] ExprPtr transform_between(Scope& scope, const PgQuery__AExpr& expr);
  [[nodiscard]] ExprPtr transform_sublink(Scope& scope, const PgQuery__SubLink& link);

  // --- bind_operator.cpp
  [[nodiscard]] ExprPtr make_op(const QualifiedName& name, ExprPtr left, ExprPtr right);
  [[nodiscard]] ExprPtr make_scalar_array_op(const QualifiedName& name, ExprPtr left, ExprPtr right,
                                             bool use_or);
  [[nodiscard]] ExprPtr make_distinct_op(ExprPtr left, ExprPtr right);
  [[nodiscard]] ExprPtr make_row_comparison(const QualifiedName& name,
                                            const std::vector<ExprPtr>& left,
                                            const std::vector<ExprPtr>& right);
  [[noreturn]] void operator_error(const QualifiedName& name, Resolution resolution, Oid left,
                                   Oid right);

  // --- bind_function.cpp
  [[nodiscard]] ExprPtr transform_func_call(Scope& scope, const PgQuery__FuncCall& call);

  struct Arguments {
    std::vector<ExprPtr> values = {};
    std::vector<std::string> names = {};  ///< of the trailing named ones
    std::vector<ExprPtr> direct = {};     ///< WITHIN GROUP: those before it
  };

  [[nodiscard]] ExprPtr make_call(Scope& scope, const PgQuery__FuncCall& call,
                                  const QualifiedName& name, const Arguments& arguments,
                                  const ResolvedFunction& found);
  [[nodiscard]] ExprPtr function_as_cast(Oid target, const ExprPtr& argument);
  [[nodiscard]] std::vector<ExprPtr> coerce_arguments(const ResolvedFunction& found,
                                                      std::vector<ExprPtr> values,
                                                      bool explicit_variadic);
  [[nodiscard]] std::vector<ExprPtr> in_parameter_order(const ResolvedFunction& found,
                                                        std::vector<ExprPtr> values);
  [[nodiscard]] ExprPtr parameter_default(const std::string& sql, Oid type);
  [[nodiscard]] bool names_are_unknown(const QualifiedName& name, const Arguments& arguments) const;
  [[nodiscard]] std::vector<AggregateOrder> aggregate_order(Scope& scope, ParseList items);
  void check_aggregate_distinct(const Expr& aggregate);
  [[nodiscard]] int window_index(Scope& scope, const PgQuery__WindowDef& over);
  void make_aggregate(Scope& scope, const PgQuery__FuncCall& call, Expr& aggregate);
  void make_window_call(Scope& scope, const PgQuery__FuncCall& call, Expr& function);
  [[nodiscard]] ExprPtr transform_grouping(Scope& scope, const PgQuery__GroupingFunc& function);
  void check_srf_placement(Scope& scope);
  [[noreturn]] void function_error(const QualifiedName& name, Resolution resolution,
                                   const std::vector<Oid>& arguments);

  // --- bind_coerce.cpp
  [[nodiscard]] ExprPtr coerce_type(const ExprPtr& expr, Oid target, std::int32_t typmod,
                                    CoercionContext context, CoercionForm form);
  /// Null: there is no such coercion.
  [[nodiscard]] ExprPtr coerce_to_target_type(const ExprPtr& expr, Oid target, std::int32_t typmod,
                                              CoercionContext context, CoercionForm form);
  [[nodiscard]] ExprPtr coerce_typmod(const ExprPtr& expr, Oid target, std::int32_t typmod,
                                      CoercionContext context, CoercionForm form, bool hide_input);
  [[nodiscard]] ExprPtr coercion_expression(const ExprPtr& expr, const Coercion& coercion,
                                            Oid target, std::int32_t typmod,
                                            CoercionContext context, CoercionForm form);
  [[nodiscard]] ExprPtr coerce_unknown_const(const Expr& constant, Oid target, std::int32_t typmod,
                                             CoercionContext context, CoercionForm form);
  [[nodiscard]] ExprPtr coerce_to_boolean(const ExprPtr& expr, std::string_view construct);
  [[nodiscard]] ExprPtr coerce_to_specific(const ExprPtr& expr, Oid type,
                                           std::string_view construct);
  [[nodiscard]] ExprPtr coerce_to_common(const ExprPtr& expr, Oid type, std::string_view context);
  [[nodiscard]] ExprPtr implicit(const ExprPtr& expr, Oid type);
  [[nodiscard]] Oid common_type(const std::vector<ExprPtr>& exprs, std::string_view context);
  [[nodiscard]] std::int32_t common_typmod(const std::vector<ExprPtr>& exprs, std::size_t first,
                                           std::size_t step) const;
  [[nodiscard]] ExprPtr typed_param(const Expr& param, Oid type);
  [[nodiscard]] ExprPtr resolve_unknown(const ExprPtr& expr);
  [[nodiscard]] ExprPtr parameter_value(int parameter, const std::string& text, Oid type) const;

  // --- bind_type_name.cpp
  struct TypeReference {
    Oid type = 0;
    std::int32_t typmod = -1;
  };

  [[nodiscard]] TypeReference resolve_type_name(const PgQuery__TypeName& name);
  [[nodiscard]] std::int32_t typmod_of(const PgQuery__TypeName& name, Oid type);

  // --- bind_target.cpp
  void transform_target_list(Scope& scope, ParseList items, ExprUse use,
                             std::vector<TargetEntry>& targets);
  [[nodiscard]] std::vector<ExprPtr> transform_expression_list(Scope& scope, ParseList items,
                                                               ExprUse use, bool allow_default);

  struct StarColumn {
    std::string name;
    ExprPtr expr;
  };

  [[nodiscard]] std::vector<StarColumn> expand_star(Scope& scope, const PgQuery__ColumnRef& ref);
  [[nodiscard]] std::vector<StarColumn> expand_indirection_star(Scope& scope,
                                                                const PgQuery__AIndirection& node);
  [[nodiscard]] std::vector<StarColumn> expand_item(const NamespaceItem& item, int levels_up);
  [[nodiscard]] std::vector<StarColumn> expand_row(Scope& scope, const ExprPtr& row);

  // --- bind_sort.cpp
  [[nodiscard]] std::size_t find_target_sql92(Scope& scope, const ParseNode& node,
                                              std::vector<TargetEntry>& targets, ExprUse use);
  [[nodiscard]] std::size_t find_target_sql99(Scope& scope, const ParseNode& node,
                                              std::vector<TargetEntry>& targets, ExprUse use);
  [[nodiscard]] std::vector<SortGroupClause> transform_sort(Scope& scope, ParseList items,
                                                            std::vector<TargetEntry>& targets,
                                                            ExprUse use, bool sql99);
  void add_to_sort_list(TargetEntry& target, std::vector<SortGroupClause>& list,
                        std::vector<TargetEntry>& targets, const PgQuery__SortBy& sort);
  void add_to_group_list(TargetEntry& target, std::vector<SortGroupClause>& list,
                         std::vector<TargetEntry>& targets);
  void transform_distinct_clause(Scope& scope, ParseList items);

  // --- bind_group.cpp
  void transform_group(Scope& scope, const PgQuery__SelectStmt& statement);
  [[nodiscard]] std::vector<SortGroupClause> transform_partition(
      Scope& scope, ParseList items, std::vector<TargetEntry>& targets,
      const std::vector<SortGroupClause>& order);
  [[nodiscard]] std::vector<std::vector<int>> grouping_sets_of(Scope& scope, const ParseNode& node,
                                                               bool nested);
  [[nodiscard]] int group_expression(Scope& scope, const ParseNode& node,
                                     std::vector<SortGroupClause>& list,
                                     const std::vector<SortGroupClause>& order,
                                     std::vector<TargetEntry>& targets, ExprUse use, bool sql99);
  void transform_windows(Scope& scope);
  [[nodiscard]] ExprPtr frame_offset(Scope& scope, const ParseNode* node, int options,
                                     const WindowClause& window);

  // --- bind_index.cpp
  void choose_operator_class(const PgQuery__IndexElem& element, const Index& index, Oid type,
                             IndexKey& key);
  [[nodiscard]] std::string index_key(const PgQuery__IndexElem& element, const Table& table,
                                      Index& index);
  [[nodiscard]] std::string index_definition(const Index& index, const Table& table) const;

  // --- bind_check_aggregates.cpp
  void check_aggregates(Scope& scope);

  // --- bind_write_target.cpp
  [[nodiscard]] WriteTarget set_target_table(Scope& scope, const PgQuery__RangeVar& relation);
  /// `checked`: a view above has a cascaded check option.
  [[nodiscard]] WriteTarget write_target(Scope& scope, const PgQuery__RangeVar& relation,
                                         Command command, bool checked);
  [[nodiscard]] WriteTarget view_target(Scope& scope, const Table& view,
                                        const PgQuery__RangeVar& relation, Command command,
                                        bool checked);
  [[nodiscard]] WriteTarget through_view(Scope& body, const WriteTarget& base, const Table& view,
                                         const PgQuery__SelectStmt& select, Command command);
  static void name_view(WriteTarget& target, const Table& view, const PgQuery__RangeVar& relation);

  // --- bind_modify.cpp
  [[nodiscard]] Query transform_insert(const PgQuery__InsertStmt& statement, Scope* parent);
  [[nodiscard]] Query transform_update(const PgQuery__UpdateStmt& statement, Scope* parent);
  [[nodiscard]] Query transform_delete(const PgQuery__DeleteStmt& statement, Scope* parent);
  [[nodiscard]] std::vector<TargetEntry> transform_update_targets(Scope& scope,
                                                                  const WriteTarget& target,
                                                                  ParseList items);
  [[nodiscard]] ExprPtr assigned_expr(Scope& scope, const Column& column, ExprPtr value,
                                      ParseList indirection);
  void transform_arbiter(OnConflict& conflict, const PgQuery__InferClause& infer,
                         const WriteTarget& target);
  [[nodiscard]] ExprPtr arbiter_expression(const ParseNode& expression, const WriteTarget& target,
                                           ExprUse use);
  void transform_on_conflict(Scope& scope, const PgQuery__OnConflictClause& clause,
                             const WriteTarget& target);
  void transform_returning(Scope& scope, ParseList items);
  [[nodiscard]] std::vector<ExprPtr> insert_source(Scope& scope,
                                                   const PgQuery__InsertStmt& statement,
                                                   const WriteTarget& target,
                                                   const std::vector<const Column*>& columns,
                                                   const std::vector<ParseList>& indirections);
  void add_insert_targets(Query& query, const WriteTarget& target,
                          const std::vector<const Column*>& columns,
                          const std::vector<ExprPtr>& values, bool overriding);
  [[nodiscard]] std::vector<ExprPtr> insert_row(Scope& scope, std::vector<ExprPtr> values,
                                                const std::vector<const Column*>& columns,
                                                const std::vector<ParseList>& indirections,
                                                bool named);
  [[nodiscard]] ExprPtr multi_assignment(Scope& scope, const PgQuery__MultiAssignRef& ref,
                                         std::vector<ExprPtr>& row, std::vector<ExprPtr>& sources);
  static void note_updated_columns(Query& query, const std::vector<TargetEntry>& assignments);
  [[nodiscard]] ExprPtr column_default(const Column& column);

  // --- bind_merge.cpp
  [[nodiscard]] Query transform_merge(const PgQuery__MergeStmt& statement, Scope* parent);
  void transform_merge_action(Scope& scope, const PgQuery__MergeWhenClause& clause,
                              const WriteTarget& target);

  const CatalogSnapshot& catalog_;
  const TypeSystem& types_;
  const std::vector<std::optional<std::string>>& parameters_;
  std::map<int, Oid> parameter_types_;
  std::vector<std::string> unmodelled_;
  ViewQueries* views_;  ///< null: each view is bound anew
  int view_depth_ = 0;
  int deepest_view_ = 0;
  std::string function_name_ = {};
  std::vector<std::string> function_parameters_ = {};
  bool inlined_parallel_unsafe_ = false;
  int own_inlined_bodies_ = 0;
  int* inlined_bodies_ = &own_inlined_bodies_;  ///< of the whole statement
  std::size_t copied_nodes_ = 0;
};

}  // namespace quern::planner_model
