#include "advisor/candidates/operator_classes.hpp"

#include <algorithm>
#include <array>

namespace quern::advisor {

namespace {

// pg_type.dat, pg_collation.dat, PostgreSQL 15.
constexpr Oid kChar = 1042;
constexpr Oid kVarchar = 1043;
constexpr Oid kText = 25;
constexpr Oid kCollationC = 950;
constexpr Oid kCollationPosix = 951;
constexpr Oid kCollationDefault = 100;
constexpr Oid kFirstUserOid = 16384;

/// Built-in types without a btree operator class, or unfit for one: json, xml, jsonb, geometric
/// types, tsvector, and _text and friends.
constexpr std::array<Oid, 14> kNoBtree{114, 142, 3802, 600,  601,  602,  603,
                                       604, 628, 718,  3614, 3615, 1009, 1007};

bool has_btree(const RuleInput& input, Oid type) {
  if (std::find(kNoBtree.begin(), kNoBtree.end(), type) != kNoBtree.end()) {
    return false;
  }
  const auto& types = input.catalog.types;
  const auto user = std::find_if(types.begin(), types.end(),
                                 [type](const auto& other) { return other.oid == type; });
  if (type < kFirstUserOid || user == types.end()) {
    return true;
  }
  return user->kind == 'e' || (user->kind == 'd' && has_btree(input, user->base));
}

/// Whether the expression's column has so few values that the server's default guess for an
/// expression without statistics, half a percent of the rows (DEFAULT_EQ_SEL, selfuncs.h), is far
/// too small: once ANALYZE has filled in the new index's statistics, plans would leave it alone.
bool default_guess_misleads(const RuleInput& input, const std::string& expression) {
  constexpr double kFewestValues = 50;
  return std::any_of(input.table.columns.begin(), input.table.columns.end(), [&](const Column& c) {
    const auto& statistics = c.statistics ? c.statistics : c.inherited_statistics;
    return statistics && statistics->n_distinct > 0 && statistics->n_distinct < kFewestValues &&
           mentions(expression, c.name);
  });
}

}  // namespace

int average_width(const Column& column) {
  return column.statistics             ? column.statistics->average_width
         : column.inherited_statistics ? column.inherited_statistics->average_width
                                       : 0;
}

std::string pattern_operator_class(const RuleInput& input, const planner_model::ClauseUse& clause) {
  const Column* column = find_column(input.table, clause.column);
  const Oid type = column == nullptr ? kText : column->type;
  const Oid collation = column == nullptr ? kCollationDefault : column->collation;
  const bool database_is_c = input.catalog.locale_provider == 'c' &&
                             (input.catalog.collate == "C" || input.catalog.collate == "POSIX");
  const bool compares_bytes = collation == kCollationC || collation == kCollationPosix ||
                              (collation == kCollationDefault && database_is_c);
  if (compares_bytes) {
    return {};
  }
  // varchar_pattern_ops is text_pattern_ops by another name; the server prints what was given.
  return type == kChar      ? "bpchar_pattern_ops"
         : type == kVarchar ? "varchar_pattern_ops"
                            : "text_pattern_ops";
}

bool keys_allowed(const RuleInput& input, const KeyList& keys) {
  return !keys.empty() && std::all_of(keys.begin(), keys.end(), [&](const KeyPart& key) {
    if (key.column == 0) {
      return !key.expression.empty() && !default_guess_misleads(input, key.expression);
    }
    const Column* column = find_column(input.table, key.column);
    return column != nullptr && has_btree(input, column->type) &&
           average_width(*column) <= kWidestKey;
  });
}

}  // namespace quern::advisor
