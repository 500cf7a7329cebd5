#include "planner-model/size/size_uncertainty.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "planner-model/query/type_system.hpp"
#include "planner-model/size/build_version.hpp"
#include "planner-model/size/gist_boxes.hpp"
#include "planner-model/size/index_columns.hpp"
#include "planner-model/size/unknown_columns.hpp"

namespace quern::planner_model {
namespace {

/// As a word of the predicate's text. A word within a literal at worst calls a size rough.
bool mentions(std::string_view predicate, std::string_view name) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  for (auto at = predicate.find(name); at != std::string_view::npos;
       at = predicate.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || !is_word(predicate[at - 1])) &&
        (end == predicate.size() || !is_word(predicate[end]))) {
      return true;
    }
  }
  return false;
}

bool predicate_is_unknown(const Index& index, const Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const Column& column) {
    return !column.statistics && !column.inherited_statistics &&
           mentions(index.predicate, column.name);
  });
}

std::string of_tree(const IndexColumn& column, std::string_view method, const TypeSystem& types) {
  const BuildVersion server{types.catalog().server_version};
  if (is_box_in_gist(column.type)) {
    return "ANALYZE keeps nothing of where points and shapes are, nor how many are equal";
  }
  if (types.is_range(column.type) && !(method == "gist" && server.sorts_ranges_into_gist())) {
    return "the order of the ranges decides how full its pages are, and ANALYZE does not keep it";
  }
  return {};
}

std::string of_lists(const IndexColumn& column, const Type* type) {
  if (column.type == type_oid::kTsVector) {
    return "ANALYZE keeps the common words alone";
  }
  if (type != nullptr && (type->is_array || column.type == type_oid::kJsonb)) {
    return "the order of the rows decides how long its lists are, and ANALYZE keeps none of "
           "elements";
  }
  return {};
}

std::string of_column(const IndexColumn& column, std::string_view method, const TypeSystem& types) {
  const Type* type = types.type(column.type);
  const bool tree = method == "gist" || method == "spgist";
  std::string reason = tree              ? of_tree(column, method, types)
                       : method == "gin" ? of_lists(column, type)
                                         : "";
  if (method == "hash" && types.is_range(column.type)) {
    reason = "ANALYZE does not count how many different ranges there are";
  }
  if (!reason.empty()) {
    return reason;
  }
  const bool sized_by_values = tree || method == "gin";
  if (column.statistics == nullptr) {
    return column.number != 0 && (sized_by_values || column.varies) ? "a column has no statistics"
                                                                    : "";
  }
  // Made up after so few examples, the other values are much like these by chance.
  constexpr std::size_t kFewExamples = 30;
  const std::size_t examples = column.statistics->histogram_bounds.size();
  if (sized_by_values && examples > 0 && examples < kFewExamples &&
      column.distinct() > 2 * static_cast<double>(examples)) {
    return "its column's statistics target is low: few examples stand for all values";
  }
  return {};
}

}  // namespace

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
  for (const IndexColumn& column : index_columns(index, table, {types}, rows)) {
    std::string reason = of_column(column, index.access_method, types);
    if (!reason.empty()) {
      return reason;
    }
  }
  return predicate_is_unknown(index, table) ? "a column of its predicate has no statistics" : "";
}

}  // namespace quern::planner_model
