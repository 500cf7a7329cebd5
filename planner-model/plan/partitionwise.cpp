// Joins of partitions with one another. Source: joinrels.c (try_partitionwise_join), relnode.c
// (build_joinrel_partition_info, build_child_join_rel), plancat.c (set_relation_partition_info),
// allpaths.c (generate_partitionwise_join_paths), PostgreSQL 15.
#include "planner-model/plan/partitionwise.hpp"

#include <algorithm>
#include <cmath>

#include "planner-model/plan/append_paths.hpp"
#include "planner-model/plan/join_path_search.hpp"
#include "planner-model/plan/join_rels.hpp"
#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/partitions.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

// --- who stands for whom

StandIns::StandIns(PlannerInfo& root, RelOptInfo& rel) : root_{root} {
  place(rel);
}

StandIns::StandIns(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner) : root_{root} {
  place(outer);
  place(inner);
}

StandIns::~StandIns() {
  for (auto it = replaced_.rbegin(); it != replaced_.rend(); ++it) {
    root_.base[static_cast<std::size_t>(it->first)] = it->second;
  }
}

void StandIns::place(RelOptInfo& rel) {
  const auto put = [&](RelOptInfo& member) {
    auto& slot = root_.base[static_cast<std::size_t>(member.range)];
    replaced_.emplace_back(member.range, slot);
    slot = &member;
  };
  if (rel.kind == RelKind::Member) {
    put(rel);
  }
  for (auto* member : rel.stand_ins) {
    put(*member);
  }
}

Parents::Parents(PlannerInfo& root, Relids relids) : root_{root} {
  for (; relids != 0; relids &= relids - 1) {
    const int range = lowest(relids);
    auto& slot = root.base[static_cast<std::size_t>(range)];
    if (slot == nullptr || slot->kind != RelKind::Member) {
      continue;
    }
    replaced_.emplace_back(range, slot);
    while (slot->kind == RelKind::Member && slot->append_parent != nullptr) {
      slot = slot->append_parent;
    }
  }
}

Parents::~Parents() {
  for (const auto& [range, rel] : replaced_) {
    root_.base[static_cast<std::size_t>(range)] = rel;
  }
}

bool is_child(const RelOptInfo& rel) {
  return rel.kind == RelKind::Member || !rel.stand_ins.empty();
}

bool is_partitioned(const RelOptInfo& rel) {
  return rel.partitioning != nullptr && !rel.partitioning->parts.empty() && !rel.is_dummy;
}

std::vector<RelOptInfo*> live_parts(const RelOptInfo& rel) {
  std::vector<RelOptInfo*> live;
  if (is_partitioned(rel)) {
    std::copy_if(rel.partitioning->parts.begin(), rel.partitioning->parts.end(),
                 std::back_inserter(live),
                 [](const RelOptInfo* part) { return part != nullptr && !part->is_dummy; });
  }
  return live;
}

// --- partitioned tables

namespace {

/// The expressions of a partition key as the relation's columns; nothing: with an operator class
/// or a collation of its own, or unreadable.
std::vector<ExprPtr> key_exprs(const PlannerInfo& root, const RelOptInfo& rel, const Table& table) {
  std::vector<ExprPtr> exprs;
  const auto classes = partition_key_classes(table.partition_key);
  if (std::any_of(classes.begin(), classes.end(), [](const auto& name) { return !name.empty(); })) {
    return exprs;
  }
  for (const std::string& key : partition_keys(table.partition_key)) {
    try {
      const auto& test =
          root.global->expressions->condition("(" + key + ") IS NULL", *rel.table, rel.range);
      if (test.size() != 1 || test.front()->kind != ExprKind::NullTest) {
        return {};
      }
      exprs.push_back(test.front()->args.front());
    } catch (const UserError&) {
      return {};
    }
  }
  return exprs;
}

class PartitionDescriber {
 public:
  PartitionDescriber(PlannerInfo& root, RelOptInfo& whole,
                     const std::map<const Table*, RelOptInfo*>& leaves)
      : root_{root}, whole_{whole}, leaves_{leaves} {}

  void describe(RelOptInfo& rel, const Table& table) {
    const auto children = root_.global->children->find(table.oid);
    const auto exprs = key_exprs(root_, whole_, table);
    if (children == root_.global->children->end() || exprs.empty()) {
      return;
    }
    auto found = std::make_shared<Partitioning>();
    found->strategy = table.partition_key.starts_with("LIST")   ? 'l'
                      : table.partition_key.starts_with("HASH") ? 'h'
                                                                : 'r';
    for (const ExprPtr& expr : exprs) {
      const Ordering ordering = root_.global->types->ordering(expr->type);
      found->keys.push_back({ordering.family, ordering.input_type, expr->collation});
      found->exprs.push_back({strip_relabel(expr)});
    }
    found->nullable_exprs.resize(exprs.size());
    found->can_join = root_.global->cost.enable_partitionwise_join && !whole_.whole_row_needed;
    for (const Table* child : children->second) {
      found->bounds.push_back(child->partition_bound);
      found->parts.push_back(part_of(*child));
    }
    rel.partitioning = std::move(found);
  }

 private:
  RelOptInfo* part_of(const Table& table) {
    if (table.kind != 'p') {
      const auto leaf = leaves_.find(&table);
      if (leaf == leaves_.end()) {
        return nullptr;
      }
      if (leaf->second->is_dummy && leaf->second->paths.empty()) {
        set_rel_pathlist(root_, *leaf->second);
      }
      return leaf->second;
    }
    std::vector<RelOptInfo*> members;
    for (const Table* leaf : leaf_tables(*root_.global->children, table)) {
      if (const auto kept = leaves_.find(leaf); kept != leaves_.end() && !kept->second->is_dummy) {
        members.push_back(kept->second);
      }
    }
    return members.empty() ? nullptr : &nested(table, std::move(members));
  }

  /// A partition that is partitioned itself, of which the whole's members know only the leaves.
  RelOptInfo& nested(const Table& table, std::vector<RelOptInfo*> members) {
    auto& rel = root_.global->rels.emplace_back();
    const auto& first = *members.front();
    rel.kind = RelKind::Member;
    rel.relids = whole_.relids;
    rel.range = whole_.range;
    rel.entry = whole_.entry;
    rel.table = &table;
    rel.append_parent = &whole_;
    rel.is_append = true;
    rel.use_inherited_statistics = true;
    rel.consider_startup = whole_.consider_startup;
    rel.consider_param_startup = whole_.consider_param_startup;
    rel.consider_parallel = whole_.consider_parallel;
    rel.target = first.target;
    rel.needed = first.needed;
    rel.restrictions = first.restrictions;
    rel.restriction_cost = first.restriction_cost;
    rel.join_info = first.join_info;
    rel.has_ec_joins = first.has_ec_joins;
    number_columns(rel, table);
    rel.members = std::move(members);
    set_size(rel);
    describe(rel, table);
    return rel;
  }

  void number_columns(RelOptInfo& rel, const Table& table) const {
    for (const auto& column : whole_.table->columns) {
      const auto own = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& c) { return c.name == column.name; });
      if (own != table.columns.end() && own->number != column.number) {
        rel.parent_columns[column.number] = own->number;
      }
    }
  }

  /// set_append_rel_size(): sizes are its members', widths theirs weighted by rows.
  void set_size(RelOptInfo& rel) const {
    double tuples = 0;
    double width = 0;
    for (const auto* member : rel.members) {
      rel.rows += member->rows;
      tuples += member->tuples;
      width += member->target.width * member->rows;
    }
    rel.tuples = root_.global->cost.server.appends_sum_member_tuples() ? tuples : rel.rows;
    rel.target.width = static_cast<int>(std::rint(width / std::max(rel.rows, 1.0)));
    rel.widths = rel.members.front()->widths;
  }

  PlannerInfo& root_;
  RelOptInfo& whole_;
  const std::map<const Table*, RelOptInfo*>& leaves_;
};

}  // namespace

bool wants_partitions(const PlannerInfo& root, const RelOptInfo& rel) {
  const auto& cost = root.global->cost;
  return rel.kind == RelKind::Base && rel.table != nullptr && rel.table->kind == 'p' &&
         (cost.enable_partitionwise_join || cost.enable_partitionwise_aggregate);
}

void describe_partitions(PlannerInfo& root, RelOptInfo& rel,
                         const std::map<const Table*, RelOptInfo*>& leaves) {
  PartitionDescriber{root, rel, leaves}.describe(rel, *rel.table);
}

void set_nested_part_paths(PlannerInfo& root, RelOptInfo& rel) {
  for (auto* part : live_parts(rel)) {
    if (part->is_append) {
      const StandIn stand_in{root, *part};
      set_nested_part_paths(root, *part);
      part->paths.clear();
      part->partial_paths.clear();
      add_paths_to_append_rel(root, *part);
      set_cheapest(*part);
    }
  }
}

// --- which joins are partitioned

namespace {

/// match_expr_to_partition_keys(); negative: none.
int matching_key(const ExprPtr& expr, const Partitioning& partitioning, bool is_strict) {
  const ExprPtr bare = strip_relabel(expr);
  const auto holds = [&](const std::vector<ExprPtr>& exprs) {
    return std::any_of(exprs.begin(), exprs.end(),
                       [&](const ExprPtr& one) { return equal(one, bare); });
  };
  for (std::size_t i = 0; i < partitioning.keys.size(); ++i) {
    if (holds(partitioning.exprs[i]) || (is_strict && holds(partitioning.nullable_exprs[i]))) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

/// have_partkey_equi_join(): every key is joined to its own by an equality of its operator family.
bool joins_all_keys(const RelOptInfo& joinrel, const RelOptInfo& outer, const RelOptInfo& inner,
                    JoinType type, const std::vector<RestrictInfo*>& restrict_list) {
  const Partitioning& scheme = *outer.partitioning;
  std::vector<bool> joined(scheme.keys.size());
  for (auto* clause : restrict_list) {
    if ((is_outer_join(type) && is_pushed_down(*clause, joinrel.relids)) || !clause->can_join ||
        (clause->merge_opfamilies.empty() && clause->hash_operator == 0) ||
        !sides_match(*clause, outer.relids, inner.relids)) {
      continue;
    }
    const auto& args = clause->clause->args;
    // Equalities of operator families are strict.
    const int key = matching_key(args[clause->outer_is_left ? 0 : 1], scheme, true);
    const int other = matching_key(args[clause->outer_is_left ? 1 : 0], *inner.partitioning, true);
    if (key < 0 || key != other) {
      continue;
    }
    const auto& wanted = scheme.keys[static_cast<std::size_t>(key)];
    if (wanted.collation != clause->clause->input_collation) {
      return false;
    }
    const auto& families = clause->merge_opfamilies;
    const bool of_family = scheme.strategy == 'h' ? clause->hash_operator != 0
                                                  : std::find(families.begin(), families.end(),
                                                              wanted.opfamily) != families.end();
    if (of_family) {
      joined[static_cast<std::size_t>(key)] = true;
    }
  }
  return std::find(joined.begin(), joined.end(), false) == joined.end();
}

ExprPtr coalesced(const ExprPtr& left, const ExprPtr& right) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::CoalesceExpr;
  expr->type = left->type;
  expr->typmod = left->typmod;
  expr->collation = left->collation;
  expr->args = {left, right};
  return expr;
}

/// set_joinrel_partition_key_exprs().
void join_key_exprs(Partitioning& joined, const Partitioning& outer, const Partitioning& inner,
                    JoinType type) {
  const auto add = [](std::vector<ExprPtr>& to, const std::vector<ExprPtr>& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  joined.exprs.resize(outer.keys.size());
  joined.nullable_exprs.resize(outer.keys.size());
  for (std::size_t i = 0; i < outer.keys.size(); ++i) {
    auto& exprs = joined.exprs[i];
    auto& nullable = joined.nullable_exprs[i];
    if (type != JoinType::Full) {
      add(exprs, outer.exprs[i]);
    }
    switch (type) {
      case JoinType::Inner:
        add(exprs, inner.exprs[i]);
        add(nullable, outer.nullable_exprs[i]);
        add(nullable, inner.nullable_exprs[i]);
        break;
      case JoinType::Left:
        add(nullable, inner.exprs[i]);
        add(nullable, outer.nullable_exprs[i]);
        add(nullable, inner.nullable_exprs[i]);
        break;
      case JoinType::Full: {
        std::vector<ExprPtr> left = outer.exprs[i];
        std::vector<ExprPtr> right = inner.exprs[i];
        add(left, outer.nullable_exprs[i]);
        add(right, inner.nullable_exprs[i]);
        add(nullable, left);
        add(nullable, right);
        for (const ExprPtr& a : left) {
          for (const ExprPtr& b : right) {
            nullable.push_back(coalesced(a, b));  // columns merged by USING
          }
        }
        break;
      }
      default:  // semijoins and antijoins show nothing of their inner side
        add(nullable, outer.nullable_exprs[i]);
    }
  }
}

}  // namespace

void build_joinrel_partition_info(RelOptInfo& joinrel, RelOptInfo& outer, RelOptInfo& inner,
                                  JoinType type, const std::vector<RestrictInfo*>& restrict_list) {
  const auto* a = outer.partitioning.get();
  const auto* b = inner.partitioning.get();
  if (a == nullptr || b == nullptr || !a->can_join || !b->can_join || !a->same_scheme(*b) ||
      !joins_all_keys(joinrel, outer, inner, type, restrict_list)) {
    return;
  }
  auto joined = std::make_shared<Partitioning>();
  joined->strategy = a->strategy;
  joined->keys = a->keys;
  joined->can_join = true;
  join_key_exprs(*joined, *a, *b, type);
  joinrel.partitioning = std::move(joined);
}

// --- joins of partitions

namespace {

/// adjust_appendrel_attrs_mutator(): estimates are made anew for the partitions.
std::vector<RestrictInfo*> child_clauses(PlannerInfo& root,
                                         const std::vector<RestrictInfo*>& clauses) {
  std::vector<RestrictInfo*> own;
  own.reserve(clauses.size());
  for (const auto* clause : clauses) {
    auto& copy = root.global->part_clauses.emplace_back(*clause);
    copy.eval_cost.reset();
    copy.norm_selectivity = copy.outer_selectivity = -1;
    copy.left_bucket_size = copy.right_bucket_size = -1;
    copy.left_mcv_frequency = copy.right_mcv_frequency = -1;
    copy.merge_scans.clear();
    for (auto& arm : copy.or_arms) {
      arm = child_clauses(root, arm);
    }
    own.push_back(&copy);
  }
  return own;
}

/// build_child_join_rel(). Its width is the parent's.
RelOptInfo& new_child_join(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner,
                           const RelOptInfo& parent, SpecialJoin& sj,
                           const std::vector<RestrictInfo*>& restrict_list) {
  auto& rel = root.global->rels.emplace_back();
  rel.kind = RelKind::Join;
  rel.relids = parent.relids;
  rel.consider_startup = root.tuple_fraction > 0;
  rel.target = parent.target;
  rel.join_info = child_clauses(root, parent.join_info);
  rel.direct_lateral = parent.direct_lateral;
  rel.lateral_relids = parent.lateral_relids;
  rel.has_ec_joins = parent.has_ec_joins;
  rel.consider_parallel = parent.consider_parallel;
  for (auto* side : {&outer, &inner}) {
    if (side->kind == RelKind::Member) {
      rel.stand_ins.push_back(side);
    }
    rel.stand_ins.insert(rel.stand_ins.end(), side->stand_ins.begin(), side->stand_ins.end());
  }
  build_joinrel_partition_info(rel, outer, inner, sj.type, restrict_list);
  set_joinrel_size_estimates(root, rel, outer, inner, sj, restrict_list);
  return rel;
}

bool is_empty(const RelOptInfo* part) {
  return part == nullptr || part->is_dummy;
}

/// This segment of the join is known to return no rows.
bool gives_no_rows(JoinType type, const RelOptInfo* outer, const RelOptInfo* inner) {
  switch (type) {
    case JoinType::Inner:
    case JoinType::Semi:
      return is_empty(outer) || is_empty(inner);
    case JoinType::Full:
      return is_empty(outer) && is_empty(inner);
    default:
      return is_empty(outer);
  }
}

/// compute_partition_bounds(), of inputs whose bounds are the same. Those that differ the server
/// may still merge.
void decide_partitions(PlannerInfo& root, Partitioning& joined, const Partitioning& outer,
                       const Partitioning& inner) {
  if (joined.is_decided) {
    return;
  }
  joined.is_decided = true;
  if (outer.bounds == inner.bounds) {
    joined.bounds = outer.bounds;
    joined.parts.assign(outer.parts.size(), nullptr);
  } else if (joined.strategy != 'h') {
    root.global->unmodelled.insert("a join of partitions with different bounds");
  }
}

}  // namespace

void try_partitionwise_join(PlannerInfo& root, RelOptInfo& outer, RelOptInfo& inner,
                            RelOptInfo& joinrel, SpecialJoin& sj,
                            const std::vector<RestrictInfo*>& restrict_list,
                            const PopulateJoin& populate) {
  if (joinrel.partitioning == nullptr || !is_partitioned(outer) || !is_partitioned(inner)) {
    return;
  }
  auto& joined = *joinrel.partitioning;
  decide_partitions(root, joined, *outer.partitioning, *inner.partitioning);
  for (std::size_t i = 0; i < joined.parts.size(); ++i) {
    auto* left = outer.partitioning->parts[i];
    auto* right = inner.partitioning->parts[i];
    if (gives_no_rows(sj.type, left, right)) {
      continue;
    }
    if (left == nullptr || right == nullptr) {
      joined.parts.clear();
      return;
    }
    const StandIns stand_ins{root, *left, *right};
    const auto own_clauses = child_clauses(root, restrict_list);
    if (joined.parts[i] == nullptr) {
      joined.parts[i] = &new_child_join(root, *left, *right, joinrel, sj, own_clauses);
    }
    populate(*left, *right, *joined.parts[i], sj, own_clauses);
  }
}

bool generate_partitionwise_join_paths(PlannerInfo& root, RelOptInfo& rel) {
  if (rel.kind != RelKind::Join || !is_partitioned(rel)) {
    return false;
  }
  rel.members.clear();
  for (auto* part : rel.partitioning->parts) {
    if (part == nullptr) {
      continue;
    }
    const StandIns stand_ins{root, *part};
    if (generate_partitionwise_join_paths(root, *part)) {
      mark_dummy_join(root, *part);
    }
    if (part->paths.empty()) {
      rel.partitioning->parts.clear();
      return false;
    }
    set_cheapest(*part);
    if (!part->is_dummy) {
      rel.members.push_back(part);
    }
  }
  if (rel.members.empty()) {
    return true;
  }
  add_paths_to_append_rel(root, rel);
  return false;
}

bool groups_hold_partition_keys(const RelOptInfo& rel, const std::vector<ExprPtr>& groups) {
  const auto& partitioning = *rel.partitioning;
  for (std::size_t i = 0; i < partitioning.keys.size(); ++i) {
    const Oid collation = partitioning.keys[i].collation;
    bool found = false;
    for (const ExprPtr& key : partitioning.exprs[i]) {
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const ExprPtr& one) {
        return equal(strip_relabel(one), key);
      });
      if (group != groups.end()) {
        if (collation != 0 && (*group)->collation != 0 && (*group)->collation != collation) {
          return false;
        }
        found = true;
        break;
      }
    }
    if (!found) {
      return false;
    }
  }
  return true;
}

}  // namespace quern::planner_model
