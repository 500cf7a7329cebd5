// CURRENT_DATE and its kin: transformSQLValueFunction() (parse_expr.c).
#include "planner-model/query/bind_analyzer.hpp"

namespace quern::planner_model {

ExprPtr Analyzer::transform_value_function(const PgQuery__SQLValueFunction& function) {
  auto result = std::make_shared<Expr>();
  result->kind = ExprKind::SqlValueFunction;
  result->typmod = -1;
  switch (function.op) {
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_DATE:
      result->name = "CURRENT_DATE";
      result->type = type_oid::kDate;
      break;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N:
      result->name = "CURRENT_TIME";
      result->type = type_oid::kTimeTz;
      break;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N:
      result->name = "CURRENT_TIMESTAMP";
      result->type = type_oid::kTimestampTz;
      break;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N:
      result->name = "LOCALTIME";
      result->type = type_oid::kTime;
      break;
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP:
    case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N:
      result->name = "LOCALTIMESTAMP";
      result->type = type_oid::kTimestamp;
      break;
    default:
      result->type = type_oid::kName;
      result->collation = kCCollation;
      switch (function.op) {
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE:
          result->name = "CURRENT_ROLE";
          break;
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_USER:
          result->name = "USER";
          break;
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_SESSION_USER:
          result->name = "SESSION_USER";
          break;
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_CATALOG:
          result->name = "CURRENT_CATALOG";
          break;
        case PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_SCHEMA:
          result->name = "CURRENT_SCHEMA";
          break;
        default:
          result->name = "CURRENT_USER";
      }
  }
  if (function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIME_N ||
      function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_TIMESTAMP_N ||
      function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIME_N ||
      function.op == PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_LOCALTIMESTAMP_N) {
    result->typmod = function.typmod;
  }
  return result;
}

}  // namespace quern::planner_model
