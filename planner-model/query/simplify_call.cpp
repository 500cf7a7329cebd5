#include <charconv>

#include "planner-model/query/listed_functions.hpp"
#include "planner-model/selectivity/text_query.hpp"

namespace quern::planner_model {

namespace {

/// Cast functions carry the modifier and the explicitness as further arguments.
std::optional<Value> evaluate_cast(const Function& function, std::span<const Value> args,
                                   Oid result, const TypeSystem& types) {
  if (args.empty()) {
    return std::nullopt;
  }
  const Cast* cast = types.find_cast(args[0].type, result);
  const bool is_cast = cast != nullptr && cast->function == function.oid;
  const bool is_length = args.size() > 1 && types.length_coercion(result) == function.oid;
  if (!is_cast && !is_length) {
    return std::nullopt;
  }
  const std::int32_t typmod =
      args.size() > 1 ? static_cast<std::int32_t>(args[1].integer) : std::int32_t{-1};
  const bool is_explicit = args.size() > 2 ? args[2].integer != 0 : true;
  return cast_value(args[0], result, types, typmod, is_explicit);
}

/// to_tsquery() and its like; without a configuration, in the server's usual one.
std::optional<Value> evaluate_text_query(const Function& function, std::span<const Value> args,
                                         Oid result, const FoldContext& context) {
  if (result != type_oid::kTsQuery || args.empty() || args.size() > 2) {
    return std::nullopt;
  }
  std::string_view configuration = args[0].text;
  if (args.size() == 1) {
    const auto& settings = context.types.catalog().settings;
    const auto usual = settings.find("default_text_search_config");
    if (usual == settings.end() || args[0].type != type_oid::kText ||
        context.stable == FoldStable::No) {
      return std::nullopt;
    }
    configuration = usual->second;
  } else if (args[0].type != type_oid::kRegConfig) {
    return std::nullopt;
  }
  const auto query = make_text_query(function.name, configuration, args.back().text);
  if (!query) {
    return std::nullopt;
  }
  return Value{.type = result, .form = ValueForm::Opaque, .text = print_text_query(*query)};
}

/// current_setting() of an application's own setting ("app.tenant"), where the catalog has one: the
/// server's own are printed with units there.
std::optional<Value> evaluate_setting(const Function& function, std::span<const Value> args,
                                      Oid result, const FoldContext& context) {
  if (function.name != "current_setting" || args.empty() || context.stable == FoldStable::No ||
      args[0].text.find('.') == std::string::npos) {
    return std::nullopt;
  }
  const auto& settings = context.types.catalog().settings;
  const auto found = settings.find(args[0].text);
  return found == settings.end() ? std::nullopt : std::optional{make_text(found->second, result)};
}

}  // namespace

std::optional<Value> evaluate_call(const Function& function, std::span<const Value> args,
                                   Oid result, const FoldContext& context) {
  constexpr Oid kFirstUserObject = 16384;
  if (function.oid >= kFirstUserObject) {
    return std::nullopt;
  }
  if (auto value = evaluate_cast(function, args, result, context.types)) {
    return value;
  }
  for (const FunctionList* list :
       {&text_functions(), &pattern_functions(), &byte_functions(), &float_functions(),
        &number_functions(), &interval_functions(), &format_functions()}) {
    if (auto value = list->value(function, args, result, context)) {
      return value;
    }
  }
  if (auto value = evaluate_time(function, args, result, context)) {
    return value;
  }
  if (auto value = evaluate_number(function, args, result, context.types)) {
    return value;
  }
  if (auto value = evaluate_text_query(function, args, result, context)) {
    return value;
  }
  if (auto value = evaluate_setting(function, args, result, context)) {
    return value;
  }
  return evaluate_constructor(function, args, result);
}

}  // namespace quern::planner_model
