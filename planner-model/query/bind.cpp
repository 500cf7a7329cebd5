#include "planner-model/query/bind.hpp"

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

struct Binder::Implementation {
  const CatalogSnapshot& catalog;
  const TypeSystem& types;
};

Binder::Binder(const CatalogSnapshot& catalog, const TypeSystem& types)
    : implementation_{std::make_unique<Implementation>(Implementation{catalog, types})} {}

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

}  // namespace

std::shared_ptr<const BoundQuery> Binder::bind(
    std::string_view sql, const std::vector<std::optional<std::string>>& parameters) const {
  const auto tree = collector::ParseTree::parse_or_throw(sql);
  if (tree.statements().size() != 1) {
    throw UserError{fmt::format("expected one statement, found {}", tree.statements().size())};
  }
  const auto analyze = [&](const std::map<int, Oid>& declared) {
    Analyzer analyzer{implementation_->catalog, implementation_->types, parameters, declared};
    auto bound = std::make_shared<BoundQuery>();
    bound->query = analyzer.analyze(*tree.statements().front().node);
    bound->text = std::string{sql};
    bound->unmodelled = analyzer.take_unmodelled();
    return bound;
  };
  std::map<int, Oid> declared;
  std::optional<UserError> first;  // about the statement as it is, without guesses
  for (;;) {
    try {
      return analyze(declared);
    } catch (const ParameterMisfit& misfit) {
      const auto& text = parameters[static_cast<std::size_t>(misfit.parameter) - 1];
      const auto type = declared_number(*text, implementation_->types);
      if (!type || !declared.emplace(misfit.parameter, *type).second) {
        throw UserError{first.value_or(misfit)};
      }
      first = first.value_or(misfit);
    } catch (const UserError& error) {
      throw UserError{first.value_or(error)};
    }
  }
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
