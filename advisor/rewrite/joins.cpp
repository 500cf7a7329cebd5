#include "advisor/rewrite/joins.hpp"

#include <algorithm>
#include <map>

#include "planner-model/query/builtin_catalog.hpp"

namespace quern::advisor::rewrite {

namespace {

bool is_join(const PgQuery__JoinExpr* join, PgQuery__JoinType type) {
  return join != nullptr && join->jointype == type && !join->is_natural &&
         join->n_using_clause == 0 && join->alias == nullptr;
}

void add_unguarded(PgQuery__Node* item, std::vector<PgQuery__Node*>& found) {
  const auto* join = as<PgQuery__JoinExpr>(item);
  if (is_join(join, PG_QUERY__JOIN_TYPE__JOIN_INNER)) {
    found.push_back(item);
    add_unguarded(join->larg, found);
    add_unguarded(join->rarg, found);
  } else if (is_join(join, PG_QUERY__JOIN_TYPE__JOIN_LEFT)) {
    found.push_back(item);
    add_unguarded(join->larg, found);
  }
}

using Determined = std::map<const Source*, std::set<std::int16_t>>;

/// Columns of each source that the select list shows as they are.
Determined shown_columns(const Query& query, const Block& block) {
  Determined shown;
  const auto add_all = [&](const Source& source) {
    for (const Column& column : source.table->columns) {
      shown[&source].insert(column.number);
    }
  };
  for (std::size_t i = 0; i < block.select->n_target_list; ++i) {
    const auto* target = as<PgQuery__ResTarget>(block.select->target_list[i]);
    const auto* reference = as<PgQuery__ColumnRef>(target->val);
    if (reference == nullptr) {
      continue;
    }
    if (as<PgQuery__AStar>(reference->fields[reference->n_fields - 1]) != nullptr) {
      const auto* alias = as<PgQuery__String>(reference->fields[0]);
      for (const Source& source : block.sources) {
        if (alias == nullptr || source.alias == alias->sval) {
          add_all(source);
        }
      }
    } else if (const auto column = query.resolve(block, target->val);
               column && column->block == &block) {
      shown[column->source].insert(column->column->number);
    }
  }
  return shown;
}

/// An equality that lets one source's row fix a column of another (or a constant fix it: no
/// source).
struct Fixing {
  const Source* from;
  const Source* to;
  std::int16_t column;
};

void add_fixings(const Query& query, const Block& block, PgQuery__Node* predicate,
                 const std::set<const Source*>* only_to, std::vector<Fixing>& fixings) {
  const auto add = [&](const Source* from, const ResolvedColumn& to) {
    if (only_to == nullptr || only_to->contains(to.source)) {
      fixings.push_back({from, to.source, to.column->number});
    }
  };
  for (const auto* part : conjuncts(predicate)) {
    if (const auto pair = column_equality(query, block, part)) {
      add(pair->left.source, pair->right);
      add(pair->right.source, pair->left);
      continue;
    }
    const auto* comparison = as<PgQuery__AExpr>(part);
    if (binary_operator(comparison) != "=") {
      continue;
    }
    for (const auto& [side, other] : {std::pair{comparison->lexpr, comparison->rexpr},
                                      std::pair{comparison->rexpr, comparison->lexpr}}) {
      const auto column = query.resolve(block, side);
      if (column && column->block == &block && (literal(other) || parameter(other) != nullptr)) {
        add(nullptr, *column);
      }
    }
  }
}

std::set<const Source*> sources_below(const Block& block, PgQuery__Node* item) {
  std::set<const Source*> found;
  walk_nodes(item, [&](PgQuery__Node* node) {
    if (const Source* source = source_of(block, node)) {
      found.insert(source);
    }
    return as<PgQuery__RangeSubselect>(node) == nullptr;
  });
  return found;
}

/// False when the FROM item holds a join whose meaning is not followed.
bool add_join_fixings(const Query& query, const Block& block, PgQuery__Node* item,
                      std::vector<Fixing>& fixings) {
  const auto* join = as<PgQuery__JoinExpr>(item);
  if (join == nullptr) {
    return true;
  }
  if (is_join(join, PG_QUERY__JOIN_TYPE__JOIN_INNER)) {
    add_fixings(query, block, join->quals, nullptr, fixings);
  } else if (is_join(join, PG_QUERY__JOIN_TYPE__JOIN_LEFT)) {
    // The condition decides which right row is attached; it says nothing of the left one.
    const auto right = sources_below(block, join->rarg);
    add_fixings(query, block, join->quals, &right, fixings);
  } else {
    return false;
  }
  return add_join_fixings(query, block, join->larg, fixings) &&
         add_join_fixings(query, block, join->rarg, fixings);
}

bool returns_sets(const Query& query, const PgQuery__SelectStmt& select) {
  bool found = false;
  for (std::size_t i = 0; i < select.n_target_list; ++i) {
    walk_nodes(select.target_list[i], [&](PgQuery__Node* node) {
      if (const auto* call = as<PgQuery__FuncCall>(node)) {
        const auto name = function_name(*call);
        const auto& builtins = planner_model::builtin_catalog().functions;
        found = found || query.is_user_function(name) ||
                std::any_of(builtins.begin(), builtins.end(), [&](const auto& function) {
                  return function.returns_set && function.name == name;
                });
      }
      return !found;
    });
  }
  return found;
}

}  // namespace

std::vector<PgQuery__Node*> unguarded_joins(const Block& block) {
  std::vector<PgQuery__Node*> found;
  if (block.select != nullptr) {
    for (std::size_t i = 0; i < block.select->n_from_clause; ++i) {
      add_unguarded(block.select->from_clause[i], found);
    }
  }
  return found;
}

const Source* source_of(const Block& block, const PgQuery__Node* item) {
  const auto* name = as<PgQuery__RangeVar>(item);
  const auto found =
      std::find_if(block.sources.begin(), block.sources.end(), [&](const Source& source) {
        return name != nullptr && source.node == name && source.table != nullptr;
      });
  return found == block.sources.end() ? nullptr : &*found;
}

std::optional<ColumnEquality> column_equality(const Query& query, const Block& block,
                                              const PgQuery__Node* predicate) {
  const auto* comparison = as<PgQuery__AExpr>(predicate);
  if (binary_operator(comparison) != "=") {
    return std::nullopt;
  }
  const auto left = query.resolve(block, comparison->lexpr);
  const auto right = query.resolve(block, comparison->rexpr);
  if (!left || !right || left->block != &block || right->block != &block ||
      left->source == right->source) {
    return std::nullopt;
  }
  return ColumnEquality{*left, *right};
}

bool rows_are_unique(const Query& query, const Block& block) {
  if (block.select == nullptr || block.sources.empty() ||
      block.select->op != PG_QUERY__SET_OPERATION__SETOP_NONE || block.select->n_group_clause > 0 ||
      block.select->having_clause != nullptr || has_aggregate(query, *block.select) ||
      returns_sets(query, *block.select) ||
      std::any_of(block.sources.begin(), block.sources.end(),
                  [](const Source& source) { return source.table == nullptr; })) {
    return false;
  }
  std::vector<Fixing> fixings;
  for (std::size_t i = 0; i < block.select->n_from_clause; ++i) {
    if (!add_join_fixings(query, block, block.select->from_clause[i], fixings)) {
      return false;
    }
  }
  add_fixings(query, block, block.select->where_clause, nullptr, fixings);
  Determined known = shown_columns(query, block);
  std::set<const Source*> settled;
  for (bool progress = true; progress;) {
    progress = false;
    for (const Fixing& fixing : fixings) {
      if (fixing.from == nullptr || settled.contains(fixing.from)) {
        known[fixing.to].insert(fixing.column);
      }
    }
    for (const Source& source : block.sources) {
      if (!settled.contains(&source) && query.covers_key(*source.table, known[&source])) {
        settled.insert(&source);
        progress = true;
      }
    }
  }
  return settled.size() == block.sources.size();
}

std::set<std::int16_t> fixed_columns(const Query& query, const Block& block, const Source& source) {
  std::vector<Fixing> fixings;
  add_fixings(query, block, *block.where, nullptr, fixings);
  std::set<std::int16_t> columns;
  for (const Fixing& fixing : fixings) {
    if (fixing.from == nullptr && fixing.to == &source) {
      columns.insert(fixing.column);
    }
  }
  return columns;
}

}  // namespace quern::advisor::rewrite
