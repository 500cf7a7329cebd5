// Sources: ginarrayproc.c, jsonb_gin.c, tsginidx.c, trgm_gin.c, trgm_op.c, btree_gin.c,
// hstore_gin.c, _int_gin.c.
#include "planner-model/plan/gin_query.hpp"

#include <algorithm>
#include <string>

#include "planner-model/selectivity/extension_operators.hpp"
#include "planner-model/selectivity/json_path.hpp"
#include "planner-model/selectivity/text_query.hpp"
#include "planner-model/size/json_elements.hpp"
#include "planner-model/size/trigrams.hpp"

namespace quern::planner_model {

namespace {

/// What gincost_pattern() takes a lookup of a key's beginning for.
constexpr double kKeysOfPartialMatch = 100;

GinKeys lookups(double count) {
  return {.exact = count, .lookups = count};
}

GinKeys every_entry() {
  return {.whole = true};
}

/// Rows without any key have an entry of their own, read as well.
GinKeys with_empty(double count) {
  return lookups(count + 1);
}

/// ginqueryarrayextract(): doubles and NULLs are looked up like others.
GinKeys array_keys(std::string_view name, const Value& array) {
  const auto count = static_cast<double>(array.elements.size());
  if (name == "<@") {
    return with_empty(count);
  }
  if (name == "&&") {
    GinKeys keys = lookups(count);
    keys.satisfied = count > 0;
    return keys;
  }
  return count > 0 ? lookups(count) : name == "@>" ? every_entry() : with_empty(0);
}

/// gin_extract_jsonb_query(), gin_extract_jsonb_query_path().
GinKeys json_keys(std::string_view name, std::string_view operator_class, const Value& operand) {
  if (name == "?") {
    return lookups(1);
  }
  if (name == "?|" || name == "?&") {
    const auto keys =
        static_cast<double>(std::count_if(operand.elements.begin(), operand.elements.end(),
                                          [](const auto& element) { return element.has_value(); }));
    if (keys < 0.5 && name == "?&") {
      return every_entry();
    }
    GinKeys answer = lookups(keys);
    answer.satisfied = keys > 0;
    return answer;
  }
  if (name == "@?" || name == "@@") {
    const auto path = parse_json_path(operand.text);
    if (!path) {
      return {.understood = false};
    }
    const int keys = json_path_keys(*path, name == "@?", operator_class == "jsonb_path_ops");
    GinKeys answer = keys > 0 ? lookups(keys) : every_entry();
    answer.understood =
        false;  // matchingsel() asks the path of the statistics' values, unlike here
    return answer;
  }
  if (name != "@>") {
    return {.understood = false};
  }
  const auto elements = json_elements(operand.text);
  const bool paths = operator_class == "jsonb_path_ops";
  const auto count = static_cast<double>(
      std::count_if(elements.begin(), elements.end(),
                    [paths](const JsonElement& one) { return !paths || !one.is_key; }));
  return count > 0 ? lookups(count) : every_entry();
}

/// gin_extract_hstore_query(): a key and a value for each pair.
GinKeys hstore_keys(std::string_view name, const Value& operand) {
  if (name != "@>") {
    return json_keys(name, {}, operand);
  }
  const auto pairs = count_hstore_pairs(operand.text);
  if (!pairs) {
    return {.understood = false};
  }
  return *pairs > 0 ? lookups(2 * static_cast<double>(*pairs)) : every_entry();
}

void count_words(const TextQueryNode& node, GinKeys& keys) {
  if (node.kind == TextQueryNode::Kind::Word) {
    (node.prefix ? keys.partial : keys.exact) += node.prefix ? kKeysOfPartialMatch : 1;
    ++keys.lookups;
    return;
  }
  for (const auto* operand : {node.left.get(), node.right.get()}) {
    if (operand != nullptr) {
      count_words(*operand, keys);
    }
  }
}

/// gin_extract_tsquery(): all of its words; every entry unless one of them must be there.
GinKeys tsquery_keys(const Value& operand) {
  const auto query = parse_text_query(operand.text);
  if (!query) {
    return {.understood = false};
  }
  GinKeys keys;
  keys.satisfied = *query != nullptr;
  if (keys.satisfied) {
    count_words(**query, keys);
    keys.whole = !requires_match(**query);
  }
  return keys;
}

}  // namespace

GinKeys gin_keys(std::string_view operator_name, std::string_view operator_class,
                 const Value& operand) {
  if (operator_class.starts_with("jsonb_")) {
    return json_keys(operator_name, operator_class, operand);
  }
  if (operator_class == "gin_hstore_ops") {
    return hstore_keys(operator_name, operand);
  }
  // A query_int is written like a text query of numbers.
  if (operator_class == "tsvector_ops" ||
      (operator_class == "gin__int_ops" && operator_name == "@@")) {
    return tsquery_keys(operand);
  }
  if (operator_class == "gin_trgm_ops") {
    if (operator_name == "~" || operator_name == "~*") {
      return {.understood = false};
    }
    const bool pattern = operator_name == "~~" || operator_name == "~~*";
    const auto found = pattern ? pattern_trigrams(operand.text) : trigrams(operand.text);
    return found.empty() ? every_entry() : lookups(static_cast<double>(found.size()));
  }
  if (operand.form == ValueForm::Array) {
    return array_keys(operator_name, operand);
  }
  if (operator_name == "=") {
    return lookups(1);
  }
  if (operator_name == "<" || operator_name == "<=" || operator_name == ">" ||
      operator_name == ">=") {
    return {.partial = kKeysOfPartialMatch, .lookups = 1};
  }
  return {.exact = 1, .lookups = 1, .understood = false};
}

}  // namespace quern::planner_model
