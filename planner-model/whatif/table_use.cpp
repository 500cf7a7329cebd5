#include "planner-model/whatif/table_use.hpp"

#include <algorithm>

#include "planner-model/plan/deparse.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/query_walk.hpp"
#include "planner-model/plan/selectivity.hpp"
#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/size/index_size.hpp"

namespace quern::planner_model {

void remap_columns(Index& index, const Table& parent, const Table& leaf) {
  const auto map = [&](std::int16_t attno) -> std::int16_t {
    for (const auto& column : parent.columns) {
      if (column.number == attno) {
        for (const auto& own : leaf.columns) {
          if (own.name == column.name) {
            return own.number;
          }
        }
      }
    }
    return attno;
  };
  for (auto& key : index.keys) {
    if (key.column != 0) {
      key.column = map(key.column);
    }
  }
  for (auto& column : index.included) {
    column = map(column);
  }
}

Bytes size_index(Index& index, const Table& table, double rows, const SizeContext& context,
                 SizeModel model) {
  const IndexSize size = index_size(index, table, context, rows, model);
  index.pages = index.relpages = static_cast<std::int64_t>(size.pages.value());
  index.reltuples = size.tuples.value();
  index.tree_height = size.tree_height ? size.tree_height : std::optional<int>{-1};
  return size.bytes;
}

namespace {

class UseCollector {
 public:
  UseCollector(PlannerGlobal& global, PlannerInfo& root) : global_{global}, root_{root} {
    context_.types = global.types;
    context_.range_name = [](int) { return std::string{}; };
    context_.column_name = [this](int range, int attno) {
      const auto& entry = root_.query.range_table[static_cast<std::size_t>(range) - 1];
      const auto at = static_cast<std::size_t>(attno) - 1;
      return attno > 0 && at < entry.columns.size() ? entry.columns[at].name : std::string{"ctid"};
    };
    context_.subplan_text = [](const Expr&, const DeparseContext&) {
      return std::string{"(SubPlan)"};
    };
  }

  void run(std::vector<TableUse>& uses) {
    for (auto* rel : root_.base) {
      if (rel != nullptr && rel->kind == RelKind::Base) {
        add_tables(*rel, uses);
      }
    }
    const Query& query = root_.query;
    // An INSERT's target is not scanned and so is no base relation of the plan.
    if (query.command == Command::Insert && query.result_range > 0) {
      const auto& entry = query.range_table[static_cast<std::size_t>(query.result_range) - 1];
      if (entry.table != nullptr) {
        TableUse use;
        use.table = entry.table->oid;
        use.alias = entry.alias;
        use.is_target = true;
        use.updated = query.updated_columns;  // by ON CONFLICT DO UPDATE
        uses.push_back(std::move(use));
      }
    }
  }

 private:
  /// A table, or the tables among the arms of a UNION ALL.
  void add_tables(RelOptInfo& rel, std::vector<TableUse>& uses) {
    if (rel.table != nullptr) {
      uses.push_back(use_of(rel));
      return;
    }
    for (auto* arm : rel.members) {
      add_tables(*arm, uses);
    }
  }

  /// An arm's clauses speak of columns under the numbers of the whole; its index needs its own.
  /// Null when the arm computes what the whole calls a column.
  static ExprPtr in_own_columns(const RelOptInfo& rel, const ExprPtr& expr) {
    if (rel.arm_range == 0) {
      return expr;
    }
    bool computed = false;
    ExprPtr own = change_expr(expr, [&](const ExprPtr& e, int) -> ExprPtr {
      if (e->kind != ExprKind::Var || e->levels_up != 0 || e->varno != rel.range || e->attno <= 0) {
        return nullptr;
      }
      const auto column = rel.parent_columns.find(e->attno);
      computed = computed || column == rel.parent_columns.end();
      auto copy = std::make_shared<Expr>(*e);
      copy->varno = rel.arm_range;
      copy->attno = computed ? 0 : column->second;
      return copy;
    });
    return computed ? nullptr : own;
  }

  TableUse use_of(RelOptInfo& rel) {
    TableUse use;
    use.table = rel.table->oid;
    use.alias = rel.entry->alias;
    use.is_target = root_.query.result_range == rel.range;
    if (use.is_target) {
      use.updated = root_.query.updated_columns;
    }
    use.has_limit = root_.query.limit != nullptr;
    for (auto* clause : rel.restrictions) {
      add_clause(use, rel, *clause);
    }
    for (auto* clause : rel.join_info) {
      add_join(use, rel, *clause);
    }
    for (auto* ec : root_.classes) {
      add_class(use, rel, *ec);
    }
    referenced(use, rel);
    use.nearest = nearest(rel);
    if (!use.nearest) {
      use.order_by = sort_items(rel, root_.query.order_by);
    }
    use.group_by = sort_items(
        rel, !root_.query.group_by.empty() ? root_.query.group_by : root_.query.distinct);
    return use;
  }

  struct Operand {
    std::int16_t column = 0;
    std::string expression;
  };

  std::optional<Operand> operand(const RelOptInfo& rel, const ExprPtr& expr) {
    if (relids_of(expr) != rel.relids) {
      return std::nullopt;
    }
    const ExprPtr inner = in_own_columns(rel, strip_relabel(expr));
    if (!inner) {
      return std::nullopt;
    }
    if (inner->kind == ExprKind::Var) {
      if (inner->attno <= 0) {
        return std::nullopt;
      }
      return Operand{static_cast<std::int16_t>(inner->attno), {}};
    }
    const bool indexable = !any_of(inner, [&](const Expr& e) {
      // A tsquery is one search: ts_rank(document, query) is another expression for the next.
      if (e.kind == ExprKind::SubPlan || e.kind == ExprKind::Param ||
          e.kind == ExprKind::SqlValueFunction ||
          (e.kind == ExprKind::Const && e.type == type_oid::kTsQuery)) {
        return true;
      }
      Oid function = e.function;
      if (e.kind == ExprKind::OpExpr) {
        const auto* op = global_.types->op(e.op);
        function = op != nullptr ? op->function : 0;
      }
      const auto* f = function != 0 ? global_.types->function(function) : nullptr;
      return f != nullptr && f->volatility != 'i';
    });
    if (!indexable) {
      return std::nullopt;
    }
    std::string text = deparse(inner, context_);
    if (!text.starts_with('(')) {
      text = "(" + text + ")";
    }
    return Operand{0, text};
  }

  void add_clause(TableUse& use, RelOptInfo& rel, RestrictInfo& clause) {
    const auto& expr = clause.clause;
    ClauseUse found;
    std::optional<Operand> side;
    ExprPtr constant;
    switch (expr->kind) {
      case ExprKind::OpExpr: {
        if (expr->args.size() != 2) {
          return;
        }
        const auto* op = global_.types->op(expr->op);
        if (op == nullptr) {
          return;
        }
        side = operand(rel, expr->args[0]);
        constant = expr->args[1];
        const bool turned = !side || relids_of(constant) != 0;
        if (turned) {
          side = operand(rel, expr->args[1]);
          constant = expr->args[0];
          if (!side || relids_of(constant) != 0) {
            return;
          }
        }
        const Oid type = strip_relabel(expr->args[turned ? 1 : 0])->type;
        found.classes =
            named(global_.types->classes_answering(turned ? op->commutator : op->oid, type), type);
        const auto kind = kind_of(*op);
        if (!kind && found.classes.empty()) {
          return;
        }
        found.kind = kind.value_or(ClauseKind::Containment);
        break;
      }
      case ExprKind::ScalarArrayOpExpr: {
        const auto* op = global_.types->op(expr->op);
        if (!expr->use_or || op == nullptr || op->restriction != "eqsel") {
          return;
        }
        side = operand(rel, expr->args[0]);
        constant = expr->args[1];
        found.kind = ClauseKind::EqualAny;
        break;
      }
      case ExprKind::NullTest:
        side = operand(rel, expr->args.front());
        found.kind = expr->test_is_null ? ClauseKind::IsNull : ClauseKind::IsNotNull;
        break;
      case ExprKind::Var:
        side = operand(rel, expr);
        found.kind = ClauseKind::BooleanColumn;
        found.constant = "true";
        break;
      case ExprKind::Not:
        side = operand(rel, expr->args.front());
        found.kind = ClauseKind::BooleanColumn;
        found.constant = "false";
        if (side && expr->args.front()->kind != ExprKind::Var) {
          return;
        }
        break;
      default:
        return;
    }
    if (!side) {
      return;
    }
    found.column = side->column;
    found.expression = side->expression;
    const ExprPtr own = in_own_columns(rel, expr);
    if (!own) {
      return;
    }
    found.text = deparse(own, context_);
    if (constant && constant->kind == ExprKind::Const) {
      found.constant = deparse(constant, context_);
    }
    found.selectivity = clause_selectivity(root_, clause, 0, JoinType::Inner, nullptr);
    use.clauses.push_back(std::move(found));
  }

  /// Without btree's, which the kind of the clause stands for. `type` is that of the column.
  [[nodiscard]] std::vector<OperatorClassUse> named(const std::vector<const OpClass*>& classes,
                                                    Oid type) const {
    std::vector<OperatorClassUse> uses;
    const auto& path = global_.catalog->search_path;
    for (const OpClass* found : classes) {
      if (found->access_method == "btree") {
        continue;
      }
      const bool visible = found->schema == "pg_catalog" ||
                           std::find(path.begin(), path.end(), found->schema) != path.end();
      const OpClass* usual = global_.types->default_operator_class(found->access_method, type);
      uses.push_back({.access_method = std::string{found->access_method},
                      .name = found == usual ? "" : std::string{found->name},
                      .schema = visible ? "" : std::string{found->schema}});
    }
    return uses;
  }

  /// match_pathkeys_to_index() and match_clause_to_ordering_op(), indxpath.c: an index reads by
  /// distance where that is the whole order, ascending. Of several distances, which one index on
  /// several columns could read by, nothing is said.
  std::optional<DistanceUse> nearest(const RelOptInfo& rel) {
    const auto& order = root_.query.order_by;
    if (order.size() != 1 || order.front().descending || order.front().nulls_first) {
      return std::nullopt;
    }
    const ExprPtr expr = sorted_expression(order.front());
    const auto* op = expr && expr->kind == ExprKind::OpExpr && expr->args.size() == 2
                         ? global_.types->op(expr->op)
                         : nullptr;
    for (const std::size_t own : {0U, 1U}) {
      if (op == nullptr || relids_of(expr->args[1 - own]) != 0) {
        continue;
      }
      const Oid type = strip_relabel(expr->args[own])->type;
      auto classes = named(
          global_.types->classes_ordering_by(own == 0 ? op->oid : op->commutator, type), type);
      const auto side = classes.empty() ? std::nullopt : operand(rel, expr->args[own]);
      if (side) {
        return DistanceUse{side->column, side->expression, std::move(classes)};
      }
    }
    return std::nullopt;
  }

  /// Nothing for operators that no btree answers.
  static std::optional<ClauseKind> kind_of(const Operator& op) {
    if (op.restriction == "eqsel") {
      return ClauseKind::Equal;
    }
    if (op.restriction.starts_with("scalar")) {
      return ClauseKind::Range;
    }
    bool negate = false;
    if (pattern_kind(op, negate)) {
      return negate ? std::nullopt : std::optional{ClauseKind::Pattern};
    }
    return std::nullopt;
  }

  void add_pair(TableUse& use, RelOptInfo& rel, const ExprPtr& own, const ExprPtr& other,
                ClauseKind kind, std::vector<OperatorClassUse> classes = {}) {
    const auto side = operand(rel, own);
    if (!side) {
      return;
    }
    const ExprPtr far = strip_relabel(other);
    ClauseUse found;
    found.kind = kind;
    found.classes = std::move(classes);
    found.column = side->column;
    found.expression = side->expression;
    found.is_join = true;
    if (far->kind == ExprKind::Var && far->levels_up == 0 && far->attno > 0) {
      const auto* partner = root_.base[static_cast<std::size_t>(far->varno)];
      if (partner != nullptr && partner->table != nullptr) {
        found.join_table = partner->table->oid;
        found.join_column = static_cast<std::int16_t>(far->attno);
      }
    }
    const bool known = std::any_of(use.clauses.begin(), use.clauses.end(), [&](const ClauseUse& c) {
      return c.is_join && c.kind == found.kind && c.column == found.column &&
             c.expression == found.expression && c.join_table == found.join_table &&
             c.join_column == found.join_column;
    });
    if (!known) {
      use.clauses.push_back(std::move(found));
    }
  }

  void add_join(TableUse& use, RelOptInfo& rel, RestrictInfo& clause) {
    const auto& expr = clause.clause;
    if (expr->kind != ExprKind::OpExpr || expr->args.size() != 2) {
      return;
    }
    const auto* op = global_.types->op(expr->op);
    const bool left = clause.left_relids == rel.relids;
    if (op == nullptr || (!left && clause.right_relids != rel.relids)) {
      return;
    }
    const ExprPtr& own = expr->args[left ? 0 : 1];
    const ExprPtr& other = expr->args[left ? 1 : 0];
    const auto kind = kind_of(*op);
    if (kind == ClauseKind::Equal || kind == ClauseKind::Range) {
      add_pair(use, rel, own, other, *kind);
      return;
    }
    const Oid type = strip_relabel(own)->type;
    auto classes =
        named(global_.types->classes_answering(left ? op->oid : op->commutator, type), type);
    if (!kind && !classes.empty()) {
      add_pair(use, rel, own, other, ClauseKind::Containment, std::move(classes));
    }
  }

  void add_class(TableUse& use, RelOptInfo& rel, EquivalenceClass& ec) {
    if (ec.has_const || ec.members.size() < 2) {
      return;
    }
    for (const auto* own : ec.members) {
      if (own->relids != rel.relids) {
        continue;
      }
      for (const auto* other : ec.members) {
        if (other != own && other->relids != 0 && !overlaps(other->relids, rel.relids)) {
          add_pair(use, rel, own->expr, other->expr, ClauseKind::Equal);
        }
      }
    }
  }

  void referenced(TableUse& use, const RelOptInfo& rel) {
    std::set<std::int16_t> columns;
    const std::function<void(const ExprPtr&)> pull = [&](const ExprPtr& expr) {
      if (expr->kind == ExprKind::Var && expr->levels_up == 0 && expr->varno == rel.range) {
        if (const ExprPtr computed = computed_column(*rel.entry, expr->attno)) {
          pull(computed);  // a PlaceHolderVar: an index holds what it is made of
          return;
        }
        const ExprPtr own = in_own_columns(rel, expr);
        if (expr->attno <= 0) {
          use.whole_row = true;
        } else if (own) {
          columns.insert(static_cast<std::int16_t>(own->attno));
        }
        return;
      }
      for (const auto& c : children(*expr)) {
        pull(c);
      }
    };
    for (const auto& expr : rel.target.exprs) {
      pull(expr);
    }
    for (const auto& target : root_.query.targets) {
      pull(target.expr);
    }
    for (const auto* clause : rel.restrictions) {
      pull(clause->clause);
    }
    for (const auto* clause : rel.join_info) {
      pull(clause->clause);
    }
    for (const auto& clause : use.clauses) {
      if (clause.column > 0) {
        columns.insert(clause.column);
      }
    }
    use.referenced.assign(columns.begin(), columns.end());
  }

  [[nodiscard]] ExprPtr sorted_expression(const SortGroupClause& clause) const {
    const auto target =
        std::find_if(root_.query.targets.begin(), root_.query.targets.end(),
                     [&](const TargetEntry& t) { return t.sort_group_ref == clause.ref; });
    return target == root_.query.targets.end() ? nullptr : target->expr;
  }

  std::vector<SortUse> sort_items(const RelOptInfo& rel,
                                  const std::vector<SortGroupClause>& clauses) {
    std::vector<SortUse> items;
    for (const auto& clause : clauses) {
      const ExprPtr expr = sorted_expression(clause);
      if (!expr) {
        break;
      }
      const auto side = operand(rel, expr);
      if (!side) {
        break;
      }
      items.push_back({side->column, side->expression, clause.descending, clause.nulls_first});
    }
    return items;
  }

  PlannerGlobal& global_;
  PlannerInfo& root_;
  DeparseContext context_;
};

}  // namespace

std::vector<TableUse> collect_table_uses(PlannerGlobal& global, PlannerInfo& top) {
  std::vector<TableUse> uses;
  UseCollector{global, top}.run(uses);
  global.roots.for_each([&](PlannerInfo& root) {
    if (&root != &top) {
      UseCollector{global, root}.run(uses);
    }
  });
  return uses;
}

}  // namespace quern::planner_model
