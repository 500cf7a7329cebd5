// GROUP BY and WINDOW: parse_clause.c; grouping sets are expanded as in parse_agg.c.
#include <algorithm>

#include <fmt/format.h>

#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

namespace {

using Sets = std::vector<std::vector<int>>;

constexpr std::size_t kMaximumSets = 4096;

/// src/include/nodes/parsenodes.h
constexpr int kFrameOffsets = frame::kStartOffsetPreceding | frame::kEndOffsetPreceding |
                              frame::kStartOffsetFollowing | frame::kEndOffsetFollowing;
constexpr int kFrameDefaults =
    frame::kRange | frame::kStartUnboundedPreceding | frame::kEndCurrentRow;

void append_new(std::vector<int>& to, const std::vector<int>& from) {
  for (const int item : from) {
    if (std::find(to.begin(), to.end(), item) == to.end()) {
      to.push_back(item);
    }
  }
}

std::vector<int> flat(const Sets& sets) {
  std::vector<int> all;
  for (const auto& set : sets) {
    append_new(all, set);
  }
  return all;
}

Sets rollup(const std::vector<std::vector<int>>& columns) {
  Sets sets;
  for (std::size_t length = columns.size() + 1; length-- > 0;) {
    std::vector<int> set;
    for (std::size_t i = 0; i < length; ++i) {
      append_new(set, columns[i]);
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

Sets cube(const std::vector<std::vector<int>>& columns) {
  constexpr std::size_t kMaximumElements = 12;
  if (columns.size() > kMaximumElements) {
    throw UserError{"CUBE is limited to 12 elements"};
  }
  Sets sets;
  for (unsigned mask = 0; mask < 1U << columns.size(); ++mask) {
    std::vector<int> set;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if ((mask & (1U << i)) != 0) {
        append_new(set, columns[i]);
      }
    }
    sets.push_back(std::move(set));
  }
  return sets;
}

/// expand_grouping_sets(): the product of the clauses, shortest first.
Sets product(const std::vector<Sets>& clauses, bool distinct) {
  Sets all{{}};
  for (const Sets& clause : clauses) {
    if (all.size() * clause.size() > kMaximumSets) {
      throw UserError{"too many grouping sets present (maximum 4096)"};
    }
    Sets next;
    for (const auto& left : all) {
      for (const auto& right : clause) {
        next.push_back(left);
        append_new(next.back(), right);
      }
    }
    all = std::move(next);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  if (distinct) {
    Sets unique;
    std::vector<std::vector<int>> seen;
    for (const auto& set : all) {
      std::vector<int> sorted = set;
      std::sort(sorted.begin(), sorted.end());
      if (std::find(seen.begin(), seen.end(), sorted) == seen.end()) {
        seen.push_back(std::move(sorted));
        unique.push_back(set);
      }
    }
    return unique;
  }
  return all;
}

bool is_implicit_row(const ParseNode* node) {
  return is(node, PG_QUERY__NODE__NODE_ROW_EXPR) &&
         node->row_expr->row_format == PG_QUERY__COERCION_FORM__COERCE_IMPLICIT_CAST;
}

}  // namespace

/// transformGroupClauseExpr(): index into `list` of the clause for this expression.
int Analyzer::group_expression(Scope& scope, const ParseNode& node,
                               std::vector<SortGroupClause>& list,
                               const std::vector<SortGroupClause>& order,
                               std::vector<TargetEntry>& targets, ExprUse use, bool sql99) {
  const std::size_t position = sql99 ? find_target_sql99(scope, node, targets, use)
                                     : find_target_sql92(scope, node, targets, use);
  TargetEntry& target = targets[position];
  const auto with_ref = [&](const std::vector<SortGroupClause>& clauses) {
    return std::find_if(clauses.begin(), clauses.end(), [&](const SortGroupClause& clause) {
      return clause.ref == target.sort_group_ref;
    });
  };
  if (target.sort_group_ref > 0) {
    if (const auto known = with_ref(list); known != list.end()) {
      return static_cast<int>(known - list.begin());
    }
    if (const auto sort = with_ref(order); sort != order.end()) {
      list.push_back(*sort);
      return static_cast<int>(list.size()) - 1;
    }
  }
  add_to_group_list(target, list, targets);
  return static_cast<int>(list.size()) - 1;
}

std::vector<SortGroupClause> Analyzer::transform_partition(
    Scope& scope, ParseList items, std::vector<TargetEntry>& targets,
    const std::vector<SortGroupClause>& order) {
  std::vector<SortGroupClause> list;
  for (const ParseNode* node : items) {
    (void)group_expression(scope, *node, list, order, targets, ExprUse::WindowPartition, true);
  }
  return list;
}

/// The grouping sets that one item of GROUP BY stands for, as indexes into Query::group_by.
std::vector<std::vector<int>> Analyzer::grouping_sets_of(Scope& scope, const ParseNode& node,
                                                         bool nested) {
  Query& query = scope.query;
  if (is_implicit_row(&node)) {
    std::vector<int> set;
    for (const ParseNode* item : list_of(node.row_expr->n_args, node.row_expr->args)) {
      append_new(set, flat(grouping_sets_of(scope, *item, nested)));
    }
    return {set};
  }
  if (!is(&node, PG_QUERY__NODE__NODE_GROUPING_SET)) {
    const std::size_t known = query.group_by.size();
    const int column = group_expression(scope, node, query.group_by, query.order_by, query.targets,
                                        ExprUse::GroupBy, false);
    if (nested && query.group_by.size() > known) {
      // Grouping sets sort NULLs last, whatever ORDER BY says: transformGroupClauseExpr().
      query.group_by.back().nulls_first = false;
    }
    return {{column}};
  }
  const PgQuery__GroupingSet& set = *node.grouping_set;
  query.has_grouping_sets = true;
  std::vector<Sets> content;
  for (const ParseNode* item : list_of(set.n_content, set.content)) {
    content.push_back(grouping_sets_of(scope, *item, true));
  }
  switch (set.kind) {
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP:
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_CUBE: {
      std::vector<std::vector<int>> columns;
      for (const Sets& item : content) {
        columns.push_back(flat(item));
      }
      return set.kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_ROLLUP ? rollup(columns)
                                                                          : cube(columns);
    }
    case PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_SETS: {
      Sets all;
      for (const Sets& item : content) {
        all.insert(all.end(), item.begin(), item.end());
      }
      return all;
    }
    default:
      return {{}};
  }
}

namespace {

bool is_empty_set(const ParseNode* node) {
  return is(node, PG_QUERY__NODE__NODE_GROUPING_SET) &&
         node->grouping_set->kind == PG_QUERY__GROUPING_SET_KIND__GROUPING_SET_EMPTY;
}

}  // namespace

/// transformGroupClause(). Beside other items () says nothing (flatten_grouping_sets()).
void Analyzer::transform_group(Scope& scope, const PgQuery__SelectStmt& statement) {
  const ParseList items = list_of(statement.n_group_clause, statement.group_clause);
  const bool only_empty = std::all_of(items.begin(), items.end(), is_empty_set);
  std::vector<Sets> clauses;
  for (const ParseNode* node : items) {
    if (only_empty || !is_empty_set(node)) {
      clauses.push_back(grouping_sets_of(scope, *node, false));
    }
  }
  if (scope.query.has_grouping_sets) {
    scope.query.grouping_sets = product(clauses, statement.group_distinct != 0);
  }
  // One set with columns is an ordinary GROUP BY (parseCheckAggregates(), parse_agg.c).
  if (scope.query.grouping_sets.size() == 1 && !scope.query.group_by.empty()) {
    scope.query.has_grouping_sets = false;
    scope.query.grouping_sets.clear();
  }
}

/// transformFrameOffset()
ExprPtr Analyzer::frame_offset(Scope& scope, const ParseNode* node, int options,
                               const WindowClause& window) {
  if (!is_set(node)) {
    return nullptr;
  }
  const ExprPtr offset = transform_expr(scope, node, ExprUse::WindowFrame);
  if (contains_local_vars(offset)) {
    throw UserError{"argument of window frame must not contain variables"};
  }
  if ((options & frame::kRows) != 0) {
    return coerce_to_specific(offset, type_oid::kInt8, "ROWS");
  }
  if ((options & frame::kGroups) != 0) {
    return coerce_to_specific(offset, type_oid::kInt8, "GROUPS");
  }
  // RANGE: in_range's offset is the sort column's type, or interval for dates and times.
  Oid sort_type = 0;
  for (const TargetEntry& target : scope.query.targets) {
    if (!window.order.empty() && target.sort_group_ref == window.order.front().ref) {
      sort_type = types_.base_type(target.expr->type);
    }
  }
  if (offset->type != type_oid::kUnknown && offset->type != sort_type) {
    return offset;
  }
  switch (sort_type) {
    case type_oid::kDate:
    case type_oid::kTime:
    case type_oid::kTimeTz:
    case type_oid::kTimestamp:
    case type_oid::kTimestampTz:
      return coerce_to_specific(offset, type_oid::kInterval, "RANGE");
    default:
      return offset->type == type_oid::kUnknown ? coerce_to_specific(offset, sort_type, "RANGE")
                                                : offset;
  }
}

/// transformWindowDefinitions()
void Analyzer::transform_windows(Scope& scope) {
  Query& query = scope.query;
  std::vector<const PgQuery__WindowDef*> definitions = scope.window_definitions;
  for (const PgQuery__WindowDef* definition : definitions) {
    const std::string name{text_of(definition->name)};
    const std::string base_name{text_of(definition->refname)};
    const WindowClause* base = nullptr;
    for (const WindowClause& known : query.windows) {
      if (!name.empty() && known.name == name) {
        throw UserError{fmt::format("window \"{}\" is already defined", name)};
      }
      if (!base_name.empty() && known.name == base_name) {
        base = &known;
      }
    }
    if (!base_name.empty() && base == nullptr) {
      throw UserError{fmt::format("window \"{}\" does not exist", base_name)};
    }
    WindowClause window;
    window.name = name;
    window.order =
        transform_sort(scope, list_of(definition->n_order_clause, definition->order_clause),
                       query.targets, ExprUse::WindowOrder, true);
    window.partition = transform_partition(
        scope, list_of(definition->n_partition_clause, definition->partition_clause), query.targets,
        window.order);
    if (base != nullptr) {
      if (!window.partition.empty()) {
        throw UserError{
            fmt::format("cannot override PARTITION BY clause of window \"{}\"", base_name)};
      }
      if (!window.order.empty() && !base->order.empty()) {
        throw UserError{fmt::format("cannot override ORDER BY clause of window \"{}\"", base_name)};
      }
      window.partition = base->partition;
      if (window.order.empty()) {
        window.order = base->order;
      }
      if (base->frame_options != kFrameDefaults) {
        throw UserError{
            fmt::format("cannot copy window \"{}\" because it has a frame clause", base_name)};
      }
    }
    window.frame_options = definition->frame_options;
    if ((window.frame_options & frame::kRange) != 0 &&
        (window.frame_options & kFrameOffsets) != 0 && window.order.size() != 1) {
      throw UserError{"RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column"};
    }
    if ((window.frame_options & frame::kGroups) != 0 && window.order.empty()) {
      throw UserError{"GROUPS mode requires an ORDER BY clause"};
    }
    window.start_offset =
        frame_offset(scope, definition->start_offset, window.frame_options, window);
    window.end_offset = frame_offset(scope, definition->end_offset, window.frame_options, window);
    query.windows.push_back(std::move(window));
  }
}

}  // namespace quern::planner_model
