#include "planner-model/size/gin_shapes.hpp"

#include <algorithm>

#include "planner-model/size/unknown_columns.hpp"

namespace quern::planner_model {

std::shared_ptr<const GinSize> GinShapes::get(const Index& index, const Table& table,
                                              bool hypothetical, double rows) const {
  if (hypothetical && !imagined_too_) {
    return nullptr;
  }
  std::string definition = std::to_string(table.oid);
  for (const IndexKey& key : index.keys) {
    definition +=
        '\n' + std::to_string(key.column) + ' ' + key.expression + ' ' + key.operator_class_name;
  }
  definition += "\n" + index.predicate;
  const std::lock_guard lock{mutex_};
  auto& known = known_[definition];
  if (!known) {
    const double table_rows = std::max(rows_now(table, types_), rows);
    const auto columns = index_columns(index, table, {types_, &expressions_}, table_rows);
    known = std::make_shared<const GinSize>(
        gin_size(index, columns, types_, rows, pages_lived_in(table)));
  }
  return known;
}

}  // namespace quern::planner_model
