#include "planner-model/plan/self_joins.hpp"

#include <algorithm>
#include <optional>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

struct Pair {
  int removed = 0;
  int kept = 0;
};

ExprPtr moved(const ExprPtr& expr, const Pair& pair) {
  return change_expr(expr, [&](const ExprPtr& e, int depth) -> ExprPtr {
    if (e->kind != ExprKind::Var || e->levels_up != depth || e->varno != pair.removed) {
      return nullptr;
    }
    auto var = std::make_shared<Expr>(*e);
    var->varno = pair.kept;
    return var;
  });
}

bool is_candidate(const PlannerInfo& root, int range) {
  const auto* rel = root.base[static_cast<std::size_t>(range)];
  return rel != nullptr && rel->entry->kind == RangeKind::Relation && rel->table->kind == 'r' &&
         !rel->entry->sample_fraction && range != root.query.result_range;
}

/// The search for one pair, on a query level whose joins and classes are known.
class SelfJoinSearch {
 public:
  explicit SelfJoinSearch(PlannerInfo& root) : root_{root} {}

  std::optional<Pair> in(const std::vector<JoinListItem>& items) {
    for (const auto& item : items) {
      if (item.range == 0) {
        if (const auto found = in(item.items)) {
          return found;
        }
      }
    }
    std::vector<int> ranges;
    for (const auto& item : items) {
      if (item.range != 0 && is_candidate(root_, item.range)) {
        ranges.push_back(item.range);
      }
    }
    std::sort(ranges.begin(), ranges.end());
    for (std::size_t r = 0; r < ranges.size(); ++r) {
      for (std::size_t k = r + 1; k < ranges.size(); ++k) {
        const Pair pair{ranges[r], ranges[k]};
        if (is_removable(pair)) {
          return pair;
        }
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_removable(const Pair& pair) {
    auto& gone = *root_.base[static_cast<std::size_t>(pair.removed)];
    auto& kept = *root_.base[static_cast<std::size_t>(pair.kept)];
    if (gone.table != kept.table || !on_same_sides(pair)) {
      return false;
    }
    const auto quals =
        generate_join_implied_equalities(root_, gone.relids | kept.relids, gone.relids, kept);
    std::vector<ExprPtr> keys;
    for (const auto* qual : quals) {
      if (const auto key = self_join_key(*qual, pair)) {
        keys.push_back(key);
      }
    }
    return !quals.empty() &&
           std::any_of(kept.indexes.begin(), kept.indexes.end(), [&](const IndexOptInfo* index) {
             return proves_unique(*index, keys, gone, kept, pair);
           });
  }

  /// No outer join or semijoin has one of them alone on a side.
  [[nodiscard]] bool on_same_sides(const Pair& pair) const {
    const auto differ = [&](Relids side) {
      return overlaps(side, singleton(pair.removed)) != overlaps(side, singleton(pair.kept));
    };
    return std::none_of(
        root_.special_joins.begin(), root_.special_joins.end(),
        [&](const SpecialJoin* sj) { return differ(sj->syn_left) || differ(sj->syn_right); });
  }

  /// split_selfjoin_quals(): the expression that both relations have the same of.
  [[nodiscard]] static ExprPtr self_join_key(const RestrictInfo& qual, const Pair& pair) {
    if (qual.merge_opfamilies.empty() || qual.clause->kind != ExprKind::OpExpr ||
        !is_singleton(qual.left_relids) || !is_singleton(qual.right_relids)) {
      return nullptr;
    }
    const ExprPtr left = moved(strip_relabel(qual.clause->args[0]), pair);
    const ExprPtr right = moved(strip_relabel(qual.clause->args[1]), pair);
    return equal(left, right) ? left : nullptr;
  }

  /// innerrel_is_unique_ext() and match_unique_clauses(): keys that are no join keys must be the
  /// same constants on both sides.
  [[nodiscard]] static bool proves_unique(const IndexOptInfo& index,
                                          const std::vector<ExprPtr>& keys, const RelOptInfo& gone,
                                          const RelOptInfo& kept, const Pair& pair) {
    if (!index.unique || !index.immediate || (!index.predicate.empty() && !index.predicate_ok)) {
      return false;
    }
    for (std::size_t c = 0; c < static_cast<std::size_t>(index.key_columns); ++c) {
      const ExprPtr column = strip_relabel(index.expressions[c]);
      const bool joined = std::any_of(keys.begin(), keys.end(),
                                      [&](const ExprPtr& key) { return equal(key, column); });
      const bool fixed = std::any_of(
          kept.restrictions.begin(), kept.restrictions.end(), [&](const RestrictInfo* clause) {
            return fixes(*clause, column) &&
                   std::any_of(gone.restrictions.begin(), gone.restrictions.end(),
                               [&](const RestrictInfo* other) {
                                 return equal(moved(other->clause, pair), clause->clause);
                               });
          });
      if (!joined && !fixed) {
        return false;
      }
    }
    return true;
  }

  static bool fixes(const RestrictInfo& clause, const ExprPtr& column) {
    return !clause.merge_opfamilies.empty() && clause.clause->kind == ExprKind::OpExpr &&
           clause.clause->args.size() == 2 &&
           ((equal(strip_relabel(clause.clause->args[0]), column) && clause.right_relids == 0) ||
            (equal(strip_relabel(clause.clause->args[1]), column) && clause.left_relids == 0));
  }

  PlannerInfo& root_;
};

/// Conditions of the joined table: once each, and of what is equal to itself only NOT NULL.
ExprPtr merged_quals(const PlannerInfo& root, const ExprPtr& quals) {
  std::vector<ExprPtr> kept;
  for (ExprPtr qual : conjuncts(quals)) {
    if (qual->kind == ExprKind::OpExpr && qual->args.size() == 2 &&
        equal(qual->args[0], qual->args[1]) &&
        !root.global->types->mergejoin_families(qual->op).empty()) {
      auto test = std::make_shared<Expr>();
      test->kind = ExprKind::NullTest;
      test->type = type_oid::kBool;
      test->test_is_null = false;
      test->args = {qual->args[0]};
      qual = std::move(test);
    }
    if (std::none_of(kept.begin(), kept.end(), [&](const ExprPtr& k) { return equal(k, qual); })) {
      kept.push_back(qual);
    }
  }
  return make_and(kept);
}

/// Takes the range out of the tree; true: nothing is left of `tree`. Semijoins that were found to
/// be inner joins stay so.
bool take_out(PlannerInfo& root, JoinTree& tree, int range) {
  if (tree.kind == JoinTree::Kind::Range) {
    return tree.range == range;
  }
  if (tree.kind == JoinTree::Kind::Join && tree.join == JoinType::Semi &&
      tree.children[1].kind == JoinTree::Kind::Range) {
    const Relids right = singleton(tree.children[1].range);
    if (std::none_of(root.special_joins.begin(), root.special_joins.end(),
                     [&](const SpecialJoin* sj) {
                       return sj->type == JoinType::Semi && sj->syn_right == right;
                     })) {
      tree.join = JoinType::Inner;
    }
  }
  std::erase_if(tree.children, [&](JoinTree& child) { return take_out(root, child, range); });
  tree.quals = merged_quals(root, tree.quals);
  if (tree.kind == JoinTree::Kind::Join && tree.children.size() < 2) {
    tree.kind = JoinTree::Kind::From;
  }
  return tree.children.empty();
}

std::optional<Pair> find_self_join(PlannerInfo& trial) {
  trial.base.assign(trial.query.range_table.size() + 1, nullptr);
  add_base_relations(trial, trial.query.join_tree);
  build_target_lists(trial);
  auto joinlist = deconstruct_jointree(trial);
  reconsider_outer_join_clauses(trial);
  generate_base_implied_equalities(trial);
  remove_useless_joins(trial, joinlist);
  for (auto* rel : trial.base) {
    if (rel != nullptr && rel->entry->kind == RangeKind::Relation && !rel->is_append) {
      check_index_predicates(trial, *rel);
    }
  }
  return SelfJoinSearch{trial}.in(joinlist);
}

bool reads_a_table_twice(const Query& query) {
  const Relids used = ranges_of(query.join_tree);
  std::set<Oid> tables;
  for (std::size_t i = 0; i < query.range_table.size(); ++i) {
    const auto& entry = query.range_table[i];
    if (entry.kind == RangeKind::Relation && overlaps(used, singleton(static_cast<int>(i) + 1)) &&
        !tables.insert(entry.table->oid).second) {
      return true;
    }
  }
  return false;
}

}  // namespace

void remove_self_joins(PlannerInfo& root) {
  const auto& p = root.global->cost;
  while (p.server.removes_self_joins() && p.enable_self_join_elimination &&
         reads_a_table_twice(root.query)) {
    PlannerInfo trial = root;
    const auto pair = find_self_join(trial);
    if (!pair) {
      return;
    }
    change_query(root.query, [&](const ExprPtr& e, int depth) -> ExprPtr {
      if (e->kind != ExprKind::Var || e->levels_up != depth || e->varno != pair->removed) {
        return nullptr;
      }
      auto var = std::make_shared<Expr>(*e);
      var->varno = pair->kept;
      return var;
    });
    for (auto& param : root.global->exec_params) {
      if (param.source && param.level == &root) {
        param.source = moved(param.source, *pair);
      }
    }
    trial.query.range_table = root.query.range_table;
    (void)take_out(trial, root.query.join_tree, pair->removed);
  }
}

}  // namespace quern::planner_model
