#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/names.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

constexpr std::size_t kMaximumArms = 3;

/// The sources of the block that a predicate reads.
std::set<const Source*> read_by(const Query& query, const Block& block, PgQuery__Node* predicate) {
  std::set<const Source*> found;
  for (const Source& source : block.sources) {
    if (mentions_source(query, block, source, &predicate->base)) {
      found.insert(&source);
    }
  }
  return found;
}

/// Each arm reads one table, and not all the same one.
bool is_across_tables(const Query& query, const Block& block, const PgQuery__BoolExpr& either) {
  std::set<const Source*> all;
  for (std::size_t i = 0; i < either.n_args; ++i) {
    const auto sources = read_by(query, block, either.args[i]);
    if (sources.size() != 1 || contains<PgQuery__SubLink>(either.args[i])) {
      return false;
    }
    all.insert(*sources.begin());
  }
  return all.size() > 1;
}

std::string output_name(const PgQuery__ResTarget& target) {
  if (*target.name != '\0') {
    return target.name;
  }
  const auto* reference = as<PgQuery__ColumnRef>(target.val);
  return reference == nullptr ? std::string{} : last_name(reference->fields, reference->n_fields);
}

/// Makes ORDER BY name output columns, which is all that a UNION can sort by. False when it cannot.
bool sort_by_output(Query& query, const Block& block) {
  const PgQuery__SelectStmt& select = *block.select;
  for (std::size_t i = 0; i < select.n_sort_clause; ++i) {
    auto* item = as<PgQuery__SortBy>(select.sort_clause[i]);
    if (integer_literal(item->node)) {
      continue;
    }
    const auto* reference = as<PgQuery__ColumnRef>(item->node);
    std::string name;
    for (std::size_t k = 0; reference != nullptr && k < select.n_target_list; ++k) {
      const auto* target = as<PgQuery__ResTarget>(select.target_list[k]);
      const auto shown = query.resolve(block, target->val);
      const auto wanted = query.resolve(block, item->node);
      const bool by_alias =
          reference->n_fields == 1 && output_name(*target) == last_name(reference->fields, 1);
      if (by_alias ||
          (shown && wanted && shown->source == wanted->source && shown->column == wanted->column)) {
        name = output_name(*target);
        break;
      }
    }
    const auto same_name = [&](const PgQuery__Node* node) {
      return output_name(*as<PgQuery__ResTarget>(node)) == name;
    };
    if (name.empty() || std::count_if(select.target_list, select.target_list + select.n_target_list,
                                      same_name) != 1) {
      return false;
    }
    item->node = query.tree.expression(quoted(name));
  }
  return true;
}

/// SELECT ... WHERE p1 UNION ALL SELECT ... WHERE p2 AND (p1) IS NOT TRUE ...
std::string union_text(Query& query, PgQuery__SelectStmt select, PgQuery__Node* either,
                       std::vector<PgQuery__Node*> parts) {
  const PgQuery__BoolExpr arms = *as<PgQuery__BoolExpr>(either);
  select.n_sort_clause = 0;
  select.limit_count = nullptr;
  select.limit_offset = nullptr;
  select.limit_option = PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_DEFAULT;
  select.with_clause = nullptr;
  const auto place = std::find(parts.begin(), parts.end(), either) - parts.begin();
  std::string text;
  std::string before;
  for (std::size_t i = 0; i < arms.n_args; ++i) {
    const std::string arm = Tree::text(arms.args[i]);
    parts[static_cast<std::size_t>(place)] = query.tree.expression("(" + arm + ")" + before);
    select.where_clause = conjunction(query.tree, parts);
    text += (i == 0 ? "" : " UNION ALL ") + Tree::text(select);
    // The deparser writes `a AND b IS NOT TRUE` for a compound argument, which is another
    // predicate.
    before += as<PgQuery__BoolExpr>(arms.args[i]) == nullptr
                  ? " AND (" + arm + ") IS NOT TRUE"
                  : " AND NOT coalesce(" + arm + ", false)";
  }
  return text;
}

}  // namespace

std::optional<Finding> or_across_tables(Query& query) {
  for (Block& block : query.blocks) {
    if (!block.top_level || block.select == nullptr ||
        &block.select->base != content(query.tree.statement())) {
      continue;
    }
    PgQuery__SelectStmt bare = *block.select;
    bare.limit_count = nullptr;
    bare.limit_offset = nullptr;
    if (!is_plain_select(query, bare) ||
        bare.limit_option == PG_QUERY__LIMIT_OPTION__LIMIT_OPTION_WITH_TIES ||
        !query.deterministic(block.statement)) {
      continue;
    }
    const auto parts = conjuncts(*block.where);
    for (PgQuery__Node* part : parts) {
      const auto* either = as<PgQuery__BoolExpr>(part);
      if (either == nullptr || either->boolop != PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR ||
          either->n_args > kMaximumArms || !is_across_tables(query, block, *either) ||
          !sort_by_output(query, block)) {
        continue;
      }
      PgQuery__SelectStmt& select = *block.select;
      PgQuery__SelectStmt* both = query.tree.select(union_text(query, select, part, parts));
      both->n_sort_clause = select.n_sort_clause;
      both->sort_clause = select.sort_clause;
      both->limit_count = select.limit_count;
      both->limit_offset = select.limit_offset;
      both->limit_option = select.limit_option;
      both->with_clause = select.with_clause;
      query.tree.statement()->select_stmt = both;
      return Finding{
          .replacement = query.tree.sql(),
          .why =
              "An OR over columns of different tables can only be checked after the join, so no "
              "index serves it. Apart, each arm starts from its own index.",
          .conditions = {
              {"rows that satisfy an earlier arm are kept out of the later ones by IS NOT "
               "TRUE, NULL included: each row comes once, as often as before"},
              {"no volatile function in the statement"}}};
    }
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
