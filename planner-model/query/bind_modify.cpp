#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

Query Analyzer::transform_insert(const PgQuery__InsertStmt&, Scope*) {
  throw UserError{"INSERT is not supported yet"};
}

Query Analyzer::transform_update(const PgQuery__UpdateStmt&, Scope*) {
  throw UserError{"UPDATE is not supported yet"};
}

Query Analyzer::transform_delete(const PgQuery__DeleteStmt&, Scope*) {
  throw UserError{"DELETE is not supported yet"};
}

}  // namespace quern::planner_model
