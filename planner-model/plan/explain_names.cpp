// What each relation of a plan is called, and which subquery scans are left out. Source:
// ruleutils.c, setrefs.c, PostgreSQL 15.
#include <algorithm>

#include "planner-model/plan/plan_explainer.hpp"

namespace quern::planner_model {

void PlanExplainer::assign_names(const PlannerInfo& root, const Path& path) {
  mark_trivial_scans(path, true);
  for (const auto& info : top_.global->subplans) {
    if (info.path != nullptr) {
      mark_trivial_scans(*info.path, true);
    }
  }
  name_level(root, path);
  for (const auto& info : top_.global->subplans) {
    if (info.root != nullptr && info.path != nullptr && info.used) {
      name_level(*info.root, *info.path);
    }
  }
}

namespace {

/// INTERSECT and EXCEPT put out the column that tells their sides apart
/// (generate_nonunion_paths()).
bool has_flag(const PlannerInfo& root) {
  return root.query.set_operation && root.query.set_operation->kind != SetOperation::Kind::Union &&
         !root.global->cost.server.setops_have_two_inputs();
}

}  // namespace

bool PlanExplainer::is_trivial(const Path& path, const PathTarget& target, bool exact) {
  if (!path.parent->restrictions.empty() ||
      (path.param != nullptr && !path.param->clauses.empty()) || has_flag(*path.subroot)) {
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

void PlanExplainer::mark_trivial_scans(const Path& path, bool exact) {
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
    case PathKind::Unique:  // create_unique_plan(): to be sorted, its input puts out just the keys
      below(exact || (path.unique_columns >= 0 && !path.hashed));
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

bool PlanExplainer::computes_columns(const Path& path) {
  return path.kind == PathKind::Projection &&
         std::any_of(path.target->exprs.begin(), path.target->exprs.end(),
                     [](const ExprPtr& expr) { return expr->kind != ExprKind::Var; });
}

[[nodiscard]] bool PlanExplainer::is_left_out(const Path& path) const {
  return path.kind == PathKind::SubqueryScan && trivial_.contains(&path);
}

int PlanExplainer::shown_range(const RelOptInfo& rel) {
  return rel.arm_range != 0 ? rel.arm_range : rel.range;
}

const Table* PlanExplainer::shown_member(const RelOptInfo& rel) {
  const bool is_partition = rel.kind == RelKind::Member && rel.append_parent->table != nullptr;
  return is_partition ? rel.table : nullptr;
}

namespace {

/// Between two members there is room for the partitions that hold the second.
constexpr int kPlacesPerMember = 16;

/// The partitioned tables that hold a partition, the outermost first.
std::vector<const Table*> holders_of(const Table& partition, const CatalogSnapshot& catalog) {
  std::vector<const Table*> holders;
  for (const Table* table = &partition;
       !table->parents.empty() && holders.size() < kPlacesPerMember;) {
    const auto found =
        std::find_if(catalog.tables.begin(), catalog.tables.end(),
                     [&](const Table& one) { return one.oid == table->parents.front(); });
    if (found == catalog.tables.end()) {
      break;
    }
    table = &*found;
    holders.push_back(table);
  }
  std::reverse(holders.begin(), holders.end());
  return holders;
}

}  // namespace

int PlanExplainer::member_place(const RelOptInfo& rel) {
  if (shown_member(rel) == nullptr) {
    return 0;
  }
  const auto* parent = rel.append_parent;
  for (std::size_t i = 0; parent != nullptr && i < parent->members.size(); ++i) {
    if (parent->members[i] == &rel) {
      return kPlacesPerMember * (static_cast<int>(i) + 1);
    }
  }
  return 0;
}

void PlanExplainer::note_nested(const Path& outer, int depth, Shown& shown) {
  for (const Path* path : outer.children) {
    while (path->kind == PathKind::Sort || path->kind == PathKind::IncrementalSort) {
      path = path->children.front();
    }
    if ((path->kind != PathKind::Append && path->kind != PathKind::MergeAppend) ||
        path->parent != outer.parent || path->children.empty() || depth >= kPlacesPerMember) {
      continue;
    }
    const Path* first = nullptr;  // of its members, by their bounds
    std::vector<const Path*> below{path->children.begin(), path->children.end()};
    while (!below.empty()) {
      const Path* member = below.back();
      below.pop_back();
      if (member->parent == outer.parent) {
        below.insert(below.end(), member->children.begin(), member->children.end());
      } else if (first == nullptr || member_place(*member->parent) < member_place(*first->parent)) {
        first = member;
      }
    }
    nested_.insert(path);
    const int place = first == nullptr ? 0 : member_place(*first->parent);
    if (place > 0) {
      const auto holders = holders_of(*first->parent->table, top_.global->types->catalog());
      const auto level = static_cast<std::size_t>(depth);
      if (level < holders.size()) {  // named, though not shown: it takes a number
        shown.entries[{outer.parent->range, place - kPlacesPerMember + depth}] = holders[level];
      }
    }
    note_nested(*path, depth + 1, shown);
  }
}

void PlanExplainer::collect_shown(const PlannerInfo& root, const Path& path, Shown& shown) {
  switch (path.kind) {
    case PathKind::SeqScan:
    case PathKind::SampleScan:
    case PathKind::IndexScan:
    case PathKind::IndexOnlyScan:
    case PathKind::BitmapHeapScan:
    case PathKind::TidScan:
    case PathKind::TidRangeScan:
    case PathKind::FunctionScan:
    case PathKind::ValuesScan:
    case PathKind::CteScan:
    case PathKind::WorkTableScan:
      shown.entries[{shown_range(*path.parent), member_place(*path.parent)}] =
          shown_member(*path.parent);
      return;
    case PathKind::SubqueryScan:
      if (is_left_out(path)) {
        left_out_[{&root, shown_range(*path.parent)}] = path.subroot;
      } else {
        shown.entries[{shown_range(*path.parent), 0}] = nullptr;
      }
      shown.below.emplace_back(path.subroot, path.children.front());
      return;
    case PathKind::Append:
    case PathKind::MergeAppend:
      if (path.parent != nullptr && path.parent->kind == RelKind::Base && path.parent->is_append) {
        if (path.children.size() == 1 && !shown.entries.contains({path.parent->range, 0})) {
          shown.elided_parents.insert(path.parent->range);
        } else {
          shown.entries[{path.parent->range, 0}] = nullptr;
        }
        if (!nested_.contains(&path)) {
          note_nested(path, 1, shown);
        }
        note_first_arm(path);
        note_parts_of_arms(path, shown);
      } else if (path.parent != nullptr) {
        note_appended(path, shown);
      }
      break;
    case PathKind::ModifyTable:
      shown.entries[{root.query.result_range, 0}] = nullptr;
      if (root.query.on_conflict && root.query.on_conflict->update) {
        shown.entries[{root.query.on_conflict->excluded, 0}] = nullptr;
      }
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

const Table* PlanExplainer::named_leaf(const RelOptInfo& rel) {
  return rel.is_append && !rel.members.empty() ? rel.members.front()->table : rel.table;
}

void PlanExplainer::note_appended(const Path& path, Shown& shown) {
  const RelOptInfo& rel = *path.parent;
  const auto note_holder = [&](const RelOptInfo& part) {
    if (part.is_append && !part.members.empty()) {
      const int place = member_place(*part.members.front());
      shown.entries[{part.range, place - kPlacesPerMember + 1}] = part.table;
    }
  };
  // An Append of one child is left out of the plan, and names nothing.
  const bool is_shown = path.children.size() > 1;
  if (rel.kind == RelKind::Member) {
    if (is_shown) {
      note_holder(rel);
    }
  } else if (!rel.stand_ins.empty()) {
    if (is_shown) {
      std::for_each(rel.stand_ins.begin(), rel.stand_ins.end(),
                    [&](const RelOptInfo* part) { note_holder(*part); });
    }
  } else if (rel.kind == RelKind::Join && is_shown) {
    for (Relids relids = rel.relids; relids != 0; relids &= relids - 1) {
      shown.entries[{lowest(relids), 0}] = nullptr;
    }
  } else if (!path.children.empty()) {
    for (const auto* part : path.children.front()->parent->stand_ins) {
      shown.first_members.emplace(part->range, named_leaf(*part));
    }
  }
}

void PlanExplainer::note_first_arm(const Path& append) {
  if (append.children.empty()) {
    return;
  }
  for (const RelOptInfo* rel = append.children.front()->parent; rel != nullptr;
       rel = rel->append_parent) {
    if (rel->append_parent == append.parent && rel->arm_range != 0) {
      first_arm_[append.parent] = rel;
    }
  }
}

void PlanExplainer::note_parts_of_arms(const Path& append, Shown& shown) {
  for (const Path* child : append.children) {
    const RelOptInfo& rel = *child->parent;
    if (rel.arm_range != 0 && shown_member(rel) != nullptr) {
      shown.first_members.emplace(rel.arm_range, named_leaf(rel));
    }
  }
}

void PlanExplainer::name_level(const PlannerInfo& root, const Path& path) {
  Shown shown;
  collect_shown(root, path, shown);
  for (const auto& [entry, member] : shown.entries) {
    const int range = entry.first;
    const std::string name = names_.of(root, range, member);
    if (shown.elided_parents.count(range) > 0) {
      names_.stand_in(root, range, name);
    }
  }
  for (const auto& [range, member] : shown.first_members) {
    if (!shown.entries.contains({range, 0})) {
      names_.stand_in(root, range, names_.of(root, range, member));
    }
  }
  for (const auto& [subroot, subpath] : shown.below) {
    name_level(*subroot, *subpath);
  }
}

}  // namespace quern::planner_model
