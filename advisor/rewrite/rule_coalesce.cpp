#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/comparison.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Whether literals of different text are different values of the type: so for integers in
/// canonical form, and for strings because equality of text is bytewise under deterministic
/// collations.
bool text_decides(const ResolvedColumn& column, const Literal& a, const Literal& b) {
  if (a.kind != b.kind || !a.cast.empty() || !b.cast.empty()) {
    return false;
  }
  const Oid oid = column.column->type;
  constexpr Oid kFirstUserOid = 16384;  // user-defined collations may be nondeterministic
  return (type::is_integer(oid) && a.kind == Literal::Kind::Integer) ||
         (oid == type::kBool && a.kind == Literal::Kind::Boolean) ||
         ((oid == type::kText || oid == type::kVarchar) && a.kind == Literal::Kind::String &&
          column.column->collation < kFirstUserOid);
}

std::optional<std::string> rewritten(const Query& query, const Block& block,
                                     const Comparison& comparison, Finding& finding) {
  const auto* call = as<PgQuery__CoalesceExpr>(comparison.subject);
  if (call == nullptr || call->n_args != 2 || comparison.op != "=") {
    return std::nullopt;
  }
  const auto column = query.resolve(block, call->args[0]);
  const auto fallback = literal(call->args[1]);
  if (!column || !fallback) {
    return std::nullopt;
  }
  const std::string name = Tree::text(call->args[0]);
  const std::string value = Tree::text(comparison.value);
  const auto constant = literal(comparison.value);
  if (constant && text_decides(*column, *fallback, *constant)) {
    const bool same = constant->text == fallback->text;
    finding.conditions.push_back(
        {fmt::format("{} and the fallback {} are {}", value, Tree::text(call->args[1]),
                     same ? "equal" : "different values")});
    return same ? fmt::format("({0} = {1} OR {0} IS NULL)", name, value) : name + " = " + value;
  }
  if (parameter(comparison.value) != nullptr) {
    finding.conditions.push_back({"the second arm holds only where the value is the fallback"});
    return fmt::format("({0} = {1} OR ({0} IS NULL AND {2} = {1}))", name, value,
                       Tree::text(call->args[1]));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> coalesce_on_column(Query& query) {
  Finding finding{
      .why =
          "coalesce() hides the column from its index; as a predicate on the column itself "
          "(with IS NULL where the fallback is asked for) an index can serve."};
  bool changed = false;
  for (const Filter& filter : filters(query)) {
    for (const Comparison& comparison : comparisons(filter.node)) {
      if (const auto text = rewritten(query, *filter.block, comparison, finding)) {
        *filter.node = *query.tree.expression(*text);
        changed = true;
        break;
      }
    }
  }
  if (!changed) {
    return std::nullopt;
  }
  finding.conditions.push_back({"the predicate stands where FALSE and NULL mean the same"});
  finding.replacement = query.tree.sql();
  return finding;
}

}  // namespace quern::advisor::rewrite
