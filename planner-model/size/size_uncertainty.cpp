#include "planner-model/size/size_uncertainty.hpp"

#include <string_view>

#include "planner-model/query/type_system.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/unknown_columns.hpp"

namespace quern::planner_model {

std::string size_uncertainty(const Index& index, const Table& table,
                             const CatalogSnapshot& catalog) {
  const TypeSystem types{catalog};
  const double rows = rows_now(table, types);
  if (rows < 1) {
    return {};  // nothing to be wrong about
  }
  if (table.reltuples < 0) {
    return "the table was never analyzed";
  }
  const std::string_view method = index.access_method;
  for (const IndexColumn& column : index_columns(index, table, {types}, rows)) {
    const Type* type = types.type(column.type);
    if ((method == "gist" || method == "spgist") && type != nullptr && type->kind == 'r') {
      return "the order of the ranges decides how full its pages are, and ANALYZE does not keep it";
    }
    if (method == "hash" && type != nullptr && type->kind == 'r') {
      return "ANALYZE does not count how many different ranges there are";
    }
    if (method == "gin" && column.type == type_oid::kTsVector) {
      return "ANALYZE keeps the common words alone";
    }
    if (method == "gin" && type != nullptr && (type->is_array || column.type == type_oid::kJsonb)) {
      return "the order of the rows decides how long its lists are, and ANALYZE keeps none of "
             "elements";
    }
    const bool sized_by_values =
        method == "gin" || method == "gist" || method == "spgist" || column.varies;
    if (column.statistics == nullptr && column.number != 0 && sized_by_values) {
      return "a column has no statistics";
    }
  }
  return {};
}

}  // namespace quern::planner_model
