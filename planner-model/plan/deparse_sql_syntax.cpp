#include "planner-model/plan/deparse_sql_syntax.hpp"

#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {
namespace {

using Print = std::function<std::string(const ExprPtr&)>;

std::string substring(const std::vector<ExprPtr>& args, const Print& print) {
  // Integer positions are FROM and FOR; three texts are a pattern with its escape character.
  const bool pattern = args.size() == 3 && args[2]->type != type_oid::kInt4;
  std::string result = "SUBSTRING(" + print(args[0]);
  result += (pattern ? " SIMILAR " : " FROM ") + print(args[1]);
  if (args.size() == 3) {
    result += (pattern ? " ESCAPE " : " FOR ") + print(args[2]);
  }
  return result + ")";
}

std::string trim(std::string_view side, const std::vector<ExprPtr>& args, const Print& print) {
  std::string result = "TRIM(" + std::string{side};
  if (args.size() == 2) {
    result += " " + print(args[1]);
  }
  return result + " FROM " + print(args[0]) + ")";
}

std::string overlay(const std::vector<ExprPtr>& args, const Print& print) {
  std::string result =
      "OVERLAY(" + print(args[0]) + " PLACING " + print(args[1]) + " FROM " + print(args[2]);
  if (args.size() == 4) {
    result += " FOR " + print(args[3]);
  }
  return result + ")";
}

std::string normalize(const std::vector<ExprPtr>& args, const Print& print) {
  return "NORMALIZE(" + print(args[0]) + (args.size() == 2 ? ", " + args[1]->text : "") + ")";
}

std::string is_normalized(const std::vector<ExprPtr>& args, const Print& print) {
  return "(" + print(args[0]) + " IS" + (args.size() == 2 ? " " + args[1]->text : "") +
         " NORMALIZED)";
}

}  // namespace

std::optional<std::string> sql_syntax(const Expr& call, std::string_view name, const Print& print) {
  const std::vector<ExprPtr>& args = call.args;
  const auto takes = [&](std::size_t least, std::size_t most) {
    return args.size() >= least && args.size() <= most;
  };
  if (name == "timezone" && takes(2, 2)) {
    return "(" + print(args[1]) + " AT TIME ZONE " + print(args[0]) + ")";
  }
  if (name == "overlaps" && takes(4, 4)) {
    return "((" + print(args[0]) + ", " + print(args[1]) + ") OVERLAPS (" + print(args[2]) + ", " +
           print(args[3]) + "))";
  }
  if (name == "extract" && takes(2, 2) && args[0]->kind == ExprKind::Const) {
    return "EXTRACT(" + args[0]->text + " FROM " + print(args[1]) + ")";
  }
  if (name == "position" && takes(2, 2)) {
    return "POSITION((" + print(args[1]) + ") IN (" + print(args[0]) + "))";
  }
  if (name == "substring" && takes(2, 3)) {
    return substring(args, print);
  }
  if (name == "overlay" && takes(3, 4)) {
    return overlay(args, print);
  }
  if (name == "btrim" && takes(1, 2)) {
    return trim("BOTH", args, print);
  }
  if (name == "ltrim" && takes(1, 2)) {
    return trim("LEADING", args, print);
  }
  if (name == "rtrim" && takes(1, 2)) {
    return trim("TRAILING", args, print);
  }
  if (name == "normalize" && takes(1, 2)) {
    return normalize(args, print);
  }
  if (name == "is_normalized" && takes(1, 2)) {
    return is_normalized(args, print);
  }
  if (name == "pg_collation_for" && takes(1, 1)) {
    return "COLLATION FOR (" + print(args[0]) + ")";
  }
  return std::nullopt;
}

}  // namespace quern::planner_model
