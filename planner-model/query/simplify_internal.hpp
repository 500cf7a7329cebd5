#pragma once

#include <optional>
#include <span>

#include "planner-model/query/simplify.hpp"
#include "planner-model/selectivity/value.hpp"

namespace quern::planner_model {

/// What folding may use of the world.
struct FoldContext {
  const TypeSystem& types;
  FoldStable stable = FoldStable::No;
  std::int64_t now_us = 0;  ///< microseconds since 1970 UTC
};

/// The value of a call over non-null constants; nullopt: not known here, or the server would fail.
[[nodiscard]] std::optional<Value> evaluate_call(const Function& function,
                                                 std::span<const Value> args, Oid result,
                                                 const FoldContext& context);

/// The families that evaluate_call() asks in turn.
[[nodiscard]] std::optional<Value> evaluate_number(const Function& function,
                                                   std::span<const Value> args, Oid result,
                                                   const TypeSystem& types);
[[nodiscard]] std::optional<Value> evaluate_time(const Function& function,
                                                 std::span<const Value> args, Oid result,
                                                 const FoldContext& context);
[[nodiscard]] std::optional<Value> evaluate_constructor(const Function& function,
                                                        std::span<const Value> args, Oid result);

/// Steps into jsonb documents: -> ->> #> #>> and their functions. The outer nullopt: not one of
/// these, or not known; the inner: NULL.
[[nodiscard]] std::optional<std::optional<Value>> evaluate_json(const Function& function,
                                                                std::span<const Value> args,
                                                                Oid result);

/// jsonb_build_object(), jsonb_build_array() and to_jsonb() of texts, whole numbers, booleans,
/// documents and nulls (json.c). nullopt: not one of these, or not known.
[[nodiscard]] std::optional<Value> build_jsonb(const Function& function,
                                               std::span<const std::optional<Value>> args);

/// Functions of arrays, and concat() and concat_ws(), which take nulls. The outer nullopt: not one
/// of these, or not known; the inner: NULL.
[[nodiscard]] std::optional<std::optional<Value>> evaluate_array(
    const Function& function, std::span<const std::optional<Value>> args, Oid result);

/// lower() and upper() of a range, isempty() and its like. The same.
[[nodiscard]] std::optional<std::optional<Value>> evaluate_range_part(const Function& function,
                                                                      std::span<const Value> args,
                                                                      const TypeSystem& types);

/// range_constructor2() and range_constructor3(), which take nulls: for no bound.
[[nodiscard]] std::optional<Value> evaluate_range(const Function& function,
                                                  std::span<const std::optional<Value>> args,
                                                  Oid result, const TypeSystem& types);

/// Decimal arithmetic as numeric.c does it, on values of up to some thirty digits.
[[nodiscard]] std::optional<std::string> decimal_arithmetic(char op, const std::string& left,
                                                            const std::string& right);

/// A constant as a tree; `like` gives typmod and collation.
[[nodiscard]] ExprPtr constant_of(Value value, Oid type, const Expr& like);

/// simplify_and_arguments(), simplify_or_arguments() and negate_clause() over simplified arguments.
[[nodiscard]] ExprPtr simplify_and_or(const Expr& expr, std::vector<ExprPtr> args);

}  // namespace quern::planner_model
