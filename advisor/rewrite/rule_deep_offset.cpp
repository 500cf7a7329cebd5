#include <algorithm>

#include <fmt/core.h>

#include "advisor/rewrite/joins.hpp"
#include "advisor/rewrite/names.hpp"
#include "advisor/rewrite/rule.hpp"

namespace quern::advisor::rewrite {

namespace {

/// Below this many skipped rows a page costs little more than the first one does.
constexpr std::int64_t kDeepOffset = 100;

std::int64_t offset_in(const PgQuery__Node* node, const SampleExecution& sample) {
  if (const auto value = integer_literal(node)) {
    return *value;
  }
  const auto* number = parameter(node);
  const auto at = number == nullptr ? 0 : static_cast<std::size_t>(number->number);
  if (at == 0 || at > sample.parameters.size() || !sample.parameters[at - 1]) {
    return 0;
  }
  constexpr std::size_t kSafeDigits = 18;
  const std::string& text = *sample.parameters[at - 1];
  const bool digits = !text.empty() && text.size() <= kSafeDigits &&
                      text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::strtoll(text.c_str(), nullptr, 10) : 0;
}

/// The deepest OFFSET that any sample of the class used.
std::int64_t deepest_offset(const Query& query, const PgQuery__SelectStmt& select) {
  std::int64_t deepest = integer_literal(select.limit_offset).value_or(0);
  for (const SampleExecution* sample : query.samples) {
    const auto tree = Tree::copy_of(sample->sql);
    const auto* other = tree ? as<PgQuery__SelectStmt>(tree->statement()) : nullptr;
    if (other != nullptr) {
      deepest = std::max(deepest, offset_in(other->limit_offset, *sample));
    }
  }
  return deepest;
}

int highest_parameter(PgQuery__Node* root) {
  int highest = 0;
  walk_nodes(root, [&](PgQuery__Node* node) {
    if (const auto* number = as<PgQuery__ParamRef>(node)) {
      highest = std::max(highest, number->number);
    }
    return true;
  });
  return highest;
}

struct SortKey {
  std::string text;  ///< as the statement writes it
  ResolvedColumn column;
};

struct Order {
  std::vector<SortKey> keys;
  bool descending = false;
  bool total = false;  ///< ends in a unique key, perhaps added here
};

/// The order as columns of one table and one direction, which is what a row comparison can follow.
std::optional<Order> uniform_order(const Query& query, const Block& block) {
  Order order;
  const PgQuery__SelectStmt& select = *block.select;
  std::set<std::int16_t> numbers;
  for (std::size_t i = 0; i < select.n_sort_clause; ++i) {
    const auto* item = as<PgQuery__SortBy>(select.sort_clause[i]);
    const auto column = query.resolve(block, item->node);
    const bool descending = item->sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
    if (!column || column->block != &block || !column->column->not_null ||
        item->sortby_nulls != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_DEFAULT ||
        (i > 0 &&
         (descending != order.descending || column->source != order.keys[0].column.source))) {
      return std::nullopt;
    }
    order.descending = descending;
    numbers.insert(column->column->number);
    order.keys.push_back({Tree::text(item->node), *column});
  }
  const Source& source = *order.keys.front().column.source;
  order.total = query.covers_key(*source.table, numbers);
  for (const Index* key : query.unique_keys(*source.table)) {
    if (order.total || !key->primary) {
      continue;
    }
    for (const IndexKey& part : key->keys) {
      const auto& columns = source.table->columns;
      const auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& column) {
        return column.number == part.column;
      });
      if (found != columns.end() && numbers.insert(part.column).second) {
        const ResolvedColumn column{&block, &source, &*found};
        order.keys.push_back({Query::qualified(column), column});
      }
    }
    order.total = true;
  }
  return order.total ? std::optional{order} : std::nullopt;
}

std::string index_for(const Query& query, const Block& block, const Order& order) {
  const Source& source = *order.keys.front().column.source;
  std::string columns;
  const auto fixed = fixed_columns(query, block, source);
  for (const Column& column : source.table->columns) {
    if (fixed.contains(column.number)) {
      columns += (columns.empty() ? "" : ", ") + quoted(column.name);
    }
  }
  for (const SortKey& key : order.keys) {
    if (!fixed.contains(key.column.column->number)) {
      columns += (columns.empty() ? "" : ", ") + quoted(key.column.column->name);
      columns += order.descending ? " DESC" : "";
    }
  }
  return fmt::format("CREATE INDEX ON {}.{} ({})", quoted(source.table->schema),
                     quoted(source.table->name), columns);
}

void write_keyset(Query& query, Block& block, const Order& order) {
  PgQuery__SelectStmt& select = *block.select;
  std::string names, values;
  int number = highest_parameter(query.tree.statement());
  std::vector<PgQuery__Node*> items(select.sort_clause, select.sort_clause + select.n_sort_clause);
  for (std::size_t i = 0; i < order.keys.size(); ++i) {
    names += (i == 0 ? "" : ", ") + order.keys[i].text;
    values += fmt::format("{}${}", i == 0 ? "" : ", ", ++number);
    if (i >= items.size()) {
      const auto* sorted = query.tree.select("SELECT 1 ORDER BY " + order.keys[i].text +
                                             (order.descending ? " DESC" : ""));
      items.push_back(sorted->sort_clause[0]);
    }
  }
  auto parts = conjuncts(select.where_clause);
  const std::string op = order.descending ? " < " : " > ";
  parts.push_back(query.tree.expression(
      order.keys.size() == 1 ? names + op + values : "(" + names + ")" + op + "(" + values + ")"));
  select.where_clause = conjunction(query.tree, parts);
  select.n_sort_clause = items.size();
  select.sort_clause = query.tree.list(items);
  select.limit_offset = nullptr;
}

}  // namespace

std::optional<Finding> deep_offset(Query& query) {
  for (Block& block : query.blocks) {
    if (block.select == nullptr || !block.top_level || block.select->limit_offset == nullptr ||
        block.select->limit_count == nullptr || block.select->n_sort_clause == 0) {
      continue;
    }
    const std::int64_t deepest = deepest_offset(query, *block.select);
    if (deepest < kDeepOffset) {
      continue;
    }
    Finding finding{
        .equivalence = Equivalence::ChangesMeaning,
        .why = fmt::format(
            "OFFSET reads and throws away every skipped row: {} of them in the deepest page "
            "seen. Keyset pagination continues after the last row of the page before and "
            "costs the same on every page.",
            deepest)};
    PgQuery__SelectStmt bare = *block.select;
    bare.limit_count = nullptr;
    bare.limit_offset = nullptr;
    const auto order = is_plain_select(query, bare) ? uniform_order(query, block) : std::nullopt;
    if (!order) {
      finding.why +=
          " It needs ORDER BY over NOT NULL columns of one table, in one direction, ending in "
          "a unique key.";
      return finding;
    }
    finding.indexes.push_back(index_for(query, block, *order));
    write_keyset(query, block, *order);
    finding.replacement = query.tree.sql();
    finding.conditions = {
        {"the sort columns are NOT NULL and end in a unique key, so that the order is total"},
        {"the application passes the last row's values and never jumps to a page by number", false},
        {"rows written between two pages neither shift nor repeat rows any more", false}};
    return finding;
  }
  return std::nullopt;
}

}  // namespace quern::advisor::rewrite
