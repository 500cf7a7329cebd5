// Partitions in the server's order. Source: partdesc.c and partbounds.c, PostgreSQL 15.
#include "planner-model/plan/partitions.hpp"

#include <algorithm>
#include <string>

#include "planner-model/plan/partition_bounds.hpp"
#include "planner-model/plan/plan.hpp"

namespace quern::planner_model {

namespace {

void collect(const PlannerGlobal& global, const Table& table, std::vector<const Table*>& out) {
  const auto found = global.children->find(table.oid);
  if (table.kind != 'p') {
    out.push_back(&table);
  }
  if (found == global.children->end()) {
    return;
  }
  std::vector<const Table*> children = found->second;
  std::stable_sort(children.begin(), children.end(),
                   [](const Table* a, const Table* b) { return a->oid < b->oid; });
  if (table.kind == 'p') {
    // By lower bound; text order serves dates in ISO form, numbers are compared as numbers.
    const auto rank = [](const Table* t) {
      const Bounds b = read_bounds(t->partition_bound);
      std::string from = b.is_range ? b.from : b.is_list ? b.values.front() : "";
      std::erase(from, '\'');
      return from;
    };
    const auto is_default = [](const Table* t) { return t->partition_bound == "DEFAULT"; };
    std::stable_sort(children.begin(), children.end(), [&](const Table* a, const Table* b) {
      if (is_default(a) != is_default(b)) {
        return is_default(b);
      }
      const std::string x = rank(a);
      const std::string y = rank(b);
      char* end_x = nullptr;
      char* end_y = nullptr;
      const double number_x = std::strtod(x.c_str(), &end_x);
      const double number_y = std::strtod(y.c_str(), &end_y);
      if (!x.empty() && !y.empty() && *end_x == '\0' && *end_y == '\0') {
        return number_x < number_y;
      }
      return x < y;
    });
  }
  for (const auto* child : children) {
    collect(global, *child, out);
  }
}

}  // namespace

std::vector<const Table*> leaf_tables(const PlannerGlobal& global, const Table& table) {
  std::vector<const Table*> tables;
  collect(global, table, tables);
  return tables;
}

}  // namespace quern::planner_model
