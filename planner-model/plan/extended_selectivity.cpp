#include "planner-model/plan/extended_selectivity.hpp"

#include <algorithm>
#include <set>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/query/bind.hpp"
#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/extended.hpp"

namespace quern::planner_model {

namespace {

bool has_statistics(const PlannerInfo& root, const RelOptInfo& rel) {
  return rel.table != nullptr && rel.parent_columns.empty() &&
         std::any_of(root.global->catalog->extended_statistics.begin(),
                     root.global->catalog->extended_statistics.end(),
                     [&](const ExtendedStatistics& s) { return s.table == rel.table->oid; });
}

Oid column_type(const Table& table, int attno) {
  for (const auto& column : table.columns) {
    if (column.number == attno) {
      return column.type;
    }
  }
  return 0;
}

/// The expressions of all of a table's statistics, each once. The one at i goes by -(i + 1) in all
/// of them.
std::vector<std::string_view> expressions_of(const PlannerInfo& root, const Table& table) {
  std::vector<std::string_view> texts;
  for (const auto& definition : root.global->catalog->extended_statistics) {
    if (definition.table != table.oid) {
      continue;
    }
    for (const auto& text : definition.expressions) {
      if (std::find(texts.begin(), texts.end(), text) == texts.end()) {
        texts.push_back(text);
      }
    }
  }
  return texts;
}

/// From numbers within one definition to the table's.
void renumber_expressions(const std::vector<std::string_view>& all,
                          ParsedExtendedStatistics& statistics) {
  const auto& own = statistics.definition->expressions;
  const auto renumber = [&](int& item) {
    if (item < 0 && static_cast<std::size_t>(-item) <= own.size()) {
      const auto place =
          std::find(all.begin(), all.end(), own[static_cast<std::size_t>(-item) - 1]);
      item = -static_cast<int>(place - all.begin()) - 1;
    }
  };
  std::for_each(statistics.items.begin(), statistics.items.end(), renumber);
  for (auto& entry : statistics.distinct) {
    std::for_each(entry.items.begin(), entry.items.end(), renumber);
  }
  for (auto& dependency : statistics.dependencies) {
    std::for_each(dependency.determinants.begin(), dependency.determinants.end(), renumber);
    renumber(dependency.dependent);
  }
}

ParsedExtendedStatistics read(const PlannerInfo& root, const RelOptInfo& rel,
                              const ExtendedStatistics& definition) {
  auto columns = definition.columns;
  std::sort(columns.begin(), columns.end());
  std::vector<Oid> item_types;
  for (const auto attno : columns) {
    item_types.push_back(column_type(*rel.table, attno));
  }
  bool unreadable = false;
  const Binder binder{*root.global->catalog, *root.global->types};
  for (const auto& text : definition.expressions) {
    try {
      item_types.push_back(binder.bind_table_expression(text, *rel.table, rel.range)->type);
    } catch (const UserError&) {
      item_types.push_back(type_oid::kText);
      unreadable = true;
    }
  }
  auto made = parse_extended_statistics(definition, item_types, *root.global->types);
  made.unreadable = unreadable;
  renumber_expressions(expressions_of(root, *rel.table), made);
  return made;
}

const ParsedExtendedStatistics* parsed(PlannerInfo& root, const RelOptInfo& rel,
                                       const ExtendedStatistics& definition) {
  const auto* known =
      root.global->statistics->get(definition, [&] { return read(root, rel, definition); });
  if (known->unreadable) {
    root.global->unmodelled.insert("statistics " + definition.name +
                                   " (an expression cannot be read)");
  }
  return known;
}

/// RelOptInfo.statlist: of the table itself, or of the table with its children.
std::vector<const ParsedExtendedStatistics*> statistics_of(PlannerInfo& root,
                                                           const RelOptInfo& rel) {
  std::vector<const ParsedExtendedStatistics*> list;
  if (!has_statistics(root, rel)) {
    return list;
  }
  for (const auto& definition : root.global->catalog->extended_statistics) {
    if (definition.table == rel.table->oid && definition.inherited == rel.is_append) {
      list.push_back(parsed(root, rel, definition));
    }
  }
  std::stable_sort(list.begin(), list.end(), [](const auto* a, const auto* b) {
    return a->definition->oid < b->definition->oid;
  });
  return list;
}

/// Of a relation whose rows are not all seen only a leakproof operator may look at their values.
bool is_estimated_operator(const PlannerInfo& root, const RelOptInfo& rel, Oid oid) {
  static const std::set<std::string_view> kEstimators = {
      "eqsel", "neqsel", "scalarltsel", "scalarlesel", "scalargtsel", "scalargesel"};
  const auto& types = *root.global->types;
  const auto* op = types.op(oid);
  if (op == nullptr || !kEstimators.contains(op->restriction)) {
    return false;
  }
  return rel.entry->security_quals.empty() || is_leakproof(*op, types);
}

/// One element of an AND or OR list, as statext_is_compatible_clause() sees it.
struct Piece {
  ExprPtr expr;
  std::optional<McvClause> mcv = {};  ///< nothing: no list can treat it
  std::set<int> items = {};           ///< columns it speaks of
};

/// The clause as MCV lists understand it; nothing when they do not.
std::optional<McvClause> as_mcv_clause(const PlannerInfo& root, const ExprPtr& raw,
                                       const RelOptInfo& rel, std::set<int>& items) {
  using Kind = McvClause::Kind;
  const ExprPtr clause = strip_relabel(raw);
  McvClause result;
  const auto column = [&](const ExprPtr& expr) {
    result.item = extended_item(root, rel, expr);
    if (result.item != 0) {
      items.insert(result.item);
    }
    return result.item != 0;
  };
  const auto value = [](const Expr& constant) -> std::optional<Value> {
    return constant.is_null || !constant.value ? std::nullopt : std::optional{*constant.value};
  };
  switch (clause->kind) {
    case ExprKind::Var:
      result.kind = Kind::Boolean;
      return column(clause) ? std::optional{result} : std::nullopt;
    case ExprKind::NullTest:
      result.kind = clause->test_is_null ? Kind::IsNull : Kind::IsNotNull;
      return column(clause->args.front()) ? std::optional{result} : std::nullopt;
    case ExprKind::OpExpr: {
      if (clause->args.size() != 2 || !is_estimated_operator(root, rel, clause->op)) {
        return std::nullopt;
      }
      const ExprPtr left = strip_relabel(clause->args[0]);
      const ExprPtr right = strip_relabel(clause->args[1]);
      result.variable_on_left = right->kind == ExprKind::Const;
      const ExprPtr& constant = result.variable_on_left ? right : left;
      if (constant->kind != ExprKind::Const || !column(result.variable_on_left ? left : right)) {
        return std::nullopt;
      }
      result.kind = Kind::Operator;
      result.op = root.global->types->op(clause->op);
      result.collation = clause->input_collation;
      result.constants = {value(*constant)};
      return result;
    }
    case ExprKind::ScalarArrayOpExpr: {
      const ExprPtr array = strip_relabel(clause->args[1]);
      if (!is_estimated_operator(root, rel, clause->op) || array->kind != ExprKind::Const ||
          array->is_null || !array->value || !column(clause->args[0])) {
        return std::nullopt;
      }
      result.kind = clause->use_or ? Kind::Any : Kind::All;
      result.op = root.global->types->op(clause->op);
      result.collation = clause->input_collation;
      result.constants = array->value->elements;
      return result;
    }
    case ExprKind::And:
    case ExprKind::Or:
    case ExprKind::Not:
      result.kind = clause->kind == ExprKind::And  ? Kind::And
                    : clause->kind == ExprKind::Or ? Kind::Or
                                                   : Kind::Not;
      for (const auto& arg : clause->args) {
        auto part = as_mcv_clause(root, arg, rel, items);
        if (!part) {
          return std::nullopt;
        }
        result.arguments.push_back(std::move(*part));
      }
      return result;
    default:
      result.kind = Kind::Boolean;
      return clause->type == type_oid::kBool && column(clause) ? std::optional{result}
                                                               : std::nullopt;
  }
}

Piece make_piece(const PlannerInfo& root, const RelOptInfo& rel, const ExprPtr& expr) {
  Piece piece{.expr = expr};
  piece.mcv = as_mcv_clause(root, expr, rel, piece.items);
  return piece;
}

bool covers(const ParsedExtendedStatistics& statistics, const std::set<int>& items) {
  return std::all_of(items.begin(), items.end(), [&](int item) {
    return std::find(statistics.items.begin(), statistics.items.end(), item) !=
           statistics.items.end();
  });
}

/// choose_best_statistics(): the most columns matched, at least two; then the fewest keys.
const ParsedExtendedStatistics* best_mcv_list(
    const std::vector<const ParsedExtendedStatistics*>& list, const std::vector<Piece>& pieces,
    const std::vector<bool>& done) {
  const ParsedExtendedStatistics* best = nullptr;
  std::size_t best_matched = 2;
  std::size_t best_keys = 9;  // STATS_MAX_DIMENSIONS + 1
  for (const auto* statistics : list) {
    if (statistics->most_common.empty()) {
      continue;
    }
    std::set<int> matched;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].mcv && !done[i] && covers(*statistics, pieces[i].items)) {
        matched.insert(pieces[i].items.begin(), pieces[i].items.end());
      }
    }
    const std::size_t keys = statistics->items.size();
    if (matched.size() > best_matched || (matched.size() == best_matched && keys < best_keys)) {
      best = statistics;
      best_matched = matched.size();
      best_keys = keys;
    }
  }
  return best;
}

/// While it lives, estimates use column statistics alone.
class PlainEstimates {
 public:
  explicit PlainEstimates(PlannerInfo& root) : off_{root.global->extended_off}, before_{off_} {
    off_ = true;
  }

  ~PlainEstimates() { off_ = before_; }

  PlainEstimates(const PlainEstimates&) = delete;
  PlainEstimates& operator=(const PlainEstimates&) = delete;

 private:
  bool& off_;
  bool before_;
};

/// dependency_is_compatible_clause(): the column that the clause fixes to some value; 0: none.
int equality_column(const PlannerInfo& root, const ExprPtr& clause, const RelOptInfo& rel) {
  ExprPtr side;
  const auto is_equality = [&] {
    const auto* op = root.global->types->op(clause->op);
    return op != nullptr && op->restriction == "eqsel";
  };
  const auto pseudoconstant = [&](const ExprPtr& expr) {
    return relids_of(expr) == 0 && !contains_volatile(expr, root);
  };
  switch (clause->kind) {
    case ExprKind::OpExpr:
      if (clause->args.size() != 2 || !is_equality()) {
        return 0;
      }
      side = pseudoconstant(clause->args[1])   ? clause->args[0]
             : pseudoconstant(clause->args[0]) ? clause->args[1]
                                               : nullptr;
      break;
    case ExprKind::ScalarArrayOpExpr:
      if (!clause->use_or || !is_equality() || !pseudoconstant(clause->args[1])) {
        return 0;
      }
      side = clause->args[0];
      break;
    case ExprKind::Or: {
      int common = 0;
      for (const auto& arm : clause->args) {
        const int column = equality_column(root, arm, rel);
        if (column == 0 || (common != 0 && column != common)) {
          return 0;
        }
        common = column;
      }
      return common;
    }
    case ExprKind::Not:
      side = clause->args.front();
      break;
    default:
      side = clause;
  }
  if (!side) {
    return 0;
  }
  return extended_item(root, rel, side);
}

/// dependencies_clauselist_selectivity().
double by_dependencies(PlannerInfo& root, const RelOptInfo& rel,
                       const std::vector<const ParsedExtendedStatistics*>& list,
                       const std::vector<RestrictInfo*>& clauses, int var_relid, JoinType type,
                       const SpecialJoin* sj, std::vector<bool>& estimated) {
  std::map<int, std::vector<std::size_t>> by_column;
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    if (estimated[i] || clauses[i]->pseudoconstant || clauses[i]->clause_relids != rel.relids) {
      continue;
    }
    if (const int column = equality_column(root, clauses[i]->clause, rel); column != 0) {
      by_column[column].push_back(i);
    }
  }
  if (by_column.size() < 2) {
    return 1.0;
  }
  const PlainEstimates plain{root};
  std::vector<DependencyClause> conditions;
  for (const auto& [column, members] : by_column) {
    std::vector<RestrictInfo*> here;
    for (const auto i : members) {
      here.push_back(clauses[i]);
    }
    conditions.push_back({column, clauselist_selectivity(root, here, var_relid, type, sj)});
  }
  const auto result = dependencies_selectivity(list, conditions);
  for (const int column : result.covered) {
    for (const auto i : by_column[column]) {
      estimated[i] = true;
    }
  }
  return result.covered.empty() ? 1.0 : result.selectivity;
}

/// statext_mcv_clauselist_selectivity(), of an AND list.
double by_mcv_lists(PlannerInfo& root, const RelOptInfo& rel,
                    const std::vector<const ParsedExtendedStatistics*>& list,
                    const std::vector<RestrictInfo*>& clauses, int var_relid, JoinType type,
                    const SpecialJoin* sj, std::vector<bool>& estimated) {
  std::vector<Piece> pieces;
  for (auto* clause : clauses) {
    const bool usable = !clause->pseudoconstant && clause->clause_relids == rel.relids;
    pieces.push_back(usable ? make_piece(root, rel, clause->clause) : Piece{});
  }
  double selectivity = 1.0;
  while (const auto* statistics = best_mcv_list(list, pieces, estimated)) {
    std::vector<RestrictInfo*> covered;
    std::vector<McvClause> conditions;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].mcv && !estimated[i] && covers(*statistics, pieces[i].items)) {
        covered.push_back(clauses[i]);
        conditions.push_back(*pieces[i].mcv);
        estimated[i] = true;
      }
    }
    const PlainEstimates plain{root};
    const double simple = clauselist_selectivity(root, covered, var_relid, type, sj);
    selectivity *= combine_with_mcv_list(
        simple, mcv_list_selectivity(*statistics, conditions, false, *root.global->types));
  }
  return selectivity;
}

/// The one relation that all clauses speak of (find_single_rel_for_clauses()); null: several.
const RelOptInfo* single_relation(const PlannerInfo& root,
                                  const std::vector<RestrictInfo*>& clauses) {
  Relids relids = 0;
  for (const auto* clause : clauses) {
    if (clause->is_bare) {
      return nullptr;
    }
    if (clause->clause_relids == 0) {
      continue;
    }
    if (!is_singleton(clause->clause_relids) || (relids != 0 && relids != clause->clause_relids)) {
      return nullptr;
    }
    relids = clause->clause_relids;
  }
  return relids == 0 ? nullptr : root.base[static_cast<std::size_t>(lowest(relids))];
}

}  // namespace

int extended_item(const PlannerInfo& root, const RelOptInfo& rel, const ExprPtr& expr) {
  const ExprPtr bare = strip_relabel(expr);
  if (bare->kind == ExprKind::Var) {
    return bare->levels_up == 0 && bare->varno == rel.range && bare->attno > 0 ? bare->attno : 0;
  }
  if (rel.table == nullptr || bare->kind == ExprKind::Const || bare->kind == ExprKind::Param) {
    return 0;
  }
  const auto texts = expressions_of(root, *rel.table);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    try {
      if (equal(
              strip_relabel(root.global->expressions->expression(texts[i], *rel.table, rel.range)),
              bare)) {
        return -static_cast<int>(i) - 1;
      }
    } catch (const UserError&) {
      continue;  // parsed() tells of it
    }
  }
  return 0;
}

double extended_selectivity(PlannerInfo& root, const std::vector<RestrictInfo*>& clauses,
                            int var_relid, JoinType type, const SpecialJoin* sj,
                            std::vector<bool>& estimated) {
  if (root.global->extended_off || root.global->catalog->extended_statistics.empty()) {
    return 1.0;
  }
  const auto* rel = single_relation(root, clauses);
  if (rel == nullptr) {
    return 1.0;
  }
  const auto list = statistics_of(root, *rel);
  if (list.empty()) {
    return 1.0;
  }
  const double by_values = by_mcv_lists(root, *rel, list, clauses, var_relid, type, sj, estimated);
  return by_values * by_dependencies(root, *rel, list, clauses, var_relid, type, sj, estimated);
}

double extended_or_selectivity(PlannerInfo& root, RestrictInfo& clause, int var_relid,
                               JoinType type, const SpecialJoin* sj,
                               const std::function<double()>& plain_estimate) {
  if (root.global->extended_off || root.global->catalog->extended_statistics.empty() ||
      clause.is_bare || !is_singleton(clause.clause_relids)) {
    return plain_estimate();
  }
  const auto* rel = root.base[static_cast<std::size_t>(lowest(clause.clause_relids))];
  const auto list =
      rel == nullptr ? std::vector<const ParsedExtendedStatistics*>{} : statistics_of(root, *rel);
  std::vector<Piece> pieces;
  for (const auto& arm : clause.or_arms) {
    std::vector<ExprPtr> parts;
    for (const auto* part : arm) {
      parts.push_back(part->clause);
    }
    pieces.push_back(list.empty() ? Piece{} : make_piece(root, *rel, make_and(parts)));
  }
  std::vector<bool> done(pieces.size(), false);
  double selectivity = 0.0;
  const auto either = [](double a, double b) { return std::clamp(a + b - a * b, 0.0, 1.0); };
  while (const auto* statistics = best_mcv_list(list, pieces, done)) {
    const PlainEstimates plain{root};
    double of_statistics = 0;
    double simple_total = 0;
    std::vector<McvClause> earlier;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (!pieces[i].mcv || done[i] || !covers(*statistics, pieces[i].items)) {
        continue;
      }
      done[i] = true;
      const double simple = clauselist_selectivity(root, clause.or_arms[i], var_relid, type, sj);
      const double overlap_simple = simple_total * simple;
      const std::vector<McvClause> own = {*pieces[i].mcv};
      const auto here = mcv_list_selectivity(*statistics, own, false, *root.global->types);
      // What matches this arm and one before it.
      McvListSelectivity overlap{.total = here.total};
      if (!earlier.empty()) {
        McvClause any;
        any.kind = McvClause::Kind::Or;
        any.arguments = earlier;
        const std::vector<McvClause> both = {*pieces[i].mcv, any};
        overlap = mcv_list_selectivity(*statistics, both, false, *root.global->types);
      }
      earlier.push_back(*pieces[i].mcv);
      const double arm = pieces[i].items.size() == 1 ? simple : combine_with_mcv_list(simple, here);
      of_statistics = std::clamp(
          of_statistics + arm - combine_with_mcv_list(overlap_simple, overlap), 0.0, 1.0);
      simple_total = std::clamp(simple_total + simple - overlap_simple, 0.0, 1.0);
    }
    selectivity = either(selectivity, of_statistics);
  }
  if (std::none_of(done.begin(), done.end(), [](bool one) { return one; })) {
    return plain_estimate();
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!done[i]) {
      selectivity =
          either(selectivity, clauselist_selectivity(root, clause.or_arms[i], var_relid, type, sj));
    }
  }
  return selectivity;
}

const ParsedStatistics* extended_expression_statistics(PlannerInfo& root, const RelOptInfo& rel,
                                                       const ExprPtr& expr) {
  if (!has_statistics(root, rel)) {
    return nullptr;
  }
  const Binder binder{*root.global->catalog, *root.global->types};
  for (const auto* statistics : statistics_of(root, rel)) {
    const auto& definition = *statistics->definition;
    for (std::size_t i = 0; i < definition.expressions.size(); ++i) {
      if (i >= definition.expression_statistics.size()) {
        break;
      }
      try {
        const ExprPtr known =
            simplify(binder.bind_table_expression(definition.expressions[i], *rel.table, rel.range),
                     *root.global->types);
        if (equal(strip_relabel(known), strip_relabel(expr))) {
          return root.global->statistics->get(definition.expression_statistics[i], expr->type);
        }
      } catch (const UserError&) {
        root.global->unmodelled.insert("statistics " + definition.name +
                                       " (an expression cannot be read)");
      }
    }
  }
  return nullptr;
}

std::vector<std::vector<DistinctItem>> extended_distinct(PlannerInfo& root, const RelOptInfo& rel) {
  std::vector<std::vector<DistinctItem>> result;
  for (const auto* statistics : statistics_of(root, rel)) {
    if (!statistics->distinct.empty()) {
      result.push_back(statistics->distinct);
    }
  }
  return result;
}

}  // namespace quern::planner_model
