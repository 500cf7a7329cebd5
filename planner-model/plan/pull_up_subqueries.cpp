// Simple subqueries become part of their parent, and UNION ALL an appended relation. Source:
// prepjointree.c (pull_up_subqueries, flatten_simple_union_all), PostgreSQL 15. A PlaceHolderVar is
// a further column of a relation that computes it (placeholder.c).
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/lateral_references.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/pull_up_sublinks.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/plan/set_operations.hpp"
#include "planner-model/plan/useless_results.hpp"
#include "planner-model/query/bind_nodes.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

class SubqueryPullUp {
 public:
  SubqueryPullUp(const PlannerInfo& root, Query& query) : root_{root}, query_{query} {}

  void run() { visit(query_.join_tree, nullptr, nullptr); }

  /// flatten_simple_union_all(): the whole query is one.
  void flatten_query() {
    const SetOperation operation = *query_.set_operation;
    const int whole = leftmost(operation);
    // The first arm stands for the whole; a copy of it is the arm.
    query_.range_table.push_back(range_at(whole));
    const int first = static_cast<int>(query_.range_table.size());
    std::vector<UnionArm> arms;
    collect_arms(operation, 0, arms);
    arms.front() = whole_arm(first);
    set_arms(whole, std::move(arms));
    query_.set_operation.reset();
    JoinTree leaf;
    leaf.kind = JoinTree::Kind::Range;
    leaf.range = whole;
    query_.join_tree.children = {std::move(leaf)};
  }

  /// is_simple_union_all_recurse(): nothing but UNION ALL of exactly these types.
  static bool is_union_all(const Query& query, const SetOperation& operation,
                           const std::vector<RangeColumn>& columns) {
    if (operation.kind == SetOperation::Kind::Leaf) {
      const auto& arm = query.range_table[static_cast<std::size_t>(operation.range) - 1];
      return arm.subquery && has_types(*arm.subquery, columns);
    }
    return operation.kind == SetOperation::Kind::Union && operation.all &&
           std::all_of(operation.arms.begin(), operation.arms.end(),
                       [&](const SetOperation& arm) { return is_union_all(query, arm, columns); });
  }

 private:
  /// `outer`: the lowest outer join above, on either side of it; `nulling`: the lowest that may
  /// turn the tree's columns to NULL. Null: there is none.
  void visit(JoinTree& tree, JoinTree* outer, JoinTree* nulling) {
    if (tree.kind == JoinTree::Kind::Range) {
      visit_leaf(tree, outer, nulling);
      return;
    }
    if (tree.kind == JoinTree::Kind::Join) {
      JoinTree* above = tree.join == JoinType::Inner ? outer : &tree;
      const bool nulls_left = tree.join == JoinType::Right || tree.join == JoinType::Full;
      const bool nulls_right =
          tree.join == JoinType::Left || tree.join == JoinType::Full || tree.join == JoinType::Anti;
      visit(tree.children[0], above, nulls_left ? &tree : nulling);
      if (tree.join == JoinType::Semi && tree.children[1].kind == JoinTree::Kind::Range &&
          is_single_row(range_of(tree.children[1]))) {
        return;
      }
      visit(tree.children[1], above, nulls_right ? &tree : nulling);
      return;
    }
    for (auto& child : tree.children) {
      visit(child, outer, nulling);
    }
  }

  void visit_leaf(JoinTree& leaf, JoinTree* outer, JoinTree* nulling) {
    const auto& entry = range_of(leaf);
    if (nulling == nullptr && is_single_row(entry) && refers_within(entry.values.front(), outer)) {
      pull_up_values(leaf.range);
      return;
    }
    if (entry.kind == RangeKind::Function) {
      pull_up_constant_function(leaf, nulling);
      return;
    }
    if (entry.subquery == nullptr || pull_up_simple(leaf, outer, nulling)) {
      return;
    }
    if (is_simple_union_all(*range_of(leaf).subquery)) {
      flatten(leaf.range);
    }
  }

  /// pull_up_simple_subquery(): when the subquery is simple, and still is when its own subqueries
  /// are part of it.
  bool pull_up_simple(JoinTree& leaf, JoinTree* outer, JoinTree* nulling) {
    if (!is_simple(range_of(leaf)) || contains_lateral_outer_refs(range_of(leaf), outer)) {
      return false;
    }
    RangeTableEntry entry = range_of(leaf);
    entry.subquery = std::make_shared<Query>(*entry.subquery);
    Query& sub = *entry.subquery;
    replace_empty_join_tree(sub);
    pull_up_sublinks(root_, sub);
    SubqueryPullUp{root_, sub}.run();
    if (!is_simple(entry) || contains_lateral_outer_refs(entry, outer) ||
        (nulling != nullptr && entry.lateral && !may_compute_beside(leaf, sub, *nulling) &&
         !refers_left_only(leaf, sub, *nulling))) {
      return false;
    }
    const auto placeholders = placeholders_of(leaf.range, sub, nulling);
    auto hosts = hosts_of(sub, placeholders);
    if (!hosts && nulling == nullptr) {
      hosts.emplace();  // of grouping sets; computed where they are used
    }
    if (hosts) {
      pull_up(leaf, entry, nulling, *hosts);
    }
    return hosts.has_value();
  }

  [[nodiscard]] const RangeTableEntry& range_of(const JoinTree& leaf) const {
    return query_.range_table[static_cast<std::size_t>(leaf.range) - 1];
  }

  /// is_simple_values(): one row of VALUES is nothing but its expressions.
  [[nodiscard]] bool is_single_row(const RangeTableEntry& entry) const {
    return entry.kind == RangeKind::Values && entry.values.size() == 1 &&
           std::none_of(entry.values.front().begin(), entry.values.front().end(),
                        [&](const ExprPtr& value) {
                          return contains_volatile(value, root_) ||
                                 any_of(value, [](const Expr& e) { return e.returns_set; });
                        });
  }

  /// pull_up_simple_values().
  void pull_up_values(int range) {
    auto& entry = query_.range_table[static_cast<std::size_t>(range) - 1];
    const auto outputs = std::move(entry.values.front());
    entry.values.clear();
    entry.kind = RangeKind::Result;
    replace_columns(range, outputs);
  }

  /// pull_up_constant_function(): a call that folds to one value is nothing but the value.
  void pull_up_constant_function(JoinTree& leaf, JoinTree* nulling) {
    auto& entry = query_.range_table[static_cast<std::size_t>(leaf.range) - 1];
    if (entry.ordinality || entry.functions.size() != 1 || entry.columns.size() != 1) {
      return;
    }
    const ExprPtr value = simplify(entry.functions.front(), *root_.global->types);
    if (value->kind != ExprKind::Const || root_.global->types->is_composite(value->type)) {
      return;
    }
    entry.kind = RangeKind::Result;
    entry.functions.clear();
    if (nulling == nullptr) {
      replace_columns(leaf.range, {value});
      return;
    }
    Conditions apart{nulling};
    const int range = leaf.range;
    ExprPtr column;
    change_query(query_, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind == ExprKind::Var && expr->levels_up == depth && expr->varno == range &&
          expr->attno < kFirstComputed) {
        column = column ? column : placeholder(range, value);
        return shift_levels(column, depth, 0);
      }
      return nullptr;
    });
    apart.change(columns_as(range, {value}));
  }

  void replace_columns(int range, const std::vector<ExprPtr>& outputs) {
    change_query(query_, columns_as(range, outputs));
  }

  /// The columns of a range as what it put out.
  static ChangeExpr columns_as(int range, const std::vector<ExprPtr>& outputs) {
    return [range, &outputs](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind != ExprKind::Var || expr->levels_up != depth || expr->varno != range ||
          expr->attno < 0 || static_cast<std::size_t>(expr->attno) > outputs.size()) {
        return nullptr;
      }
      if (expr->attno == 0) {  // the whole row
        auto row = std::make_shared<Expr>();
        row->kind = ExprKind::RowExpr;
        row->type = expr->type;
        for (const auto& output : outputs) {
          row->args.push_back(shift_levels(output, depth, 0));
        }
        return row;
      }
      return shift_levels(outputs[static_cast<std::size_t>(expr->attno) - 1], depth, 0);
    };
  }

  /// The conditions within a join, while they are elsewhere: an outer join's own see the columns
  /// before it turns them to NULL, except a full join's, which must tell its sides apart
  /// (replace_vars_in_jointree()).
  class Conditions {
   public:
    explicit Conditions(JoinTree* tree) {
      if (tree != nullptr) {
        take(*tree);
      }
    }

    Conditions(const Conditions&) = delete;
    Conditions& operator=(const Conditions&) = delete;

    ~Conditions() {
      for (auto& [place, condition] : taken_) {
        *place = std::move(condition);
      }
    }

    void change(const ChangeExpr& change) {
      for (auto& [place, condition] : taken_) {
        condition = change_expr(condition, change, 0);
      }
    }

   private:
    void take(JoinTree& tree) {
      if (tree.kind != JoinTree::Kind::Join || tree.join != JoinType::Full) {
        taken_.emplace_back(&tree.quals, std::exchange(tree.quals, nullptr));
      }
      for (JoinTree& child : tree.children) {
        take(child);
      }
    }

    std::vector<std::pair<ExprPtr*, ExprPtr>> taken_;
  };

  [[nodiscard]] bool is_simple(const RangeTableEntry& entry) const {
    const Query& sub = *entry.subquery;
    if (sub.command != Command::Select || entry.security_barrier || sub.set_operation ||
        sub.has_aggregates || sub.has_window_functions || sub.has_returning_set ||
        !sub.group_by.empty() || sub.has_grouping_sets || sub.having || !sub.order_by.empty() ||
        !sub.distinct.empty() || sub.limit || sub.offset || sub.for_update || !sub.ctes.empty()) {
      return false;
    }
    for (const auto& target : sub.targets) {
      if (contains_volatile(target.expr, root_)) {
        return false;
      }
    }
    return true;
  }

  static bool is_true(const Expr& expr) {
    return expr.kind == ExprKind::Const && !expr.is_null && expr.text == "t";
  }

  /// LEFT JOIN LATERAL (SELECT expressions) ON TRUE: the expressions are the left side's, where a
  /// relation of it can hold them (remove_useless_results()).
  [[nodiscard]] bool may_compute_beside(const JoinTree& leaf, const Query& sub,
                                        const JoinTree& join) const {
    return join.join == JoinType::Left && &join.children[1] == &leaf &&
           (!join.quals || is_true(*join.quals)) && !sub.join_tree.quals &&
           std::all_of(sub.targets.begin(), sub.targets.end(), [&](const TargetEntry& target) {
             return !any_of(target.expr,
                            [](const Expr& e) {
                              return e.kind == ExprKind::SubLink || e.kind == ExprKind::SubPlan ||
                                     (e.kind == ExprKind::Var && e.levels_up != 1);
                            }) &&
                    host_in(root_, query_, join.children[0],
                            relids_of(shift_levels(target.expr, -1, 1))) != 0;
           });
  }

  /// LEFT JOIN LATERAL (SELECT ... WHERE column = outer column): its top conditions alone refer to
  /// others, and to those on the left only (is_simple_subquery(),
  /// jointree_contains_lateral_outer_refs()).
  [[nodiscard]] bool refers_left_only(const JoinTree& leaf, const Query& sub,
                                      const JoinTree& join) const {
    if (join.join != JoinType::Left || &join.children[1] != &leaf || is_row_of_nothing(sub)) {
      return false;
    }
    bool elsewhere = false;
    const ChangeExpr look = [&](const ExprPtr& expr, int depth) -> ExprPtr {
      elsewhere = elsewhere || (expr->kind == ExprKind::Var && expr->levels_up == depth + 1);
      return nullptr;
    };
    Query rest = sub;
    rest.join_tree.quals = nullptr;
    change_query(rest, look);
    const Relids left = ranges_of(join.children[0]);
    (void)change_expr(
        sub.join_tree.quals,
        [&](const ExprPtr& expr, int depth) -> ExprPtr {
          const bool outer = expr->kind == ExprKind::Var && expr->levels_up == depth + 1;
          elsewhere =
              elsewhere || (outer && (depth > 0 || !overlaps(left, singleton(expr->varno))));
          return nullptr;
        },
        0);
    return !elsewhere;
  }

  /// Columns that must not move out from under the outer join as they are: those that are referred
  /// to above it and do not turn to NULL by themselves with the subquery's own columns
  /// (pullup_replace_vars_callback()); with grouping sets above, all that are not plain columns
  /// (pull_up_simple_subquery()). 0: the whole row.
  std::set<int> placeholders_of(int range, const Query& sub, JoinTree* nulling) {
    if (nulling == nullptr && !query_.has_grouping_sets) {
      return {};
    }
    std::set<int> computed;
    int attno = 0;
    for (const auto& target : sub.targets) {
      if (target.junk) {
        continue;
      }
      ++attno;
      const bool turns_null =
          query_.has_grouping_sets
              ? target.expr->kind == ExprKind::Var && target.expr->levels_up == 0
              : has_vars_of_level(target.expr, 0) && !contains_nonstrict(target.expr, root_);
      if (!turns_null) {
        computed.insert(attno);
      }
    }
    std::set<int> needed;
    const Conditions apart{nulling};
    change_query(query_, [&](const ExprPtr& expr, int depth) -> ExprPtr {
      if (expr->kind == ExprKind::Var && expr->levels_up == depth && expr->varno == range &&
          (expr->attno == 0 || computed.contains(expr->attno))) {
        needed.insert(expr->attno);
      }
      return nullptr;
    });
    return needed;
  }

  /// The table among the subquery's relations that each of these columns goes with; nothing: there
  /// is none for one of them.
  [[nodiscard]] std::optional<std::map<int, int>> hosts_of(
      const Query& sub, const std::set<int>& placeholders) const {
    std::map<int, int> hosts;
    int attno = 0;
    for (const auto& target : sub.targets) {
      if (target.junk || !placeholders.contains(++attno)) {
        continue;
      }
      const int host = host_of(sub, target.expr);
      if (host == 0) {
        return std::nullopt;
      }
      hosts[attno] = host;
    }
    if (placeholders.contains(0)) {
      hosts[0] = host_of(sub, row_of(sub));
    }
    return placeholders.contains(0) && hosts[0] == 0 ? std::nullopt : std::optional{hosts};
  }

  /// The row that a reference to the whole subquery means.
  static ExprPtr row_of(const Query& sub) {
    auto row = std::make_shared<Expr>();
    row->kind = ExprKind::RowExpr;
    row->type = type_oid::kRecord;
    for (const auto& target : sub.targets) {
      if (!target.junk) {
        row->args.push_back(target.expr);
      }
    }
    return row;
  }

  [[nodiscard]] int host_of(const Query& sub, const ExprPtr& expr) const {
    const bool lateral =
        any_of(expr, [](const Expr& e) { return e.kind == ExprKind::Var && e.levels_up > 0; });
    if (any_of(expr, [](const Expr& e) {
          return e.kind == ExprKind::SubLink || e.kind == ExprKind::SubPlan;
        })) {
      return 0;
    }
    if (is_row_of_nothing(sub)) {
      return sub.join_tree.children.front().range;
    }
    if (lateral) {
      return 0;
    }
    const Relids all = ranges_of(sub.join_tree);
    const Relids used = relids_of(expr);
    const bool computed_there = is_singleton(all) || is_singleton(used);
    for (Relids left = used != 0 ? used : all; left != 0; left &= left - 1) {
      const int host = lowest(left);
      const auto& entry = sub.range_table[static_cast<std::size_t>(host) - 1];
      if (entry.kind == RangeKind::Relation &&
          !(computed_there && is_inheritance_parent(root_, entry))) {
        return host;
      }
      const bool stays =
          entry.subquery && !is_simple(entry) && !is_simple_union_all(*entry.subquery);
      if (stays && !is_singleton(all)) {
        return host;
      }
    }
    return 0;
  }

  /// make_placeholder_expr(): the expression as a column of the relation that it goes with.
  ExprPtr placeholder(int relation, const ExprPtr& expr) {
    auto& computed = range_at(relation).computed;
    auto column = std::make_shared<Expr>();
    column->kind = ExprKind::Var;
    column->varno = relation;
    column->attno = kFirstComputed + static_cast<int>(computed.size());
    column->type = expr->type;
    column->typmod = expr->typmod;
    column->collation = expr->collation;
    computed.push_back({expr, 0});
    return column;
  }

  /// replace_empty_jointree(): no FROM is one row of nothing.
  static void replace_empty_join_tree(Query& sub) {
    if (!sub.join_tree.children.empty()) {
      return;
    }
    RangeTableEntry nothing;
    nothing.kind = RangeKind::Result;
    sub.range_table.push_back(std::move(nothing));
    JoinTree leaf;
    leaf.kind = JoinTree::Kind::Range;
    leaf.range = static_cast<int>(sub.range_table.size());
    sub.join_tree.children = {std::move(leaf)};
  }

  static bool is_row_of_nothing(const Query& sub) {
    const auto& children = sub.join_tree.children;
    return children.size() == 1 && children.front().kind == JoinTree::Kind::Range &&
           sub.range_table[static_cast<std::size_t>(children.front().range) - 1].kind ==
               RangeKind::Result;
  }

  /// LATERAL items of a LATERAL subquery may refer to what is outside of it from now on.
  static void propagate_lateral(Query& sub) {
    for (RangeTableEntry& entry : sub.range_table) {
      entry.lateral = entry.lateral || entry.subquery || entry.kind == RangeKind::Function ||
                      entry.kind == RangeKind::Values;
    }
  }

  /// `hosts`: the relation of the subquery that each column held back goes with.
  void pull_up(JoinTree& leaf, const RangeTableEntry& pulled, JoinTree* nulling,
               const std::map<int, int>& hosts) {
    const int range = leaf.range;
    Query sub = *pulled.subquery;
    if (pulled.lateral) {
      propagate_lateral(sub);
    }
    const int offset = static_cast<int>(query_.range_table.size());
    offset_ranges(sub, offset);
    shift_levels(sub, -1, 1);
    for (auto& entry : sub.range_table) {
      query_.range_table.push_back(std::move(entry));
    }
    std::vector<ExprPtr> plain;
    std::vector<ExprPtr> outputs;
    std::vector<ExprPtr> held_back;
    for (const auto& target : sub.targets) {
      if (!target.junk) {
        plain.push_back(target.expr);
        const auto host = hosts.find(static_cast<int>(outputs.size()) + 1);
        if (host != hosts.end()) {
          held_back.push_back(placeholder(host->second + offset, target.expr));
        }
        outputs.push_back(host != hosts.end() ? held_back.back() : target.expr);
      }
    }
    const auto row_host = hosts.find(0);
    const ExprPtr row =
        row_host == hosts.end() ? nullptr : placeholder(row_host->second + offset, row_of(sub));
    {
      Conditions apart{nulling};
      change_query(query_, [&](const ExprPtr& expr, int depth) {
        const bool is_row = row && expr->kind == ExprKind::Var && expr->levels_up == depth &&
                            expr->varno == range && expr->attno == 0;
        return is_row ? shift_levels(row, depth, 0) : columns_as(range, outputs)(expr, depth);
      });
      apart.change(columns_as(range, plain));
    }
    if (row) {
      held_back.push_back(row);  // of the same scope
    }
    if (nulling != nullptr) {
      postpone_outer_quals(sub.join_tree, *nulling);
    }
    leaf = std::move(sub.join_tree);
    auto& entry = query_.range_table[static_cast<std::size_t>(range) - 1];
    entry.subquery.reset();
    entry.kind = RangeKind::Result;
    set_scopes(held_back, ranges_of(leaf));
  }

  /// PostponedQual, initsplan.c: conditions on relations outside go to the outer join, before its
  /// own.
  static void postpone_outer_quals(JoinTree& tree, JoinTree& nulling) {
    const Relids inside = ranges_of(tree);
    std::vector<ExprPtr> kept;
    std::vector<ExprPtr> postponed;
    for (const ExprPtr& qual : conjuncts(tree.quals)) {
      (is_subset(relids_of(qual), inside) ? kept : postponed).push_back(qual);
    }
    if (postponed.empty()) {
      return;
    }
    for (const ExprPtr& qual : conjuncts(nulling.quals)) {
      if (!is_true(*qual)) {
        postponed.push_back(qual);
      }
    }
    nulling.quals = and_of(std::move(postponed));
    tree.quals = kept.empty() ? nullptr : and_of(std::move(kept));
  }

  static ExprPtr and_of(std::vector<ExprPtr> quals) {
    return quals.size() == 1 ? quals.front() : make_bool_expr(ExprKind::And, std::move(quals));
  }

  void set_scopes(const std::vector<ExprPtr>& placeholders, Relids scope) {
    if (is_singleton(scope)) {
      return;
    }
    for (const ExprPtr& column : placeholders) {
      auto& computed = range_at(column->varno).computed;
      computed[static_cast<std::size_t>(column->attno - kFirstComputed)].scope = scope;
    }
  }

  // --- UNION ALL

  RangeTableEntry& range_at(int range) {
    return query_.range_table[static_cast<std::size_t>(range) - 1];
  }

  static int leftmost(const SetOperation& operation) {
    return operation.kind == SetOperation::Kind::Leaf ? operation.range
                                                      : leftmost(operation.arms.front());
  }

  static bool has_types(const Query& arm, const std::vector<RangeColumn>& columns) {
    std::size_t at = 0;
    for (const auto& target : arm.targets) {
      if (!target.junk && (at >= columns.size() || columns[at++].type != target.expr->type)) {
        return false;
      }
    }
    return at == columns.size();
  }

  static bool is_simple_union_all(const Query& query) {
    return query.set_operation && query.order_by.empty() && !query.limit && !query.offset &&
           !query.for_update && query.ctes.empty() &&
           is_union_all(query, *query.set_operation, query.set_operation->columns);
  }

  /// An arm that puts out its own columns as they are.
  UnionArm whole_arm(int range) {
    UnionArm arm{.range = range};
    for (const auto& target : range_at(range).subquery->targets) {
      if (target.junk) {
        continue;
      }
      auto var = std::make_shared<Expr>();
      var->kind = ExprKind::Var;
      var->varno = range;
      var->attno = static_cast<int>(arm.outputs.size()) + 1;
      var->type = target.expr->type;
      var->typmod = target.expr->typmod;
      var->collation = target.expr->collation;
      arm.outputs.push_back(std::move(var));
    }
    return arm;
  }

  void collect_arms(const SetOperation& operation, int offset, std::vector<UnionArm>& arms) {
    if (operation.kind == SetOperation::Kind::Leaf) {
      arms.push_back(whole_arm(operation.range + offset));
      return;
    }
    for (const auto& arm : operation.arms) {
      collect_arms(arm, offset, arms);
    }
  }

  void set_arms(int whole, std::vector<UnionArm> arms) {
    range_at(whole).subquery.reset();
    range_at(whole).arms = std::move(arms);
    for (std::size_t i = 0; i < range_at(whole).arms.size(); ++i) {
      visit_arm(whole, i);
    }
  }

  /// pull_up_simple_union_all().
  void flatten(int whole) {
    Query sub = *range_at(whole).subquery;
    const int offset = static_cast<int>(query_.range_table.size());
    const bool lateral = range_at(whole).lateral;
    shift_levels(sub, -1, 1);
    for (auto& entry : sub.range_table) {
      entry.lateral = entry.lateral || lateral;
      query_.range_table.push_back(std::move(entry));
    }
    std::vector<UnionArm> arms;
    collect_arms(*sub.set_operation, offset, arms);
    set_arms(whole, std::move(arms));
  }

  /// An arm that only reads one relation becomes that relation.
  void visit_arm(int whole, std::size_t i) {
    const int range = range_at(whole).arms[i].range;
    if (is_simple_union_all(*range_at(range).subquery)) {
      flatten(range);
      return;
    }
    Query sub = *range_at(range).subquery;
    if (!sub.join_tree.quals) {
      replace_empty_join_tree(sub);
    }
    RangeTableEntry simplified = range_at(range);
    simplified.subquery = std::make_shared<Query>(std::move(sub));
    if (!is_simple(simplified) || single_relation(*simplified.subquery) == 0) {
      return;
    }
    pull_up_sublinks(root_, *simplified.subquery);
    SubqueryPullUp{root_, *simplified.subquery}.run();
    if (const int relation = single_relation(*simplified.subquery);
        relation != 0 && is_simple(simplified) && may_be_arm(*simplified.subquery, relation)) {
      replace_arm(whole, i, *simplified.subquery, relation);
    }
  }

  /// is_safe_append_member(): the range of the only relation; 0: there are more, or conditions.
  static int single_relation(const Query& query) {
    const JoinTree* tree = &query.join_tree;
    while (tree->kind == JoinTree::Kind::From) {
      if (tree->children.size() != 1 || tree->quals) {
        return 0;
      }
      tree = &tree->children.front();
    }
    return tree->kind == JoinTree::Kind::Range ? tree->range : 0;
  }

  /// What the server would do with any relation is done here with subqueries only where their
  /// columns stay as they are.
  static bool may_be_arm(const Query& query, int relation) {
    const auto& entry = query.range_table[static_cast<std::size_t>(relation) - 1];
    if (entry.kind != RangeKind::Subquery) {
      return true;
    }
    int attno = 0;
    return std::all_of(query.targets.begin(), query.targets.end(), [&](const TargetEntry& target) {
      return target.expr->kind == ExprKind::Var && target.expr->levels_up == 0 &&
             target.expr->attno == ++attno;
    });
  }

  void replace_arm(int whole, std::size_t i, Query sub, int relation) {
    const int offset = static_cast<int>(query_.range_table.size());
    offset_ranges(sub, offset);
    shift_levels(sub, -1, 1);
    for (auto& entry : sub.range_table) {
      query_.range_table.push_back(std::move(entry));
    }
    UnionArm& arm = range_at(whole).arms[i];
    range_at(arm.range).subquery.reset();
    range_at(arm.range).kind = RangeKind::Result;
    arm.range = relation + offset;
    arm.outputs.clear();
    for (const auto& target : sub.targets) {
      if (!target.junk) {
        arm.outputs.push_back(target.expr);
      }
    }
  }

  const PlannerInfo& root_;
  Query& query_;
};

}  // namespace

void pull_up_subqueries(PlannerInfo& root) {
  SubqueryPullUp{root, root.query}.run();
}

void flatten_union_all(PlannerInfo& root) {
  const auto& operation = root.query.set_operation;
  if (operation && operation->kind == SetOperation::Kind::Union &&
      SubqueryPullUp::is_union_all(root.query, *operation, operation->columns) &&
      !is_recursive_union(root.query, *operation)) {
    SubqueryPullUp{root, root.query}.flatten_query();
  }
}

}  // namespace quern::planner_model
