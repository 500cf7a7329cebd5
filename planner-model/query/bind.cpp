#include "planner-model/query/bind.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "collector/sql/passing_tree.hpp"

#include "planner-model/query/bind_analyzer.hpp"
#include "planner-model/query/parallel_hazard.hpp"
#include "planner-model/query/row_security.hpp"

namespace quern::planner_model {

namespace {

/// The conditions of policies, bound over their table as range 1. Safe from several threads.
class PolicyConditions {
 public:
  struct Bound {
    ExprPtr condition;
    std::vector<std::string> unmodelled = {};  ///< found while binding it
  };

  const Bound& get(const std::string& sql, const Table& table, const std::function<Bound()>& make) {
    const std::lock_guard locked{mutex_};
    const auto known = bound_.find({table.oid, sql});
    return known != bound_.end() ? known->second
                                 : bound_.emplace(std::pair{table.oid, sql}, make()).first->second;
  }

 private:
  std::mutex mutex_ = {};
  std::map<std::pair<Oid, std::string>, Bound> bound_ = {};
};

}  // namespace

struct Binder::Implementation {
  const CatalogSnapshot& catalog;
  const TypeSystem& types;
  ViewQueries views = {};
  PolicyConditions policies = {};
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
  std::string_view role;
  ViewQueries& views;
  PolicyConditions& policies;
};

PolicyConditions::Bound bind_policy(const BindTask& task, const std::string& sql,
                                    const Table& table) {
  const auto tree = collector::ParseTree::parse_or_throw(fmt::format("SELECT {}", sql));
  const std::vector<std::optional<std::string>> no_parameters;
  Analyzer analyzer{task.catalog, task.types, no_parameters, {}, &task.views};
  try {
    const PgQuery__SelectStmt& select = *tree.statements().at(0).node->select_stmt;
    ExprPtr condition = analyzer.table_expression(*select.target_list[0]->res_target->val, table, 1,
                                                  ExprUse::Where);
    return {std::move(condition), analyzer.take_unmodelled()};
  } catch (const UserError& error) {
    throw UserError{fmt::format("in a policy of table \"{}\": {}", table.name, error.what())};
  }
}

void add_policies(const BindTask& task, BoundQuery& bound) {
  RowSecurity security{task.catalog, [&](const std::string& sql, const Table& table) {
                         const auto& policy = task.policies.get(
                             sql, table, [&] { return bind_policy(task, sql, table); });
                         bound.unmodelled.insert(bound.unmodelled.end(), policy.unmodelled.begin(),
                                                 policy.unmodelled.end());
                         return policy.condition;
                       }};
  security.add_policies(bound.query, task.role);
}

std::shared_ptr<const BoundQuery> analyze(const BindTask& task,
                                          const std::map<int, Oid>& declared) {
  Analyzer analyzer{task.catalog, task.types, task.parameters, declared, &task.views};
  auto bound = std::make_shared<BoundQuery>();
  bound->query = analyzer.analyze(task.statement);
  bound->text = std::string{task.sql};
  bound->unmodelled = analyzer.take_unmodelled();
  add_policies(task, *bound);
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
    std::string_view sql, const std::vector<std::optional<std::string>>& parameters,
    std::string_view role) const {
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
      bound =
          analyze_declaring({implementation_->catalog, implementation_->types, parameters, sql,
                             *statement, role, implementation_->views, implementation_->policies});
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
