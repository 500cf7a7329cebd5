#include "planner-model/size/index_size.hpp"

#include <algorithm>

#include "planner-model/size/btree_size.hpp"
#include "planner-model/size/gin_size.hpp"
#include "planner-model/size/other_sizes.hpp"
#include "planner-model/size/unknown_columns.hpp"

namespace quern::planner_model {

IndexSize index_size(const Index& index, const Table& table, const SizeContext& context,
                     double rows_indexed, SizeModel model) {
  const double rows = std::max(0.0, rows_indexed);
  const auto heap_pages = static_cast<double>(std::max(table.pages, table.relpages));
  const TypeSystem& types = context.types;
  const double table_rows = std::max(rows, rows_now(table, types));
  const auto columns = index_columns(index, table, context, table_rows);
  IndexSize size{.tuples = Rows{rows}};
  const std::string_view method = index.access_method;
  if (columns.empty()) {
    size.pages = Pages{1};
  } else if (method == "btree" && model == SizeModel::HypoPG) {
    size.pages = Pages{hypopg_btree_pages(index, columns, rows)};
  } else if (method == "btree") {
    const BtreeSize btree = btree_size(index, columns, types, rows);
    size.pages = Pages{btree.pages};
    size.tree_height = btree.height;
  } else if (method == "hash") {
    size.pages = Pages{hash_index_pages(index, columns, table_rows, rows)};
  } else if (method == "brin") {
    size.pages = Pages{brin_index_pages(index, columns, heap_pages)};
  } else if (method == "gin") {
    size.pages = Pages{gin_size(index, columns, types, rows, pages_lived_in(table)).pages};
  } else if (method == "spgist") {
    size.pages = Pages{spgist_index_pages(index, columns, types, rows)};
  } else {
    size.pages = Pages{gist_index_pages(columns, types, rows)};
  }
  size.bytes = Bytes{size.pages.value() * types.catalog().block_size};
  return size;
}

IndexSize index_size(const Index& index, const Table& table, const CatalogSnapshot& catalog,
                     double rows_indexed, SizeModel model) {
  const TypeSystem types{catalog};
  const TableExpressions expressions{catalog, types};
  return index_size(index, table, {types, &expressions}, rows_indexed, model);
}

}  // namespace quern::planner_model
