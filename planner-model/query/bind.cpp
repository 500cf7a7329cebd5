#include "planner-model/query/bind.hpp"

#include <fmt/format.h>

#include "collector/sql/passing_tree.hpp"

#include "planner-model/query/bind_analyzer.hpp"
#include "planner-model/query/parallel_hazard.hpp"

namespace quern::planner_model {

struct Binder::Implementation {
  const CatalogSnapshot& catalog;
  const TypeSystem& types;
  ViewQueries views = {};
};

Binder::Binder(const CatalogSnapshot& catalog, const TypeSystem& types)
    : implementation_{new Implementation{catalog, types}} {}

Binder::~Binder() = default;

namespace {

/// The type that a client must have declared for a number that is too large or has a fraction: the
/// log shows values, not types. Empty when the text is no number.
std::optional<Oid> declared_number(const std::string& text, const TypeSystem& types) {
  for (const Oid type : {type_oid::kInt8, type_oid::kNumeric}) {
    try {
      (void)make_literal(text, type, types);
      return type;
    } catch (const UserError&) {
    }
  }
  return std::nullopt;
}

/// What the statement's parse analysis works on; `statement` is the library's and passes.
struct BindTask {
  const CatalogSnapshot& catalog;
  const TypeSystem& types;
  const std::vector<std::optional<std::string>>& parameters;
  std::string_view sql;
  const ParseNode& statement;
  ViewQueries& views;
};

std::shared_ptr<const BoundQuery> analyze(const BindTask& task,
                                          const std::map<int, Oid>& declared) {
  Analyzer analyzer{task.catalog, task.types, task.parameters, declared, &task.views};
  auto bound = std::make_shared<BoundQuery>();
  bound->query = analyzer.analyze(task.statement);
  bound->text = std::string{task.sql};
  bound->unmodelled = analyzer.take_unmodelled();
  bound->parallel_unsafe =
      analyzer.inlined_parallel_unsafe() || is_parallel_unsafe(bound->query, task.types);
  return bound;
}

/// Parameters that cannot be of the inferred type are declared as numbers, one after the other.
std::shared_ptr<const BoundQuery> analyze_declaring(const BindTask& task) {
  std::map<int, Oid> declared;
  std::optional<UserError> first;  // about the statement as it is, without guesses
  for (;;) {
    try {
      return analyze(task, declared);
    } catch (const ParameterMisfit& misfit) {
      const auto& text = task.parameters[static_cast<std::size_t>(misfit.parameter) - 1];
      const auto type = declared_number(*text, task.types);
      if (!type || !declared.emplace(misfit.parameter, *type).second) {
        throw UserError{first.value_or(misfit)};
      }
      first = first.value_or(misfit);
    } catch (const UserError& error) {
      throw UserError{first.value_or(error)};
    }
  }
}

}  // namespace

std::shared_ptr<const BoundQuery> Binder::bind(
    std::string_view sql, const std::vector<std::optional<std::string>>& parameters) const {
  std::size_t statements = 0;
  std::shared_ptr<const BoundQuery> bound;
  collector::look_at_tree_or_throw(sql, [&](const PgQuery__ParseResult& tree) {
    const ParseNode* statement = nullptr;
    for (std::size_t i = 0; i < tree.n_stmts; ++i) {
      if (tree.stmts[i]->stmt != nullptr) {
        statement = tree.stmts[i]->stmt;
        ++statements;
      }
    }
    if (statements == 1) {
      bound = analyze_declaring({implementation_->catalog, implementation_->types, parameters, sql,
                                 *statement, implementation_->views});
    }
  });
  if (statements != 1) {
    throw UserError{fmt::format("expected one statement, found {}", statements)};
  }
  return bound;
}

ExprPtr Binder::bind_table_expression(std::string_view sql, const Table& table, int range) const {
  const auto tree = collector::ParseTree::parse_or_throw(fmt::format("SELECT {}", sql));
  const auto& statements = tree.statements();
  if (statements.size() != 1 || !is(statements[0].node, PG_QUERY__NODE__NODE_SELECT_STMT) ||
      statements[0].node->select_stmt->n_target_list != 1) {
    throw UserError{fmt::format("not an expression: {}", sql)};
  }
  const std::vector<std::optional<std::string>> no_parameters;
  Analyzer analyzer{implementation_->catalog, implementation_->types, no_parameters};
  return analyzer.table_expression(
      *statements[0].node->select_stmt->target_list[0]->res_target->val, table, range,
      ExprUse::IndexExpression);
}

Index Binder::bind_index(std::string_view create_index) const {
  const auto tree = collector::ParseTree::parse_or_throw(create_index);
  if (tree.statements().size() != 1 ||
      !is(tree.statements()[0].node, PG_QUERY__NODE__NODE_INDEX_STMT)) {
    throw UserError{fmt::format("not one CREATE INDEX statement: {}", create_index)};
  }
  const std::vector<std::optional<std::string>> no_parameters;
  Analyzer analyzer{implementation_->catalog, implementation_->types, no_parameters};
  return analyzer.index(*tree.statements()[0].node->index_stmt);
}

}  // namespace quern::planner_model
