#include <algorithm>

#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// The constant that an output column always has: written in the list, or fixed by WHERE.
std::optional<Literal> constant_output(const Query& query, const Block& block,
                                       std::size_t position) {
  const auto* target = as<PgQuery__ResTarget>(block.select->target_list[position]);
  if (const auto value = literal(target->val)) {
    return value;
  }
  const auto column = query.resolve(block, target->val);
  if (!column || column->block != &block ||
      !(type::is_integer(column->column->type) || column->column->type == type::kText ||
        column->column->type == type::kVarchar)) {
    return std::nullopt;
  }
  for (const auto* part : conjuncts(*block.where)) {
    const auto* comparison = as<PgQuery__AExpr>(part);
    if (binary_operator(comparison) != "=") {
      continue;
    }
    for (const auto& [side, other] : {std::pair{comparison->lexpr, comparison->rexpr},
                                      std::pair{comparison->rexpr, comparison->lexpr}}) {
      const auto fixed = query.resolve(block, side);
      if (fixed && fixed->source == column->source && fixed->column == column->column) {
        if (const auto value = literal(other)) {
          return value;
        }
      }
    }
  }
  return std::nullopt;
}

bool are_disjoint(const Query& query, const Block& left, const Block& right) {
  const std::size_t width = std::min(left.select->n_target_list, right.select->n_target_list);
  for (std::size_t i = 0; i < width; ++i) {
    const auto a = constant_output(query, left, i);
    const auto b = constant_output(query, right, i);
    if (a && b && a->kind == b->kind && a->cast == b->cast && a->text != b->text &&
        (a->kind == Literal::Kind::Integer ||
         (a->kind == Literal::Kind::String && a->cast.empty()))) {
      return true;
    }
  }
  return false;
}

const Block* block_of(const Query& query, const PgQuery__SelectStmt* select) {
  const auto found = std::find_if(query.blocks.begin(), query.blocks.end(),
                                  [&](const Block& block) { return block.select == select; });
  return found == query.blocks.end() ? nullptr : &*found;
}

bool is_distinct_or_unique(const Query& query, const Block& block) {
  const bool distinct =
      block.select->n_distinct_clause == 1 && content(block.select->distinct_clause[0]) == nullptr;
  return distinct || rows_are_unique(query, block);
}

}  // namespace

std::optional<Finding> union_of_disjoint(Query& query) {
  for (Block& block : query.blocks) {
    PgQuery__SelectStmt* both = block.select;
    if (both == nullptr || both->op != PG_QUERY__SET_OPERATION__SETOP_UNION || both->all ||
        both->larg->op != PG_QUERY__SET_OPERATION__SETOP_NONE ||
        both->rarg->op != PG_QUERY__SET_OPERATION__SETOP_NONE) {
      continue;
    }
    const Block* left = block_of(query, both->larg);
    const Block* right = block_of(query, both->rarg);
    if (left == nullptr || right == nullptr || !are_disjoint(query, *left, *right) ||
        !is_distinct_or_unique(query, *left) || !is_distinct_or_unique(query, *right)) {
      continue;
    }
    both->all = 1;
    return Finding{
        .replacement = query.tree.sql(),
        .why = "UNION sorts or hashes everything to remove duplicates, and there can be none.",
        .conditions = {{"the branches differ in a constant column: no row of one equals a row "
                        "of the other"},
                       {"each branch alone is free of duplicates: it shows a unique, NOT NULL "
                        "key, or is DISTINCT"}}};
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
