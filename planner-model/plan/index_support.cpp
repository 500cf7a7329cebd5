// Index conditions that the planner derives from operators outside of the index's family: the
// support functions of PostgreSQL 15 (SupportRequestIndexCondition).
#include <string>
#include <string_view>

#include "planner-model/plan/index_match.hpp"
#include "planner-model/plan/plan.hpp"
#include "planner-model/selectivity/restriction.hpp"
#include "planner-model/selectivity/value_text.hpp"

namespace quern::planner_model {
namespace {

ExprPtr constant_of(Value value, Oid collation) {
  auto constant = std::make_shared<Expr>();
  constant->kind = ExprKind::Const;
  constant->type = value.type;
  constant->collation = collation;
  constant->text = value.text;
  constant->value = std::make_shared<Value>(std::move(value));
  return constant;
}

RestrictInfo* derived_qual(PlannerInfo& root, const RestrictInfo& clause, const ExprPtr& expr) {
  return make_restrictinfo(root, expr, true, false, false, clause.required_relids, 0, 0);
}

/// What pattern an operator, or a call of starts_with(), matches; nothing: none, or a negated one.
std::optional<PatternKind> pattern_of(const Expr& expr, const PlannerInfo& root) {
  const TypeSystem& types = *root.global->types;
  const bool tests_prefixes = root.global->cost.server.indexes_prefix_tests();
  if (const auto* op = types.op(expr.op); op != nullptr) {
    bool negate = false;
    const auto kind = pattern_kind(*op, negate);
    return negate || (kind == PatternKind::Prefix && !tests_prefixes) ? std::nullopt : kind;
  }
  const Function* function = types.function(expr.function);
  return tests_prefixes && function != nullptr && function->support == "text_starts_with_support"
             ? std::optional{PatternKind::Prefix}
             : std::nullopt;
}

/// match_pattern_prefix() (like_support.c): LIKE 'abc%' gives lossy range conditions on a C-ordered
/// index, and one of a prefix on a radix tree of texts.
std::optional<IndexClause> match_pattern(PlannerInfo& root, RestrictInfo& clause, int column,
                                         IndexOptInfo& index) {
  const auto& types = *root.global->types;
  const auto c = static_cast<std::size_t>(column);
  const auto& expr = clause.clause;
  const auto kind = pattern_of(*expr, root);
  const bool is_ordered = index.method == AccessMethod::Btree;
  if (!kind || expr->args[1]->kind != ExprKind::Const || expr->args[1]->is_null ||
      !(is_ordered || index.method == AccessMethod::SpGist) ||
      expr->args[0]->type == type_oid::kBytea) {
    return std::nullopt;
  }
  const auto* opclass = types.operator_class(index.index->access_method, index.index->keys[c]);
  const std::string_view class_name = opclass != nullptr ? opclass->name : std::string_view{};
  const bool pattern_class = class_name == "text_pattern_ops" ||
                             class_name == "varchar_pattern_ops" ||
                             class_name == "bpchar_pattern_ops";
  const auto prefix =
      fixed_prefix(*kind, expr->args[1]->text, types.collation_is_c(expr->input_collation));
  if (prefix.status == PrefixStatus::None) {
    return std::nullopt;
  }
  const Oid family = index.opfamilies[c];
  const Oid type = index.input_types[c];
  const ExprPtr left = expr->args[0];
  const auto qual = [&](int strategy, std::string_view bound) -> RestrictInfo* {
    const Oid found = types.operator_for(family, type, type, strategy);
    const Oid collation = index.collations[c];
    return found == 0 ? nullptr
                      : derived_qual(
                            root, clause,
                            make_op(found, left,
                                    constant_of(make_text(bound, type), types.type_collation(type)),
                                    collation, root));
  };
  IndexClause result;
  result.rinfo = &clause;
  result.lossy = true;
  result.column = column;
  if (prefix.status == PrefixStatus::Exact) {
    if (!pattern_class && is_ordered && !collation_matches(index, c, expr->input_collation)) {
      return std::nullopt;
    }
    if (auto* equality = qual(btree_strategy::kEqual, prefix.prefix); equality != nullptr) {
      result.quals = {equality};
      return result;
    }
    return std::nullopt;
  }
  if (!is_ordered) {
    constexpr Oid kTextStartsWith = 3877;
    if (left->type != type_oid::kText || !types.strategy(kTextStartsWith, family)) {
      return std::nullopt;
    }
    result.quals = {
        derived_qual(root, clause,
                     make_op(kTextStartsWith, left, constant_of(make_text(prefix.prefix, type), 0),
                             index.collations[c], root))};
    return result;
  }
  if (!pattern_class && !types.collation_is_c(index.collations[c])) {
    return std::nullopt;
  }
  auto* from = qual(btree_strategy::kGreaterEqual, prefix.prefix);
  if (from == nullptr) {
    return std::nullopt;
  }
  result.quals = {from};
  if (const auto above = greater_string(prefix.prefix, false); above) {
    if (auto* to = qual(btree_strategy::kLess, *above); to != nullptr) {
      result.quals.push_back(to);
    }
  }
  return result;
}

Value network_value(const value_text::NetworkAddress& address) {
  Value value{.type = type_oid::kInet, .form = ValueForm::Network};
  value.text = value_text::print_network(address, false);
  value.bytes = address.bytes;
  value.days = address.bits;
  return value;
}

/// network_scan_first() and network_scan_last() (network.c): the network itself, and its last
/// address.
Value first_of(const Value& network) {
  value_text::NetworkAddress first{network.bytes, network.days};
  for (std::size_t bit = static_cast<std::size_t>(network.days); bit < (first.bytes.size() - 1) * 8;
       ++bit) {
    first.bytes[1 + bit / 8] &= static_cast<char>(~(0x80U >> (bit % 8)));
  }
  return network_value(first);
}

Value last_of(const Value& network) {
  const auto all = static_cast<std::int32_t>((network.bytes.size() - 1) * 8);
  value_text::NetworkAddress last{network.bytes, all};
  for (std::size_t bit = static_cast<std::size_t>(network.days);
       bit < static_cast<std::size_t>(all); ++bit) {
    last.bytes[1 + bit / 8] |= static_cast<char>(0x80U >> (bit % 8));
  }
  return network_value(last);
}

/// match_network_subset() (network.c): addresses within a network lie between its ends.
std::optional<IndexClause> match_subnet(PlannerInfo& root, RestrictInfo& clause, int column,
                                        IndexOptInfo& index, std::size_t own) {
  constexpr Oid kNetworkBtreeFamily = 1974;
  const auto& types = *root.global->types;
  const auto& expr = clause.clause;
  const Function* function = types.function(expr->function);
  const Oid family = index.opfamilies[static_cast<std::size_t>(column)];
  if (function == nullptr || family != kNetworkBtreeFamily) {
    return std::nullopt;
  }
  const bool or_equal = function->name == (own == 0 ? "network_subeq" : "network_supeq");
  const Expr& constant = *expr->args[1 - own];
  if ((!or_equal && function->name != (own == 0 ? "network_sub" : "network_sup")) ||
      constant.kind != ExprKind::Const || constant.is_null || constant.value == nullptr ||
      constant.value->form != ValueForm::Network) {
    return std::nullopt;
  }
  const auto qual = [&](int strategy, Value bound) {
    const Oid op = types.operator_for(family, type_oid::kInet, type_oid::kInet, strategy);
    return derived_qual(root, clause,
                        make_op(op, expr->args[own], constant_of(std::move(bound), 0), 0, root));
  };
  IndexClause result;
  result.rinfo = &clause;
  result.lossy = true;
  result.column = column;
  result.quals = {
      qual(or_equal ? btree_strategy::kGreaterEqual : btree_strategy::kGreater,
           first_of(*constant.value)),
      qual(btree_strategy::kLessEqual, last_of(*constant.value)),
  };
  return result;
}

}  // namespace

std::optional<IndexClause> derived_index_clause(PlannerInfo& root, RestrictInfo& clause, int column,
                                                IndexOptInfo& index, std::size_t own) {
  if (own == 0) {
    if (auto pattern = match_pattern(root, clause, column, index)) {
      return pattern;
    }
  }
  return match_subnet(root, clause, column, index, own);
}

}  // namespace quern::planner_model
