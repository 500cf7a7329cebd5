// Partitions: order and pruning. Source: partdesc.c, partbounds.c and partprune.c, PostgreSQL 15;
// the bounds are read from their pg_get_expr() text.
#include "planner-model/plan/partitions.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "planner-model/plan/plan.hpp"
#include "planner-model/plan/predicate.hpp"
#include "planner-model/query/simplify.hpp"

namespace quern::planner_model {

namespace {

/// "RANGE (created_at)" -> "created_at". Empty for several columns or none.
std::string single_key(const std::string& partition_key) {
  const auto open = partition_key.find('(');
  if (open == std::string::npos || partition_key.back() != ')') {
    return {};
  }
  std::string inner = partition_key.substr(open + 1, partition_key.size() - open - 2);
  int depth = 0;
  for (const char c : inner) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c == ',' && depth == 0) {
      return {};
    }
  }
  return inner;
}

struct Bounds {
  std::string from, to;             ///< range; empty: unbounded
  std::vector<std::string> values;  ///< list
  bool is_range = false, is_list = false;
};

/// The text between the parentheses after `word`.
std::optional<std::string> parenthesized(const std::string& text, const std::string& word) {
  const auto at = text.find(word + " (");
  if (at == std::string::npos) {
    return std::nullopt;
  }
  const auto start = at + word.size() + 2;
  bool quoted = false;
  for (auto i = start; i < text.size(); ++i) {
    if (text[i] == '\'') {
      quoted = !quoted;
    } else if (text[i] == ')' && !quoted) {
      return text.substr(start, i - start);
    }
  }
  return std::nullopt;
}

Bounds read_bounds(const std::string& text) {
  Bounds bounds;
  const auto from = parenthesized(text, "FROM");
  const auto to = parenthesized(text, "TO");
  if (from && to) {
    bounds.is_range = true;
    bounds.from = *from == "MINVALUE" ? "" : *from;
    bounds.to = *to == "MAXVALUE" ? "" : *to;
  } else if (const auto in = parenthesized(text, "IN"); in) {
    bounds.is_list = true;
    bounds.values = {*in};
  }
  return bounds;
}

/// The partition's implicit constraint as SQL over its key.
std::string constraint_sql(const std::string& key, const Bounds& bounds) {
  if (bounds.is_range) {
    std::string sql = "(" + key + ") IS NOT NULL";
    if (!bounds.from.empty()) {
      sql += " AND (" + key + ") >= " + bounds.from;
    }
    if (!bounds.to.empty()) {
      sql += " AND (" + key + ") < " + bounds.to;
    }
    return sql;
  }
  if (bounds.is_list && bounds.values.front() != "NULL") {
    return "(" + key + ") IN (" + bounds.values.front() + ")";
  }
  return {};
}

/// What the siblings of a default partition hold, as SQL: one condition a run of adjoining ranges,
/// or a list of values each.
std::vector<std::string> sibling_constraints(const PlannerGlobal& global, const Table& parent,
                                             const std::string& key) {
  std::vector<std::string> constraints;
  const auto found = global.children.find(parent.oid);
  if (found == global.children.end()) {
    return constraints;
  }
  std::vector<Bounds> ranges;
  for (const auto* sibling : found->second) {
    const Bounds bounds = read_bounds(sibling->partition_bound);
    if (bounds.is_range) {
      ranges.push_back(bounds);
    } else if (bounds.is_list) {
      constraints.push_back(constraint_sql(key, bounds));
    }
  }
  for (bool merged = true; merged;) {
    merged = false;
    for (std::size_t i = 0; i < ranges.size() && !merged; ++i) {
      for (std::size_t j = 0; j < ranges.size() && !merged; ++j) {
        if (i != j && !ranges[i].to.empty() && ranges[i].to == ranges[j].from) {
          ranges[i].to = ranges[j].to;
          ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(j));
          merged = true;
        }
      }
    }
  }
  for (const auto& bounds : ranges) {
    constraints.push_back(constraint_sql(key, bounds));
  }
  return constraints;
}

void collect(const PlannerGlobal& global, const Table& table, std::vector<const Table*>& out) {
  const auto found = global.children.find(table.oid);
  if (table.kind != 'p') {
    out.push_back(&table);
  }
  if (found == global.children.end()) {
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

bool is_pruned(PlannerInfo& root, const RelOptInfo& parent, const Table& partition,
               const std::vector<ExprPtr>& clauses) {
  auto& global = *root.global;
  if (!global.cost.enable_partition_pruning || clauses.empty()) {
    return false;
  }
  const Table* table = &partition;
  while (table != nullptr && table->oid != parent.table->oid) {
    const Table* up = nullptr;
    for (const auto& candidate : global.catalog->tables) {
      if (!table->parents.empty() && candidate.oid == table->parents.front()) {
        up = &candidate;
      }
    }
    if (up == nullptr) {
      return false;
    }
    const std::string key = single_key(up->partition_key);
    if (!key.empty() && table->partition_bound == "DEFAULT") {
      // Nothing is left for the default when one sibling takes all that the clauses let through.
      for (const auto& sql : sibling_constraints(global, *up, key)) {
        try {
          if (predicate_implied_by(
                  root, global.expressions->condition(sql, *parent.table, parent.range), clauses)) {
            return true;
          }
        } catch (const UserError&) {
          global.unmodelled.insert("partition bounds of " + up->name);
        }
      }
    }
    if (!key.empty() && table->partition_bound != "DEFAULT") {
      const std::string sql = constraint_sql(key, read_bounds(table->partition_bound));
      if (!sql.empty()) {
        try {
          if (predicate_refuted_by(
                  root, global.expressions->condition(sql, *parent.table, parent.range), clauses)) {
            return true;
          }
        } catch (const UserError&) {
          global.unmodelled.insert("partition bounds of " + table->name);
        }
      }
    }
    table = up;
  }
  return false;
}

}  // namespace quern::planner_model
