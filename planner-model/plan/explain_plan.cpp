#include "planner-model/plan/explain_plan.hpp"

#include <algorithm>

#include "planner-model/plan/deparse.hpp"
#include "planner-model/plan/index_cost.hpp"
#include "planner-model/plan/min_max.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"

namespace quern::planner_model {

namespace {

std::string join_type_name(JoinType type) {
  switch (type) {
    case JoinType::Left:
      return "Left";
    case JoinType::Full:
      return "Full";
    case JoinType::Right:
      return "Right";
    case JoinType::Semi:
      return "Semi";
    case JoinType::Anti:
      return "Anti";
    default:
      return "Inner";
  }
}

/// Names of range-table entries over the whole plan, unique as select_rtable_names_for_explain()
/// makes them: the second "o" is "o_1".
class Names {
 public:
  std::string of(const PlannerInfo& root, int range, const Table* member) {
    const auto key = std::make_tuple(&root, range, member);
    if (const auto it = given_.find(key); it != given_.end()) {
      return it->second;
    }
    const auto& entry = root.query.range_table[static_cast<std::size_t>(range) - 1];
    // Partitions go by their parent's name.
    const std::string base = entry.alias.empty() ? "unnamed_join" : entry.alias;
    std::string name = base;
    for (int n = 1; !used_.insert(name).second; ++n) {
      name = base + "_" + std::to_string(n);
    }
    given_[key] = name;
    return name;
  }

  /// The entry goes by another's name: its own node is not in the plan.
  void stand_in(const PlannerInfo& root, int range, const std::string& name) {
    given_[std::make_tuple(&root, range, static_cast<const Table*>(nullptr))] = name;
  }

 private:
  std::map<std::tuple<const PlannerInfo*, int, const Table*>, std::string> given_;
  std::set<std::string> used_;
};

class Converter {
 public:
  Converter(PlannerInfo& top, std::set<std::string>& indexes) : top_{top}, indexes_{indexes} {
    // The server counts its whole range table: partitions and pulled-up subqueries too.
    std::size_t ranges = 0;
    for (auto& root : top.global->roots) {
      ranges += root.query.range_table.size();
      for (const auto* rel : root.base) {
        ranges += rel != nullptr && rel->is_append ? rel->members_before_pruning : 0;
      }
    }
    prefix_ = ranges > 1;
  }

  /// Names every entry that the plan shows before any is printed: in the order of the server's
  /// range table, this level first, then subqueries and subplans as they are met.
  void assign_names(const PlannerInfo& root, const Path& path) {
    mark_trivial_scans(path, true);
    for (const auto& info : top_.global->subplans) {
      if (info.path != nullptr) {
        mark_trivial_scans(*info.path, true);
      }
    }
    name_level(root, path);
    for (const auto& info : top_.global->subplans) {
      if (info.root != nullptr && info.path != nullptr) {
        name_level(*info.root, *info.path);
      }
    }
  }

  PlanNode level(PlannerInfo& root, const Path& path) {
    PlanNode node = convert(root, path);
    std::vector<PlanNode> subplans;
    for (const int id : root.init_plans) {
      const auto& info = top_.global->subplans[static_cast<std::size_t>(id) - 1];
      PlanNode child = level(*info.root, *info.path);
      child.relationship = "InitPlan";
      child.subplan_name = info.name;
      subplans.push_back(std::move(child));
    }
    node.children.insert(node.children.begin(), std::make_move_iterator(subplans.begin()),
                         std::make_move_iterator(subplans.end()));
    return node;
  }

 private:
  // --- names

  struct Shown {
    std::set<std::pair<int, int>> entries = {};  ///< range, then 0 or the member's place from 1
    std::set<int> elided_parents = {};           ///< partitioned tables with one partition left
    std::vector<std::pair<const PlannerInfo*, const Path*>> below = {};
  };

  /// trivial_subqueryscan() (setrefs.c): the scan only passes rows on, and is left out. Where the
  /// plan above does not ask for just the columns it needs (`exact`), the scan puts out them all
  /// (use_physical_tlist(), createplan.c).
  static bool is_trivial(const Path& path, const PathTarget& target, bool exact) {
    if (!path.parent->restrictions.empty() ||
        (path.param != nullptr && !path.param->clauses.empty())) {
      return false;
    }
    if (!exact && !path.parent->whole_row_needed) {
      return true;
    }
    const auto& targets = path.subroot->query.targets;
    const auto& exprs = target.exprs;
    if (exprs.size() != targets.size() ||
        std::any_of(targets.begin(), targets.end(), [](const auto& t) { return t.junk; })) {
      return false;
    }
    for (std::size_t i = 0; i < exprs.size(); ++i) {
      if (exprs[i]->kind != ExprKind::Var || exprs[i]->attno != static_cast<int>(i) + 1) {
        return false;
      }
    }
    return true;
  }

  /// Follows the CP_ flags of create_plan_recurse() down the plan.
  void mark_trivial_scans(const Path& path, bool exact) {
    const auto below = [&](bool child_exact) {
      for (const auto* child_path : path.children) {
        mark_trivial_scans(*child_path, child_exact);
      }
    };
    switch (path.kind) {
      case PathKind::SubqueryScan:
        if (is_trivial(path, *path.target, exact)) {
          trivial_.insert(&path);
        }
        below(true);
        return;
      case PathKind::NestedLoop:
      case PathKind::Aggregate:
      case PathKind::Group:
        below(computes_columns(*path.children.front()));
        return;
      case PathKind::HashJoin:
        mark_trivial_scans(*path.children[0], path.batches > 1);
        mark_trivial_scans(*path.children[1], true);
        return;
      case PathKind::MergeJoin:
        mark_trivial_scans(*path.children[0], !path.outer_sort.empty());
        mark_trivial_scans(*path.children[1], !path.inner_sort.empty());
        return;
      case PathKind::Projection:
        // What it computes, the node below it does; else a Result of its own.
        exact = path.single_copy && (exact || computes_columns(path));
        below(exact);
        if (const auto& sub = *path.children.front(); sub.kind == PathKind::SubqueryScan) {
          trivial_.erase(&sub);
          if (is_trivial(sub, *path.target, exact)) {
            trivial_.insert(&sub);
          }
        }
        return;
      case PathKind::Limit:
      case PathKind::LockRows:
      case PathKind::UpperUnique:
        below(exact);
        return;
      default:
        below(true);
    }
  }

  static bool computes_columns(const Path& path) {
    return path.kind == PathKind::Projection &&
           std::any_of(path.target->exprs.begin(), path.target->exprs.end(),
                       [](const ExprPtr& expr) { return expr->kind != ExprKind::Var; });
  }

  [[nodiscard]] bool is_left_out(const Path& path) const {
    return path.kind == PathKind::SubqueryScan && trivial_.contains(&path);
  }

  static int member_place(const PlannerInfo& root, const RelOptInfo& rel) {
    if (rel.kind != RelKind::Member) {
      return 0;
    }
    const auto* parent = root.base[static_cast<std::size_t>(rel.range)];
    for (std::size_t i = 0; parent != nullptr && i < parent->members.size(); ++i) {
      if (parent->members[i] == &rel) {
        return static_cast<int>(i) + 1;
      }
    }
    return 0;
  }

  void collect_shown(const PlannerInfo& root, const Path& path, Shown& shown) {
    switch (path.kind) {
      case PathKind::SeqScan:
      case PathKind::SampleScan:
      case PathKind::IndexScan:
      case PathKind::IndexOnlyScan:
      case PathKind::BitmapHeapScan:
      case PathKind::TidScan:
      case PathKind::FunctionScan:
      case PathKind::ValuesScan:
      case PathKind::CteScan:
      case PathKind::WorkTableScan:
        shown.entries.emplace(path.parent->range, member_place(root, *path.parent));
        return;
      case PathKind::SubqueryScan:
        if (is_left_out(path)) {
          left_out_[{&root, path.parent->range}] = path.subroot;
        } else {
          shown.entries.emplace(path.parent->range, 0);
        }
        shown.below.emplace_back(path.subroot, path.children.front());
        return;
      case PathKind::Append:
      case PathKind::MergeAppend:
        if (path.parent != nullptr && path.parent->kind == RelKind::Base &&
            path.parent->is_append) {
          if (path.children.size() == 1) {
            shown.elided_parents.insert(path.parent->range);
          } else {
            shown.entries.emplace(path.parent->range, 0);
          }
        }
        break;
      case PathKind::ModifyTable:
        shown.entries.emplace(root.query.result_range, 0);
        break;
      case PathKind::MinMaxAggregate:
        return;
      default:
        break;
    }
    for (const auto* child : path.children) {
      collect_shown(root, *child, shown);
    }
  }

  void name_level(const PlannerInfo& root, const Path& path) {
    Shown shown;
    collect_shown(root, path, shown);
    for (const auto& [range, place] : shown.entries) {
      const auto* rel = static_cast<std::size_t>(range) < root.base.size()
                            ? root.base[static_cast<std::size_t>(range)]
                            : nullptr;
      const Table* member = place > 0 && rel != nullptr
                                ? rel->members[static_cast<std::size_t>(place) - 1]->table
                                : nullptr;
      const std::string name = names_.of(root, range, member);
      if (shown.elided_parents.count(range) > 0) {
        names_.stand_in(root, range, name);
      }
    }
    for (const auto& [subroot, subpath] : shown.below) {
      name_level(*subroot, *subpath);
    }
  }

  // --- expressions

  DeparseContext context(const PlannerInfo& root, const Table* member) {
    DeparseContext c;
    c.types = top_.global->types;
    c.prefix_columns = prefix_;
    c.range_name = [this, &root, member](int range) {
      return names_.of(root, range, member_of(root, range, member));
    };
    c.column_name = [&root](int range, int attno) -> std::string {
      static const char* const kSystem[] = {"", "ctid", "xmin", "cmin", "xmax", "cmax", "tableoid"};
      if (attno == 0) {
        return "*";
      }
      if (attno < 0) {
        return -attno <= 6 ? kSystem[-attno] : "?";
      }
      const auto& entry = root.query.range_table[static_cast<std::size_t>(range) - 1];
      const auto at = static_cast<std::size_t>(attno) - 1;
      return at < entry.columns.size() ? entry.columns[at].name : "?column?";
    };
    c.subplan_text = [this](const Expr& subplan) {
      const auto& info = top_.global->subplans[static_cast<std::size_t>(subplan.subplan_id) - 1];
      pending_.insert(subplan.subplan_id);
      return (subplan.hashed ? "hashed " : "") + info.name;
    };
    return c;
  }

  static const Table* member_of(const PlannerInfo& root, int range, const Table* member) {
    if (member == nullptr) {
      return nullptr;
    }
    const auto* rel = root.base[static_cast<std::size_t>(range)];
    if (rel == nullptr || !rel->is_append) {
      return nullptr;
    }
    const bool ours = std::any_of(rel->members.begin(), rel->members.end(),
                                  [&](const RelOptInfo* m) { return m->table == member; });
    return ours ? member : nullptr;
  }

  /// Correlation parameters print as the outer columns they stand for.
  ExprPtr resolved(const ExprPtr& expr, const PlannerInfo& root) {
    if (expr->kind == ExprKind::Param && expr->param_kind == ParamKind::Exec) {
      const auto& param = top_.global->exec_params[static_cast<std::size_t>(expr->param_id)];
      if (param.source && param.level != nullptr) {
        auto named = std::make_shared<Expr>(*expr);
        named->kind = ExprKind::Opaque;
        auto outer = context(*param.level, nullptr);
        outer.prefix_columns = true;
        named->name = deparse(param.source, outer);
        return named;
      }
      return expr;
    }
    if (expr->kind == ExprKind::Var && expr->attno > 0) {
      return through_left_out(expr, root);
    }
    return map_children(expr, [&](const ExprPtr& child) { return resolved(child, root); });
  }

  /// A column of a subquery whose scan is left out of the plan prints as what the subquery
  /// computes.
  ExprPtr through_left_out(const ExprPtr& var, const PlannerInfo& root) {
    const auto found = left_out_.find({&root, var->varno});
    if (found == left_out_.end()) {
      return var;
    }
    const PlannerInfo& subroot = *found->second;
    const auto& targets = subroot.query.targets;
    const auto at = static_cast<std::size_t>(var->attno) - 1;
    if (at >= targets.size()) {
      return var;
    }
    const ExprPtr inner = resolved(targets[at].expr, subroot);
    auto named = std::make_shared<Expr>(*var);
    named->kind = ExprKind::Opaque;
    named->name = deparse(inner, context(subroot, nullptr));
    if (inner->kind != ExprKind::Var && inner->kind != ExprKind::Opaque) {
      named->name = "(" + named->name + ")";
    }
    return named;
  }

  void note_subplans(const ExprPtr& expr) {
    (void)any_of(expr, [&](const Expr& e) {
      if (e.kind == ExprKind::SubPlan) {
        pending_.insert(e.subplan_id);
      }
      return false;
    });
  }

  std::string text(PlannerInfo& root, const ExprPtr& expr, const Table* member,
                   const std::vector<ExprPtr>& below = {}) {
    note_subplans(expr);
    auto c = context(root, member);
    c.bare_range = scanned_;
    for (const auto& e : below) {
      c.computed_below.push_back(resolved(e, root));
    }
    return deparse(resolved(expr, root), c);
  }

  std::string all(PlannerInfo& root, const std::vector<ExprPtr>& exprs, const Table* member,
                  const std::vector<ExprPtr>& below = {}) {
    if (exprs.empty()) {
      return {};
    }
    if (exprs.size() == 1) {
      return text(root, exprs.front(), member, below);
    }
    auto both = std::make_shared<Expr>();
    both->kind = ExprKind::And;
    both->type = type_oid::kBool;
    both->args = exprs;
    return text(root, both, member, below);
  }

  static void add(PlanNode& node, std::string name, std::string value) {
    if (!value.empty()) {
      node.properties.push_back({std::move(name), std::move(value), {}});
    }
  }

  static void add_list(PlanNode& node, std::string name, std::vector<std::string> items) {
    if (items.empty()) {
      return;
    }
    std::string joined;
    for (const auto& item : items) {
      joined += (joined.empty() ? "" : ", ") + item;
    }
    node.properties.push_back({std::move(name), std::move(joined), std::move(items)});
  }

  void add_clauses(PlanNode& node, const char* name, PlannerInfo& root,
                   const std::vector<RestrictInfo*>& clauses, const Table* member,
                   const std::vector<RestrictInfo*>& without = {}) {
    add(node, name, all(root, in_order(root, clauses, without), member));
  }

  /// order_qual_clauses(): cheap checks first, otherwise as they stand.
  static std::vector<ExprPtr> in_order(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                                       const std::vector<RestrictInfo*>& without) {
    std::vector<std::pair<double, ExprPtr>> items;
    for (auto* clause : clauses) {
      if (clause->pseudoconstant ||
          std::find(without.begin(), without.end(), clause) != without.end()) {
        continue;
      }
      items.emplace_back(clause_cost(*clause, root).per_tuple, clause->clause);
    }
    std::stable_sort(items.begin(), items.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<ExprPtr> exprs;
    for (auto& item : items) {
      exprs.push_back(std::move(item.second));
    }
    return exprs;
  }

  std::vector<RestrictInfo*> scan_clauses(const Path& path) {
    std::vector<RestrictInfo*> clauses =
        path.index != nullptr && path.kind != PathKind::BitmapHeapScan ? path.index->restrict_info
                                                                       : path.parent->restrictions;
    if (path.param != nullptr) {
      clauses.insert(clauses.end(), path.param->clauses.begin(), path.param->clauses.end());
    }
    return clauses;
  }

  // --- nodes

  PlanNode base(const char* type, const Path& path) {
    PlanNode node;
    node.node_type = type;
    node.parallel_aware = path.parallel_aware;
    node.startup = Cost{path.startup};
    node.total = Cost{path.total};
    node.rows = Rows{path.rows};
    node.width = path.target != nullptr ? path.target->width : 0;
    return node;
  }

  const Table* name_relation(PlanNode& node, PlannerInfo& root, const RelOptInfo& rel) {
    const Table* member = rel.kind == RelKind::Member ? rel.table : nullptr;
    if (rel.table != nullptr) {
      node.relation = rel.table->name;
      node.schema = rel.table->schema;
    }
    node.alias = names_.of(root, rel.range, member);
    return member;
  }

  void child(PlanNode& node, PlannerInfo& root, const Path& path, const char* relationship) {
    PlanNode converted = convert(root, path);
    converted.relationship = relationship;
    node.children.push_back(std::move(converted));
  }

  PlanNode convert(PlannerInfo& root, const Path& path) {
    std::set<int> saved;
    std::swap(saved, pending_);
    PlanNode node = convert_one(root, path);
    // SubPlans named in this node's own conditions hang below it.
    std::set<int> mine;
    std::swap(mine, pending_);
    pending_ = std::move(saved);
    for (const int id : mine) {
      if (!shown_.insert(id).second) {
        continue;
      }
      const auto& info = top_.global->subplans[static_cast<std::size_t>(id) - 1];
      PlanNode sub = level(*info.root, *info.path);
      sub.relationship = "SubPlan";
      sub.subplan_name = info.name;
      node.children.push_back(std::move(sub));
    }
    return node;
  }

  void note_target(PlannerInfo& root, const Path& path) {
    (void)root;
    if (path.target != nullptr) {
      for (const auto& expr : path.target->exprs) {
        note_subplans(expr);
      }
    }
  }

  PlanNode convert_one(PlannerInfo& root, const Path& path) {
    switch (path.kind) {
      case PathKind::SeqScan:
      case PathKind::SampleScan:
      case PathKind::IndexScan:
      case PathKind::IndexOnlyScan:
      case PathKind::BitmapHeapScan:
      case PathKind::TidScan:
      case PathKind::FunctionScan:
      case PathKind::ValuesScan:
      case PathKind::CteScan:
      case PathKind::WorkTableScan:
        return scan(root, path);
      case PathKind::SubqueryScan:
        return subquery_scan(root, path);
      case PathKind::NestedLoop:
      case PathKind::HashJoin:
      case PathKind::MergeJoin:
        return join(root, path);
      case PathKind::Projection:
        return projection(root, path);
      default:
        return upper(root, path);
    }
  }

  PlanNode scan(PlannerInfo& root, const Path& path) {
    static const std::map<PathKind, const char*> kNames{
        {PathKind::SeqScan, "Seq Scan"},
        {PathKind::SampleScan, "Sample Scan"},
        {PathKind::IndexScan, "Index Scan"},
        {PathKind::IndexOnlyScan, "Index Only Scan"},
        {PathKind::BitmapHeapScan, "Bitmap Heap Scan"},
        {PathKind::TidScan, "Tid Scan"},
        {PathKind::FunctionScan, "Function Scan"},
        {PathKind::ValuesScan, "Values Scan"},
        {PathKind::CteScan, "CTE Scan"},
        {PathKind::WorkTableScan, "WorkTable Scan"}};
    PlanNode node = base(kNames.at(path.kind), path);
    note_target(root, path);
    const RelOptInfo& rel = *path.parent;
    const Table* member = name_relation(node, root, rel);
    if (path.kind == PathKind::CteScan || path.kind == PathKind::WorkTableScan) {
      node.cte_name = rel.entry->cte;
    }
    if (path.kind == PathKind::FunctionScan && rel.entry->functions.size() == 1) {
      const auto* f = top_.global->types->function(rel.entry->functions.front()->function);
      node.function_name = f != nullptr ? std::string{f->name} : rel.entry->functions.front()->name;
    }
    const auto clauses = scan_clauses(path);
    scanned_ = rel.range;
    if (path.index != nullptr) {
      node.index = path.index->index->name;
      indexes_.insert(node.index);
      node.scan_direction = path.backward ? "Backward" : "Forward";
      std::vector<ExprPtr> conditions;
      for (const auto& clause : path.index_clauses) {
        for (const auto* qual : clause.quals) {
          conditions.push_back(qual->clause);
        }
      }
      add(node, "Index Cond", all(root, conditions, member));
      add_clauses(node, "Filter", root, non_index_conditions(clauses, path.index_clauses), member);
    } else if (path.kind == PathKind::BitmapHeapScan) {
      bitmap(node, root, path, member, clauses);
    } else if (path.kind == PathKind::TidScan) {
      add_clauses(node, "TID Cond", root, path.join_clauses, member);
      add_clauses(node, "Filter", root, clauses, member, path.join_clauses);
    } else {
      add_clauses(node, "Filter", root, clauses, member);
    }
    scanned_ = 0;
    return node;
  }

  /// create_bitmap_subplan(): the clauses as written, for the recheck, and as the indexes take
  /// them.
  struct BitmapConditions {
    std::vector<ExprPtr> original = {};
    std::vector<ExprPtr> index = {};
  };

  static void bitmap_conditions(const PlannerInfo& root, const Path& tree, BitmapConditions& out) {
    if (tree.kind == PathKind::BitmapOr) {
      out.original.insert(out.original.end(), tree.bitmap_quals.begin(), tree.bitmap_quals.end());
      out.index.insert(out.index.end(), tree.bitmap_quals.begin(), tree.bitmap_quals.end());
      return;
    }
    for (const auto* child_tree : tree.children) {
      bitmap_conditions(root, *child_tree, out);
    }
    if (tree.index == nullptr) {
      return;
    }
    for (const auto& clause : tree.index_clauses) {
      out.original.push_back(clause.rinfo->clause);
      for (const auto* qual : clause.quals) {
        out.index.push_back(qual->clause);
      }
    }
    for (const auto& predicate : tree.index->predicate) {
      if (!predicate_implied_by(root, {predicate}, out.original)) {
        out.original.push_back(predicate);
        out.index.push_back(predicate);
      }
    }
  }

  static void exact_clauses(const Path& tree, std::vector<const RestrictInfo*>& out) {
    if (tree.kind == PathKind::BitmapOr) {
      return;
    }
    for (const auto* child_tree : tree.children) {
      exact_clauses(*child_tree, out);
    }
    for (const auto& clause : tree.index_clauses) {
      if (!clause.lossy) {
        out.push_back(clause.rinfo);
      }
    }
  }

  PlanNode bitmap_tree(PlannerInfo& root, const Path& tree, const Table* member) {
    if (tree.kind == PathKind::BitmapAnd || tree.kind == PathKind::BitmapOr) {
      PlanNode node = base(tree.kind == PathKind::BitmapAnd ? "BitmapAnd" : "BitmapOr", tree);
      node.width = 0;
      node.rows = Rows{clamp_row_est(tree.index_selectivity * tree.parent->tuples)};
      for (const auto* c : tree.children) {
        PlanNode leaf = bitmap_tree(root, *c, member);
        leaf.relationship = "Member";
        node.children.push_back(std::move(leaf));
      }
      return node;
    }
    PlanNode node = base("Bitmap Index Scan", tree);
    node.index = tree.index->index->name;
    indexes_.insert(node.index);
    node.startup = Cost{0};
    node.total = Cost{tree.index_total_cost};
    node.rows = Rows{clamp_row_est(tree.index_selectivity * tree.parent->tuples)};
    node.width = 0;
    node.parallel_aware = false;
    std::vector<ExprPtr> conditions;
    for (const auto& clause : tree.index_clauses) {
      for (const auto* qual : clause.quals) {
        conditions.push_back(qual->clause);
      }
    }
    add(node, "Index Cond", all(root, conditions, member));
    return node;
  }

  void bitmap(PlanNode& node, PlannerInfo& root, const Path& path, const Table* member,
              const std::vector<RestrictInfo*>& clauses) {
    const Path& tree = *path.children.front();
    BitmapConditions conditions;
    bitmap_conditions(root, tree, conditions);
    std::vector<const RestrictInfo*> exact;
    exact_clauses(tree, exact);
    std::vector<RestrictInfo*> filter;
    for (auto* clause : clauses) {
      const bool checked = std::any_of(exact.begin(), exact.end(),
                                       [&](const RestrictInfo* e) {
                                         return e == clause || (clause->parent_ec != nullptr &&
                                                                e->parent_ec == clause->parent_ec);
                                       }) ||
                           std::any_of(conditions.index.begin(), conditions.index.end(),
                                       [&](const ExprPtr& e) { return equal(e, clause->clause); });
      if (!checked) {
        filter.push_back(clause);
      }
    }
    // What the filter tests anyway needs no recheck.
    std::vector<ExprPtr> recheck;
    for (const ExprPtr& condition : conditions.original) {
      const bool filtered = std::any_of(filter.begin(), filter.end(), [&](const RestrictInfo* f) {
        return equal(f->clause, condition);
      });
      if (!filtered) {
        recheck.push_back(condition);
      }
    }
    add(node, "Recheck Cond", all(root, recheck, member));
    add_clauses(node, "Filter", root, filter, member);
    PlanNode leaf = bitmap_tree(root, tree, member);
    leaf.relationship = "Outer";
    node.children.push_back(std::move(leaf));
  }

  PlanNode subquery_scan(PlannerInfo& root, const Path& path) {
    if (is_left_out(path)) {
      return level(*path.subroot, *path.children.front());
    }
    PlanNode node = base("Subquery Scan", path);
    note_target(root, path);
    node.alias = names_.of(root, path.parent->range, nullptr);
    add_clauses(node, "Filter", root, scan_clauses(path), nullptr);
    PlanNode sub = level(*path.subroot, *path.children.front());
    sub.relationship = "Subquery";
    node.children.push_back(std::move(sub));
    return node;
  }

  PlanNode sort_node(PlannerInfo& root, const Path& input, const PathKeys& keys, double rows_cost) {
    (void)rows_cost;
    Path sorted;
    sorted.kind = PathKind::Sort;
    sorted.target = input.target;
    cost_sort(sorted, root, input.total, input.rows, input.target->width, -1.0);
    PlanNode node = base("Sort", sorted);
    add_list(node, "Sort Key", sort_items(root, keys, *input.parent, *input.target));
    child(node, root, input, "Outer");
    return node;
  }

  /// The output column that carries a sort key, whatever binary-compatible cast is around either
  /// (find_ec_member_matching_expr(), equivclass.c); nothing: the sort's input computes the key.
  static const EquivalenceMember* sort_column(const PathKey& key, const PathTarget& target,
                                              ExprPtr& expr) {
    for (const ExprPtr& column : target.exprs) {
      const ExprPtr bare = strip_relabel(column);
      for (const auto* member : key.ec->members) {
        if (!member->is_const && equal(strip_relabel(member->expr), bare)) {
          expr = column;
          return member;
        }
      }
    }
    return nullptr;
  }

  /// The expression of a sort key that the relation can compute.
  std::vector<std::string> sort_items(PlannerInfo& root, const PathKeys& keys,
                                      const RelOptInfo& rel, const PathTarget& target) {
    std::vector<std::string> items;
    for (const auto& key : keys) {
      ExprPtr expr;
      const EquivalenceMember* chosen = sort_column(key, target, expr);
      if (chosen == nullptr) {
        const auto computable = std::find_if(
            key.ec->members.begin(), key.ec->members.end(), [&](const EquivalenceMember* member) {
              return !member->is_const && is_subset(member->relids, rel.relids);
            });
        chosen = computable == key.ec->members.end() ? key.ec->members.front() : *computable;
        expr = chosen->expr;
      }
      const auto& types = *top_.global->types;
      const Ordering ordering = types.ordering(chosen->datatype);
      auto c = context(root, nullptr);
      // Computed below the sort: printed in parentheses unless a column.
      const ExprPtr shown = resolved(expr, root);
      if (shown->kind != ExprKind::Opaque) {
        c.computed_below = {shown};
      }
      items.push_back(deparse_sort_key(shown, key.descending ? ordering.greater : ordering.less,
                                       key.nulls_first, c));
    }
    return items;
  }

  PlanNode join(PlannerInfo& root, const Path& path) {
    const char* name = path.kind == PathKind::NestedLoop ? "Nested Loop"
                       : path.kind == PathKind::HashJoin ? "Hash Join"
                                                         : "Merge Join";
    PlanNode node = base(name, path);
    note_target(root, path);
    node.join_type = join_type_name(path.join_type);
    node.inner_unique = path.inner_unique;
    const Path& outer = *path.children[0];
    const Path& inner = *path.children[1];
    const bool outer_join = path.join_type != JoinType::Inner && path.join_type != JoinType::Semi;
    std::vector<RestrictInfo*> join_quals;
    std::vector<RestrictInfo*> filters;
    for (auto* clause : path.join_clauses) {
      const bool pushed =
          clause->is_pushed_down || !is_subset(clause->required_relids, path.parent->relids);
      (outer_join && pushed ? filters : join_quals).push_back(clause);
    }
    if (path.kind != PathKind::NestedLoop) {
      std::vector<ExprPtr> keys;
      for (auto* clause : path.hash_clauses) {
        // The outer side stands on the left.
        ExprPtr expr = clause->clause;
        if (!is_subset(clause->left_relids, outer.parent->relids)) {
          const Oid commuted = top_.global->types->commutator(expr->op);
          expr = make_op(commuted, expr->args[1], expr->args[0], expr->input_collation, root);
        }
        keys.push_back(expr);
      }
      add(node, path.kind == PathKind::HashJoin ? "Hash Cond" : "Merge Cond",
          all(root, keys, nullptr));
    }
    add_clauses(node, "Join Filter", root, join_quals, nullptr, path.hash_clauses);
    add_clauses(node, "Filter", root, filters, nullptr);
    if (path.kind == PathKind::MergeJoin) {
      side(node, root, outer, path.outer_sort, "Outer", false);
      side(node, root, inner, path.inner_sort, "Inner", path.materialize_inner);
      return node;
    }
    child(node, root, outer, "Outer");
    if (path.kind == PathKind::HashJoin) {
      PlanNode hash = base("Hash", inner);
      hash.startup = hash.total;
      hash.relationship = "Inner";
      hash.parallel_aware = path.parallel_hash;
      if (path.parallel_hash) {
        hash.rows = Rows{clamp_row_est(path.inner_rows_total)};
        hash.rows = Rows{inner.rows};
      }
      child(hash, root, inner, "Outer");
      node.children.push_back(std::move(hash));
    } else {
      child(node, root, inner, "Inner");
    }
    return node;
  }

  void side(PlanNode& node, PlannerInfo& root, const Path& path, const PathKeys& sort,
            const char* relationship, bool materialize) {
    PlanNode below = sort.empty() ? convert(root, path) : sort_node(root, path, sort, 0);
    if (materialize) {
      PlanNode material;
      material.node_type = "Materialize";
      const auto& p = top_.global->cost;
      material.startup = below.startup;
      material.rows = below.rows;
      material.width = below.width;
      // copy_plan_costsize(), plus a little for each row stored.
      material.total = Cost{below.total.value() + p.cpu_operator_cost * below.rows.value()};
      below.relationship = "Outer";
      material.children.push_back(std::move(below));
      below = std::move(material);
    }
    below.relationship = relationship;
    node.children.push_back(std::move(below));
  }

  PlanNode projection(PlannerInfo& root, const Path& path) {
    const Path& sub = *path.children.front();
    if (!path.single_copy) {
      PlanNode node = base("Result", path);
      note_target(root, path);
      child(node, root, sub, "Outer");
      return node;
    }
    // The node below puts out the projected columns itself.
    note_target(root, path);
    if (is_left_out(sub)) {
      return convert_one(root, sub);
    }
    auto copy = sub;
    copy.target = path.target;
    copy.startup = path.startup;
    copy.total = path.total;
    return convert_one(root, copy);
  }

  std::vector<ExprPtr> group_exprs(const PlannerInfo& root,
                                   const std::vector<SortGroupClause>& clauses) {
    std::vector<ExprPtr> exprs;
    for (const auto& clause : clauses) {
      for (const auto& target : root.query.targets) {
        if (target.sort_group_ref == clause.ref) {
          exprs.push_back(target.expr);
          break;
        }
      }
    }
    return exprs;
  }

  /// Nodes that compute nothing: what they put out was computed below them.
  static bool passes_on(const Path& path) {
    switch (path.kind) {
      case PathKind::Sort:
      case PathKind::IncrementalSort:
      case PathKind::Gather:
      case PathKind::GatherMerge:
      case PathKind::Material:
      case PathKind::UpperUnique:
      case PathKind::Limit:
      case PathKind::Append:
      case PathKind::MergeAppend:
      case PathKind::Aggregate:
        return true;
      default:
        return false;
    }
  }

  /// show_grouping_sets(): the keys of each hash table, of each sort, and of its sets.
  void grouping_set_keys(PlanNode& node, PlannerInfo& root, const Path& path) {
    const auto exprs = group_exprs(root, path.group_clause);
    const bool below = passes_on(*path.children.front());
    const auto keys = [&](const std::vector<int>& columns) {
      std::vector<std::string> items;
      for (const int column : columns) {
        items.push_back(text(root, exprs[static_cast<std::size_t>(column)], nullptr,
                             below ? exprs : std::vector<ExprPtr>{}));
      }
      return items;
    };
    bool input_used = false;
    for (const auto& rollup : path.rollups) {
      if (!rollup.hashed) {
        if (input_used) {
          add_list(node, "Sort Key", keys(rollup.columns));
        }
        input_used = true;
      }
      for (const auto& set : rollup.sets) {
        if (set.columns.empty()) {
          add(node, "Group Key", "()");
        } else {
          add_list(node, rollup.hashed ? "Hash Key" : "Group Key", keys(set.columns));
        }
      }
    }
  }

  void group_key(PlanNode& node, PlannerInfo& root, const Path& path) {
    if (!path.rollups.empty()) {
      grouping_set_keys(node, root, path);
      return;
    }
    std::vector<std::string> items;
    const auto exprs = group_exprs(root, path.group_clause);
    const bool below = passes_on(*path.children.front());
    for (const auto& expr : exprs) {
      items.push_back(text(root, expr, nullptr, below ? exprs : std::vector<ExprPtr>{}));
    }
    add_list(node, "Group Key", std::move(items));
  }

  PlanNode upper(PlannerInfo& root, const Path& path) {
    switch (path.kind) {
      case PathKind::Aggregate:
        return aggregate(root, path);
      case PathKind::Sort:
      case PathKind::IncrementalSort: {
        PlanNode node = base(path.kind == PathKind::Sort ? "Sort" : "Incremental Sort", path);
        const Path& sub = *path.children.front();
        add_list(node, "Sort Key", sort_items(root, path.pathkeys, *sub.parent, *sub.target));
        if (path.kind == PathKind::IncrementalSort) {
          PathKeys head(path.pathkeys.begin(), path.pathkeys.begin() + path.presorted_keys);
          add_list(node, "Presorted Key", sort_items(root, head, *sub.parent, *sub.target));
        }
        child(node, root, sub, "Outer");
        return node;
      }
      case PathKind::Unique: {
        if (path.unique_columns < 0) {
          return convert_one(root, *path.children.front());
        }
        PlanNode node = base(path.hashed ? "Aggregate" : "Unique", path);
        std::vector<std::string> items;
        for (const auto& expr : path.quals) {
          items.push_back(text(root, expr, nullptr));
        }
        if (path.hashed) {
          node.strategy = "Hashed";
          node.partial_mode = "Simple";
          add_list(node, "Group Key", items);
          child(node, root, *path.children.front(), "Outer");
        } else {
          const Path& sub = *path.children.front();
          Path sorted;
          sorted.target = sub.target;
          cost_sort(sorted, root, sub.total, sub.rows, sub.target->width, -1.0);
          PlanNode sort = base("Sort", sorted);
          sort.relationship = "Outer";
          add_list(sort, "Sort Key", items);
          child(sort, root, sub, "Outer");
          node.children.push_back(std::move(sort));
        }
        return node;
      }
      case PathKind::Group: {
        PlanNode node = base("Group", path);
        note_target(root, path);
        group_key(node, root, path);
        add(node, "Filter", all(root, path.quals, nullptr));
        child(node, root, *path.children.front(), "Outer");
        return node;
      }
      case PathKind::Gather:
      case PathKind::GatherMerge: {
        PlanNode node = base(path.kind == PathKind::Gather ? "Gather" : "Gather Merge", path);
        node.workers_planned = path.gather_workers;
        node.single_copy = path.single_copy;
        child(node, root, *path.children.front(), "Outer");
        return node;
      }
      case PathKind::Append:
      case PathKind::MergeAppend: {
        if (path.children.empty()) {
          PlanNode node = base("Result", path);
          add(node, "One-Time Filter", "false");
          return node;
        }
        if (path.children.size() == 1) {
          return convert(root, *path.children.front());
        }
        PlanNode node = base(path.kind == PathKind::Append ? "Append" : "Merge Append", path);
        if (path.kind == PathKind::MergeAppend) {
          add_list(node, "Sort Key", sort_items(root, path.pathkeys, *path.parent, *path.target));
        }
        for (const auto* member : path.children) {
          child(node, root, *member, "Member");
        }
        return node;
      }
      case PathKind::Limit:
        return simple("Limit", root, path);
      case PathKind::LockRows:
        return simple("LockRows", root, path);
      case PathKind::Material:
        return simple("Materialize", root, path);
      case PathKind::Memoize: {
        PlanNode node = base("Memoize", path);
        std::string keys;
        for (const auto& key : path.cache_keys) {
          keys += (keys.empty() ? "" : ", ") + text(root, key, nullptr);
        }
        add(node, "Cache Key", keys);
        add(node, "Cache Mode", path.binary_mode ? "binary" : "logical");
        child(node, root, *path.children.front(), "Outer");
        return node;
      }
      case PathKind::UpperUnique:
        return simple("Unique", root, path);
      case PathKind::WindowAgg:
        return simple("WindowAgg", root, path);
      case PathKind::SetOp: {
        PlanNode node = simple("SetOp", root, path);
        node.command = path.command;
        node.strategy = path.hashed ? "Hashed" : "Sorted";
        return node;
      }
      case PathKind::RecursiveUnion: {
        PlanNode node = base("Recursive Union", path);
        child(node, root, *path.children[0], "Outer");
        child(node, root, *path.children[1], "Inner");
        return node;
      }
      case PathKind::ModifyTable:
        return modify(root, path);
      case PathKind::MinMaxAggregate:
        return base("Result", path);  // its subqueries are InitPlans of the level
      default: {
        PlanNode node = base("Result", path);
        note_target(root, path);
        if (!path.quals.empty()) {
          add(node, "One-Time Filter", all(root, path.quals, nullptr));
        }
        for (const auto* sub : path.children) {
          child(node, root, *sub, "Outer");
        }
        return node;
      }
    }
  }

  PlanNode simple(const char* name, PlannerInfo& root, const Path& path) {
    PlanNode node = base(name, path);
    note_target(root, path);
    child(node, root, *path.children.front(), "Outer");
    return node;
  }

  PlanNode aggregate(PlannerInfo& root, const Path& path) {
    PlanNode node = base("Aggregate", path);
    note_target(root, path);
    switch (path.strategy) {
      case AggStrategy::Plain:
        node.strategy = "Plain";
        break;
      case AggStrategy::Sorted:
        node.strategy = "Sorted";
        break;
      case AggStrategy::Hashed:
        node.strategy = "Hashed";
        break;
      case AggStrategy::Mixed:
        node.strategy = "Mixed";
        break;
    }
    node.partial_mode = path.split == AggSplit::Simple          ? "Simple"
                        : path.split == AggSplit::InitialSerial ? "Partial"
                                                                : "Finalize";
    group_key(node, root, path);
    add(node, "Filter", all(root, path.quals, nullptr));
    child(node, root, *path.children.front(), "Outer");
    return node;
  }

  PlanNode modify(PlannerInfo& root, const Path& path) {
    PlanNode node = base("ModifyTable", path);
    node.operation = path.command;
    const auto& entry =
        root.query.range_table[static_cast<std::size_t>(root.query.result_range) - 1];
    if (entry.table != nullptr) {
      node.relation = entry.table->name;
      node.schema = entry.table->schema;
      node.alias = names_.of(root, root.query.result_range, nullptr);
    }
    child(node, root, *path.children.front(), "Outer");
    return node;
  }

  PlannerInfo& top_;
  std::set<std::string>& indexes_;
  Names names_;
  std::map<std::pair<const PlannerInfo*, int>, const PlannerInfo*> left_out_;
  std::set<const Path*> trivial_;  ///< subquery scans that the plan leaves out
  bool prefix_ = false;
  int scanned_ = 0;  ///< the range whose scan is being printed: its columns are named alone
  std::set<int> pending_;
  std::set<int> shown_;
};

}  // namespace

PlanNode explain_plan(PlannerInfo& root, const Path& path, std::set<std::string>& indexes) {
  register_min_max(root, path);
  Converter converter{root, indexes};
  converter.assign_names(root, path);
  return converter.level(root, path);
}

}  // namespace quern::planner_model
