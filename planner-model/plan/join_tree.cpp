// From the join tree to relations and distributed clauses. Source: initsplan.c, PostgreSQL 15.

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/null_tests.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

void add_base_relations(PlannerInfo& root, const JoinTree& tree) {
  if (tree.kind != JoinTree::Kind::Range) {
    for (const auto& child : tree.children) {
      add_base_relations(root, child);
    }
    return;
  }
  auto& global = *root.global;
  auto& rel = global.rels.emplace_back();
  const auto range = static_cast<std::size_t>(tree.range);
  rel.kind = RelKind::Base;
  rel.range = tree.range;
  rel.relids = singleton(tree.range);
  rel.entry = &root.query.range_table[range - 1];
  rel.table = rel.entry->table;
  rel.consider_startup = root.tuple_fraction > 0;
  if (root.base.size() <= range) {
    root.base.resize(range + 1, nullptr);
  }
  root.base[range] = &rel;
  root.all_base |= rel.relids;
  if (rel.entry->kind == RangeKind::Relation) {
    rel.is_append = is_inheritance_parent(root, *rel.entry);
    rel.use_inherited_statistics = rel.is_append;
    load_relation(root, rel);
  } else {
    rel.is_append = !rel.entry->arms.empty();
  }
}

namespace {

/// The column as which a range gives what it computes.
ExprPtr column_of(int range, int attno, const Expr& computed) {
  auto column = std::make_shared<Expr>();
  column->kind = ExprKind::Var;
  column->varno = range;
  column->attno = attno;
  column->type = computed.type;
  column->typmod = computed.typmod;
  column->collation = computed.collation;
  return column;
}

}  // namespace

void find_placeholders(PlannerInfo& root) {
  for (const auto* rel : root.base) {
    for (std::size_t i = 0; rel != nullptr && i < rel->entry->computed.size(); ++i) {
      const auto& [expr, scope] = rel->entry->computed[i];
      if (scope == 0) {
        continue;
      }
      auto column = column_of(rel->range, kFirstComputed + static_cast<int>(i), *expr);
      const Relids joined = scope & root.all_base;
      const Relids vars = relids_of(expr) & joined;
      root.placeholders.push_back({std::move(column), expr, joined, vars != 0 ? vars : joined});
    }
  }
}

void fix_placeholder_input_needed_levels(PlannerInfo& root) {
  for (auto& one : root.placeholders) {
    const auto* host = root.base[static_cast<std::size_t>(one.column->varno)];
    if (is_singleton(one.eval_at) &&
        (one.eval_at != host->relids || host->table == nullptr || host->is_append)) {
      one.eval_at = one.scope;
    }
    need_vars(root, one.expr, one.eval_at);
  }
}

namespace {

/// Behind the columns: what the relation computes from itself alone.
void add_own_placeholders(RelOptInfo& rel) {
  for (const auto& [attno, where] : rel.needed) {
    if (attno < kFirstComputed ||
        rel.entry->computed[static_cast<std::size_t>(attno - kFirstComputed)].scope != 0 ||
        is_subset(where, rel.relids)) {
      continue;
    }
    rel.target.exprs.push_back(column_of(rel.range, attno, *computed_column(*rel.entry, attno)));
    rel.target.sort_group_refs.push_back(0);
  }
}

}  // namespace

void add_placeholders_to_base_rels(PlannerInfo& root) {
  for (auto* rel : root.base) {
    if (rel != nullptr && !rel->entry->computed.empty()) {
      add_own_placeholders(*rel);
    }
  }
  for (auto& one : root.placeholders) {
    auto* rel = root.base[static_cast<std::size_t>(one.column->varno)];
    one.eval_at &= root.all_base;
    if (rel == nullptr || one.eval_at != rel->relids) {
      continue;
    }
    const auto needed = rel->needed.find(one.column->attno);
    if (needed != rel->needed.end() && !is_subset(needed->second, rel->relids)) {
      rel->target.exprs.push_back(one.column);
      rel->target.sort_group_refs.push_back(0);
    }
  }
}

void need_vars(PlannerInfo& root, const ExprPtr& expr, Relids where) {
  if (!expr) {
    return;
  }
  if (expr->kind == ExprKind::Var) {
    if (expr->levels_up != 0) {
      return;
    }
    auto* rel = root.base[static_cast<std::size_t>(expr->varno)];
    if (rel == nullptr || is_subset(where, rel->relids)) {
      return;
    }
    auto& needed = rel->needed[expr->attno];
    if (needed == 0 && expr->attno < kFirstComputed) {
      rel->target.exprs.push_back(expr);
      rel->target.sort_group_refs.push_back(0);
    }
    needed |= where;
    if (expr->attno == 0) {
      rel->whole_row_needed = true;
    }
    return;
  }
  for (const auto& child : children(*expr)) {
    need_vars(root, child, where);
  }
}

void build_target_lists(PlannerInfo& root) {
  constexpr Relids kOutput = 1;  // relid 0: the final output
  for (const auto& target : root.query.targets) {
    need_vars(root, target.expr, kOutput);
  }
  need_vars(root, root.query.having, kOutput);
}

void distribute_restriction_to_rels(PlannerInfo& root, RestrictInfo* clause) {
  const Relids relids = clause->required_relids;
  switch (null_test_outcome(root, *clause)) {
    case NullTestOutcome::AlwaysTrue:
      return;
    case NullTestOutcome::AlwaysFalse:
      clause = make_restrictinfo(root, boolean_constant(false), clause->is_pushed_down, false,
                                 false, relids, clause->outer_relids, 0, clause->security_level);
      break;
    case NullTestOutcome::Unknown:
      break;
  }
  if (is_singleton(relids)) {
    if (auto* rel = root.base[static_cast<std::size_t>(lowest(relids))]; rel != nullptr) {
      rel->restrictions.push_back(clause);
    }
    return;
  }
  for (Relids left = relids; left != 0; left &= left - 1) {
    const auto range = static_cast<std::size_t>(lowest(left));
    if (range < root.base.size() && root.base[range] != nullptr) {
      root.base[range]->join_info.push_back(clause);
    }
  }
}

namespace {

struct Postponed {
  ExprPtr qual;
  Relids relids;
};

class Deconstruction {
 public:
  explicit Deconstruction(PlannerInfo& root) : root_{root} {}

  std::vector<JoinListItem> run() {
    Relids qualscope = 0;
    Relids inner_join_rels = 0;
    return recurse(root_.query.join_tree, false, qualscope, inner_join_rels);
  }

 private:
  static std::vector<JoinListItem> concatenated(std::vector<JoinListItem> a,
                                                std::vector<JoinListItem> b) {
    a.insert(a.end(), std::make_move_iterator(b.begin()), std::make_move_iterator(b.end()));
    return a;
  }

  std::vector<JoinListItem> recurse(const JoinTree& tree, bool below_outer_join, Relids& qualscope,
                                    Relids& inner_join_rels) {
    switch (tree.kind) {
      case JoinTree::Kind::Range: {
        qualscope = singleton(tree.range);
        distribute_security_quals(tree.range, below_outer_join);
        inner_join_rels = 0;
        JoinListItem item;
        item.range = tree.range;
        return {item};
      }
      case JoinTree::Kind::From:
        return from(tree, below_outer_join, qualscope, inner_join_rels);
      case JoinTree::Kind::Join:
        return join(tree, below_outer_join, qualscope, inner_join_rels);
    }
    return {};
  }

  std::vector<JoinListItem> from(const JoinTree& tree, bool below_outer_join, Relids& qualscope,
                                 Relids& inner_join_rels) {
    std::vector<JoinListItem> list;
    qualscope = 0;
    inner_join_rels = 0;
    auto remaining = static_cast<int>(tree.children.size());
    const int limit = root_.global->cost.from_collapse_limit;
    for (const auto& child : tree.children) {
      Relids scope = 0;
      auto items = recurse(child, below_outer_join, scope, inner_join_rels);
      qualscope |= scope;
      --remaining;
      const auto size = static_cast<int>(items.size());
      if (size <= 1 || static_cast<int>(list.size()) + size + remaining <= limit) {
        list = concatenated(std::move(list), std::move(items));
      } else {
        JoinListItem sub;
        sub.items = std::move(items);
        list.push_back(std::move(sub));
      }
    }
    if (tree.children.size() > 1) {
      inner_join_rels = qualscope;
    }
    for (const auto& qual : conjuncts(tree.quals)) {
      distribute(qual, below_outer_join, JoinType::Inner, root_.qual_security_level, qualscope, 0,
                 0);
    }
    return list;
  }

  std::vector<JoinListItem> join(const JoinTree& tree, bool below_outer_join, Relids& qualscope,
                                 Relids& inner_join_rels) {
    Relids left_scope = 0;
    Relids right_scope = 0;
    Relids left_inners = 0;
    Relids right_inners = 0;
    const bool below_left = below_outer_join || tree.join == JoinType::Full;
    const bool below_right = below_outer_join || tree.join == JoinType::Left ||
                             tree.join == JoinType::Anti || tree.join == JoinType::Full;
    auto left = recurse(tree.children[0], below_left, left_scope, left_inners);
    auto right = recurse(tree.children[1], below_right, right_scope, right_inners);
    qualscope = left_scope | right_scope;
    inner_join_rels = left_inners | right_inners;
    Relids nonnullable = 0;
    switch (tree.join) {
      case JoinType::Inner:
        inner_join_rels = qualscope;
        break;
      case JoinType::Left:
      case JoinType::Anti:
        nonnullable = left_scope;
        root_.nullable_base |= right_scope;
        break;
      case JoinType::Full:
        nonnullable = qualscope;
        root_.nullable_base |= qualscope;
        break;
      default:
        break;
    }
    SpecialJoin* sj = nullptr;
    Relids ojscope = 0;
    if (tree.join != JoinType::Inner) {
      sj = make_outerjoininfo(left_scope, right_scope, inner_join_rels, tree.join, tree.quals);
      if (tree.join != JoinType::Semi) {
        ojscope = sj->min_left | sj->min_right;
      }
    }
    for (const auto& qual : conjuncts(tree.quals)) {
      distribute(qual, below_outer_join, tree.join, root_.qual_security_level, qualscope, ojscope,
                 nonnullable);
    }
    if (sj != nullptr) {
      root_.special_joins.push_back(sj);
      update_placeholder_eval_levels(*sj);
    }
    // Full joins are planned as they are written; others are flattened up to the limit.
    if (tree.join == JoinType::Full) {
      JoinListItem l = sub_problem(std::move(left));
      JoinListItem r = sub_problem(std::move(right));
      JoinListItem item;
      item.items = {std::move(l), std::move(r)};
      return {item};
    }
    if (static_cast<int>(left.size() + right.size()) <= root_.global->cost.join_collapse_limit) {
      return concatenated(std::move(left), std::move(right));
    }
    return {sub_problem(std::move(left)), sub_problem(std::move(right))};
  }

  static JoinListItem sub_problem(std::vector<JoinListItem> items) {
    if (items.size() == 1) {
      return std::move(items.front());
    }
    JoinListItem item;
    item.items = std::move(items);
    return item;
  }

  SpecialJoin* make_outerjoininfo(Relids left, Relids right, Relids inner_join_rels, JoinType type,
                                  const ExprPtr& quals) {
    auto& sj = root_.global->joins.emplace_back();
    sj.syn_left = left;
    sj.syn_right = right;
    sj.type = type;
    compute_semijoin_info(sj, conjuncts(quals));
    if (type == JoinType::Full) {
      sj.min_left = left;
      sj.min_right = right;
      return &sj;
    }
    const Relids clause_relids = relids_of(quals);
    const Relids strict_relids = nonnullable_relids(quals, true, root_);
    sj.lhs_strict = overlaps(strict_relids, left);
    Relids min_left = clause_relids & left;
    Relids min_right = (clause_relids | inner_join_rels) & right;
    for (const auto* other : root_.special_joins) {
      if (other->type == JoinType::Full) {
        if (overlaps(left, other->syn_left) || overlaps(left, other->syn_right)) {
          min_left |= other->syn_left | other->syn_right;
        }
        if (overlaps(right, other->syn_left) || overlaps(right, other->syn_right)) {
          min_right |= other->syn_left | other->syn_right;
        }
        continue;
      }
      if (overlaps(left, other->syn_right)) {
        if (overlaps(clause_relids, other->syn_right) &&
            (type == JoinType::Semi || type == JoinType::Anti ||
             !overlaps(strict_relids, other->min_right))) {
          min_left |= other->syn_left | other->syn_right;
        }
      }
      if (overlaps(right, other->syn_right)) {
        if (overlaps(clause_relids, other->syn_right) ||
            !overlaps(clause_relids, other->min_left) || type == JoinType::Semi ||
            type == JoinType::Anti || other->type == JoinType::Semi ||
            other->type == JoinType::Anti || !other->lhs_strict || other->delay_upper_joins) {
          min_right |= other->syn_left | other->syn_right;
        }
      }
    }
    // What is computed within the right side is computed before.
    for (const PlaceHolder& one : root_.placeholders) {
      if (is_subset(one.scope, right)) {
        min_right |= one.eval_at;
      }
    }
    sj.min_left = min_left != 0 ? min_left : left;
    sj.min_right = min_right != 0 ? min_right : right;
    return &sj;
  }

  /// What an outer join within its subquery can turn to NULL is computed above that.
  void update_placeholder_eval_levels(const SpecialJoin& added) {
    const auto within = [](const SpecialJoin& sj, Relids scope) {
      return is_subset(sj.syn_left | sj.syn_right, scope);
    };
    for (PlaceHolder& one : root_.placeholders) {
      for (bool again = within(added, one.scope); again;) {
        again = false;
        for (const SpecialJoin* sj : root_.special_joins) {
          const Relids both = sj->min_left | sj->min_right;
          const bool nullable = overlaps(one.eval_at, sj->min_right) ||
                                (sj->type == JoinType::Full && overlaps(one.eval_at, sj->min_left));
          if (within(*sj, one.scope) && nullable && !is_subset(both, one.eval_at)) {
            one.eval_at |= both;
            again = true;
          }
        }
      }
    }
  }

  void compute_semijoin_info(SpecialJoin& sj, const std::vector<ExprPtr>& clauses) {
    if (sj.type != JoinType::Semi) {
      return;
    }
    const auto& types = *root_.global->types;
    bool all_btree = true;
    bool all_hash = true;
    for (const auto& clause : clauses) {
      const bool is_op = clause->kind == ExprKind::OpExpr && clause->args.size() == 2;
      const Relids relids = relids_of(clause);
      if (!is_op) {
        const bool both_sides = overlaps(relids, sj.syn_right) && !is_subset(relids, sj.syn_right);
        if (both_sides || contains_volatile(clause, root_)) {
          return;  // not understood: no unique-ification
        }
        continue;
      }
      const Relids l = relids_of(clause->args[0]);
      const Relids r = relids_of(clause->args[1]);
      const Relids all = l | r;
      if (is_subset(all, sj.syn_right) || !overlaps(all, sj.syn_right)) {
        if (contains_volatile(clause, root_)) {
          return;
        }
        if (!overlaps(all, sj.syn_right) || is_subset(all, sj.syn_right)) {
          continue;
        }
      }
      ExprPtr right;
      ExprPtr left;
      Oid op = clause->op;
      if (r != 0 && is_subset(r, sj.syn_right) && !overlaps(l, sj.syn_right)) {
        right = clause->args[1];
        left = clause->args[0];
      } else if (l != 0 && is_subset(l, sj.syn_right) && !overlaps(r, sj.syn_right)) {
        right = clause->args[0];
        left = clause->args[1];
        op = types.commutator(op);
      } else {
        return;
      }
      if (op == 0) {
        return;
      }
      if (all_btree && types.mergejoin_families(op).empty()) {
        all_btree = false;
      }
      if (all_hash && !types.is_hashable(op, right->type)) {
        all_hash = false;
      }
      if (!all_btree && !all_hash) {
        return;
      }
      sj.semi_operators.push_back(op);
      sj.semi_rhs.push_back(right);
      sj.semi_lhs.push_back(left);
    }
    if (sj.semi_rhs.empty()) {
      return;
    }
    for (const auto& expr : sj.semi_rhs) {
      if (contains_volatile(expr, root_)) {
        sj.semi_operators.clear();
        sj.semi_rhs.clear();
        return;
      }
    }
    sj.semi_can_btree = all_btree;
    sj.semi_can_hash = all_hash;
  }

  /// check_outerjoin_delay().
  bool check_outerjoin_delay(Relids& relids, Relids& nullable, bool is_pushed_down) {
    nullable = 0;
    bool delayed = false;
    bool again = true;
    while (again) {
      again = false;
      for (auto* sj : root_.special_joins) {
        const bool null_generating =
            sj->type == JoinType::Left || sj->type == JoinType::Full || sj->type == JoinType::Anti;
        const bool uses_right = overlaps(relids, sj->min_right) ||
                                (sj->type == JoinType::Full && overlaps(relids, sj->min_left));
        if (!null_generating || !uses_right) {
          continue;
        }
        if (!is_subset(sj->min_left, relids) || !is_subset(sj->min_right, relids)) {
          relids |= sj->min_left | sj->min_right;
          delayed = true;
          again = true;
        }
        nullable |= sj->min_right;
        if (sj->type == JoinType::Full) {
          nullable |= sj->min_left;
        }
        if (is_pushed_down && sj->type != JoinType::Full && overlaps(relids, sj->min_left)) {
          sj->delay_upper_joins = true;
        }
      }
    }
    nullable &= relids;
    return delayed;
  }

  /// check_equivalence_delay(): each side alone can be computed where its relations are.
  bool may_be_equivalence(const RestrictInfo& clause) {
    Relids left = clause.left_relids;
    Relids right = clause.right_relids;
    Relids nullable = 0;
    return !check_outerjoin_delay(left, nullable, true) &&
           !check_outerjoin_delay(right, nullable, true);
  }

  /// check_redundant_nullability_qual(): `x IS NULL` over the antijoin that it was made from.
  [[nodiscard]] bool is_redundant_null_test(const ExprPtr& clause) const {
    if (clause->kind != ExprKind::NullTest || !clause->test_is_null) {
      return false;
    }
    const ExprPtr var = strip_relabel(clause->args.front());
    return var->kind == ExprKind::Var && var->levels_up == 0 &&
           std::any_of(root_.special_joins.begin(), root_.special_joins.end(),
                       [&](const SpecialJoin* sj) {
                         return sj->type == JoinType::Anti &&
                                overlaps(singleton(var->varno), sj->syn_right);
                       });
  }

  /// process_security_barrier_quals(): one level after the other. A condition without columns stays
  /// at the relation.
  void distribute_security_quals(int range, bool below_outer_join) {
    const auto& entry = root_.query.range_table[static_cast<std::size_t>(range) - 1];
    for (std::size_t level = 0; level < entry.security_quals.size(); ++level) {
      for (const auto& qual : conjuncts(entry.security_quals[level])) {
        distribute(qual, below_outer_join, JoinType::Inner, static_cast<int>(level),
                   singleton(range), singleton(range), 0);
      }
    }
  }

  void distribute(const ExprPtr& clause, bool below_outer_join, JoinType type, int security_level,
                  Relids qualscope, Relids ojscope, Relids outerjoin_nonnullable) {
    Relids relids = relids_of(clause);
    bool pseudoconstant = false;
    if (relids == 0) {
      if (ojscope != 0) {
        relids = ojscope;
      } else {
        relids = qualscope;
        if (!contains_volatile(clause, root_)) {
          pseudoconstant = true;
          root_.has_pseudoconstant = true;
          if (below_outer_join) {
            relids = qualscope;
          } else {
            relids = root_.all_base;
          }
        }
      }
    }
    bool is_pushed_down = false;
    bool delayed = false;
    bool maybe_equivalence = false;
    bool maybe_outer_join = false;
    Relids nullable = 0;
    if (overlaps(relids, outerjoin_nonnullable)) {
      is_pushed_down = false;
      maybe_outer_join = true;
      delayed = check_outerjoin_delay(relids, nullable, false);
      relids = ojscope;
    } else {
      is_pushed_down = true;
      delayed = check_outerjoin_delay(relids, nullable, true);
      maybe_equivalence = !delayed;
      if (delayed && is_redundant_null_test(clause)) {
        return;
      }
      below_outer_join = below_outer_join || (!delayed && outerjoin_nonnullable != 0);
    }
    if (type == JoinType::Semi && ojscope == 0) {
      is_pushed_down = true;
    }
    auto* info =
        make_restrictinfo(root_, clause, is_pushed_down, delayed, pseudoconstant, relids,
                          maybe_outer_join ? outerjoin_nonnullable : 0, nullable, security_level);
    if (!is_singleton(relids)) {
      need_vars(root_, clause, relids);
    }
    if (!info->merge_opfamilies.empty()) {
      if (maybe_equivalence) {
        if (may_be_equivalence(*info) && process_equivalence(root_, info, below_outer_join)) {
          return;
        }
        if (!info->merge_opfamilies.empty()) {
          initialize_eclasses(*info);
        }
      } else if (maybe_outer_join && info->can_join) {
        initialize_eclasses(*info);
        if (is_subset(info->left_relids, outerjoin_nonnullable) &&
            !overlaps(info->right_relids, outerjoin_nonnullable)) {
          root_.left_join_clauses.push_back(info);
          return;
        }
        if (is_subset(info->right_relids, outerjoin_nonnullable) &&
            !overlaps(info->left_relids, outerjoin_nonnullable)) {
          root_.right_join_clauses.push_back(info);
          return;
        }
        if (type == JoinType::Full) {
          root_.full_join_clauses.push_back(info);
          return;
        }
      } else {
        initialize_eclasses(*info);
      }
    }
    distribute_restriction_to_rels(root_, info);
  }

  void initialize_eclasses(RestrictInfo& info) {
    const auto* op = root_.global->types->op(info.clause->op);
    info.left_ec = eclass_for_sort_expr(root_, info.clause->args[0], info.nullable_relids,
                                        info.merge_opfamilies, op->left,
                                        info.clause->input_collation, 0, true);
    info.right_ec = eclass_for_sort_expr(root_, info.clause->args[1], info.nullable_relids,
                                         info.merge_opfamilies, op->right,
                                         info.clause->input_collation, 0, true);
  }

  PlannerInfo& root_;
};

}  // namespace

std::vector<JoinListItem> deconstruct_jointree(PlannerInfo& root) {
  return Deconstruction{root}.run();
}

}  // namespace quern::planner_model
