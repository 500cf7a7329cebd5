#include "planner-model/writes/gin_keys.hpp"

#include <algorithm>
#include <string_view>

#include "planner-model/size/gin_elements.hpp"
#include "planner-model/size/gin_order.hpp"

namespace quern::planner_model {

bool has_pending_list(const Index& index) {
  const auto found = index.options.find("fastupdate");
  return found == index.options.end() || (found->second != "off" && found->second != "false" &&
                                          found->second != "0" && found->second != "no");
}

GinKeys gin_keys(const IndexEntries& indexed, const TypeSystem& types) {
  constexpr double kTupleHeader = 8;
  const Index& index = *indexed.index;
  const auto& columns = indexed.columns;
  const double rows = std::max(indexed.entries, 1.0);
  const double rows_per_page = std::max(rows, columns.empty() ? 0 : columns.front().table_rows) /
                               std::max<double>(static_cast<double>(indexed.table->pages), 1);
  const double attribute = columns.size() > 1 ? 2 : 0;
  GinKeys all;
  for (std::size_t i = 0; i < index.keys.size() && i < columns.size(); ++i) {
    const std::string_view name = index.keys[i].operator_class_name;
    const GinOrder order{columns[i], name == "gin_trgm_ops", rows, rows_per_page};
    for (const GinEntries& one : gin_entries(columns[i], name, types, rows)) {
      const double share = std::min(1.0, one.rows / rows);
      const double tuple = align_up(
          align_up(kTupleHeader + attribute, one.alignment) + std::max(one.key_size, 1.0), 8);
      all.classes.push_back({share, one.entries, tuple, order.posting_bytes(one)});
      all.per_row += one.entries * share;
      all.pending_bytes += one.entries * share * tuple;
    }
  }
  return all;
}

}  // namespace quern::planner_model
