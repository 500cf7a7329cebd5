#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

struct ChildSide {
  const Source* child;
  std::vector<ResolvedColumn> columns;  ///< of the child
  const Constraint* key;
};

/// The join condition read as exactly one foreign key of some child to `parent`.
std::optional<ChildSide> foreign_key(const Query& query, const Block& block, const Source& parent,
                                     PgQuery__Node* quals) {
  ChildSide side{};
  std::set<std::pair<std::int16_t, std::int16_t>> pairs;
  for (const auto* part : conjuncts(quals)) {
    auto pair = column_equality(query, block, part);
    if (!pair) {
      return std::nullopt;
    }
    if (pair->left.source == &parent) {
      std::swap(pair->left, pair->right);
    }
    if (pair->right.source != &parent ||
        (side.child != nullptr && side.child != pair->left.source)) {
      return std::nullopt;
    }
    side.child = pair->left.source;
    side.columns.push_back(pair->left);
    pairs.emplace(pair->left.column->number, pair->right.column->number);
  }
  for (const Constraint& key : query.catalog->constraints) {
    if (side.child == nullptr || key.kind != 'f' || key.table != side.child->table->oid ||
        key.referenced_table != parent.table->oid || !key.validated || key.deferrable) {
      continue;
    }
    std::set<std::pair<std::int16_t, std::int16_t>> of_key;
    for (std::size_t i = 0; i < key.columns.size() && i < key.referenced_columns.size(); ++i) {
      of_key.emplace(key.columns[i], key.referenced_columns[i]);
    }
    if (of_key == pairs) {
      side.key = &key;
      return side;
    }
  }
  return std::nullopt;
}

/// An inheritance child of the parent could hold further matches; a policy could hide some.
bool shows_each_row_once(const Query& query, const Table& table) {
  return !table.row_security &&
         (table.kind == 'p' || std::none_of(query.catalog->tables.begin(),
                                            query.catalog->tables.end(), [&](const Table& other) {
                                              return std::find(other.parents.begin(),
                                                               other.parents.end(),
                                                               table.oid) != other.parents.end();
                                            }));
}

/// Inheritance children do not inherit foreign keys.
bool has_heirs(const Query& query, const Table& table) {
  return table.kind != 'p' &&
         std::any_of(query.catalog->tables.begin(), query.catalog->tables.end(),
                     [&](const Table& other) {
                       return std::find(other.parents.begin(), other.parents.end(), table.oid) !=
                              other.parents.end();
                     });
}

}  // namespace

std::optional<Finding> join_to_parent(Query& query) {
  for (Block& block : query.blocks) {
    for (PgQuery__Node* item : unguarded_joins(block)) {
      const auto* join = as<PgQuery__JoinExpr>(item);
      if (join->jointype != PG_QUERY__JOIN_TYPE__JOIN_INNER || join->quals == nullptr ||
          block.select->n_locking_clause > 0) {
        continue;
      }
      for (const auto& [keep, drop] :
           {std::pair{join->larg, join->rarg}, std::pair{join->rarg, join->larg}}) {
        const Source* parent = source_of(block, drop);
        const auto side =
            parent == nullptr ? std::nullopt : foreign_key(query, block, *parent, join->quals);
        if (!side || !shows_each_row_once(query, *parent->table) ||
            has_heirs(query, *side->child->table) ||
            mentions_source(query, block, *parent, block.statement, {join->quals})) {
          continue;
        }
        Finding finding{
            .why = fmt::format("Every row of {} has exactly one row in {} (foreign key {}), and no "
                               "column of it is read: the join costs and changes nothing.",
                               side->child->table->name, parent->table->name, side->key->name),
            .conditions = {
                {fmt::format("foreign key {} is validated and not deferrable", side->key->name)},
                {fmt::format("no column of {} is read outside the join condition",
                             parent->table->name)}}};
        auto parts = conjuncts(*block.where);
        for (const ResolvedColumn& column : side->columns) {
          const std::string name = side->child->table->name + "." + column.column->name;
          if (column.never_null()) {
            finding.conditions.push_back({name + " is NOT NULL"});
          } else {
            parts.push_back(query.tree.expression(Query::qualified(column) + " IS NOT NULL"));
            finding.conditions.push_back(
                {name + " may be NULL: those rows are left out as before"});
          }
        }
        *block.where = conjunction(query.tree, parts);
        *item = *keep;
        finding.replacement = query.tree.sql();
        return finding;
      }
    }
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
