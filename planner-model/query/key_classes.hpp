#pragma once

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

/// Gives index keys that are expressions the operator class and the collation of their type
/// (ResolveOpClass() without a name, indexcmds.c). The reader of a schema file binds nothing: to it
/// they are all text, or have no class. A key whose expression cannot be read stays as it is.
void settle_key_classes(CatalogSnapshot& catalog);

}  // namespace quern::planner_model
