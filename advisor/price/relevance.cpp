#include "advisor/price/relevance.hpp"

#include <algorithm>

namespace quern::advisor {

namespace {

template <class Item>
bool names_key(const std::vector<Item>& items, const KeyPart& key) {
  return std::any_of(items.begin(), items.end(), [&](const Item& item) {
    return key.column != 0 ? item.column == key.column : item.column == 0;
  });
}

bool holds_all(const IndexDefinition& index, const planner_model::TableUse& use) {
  return !use.whole_row && !use.is_target &&
         std::all_of(use.referenced.begin(), use.referenced.end(), [&](std::int16_t column) {
           return std::binary_search(index.included.begin(), index.included.end(), column) ||
                  std::any_of(index.keys.begin(), index.keys.end(),
                              [column](const KeyPart& key) { return key.column == column; });
         });
}

}  // namespace

bool can_matter(const IndexDefinition& index, const planner_model::TableUse& use) {
  if (index.table != use.table) {
    return false;
  }
  // A partial index needs its condition to follow from the statement's: some clause must be there.
  if (!index.predicate.empty() && use.clauses.empty()) {
    return false;
  }
  const KeyPart& first = index.keys.front();
  // min() and max() read one end of an index without any clause.
  const bool could_be_extreme =
      use.clauses.empty() && first.column != 0 &&
      std::binary_search(use.referenced.begin(), use.referenced.end(), first.column);
  return could_be_extreme || names_key(use.clauses, first) || names_key(use.order_by, first) ||
         names_key(use.group_by, first) ||
         (use.nearest && names_key(std::vector{*use.nearest}, first)) || holds_all(index, use) ||
         !index.predicate.empty();
}

}  // namespace quern::advisor
