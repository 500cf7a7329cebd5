#include "planner-model/query/key_classes.hpp"

#include <algorithm>

#include "collector/base/failure.hpp"

#include "planner-model/query/table_expressions.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

namespace {

/// What a class that was not written looks like, none or that of text; one that was is right.
bool is_unsettled(const IndexKey& key, std::string_view access_method, const TypeSystem& types) {
  const OpClass* of_text = types.default_operator_class(access_method, type_oid::kText);
  return key.operator_class_name.empty() ||
         (of_text != nullptr && key.operator_class_name == of_text->name);
}

void settle(IndexKey& key, std::string_view access_method, const Expr& expr,
            const TypeSystem& types) {
  key.collation = types.type_collation(expr.type) != 0 ? expr.collation : 0;
  const OpClass* usual = types.default_operator_class(access_method, types.base_type(expr.type));
  if (usual != nullptr && is_unsettled(key, access_method, types)) {
    key.operator_class = usual->oid;
    key.operator_class_name = std::string{usual->name};
  }
}

}  // namespace

void settle_key_classes(CatalogSnapshot& catalog) {
  const TypeSystem types{catalog};
  const TableExpressions expressions{catalog, types};
  for (Index& index : catalog.indexes) {
    const auto table = std::find_if(catalog.tables.begin(), catalog.tables.end(),
                                    [&](const Table& one) { return one.oid == index.table; });
    for (IndexKey& key : index.keys) {
      if (table == catalog.tables.end() || key.column != 0) {
        continue;
      }
      try {
        settle(key, index.access_method, *expressions.expression(key.expression, *table, 1), types);
      } catch (const UserError&) {
        continue;  // planning names the index and says why
      }
    }
  }
}

}  // namespace quern::planner_model
