// What a statement changes: setTargetTable() (parse_clause.c) and, where it names a view,
// rewriteTargetView() (rewriteHandler.c). The view's columns stand for expressions over the table
// under it from the start, so nothing is replaced afterwards.
#include "planner-model/query/bind_write_target.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

const WriteTarget::Assigned& WriteTarget::assigned(const Column& column) const {
  return columns.at(static_cast<std::size_t>(&column - named->columns.data()));
}

const Column& WriteTarget::stored(const Column& column, std::string_view verb) const {
  const Assigned& to = assigned(column);
  if (to.stored == nullptr) {
    throw UserError{fmt::format("cannot {} {}", verb, to.refusal)};
  }
  return *to.stored;
}

const Column* WriteTarget::shown(const Column& stored) const {
  for (const Column& column : named->columns) {
    if (assigned(column).stored == &stored) {
      return &column;
    }
  }
  return nullptr;
}

namespace {

std::string_view verb_of(Command command) {
  return command == Command::Insert   ? "insert into"
         : command == Command::Delete ? "delete from"
                                      : "update";
}

/// Bits of CreateTrigStmt (catalog/pg_trigger.h).
constexpr int kTriggerInsert = 1 << 2;
constexpr int kTriggerDelete = 1 << 3;
constexpr int kTriggerUpdate = 1 << 4;
constexpr int kTriggerInstead = 1 << 6;

/// matchLocks(): rules put other statements in the place of this one, or beside it.
void refuse_rules(const Table& table, Command command) {
  const char event = command == Command::Insert   ? '3'
                     : command == Command::Delete ? '4'
                     : command == Command::Update ? '2'
                                                  : '\0';
  for (const RewriteRule& rule : table.rules) {
    if (rule.instead && (rule.event == event || command == Command::Merge)) {
      throw UserError{fmt::format(
          "the rule \"{}\" of \"{}\" acts instead of this statement: rules are not supported yet",
          rule.name, table.name)};
    }
  }
}

/// view_has_instead_trigger()
bool has_instead_trigger(const Table& view, Command command) {
  const int event = command == Command::Insert   ? kTriggerInsert
                    : command == Command::Delete ? kTriggerDelete
                                                 : kTriggerUpdate;
  for (const std::string& definition : view.triggers) {
    const auto tree = collector::ParseTree::parse_or_throw(definition);
    for (const auto& statement : tree.statements()) {
      if (is(statement.node, PG_QUERY__NODE__NODE_CREATE_TRIG_STMT)) {
        const PgQuery__CreateTrigStmt& trigger = *statement.node->create_trig_stmt;
        if (trigger.timing == kTriggerInstead && (trigger.events & event) != 0) {
          return true;
        }
      }
    }
  }
  return false;
}

bool is_single_relation(const Query& query) {
  if (query.join_tree.children.size() != 1 ||
      query.join_tree.children[0].kind != JoinTree::Kind::Range) {
    return false;
  }
  const auto range = static_cast<std::size_t>(query.join_tree.children[0].range);
  const RangeTableEntry& base = query.range_table[range - 1];
  if (base.kind == RangeKind::Subquery) {
    return base.view != nullptr;
  }
  return base.kind == RangeKind::Relation &&
         (base.table->kind == 'r' || base.table->kind == 'f' || base.table->kind == 'p');
}

/// view_query_is_auto_updatable(), its columns apart; empty: it is.
std::string_view not_updatable(const Query& query) {
  using Refusal = std::pair<bool, std::string_view>;
  const std::array<Refusal, 11> refusals{{
      {!query.distinct.empty(), "Views containing DISTINCT"},
      {!query.group_by.empty() || query.has_grouping_sets, "Views containing GROUP BY"},
      {query.having != nullptr, "Views containing HAVING"},
      {query.set_operation.has_value(), "Views containing UNION, INTERSECT, or EXCEPT"},
      {!query.ctes.empty(), "Views containing WITH"},
      {query.limit != nullptr || query.offset != nullptr, "Views containing LIMIT or OFFSET"},
      {query.has_aggregates, "Views that return aggregate functions"},
      {query.has_window_functions, "Views that return window functions"},
      {query.has_returning_set, "Views that return set-returning functions"},
      {!is_single_relation(query), "Views that do not select from a single table or view"},
      {!query.range_table.empty() && query.range_table.front().sample_fraction.has_value(),
       "Views containing TABLESAMPLE"},
  }};
  for (const auto& [applies, what] : refusals) {
    if (applies) {
      return what;
    }
  }
  return {};
}

[[noreturn]] void refuse_view(const Table& view, Command command, std::string_view what) {
  throw UserError{fmt::format("cannot {} view \"{}\": {} are not automatically updatable",
                              verb_of(command), view.name, what)};
}

/// view_col_is_auto_updatable(), of a column that is none of the base relation's.
std::string_view refused_column(const Expr& expr) {
  if (expr.kind == ExprKind::Var && expr.levels_up == 0 && expr.attno < 0) {
    return "View columns that refer to system columns";
  }
  if (expr.kind == ExprKind::Var && expr.levels_up == 0 && expr.attno == 0) {
    return "View columns that return whole-row references";
  }
  return "View columns that are not columns of their base relation";
}

/// What a column of a view comes to, by what it comes to in the relation under the view.
WriteTarget::Assigned assigned_through(const WriteTarget& base, const ExprPtr& expr,
                                       const Table& view, const Column& column) {
  WriteTarget::Assigned to;
  for (std::size_t i = 0; i < base.columns.size(); ++i) {
    if (equal(expr, base.names.columns->expr(i))) {
      to = base.columns[i];
      break;
    }
  }
  if (to.stored == nullptr && to.refusal.empty()) {
    to.refusal = fmt::format("column \"{}\" of view \"{}\": {} are not updatable", column.name,
                             view.name, refused_column(*expr));
  }
  if (!column.default_expression.empty()) {
    to.defaulted = &column;  // rewriteTargetListIU() fills in the view's before the table's
  }
  return to;
}

/// RelationHasCheckOption() and RelationHasCascadedCheckOption()
std::string_view check_option(const Table& view) {
  const auto option = view.options.find("check_option");
  return option == view.options.end() ? std::string_view{} : std::string_view{option->second};
}

/// The condition of the view, unless the statement only inserts. What is kept apart, or planned a
/// second time to check new rows, is refused.
void add_condition(WriteTarget& target, const Table& view, const ExprPtr& condition,
                   Command command, bool checked) {
  if (!condition) {
    return;
  }
  if (checked && command != Command::Delete && has_sublink(condition)) {
    throw UserError{fmt::format(
        "the check option of view \"{}\" has a subquery, which is not supported yet", view.name)};
  }
  if (command == Command::Insert) {
    return;
  }
  if (is_security_barrier(view)) {
    throw UserError{fmt::format(
        "changing rows through the view \"{}\", a security barrier, is not supported yet",
        view.name)};
  }
  target.quals.insert(target.quals.begin(), condition);
}

}  // namespace

/// setTargetTable(): always range 1.
WriteTarget Analyzer::set_target_table(Scope& scope, const PgQuery__RangeVar& relation) {
  WriteTarget target = write_target(scope, relation, scope.query.command, false);
  scope.query.result_range = 1;
  return target;
}

WriteTarget Analyzer::write_target(Scope& scope, const PgQuery__RangeVar& relation, Command command,
                                   bool checked) {
  const Table& table = find_table(text_of(relation.schemaname), text_of(relation.relname));
  refuse_rules(table, command);
  if (table.kind == 'v') {
    return view_target(scope, table, relation, command, checked);
  }
  if (table.kind == 'm') {
    throw UserError{fmt::format("cannot change materialized view \"{}\"", table.name)};
  }
  ensure(scope.query.range_table.empty(), "what is changed is the first range");
  WriteTarget target;
  target.names = transform_table(scope, table, relation).names.front();
  target.named = &table;
  target.table = &table;
  for (const Column& column : table.columns) {
    target.columns.push_back({.stored = &column, .defaulted = &column});
  }
  return target;
}

/// rewriteTargetView()
WriteTarget Analyzer::view_target(Scope& scope, const Table& view,
                                  const PgQuery__RangeVar& relation, Command command,
                                  bool checked) {
  if (has_instead_trigger(view, command)) {
    throw UserError{fmt::format(
        "changing rows of the view \"{}\" by its INSTEAD OF trigger is not supported yet",
        view.name)};
  }
  constexpr std::int32_t kFirstWithMergeIntoViews = 170000;
  if (command == Command::Merge && catalog_.server_version < kFirstWithMergeIntoViews) {
    throw UserError{fmt::format(
        "cannot execute MERGE on relation \"{}\": This operation is not supported for views",
        view.name)};
  }
  if (const std::string_view what = not_updatable(expand_view(view)); !what.empty()) {
    refuse_view(view, command, what);
  }
  const Swapped<int> deeper{view_depth_, view_depth_ + 1};
  const auto tree = collector::ParseTree::parse_or_throw(view.view_definition);
  const PgQuery__SelectStmt& select = *tree.statements()[0].node->select_stmt;
  const bool cascaded = checked || check_option(view) == "cascaded";
  Scope body{nullptr};
  const WriteTarget base = write_target(body, *select.from_clause[0]->range_var, command, cascaded);
  WriteTarget target = through_view(body, base, view, select, command);
  add_condition(target, view, body.query.join_tree.quals, command,
                cascaded || check_option(view) == "local");
  name_view(target, view, relation);
  scope.query.has_sublinks = scope.query.has_sublinks || body.query.has_sublinks;
  RangeTableEntry& changed = body.query.range_table.front();
  if (changed.view == nullptr) {
    changed.view = &view;  // the innermost: its owner's rights count
  }
  scope.query.range_table.push_back(std::move(changed));
  return target;
}

/// Binds the view's columns and condition over what is under it.
WriteTarget Analyzer::through_view(Scope& body, const WriteTarget& base, const Table& view,
                                   const PgQuery__SelectStmt& select, Command command) {
  Query& query = body.query;
  query.join_tree.children.push_back(JoinTree{JoinTree::Kind::Range, 1});
  body.names.push_back(base.names);
  transform_target_list(body, list_of(select.n_target_list, select.target_list),
                        ExprUse::SelectTarget, query.targets);
  query.join_tree.quals = transform_where(body, select.where_clause, ExprUse::Where);
  if (query.targets.size() != view.columns.size()) {
    throw UserError{
        fmt::format("the definition of view \"{}\" does not give its columns in the "
                    "catalog snapshot",
                    view.name)};
  }
  WriteTarget target;
  target.table = base.table;
  target.quals = base.quals;
  // A snapshot that was read from a schema does not know the types of a view's columns.
  auto typed = std::make_shared<Table>(view);
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    const Expr& expr = *query.targets[i].expr;
    typed->columns[i].type = expr.type;
    typed->columns[i].type_modifier = expr.typmod;
    typed->columns[i].collation = expr.collation;
  }
  target.named = typed.get();
  target.views = base.views;
  target.views.push_back(typed);
  bool any = false;
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    target.columns.push_back(
        assigned_through(base, query.targets[i].expr, view, typed->columns[i]));
    any = any || target.columns.back().stored != nullptr;
  }
  if (!any && command != Command::Delete) {
    refuse_view(view, command, "Views that have no updatable columns");
  }
  finish(body);
  auto columns = std::make_shared<ColumnSet>();
  for (std::size_t i = 0; i < view.columns.size(); ++i) {
    columns->add(view.columns[i].name, query.targets[i].expr);
  }
  target.names.columns = std::move(columns);
  return target;
}

/// The name that the view goes by, and its columns. As it has no range of its own, its row is made
/// of them.
void Analyzer::name_view(WriteTarget& target, const Table& view,
                         const PgQuery__RangeVar& relation) {
  target.names.table = &view;
  target.names.name = view.name;
  if (relation.alias == nullptr) {
    return;
  }
  target.names.has_alias = true;
  target.names.name = text_of(relation.alias->aliasname);
  const ParseList renamed = list_of(relation.alias->n_colnames, relation.alias->colnames);
  if (renamed.empty()) {
    return;
  }
  auto columns = std::make_shared<ColumnSet>();
  for (std::size_t i = 0; i < target.columns.size(); ++i) {
    columns->add(
        i < renamed.size() ? std::string{string_of(renamed[i])} : target.names.columns->name(i),
        target.names.columns->expr(i));
  }
  target.names.columns = std::move(columns);
}

/// AddQual() for each of the views' conditions.
void add_view_conditions(Query& query, const WriteTarget& target) {
  std::vector<ExprPtr> quals = target.quals;
  if (quals.empty()) {
    return;
  }
  if (query.join_tree.quals) {
    quals.insert(quals.begin(), query.join_tree.quals);
  }
  query.join_tree.quals =
      quals.size() == 1 ? quals.front() : make_bool_expr(ExprKind::And, std::move(quals));
}

}  // namespace quern::planner_model
