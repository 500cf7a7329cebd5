#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/support/choices.hpp"
#include "tests/support/random_schema.hpp"

// Shared by the parts of the random statement generator.

namespace quern::testing {

/// A column that a clause may name.
struct ScopeColumn {
  std::string ref;  ///< "a1.c3"
  ValueKind kind = ValueKind::Integer;
  std::int64_t distinct = 1;
  int references = -1;  ///< as RandomColumn's; an id refers to its own table
  int table = -1;       ///< of the schema; -1: computed
  bool is_id = false;
};

struct ScopeItem {
  std::string alias;
  int table = -1;
  std::vector<ScopeColumn> columns = {};
};

using Scope = std::vector<ScopeItem>;

/// What one statement's making shares.
struct StatementMaker {
  Choices& choices;
  const RandomSchema& schema;
  std::set<std::string> constructs = {};
  int aliases = 0;
  int parameters = 0;
  bool may_use_parameters = false;

  void note(const char* construct) { constructs.insert(construct); }

  std::string new_alias() { return "a" + std::to_string(++aliases); }
};

[[nodiscard]] ScopeItem table_item(StatementMaker& maker, std::size_t table);
[[nodiscard]] ScopeColumn any_column(StatementMaker& maker, const Scope& scope);
/// A column of a kind with an order; the first one when there is none.
[[nodiscard]] ScopeColumn any_scalar(StatementMaker& maker, const Scope& scope);

/// A condition for WHERE; `depth` bounds subqueries.
[[nodiscard]] std::string random_condition(StatementMaker& maker, const Scope& scope, int depth);
/// Of one column, without subqueries.
[[nodiscard]] std::string random_predicate(StatementMaker& maker, const Scope& scope);

/// An equality between a column of `item` and one of `scope`, along a foreign key if there is one;
/// empty: nothing fits.
[[nodiscard]] std::string join_condition(StatementMaker& maker, const Scope& scope,
                                         const ScopeItem& item);

}  // namespace quern::testing
