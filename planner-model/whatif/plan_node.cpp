#include "planner-model/whatif/plan_node.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "collector/sql/quote.hpp"

// EXPLAIN's two printers. Source: ExplainNode() and its helpers, PostgreSQL 15,
// src/backend/commands/explain.c.
namespace quern::planner_model {
namespace {

using namespace std::string_view_literals;
using Property = PlanNode::Property;

bool is_join(const PlanNode& node) {
  return node.node_type == "Nested Loop"sv || node.node_type == "Merge Join"sv ||
         node.node_type == "Hash Join"sv;
}

bool is_gather(const PlanNode& node) {
  return node.node_type == "Gather"sv || node.node_type == "Gather Merge"sv;
}

bool is_append(const PlanNode& node) {
  return node.node_type == "Append"sv || node.node_type == "Merge Append"sv;
}

const Property* find_property(const PlanNode& node, std::string_view name) {
  const auto found = std::find_if(node.properties.begin(), node.properties.end(),
                                  [&](const Property& property) { return property.name == name; });
  return found == node.properties.end() ? nullptr : &*found;
}

void append_text(std::string& text, const Property& property) {
  if (property.items.empty()) {
    text.append(property.text);
    return;
  }
  for (const std::string& item : property.items) {
    text.append(&item == &property.items.front() ? ""sv : ", "sv).append(item);
  }
}

std::string text_of(const Property& property) {
  std::string text;
  append_text(text, property);
  return text;
}

bool in_field(const Property& property) {
  return property.name == "Workers Planned"sv || property.name == "Single Copy"sv ||
         property.name == "Inner Unique"sv;
}

/// Properties in the server's order, with those that PlanNode keeps in fields of their own.
std::vector<Property> complete_properties(const PlanNode& node) {
  std::vector<Property> result;
  std::remove_copy_if(node.properties.begin(), node.properties.end(), std::back_inserter(result),
                      in_field);
  if (is_gather(node)) {
    // A Gather's own Filter comes before, its evaluated parameters after.
    auto place = std::find_if(result.begin(), result.end(),
                              [](const Property& property) { return property.name != "Filter"sv; });
    place = result.insert(place, {"Workers Planned", std::to_string(node.workers_planned)});
    if (node.node_type == "Gather"sv) {
      result.push_back({"Single Copy", node.single_copy ? "true" : "false"});
    }
  }
  return result;
}

/// The object a scan or modification works on, by the name that EXPLAIN gives this fact.
struct Target {
  std::string_view label;
  std::string_view name;
};

Target target_of(const PlanNode& node) {
  if (!node.relation.empty()) {
    return {"Relation Name", node.relation};
  }
  if (!node.function_name.empty()) {
    return {"Function Name", node.function_name};
  }
  return {"CTE Name", node.cte_name};
}

// --- text
// -----------------------------------------------------------------------------------------

void append(std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    text.append(part);
  }
}

void append_aggregate_title(std::string& text, const PlanNode& node) {
  if (!node.partial_mode.empty() && node.partial_mode != "Simple"sv) {
    append(text, {node.partial_mode, " "sv});
  }
  text.append(node.strategy == "Sorted"sv   ? "GroupAggregate"sv
              : node.strategy == "Hashed"sv ? "HashAggregate"sv
              : node.strategy == "Mixed"sv  ? "MixedAggregate"sv
                                            : "Aggregate"sv);
}

void append_join_title(std::string& text, const PlanNode& node) {
  const bool nested_loop = node.node_type == "Nested Loop"sv;
  const std::string_view type = node.node_type;
  text.append(nested_loop ? type : type.substr(0, type.find(' ')));
  if (!node.join_type.empty() && node.join_type != "Inner"sv) {
    append(text, {" "sv, node.join_type, " Join"sv});
  } else if (!nested_loop) {
    text.append(" Join"sv);
  }
}

void append_title(std::string& text, const PlanNode& node) {
  if (node.node_type == "Aggregate"sv) {
    append_aggregate_title(text, node);
  } else if (is_join(node)) {
    append_join_title(text, node);
  } else if (node.node_type == "ModifyTable"sv) {
    text.append(node.operation);
  } else if (node.node_type == "SetOp"sv) {
    append(text, {node.strategy == "Hashed"sv ? "HashSetOp "sv : "SetOp "sv, node.command});
  } else {
    text.append(node.node_type);
  }
}

void append_target(std::string& text, const PlanNode& node) {
  const Target target = target_of(node);
  if (node.alias.empty() && target.name.empty()) {
    return;
  }
  text.append(" on"sv);
  if (!target.name.empty()) {
    append(text, {" "sv, quote_identifier(target.name)});
  }
  if (!node.alias.empty() && node.alias != target.name) {
    append(text, {" "sv, quote_identifier(node.alias)});
  }
}

void append_index(std::string& text, const PlanNode& node) {
  if (!node.index.empty()) {
    text.append(node.node_type == "Bitmap Index Scan"sv ? " on "sv
                : node.scan_direction == "Backward"sv   ? " Backward using "sv
                                                        : " using "sv);
    text.append(quote_identifier(node.index));
  }
}

void append_integer(std::string& text, std::int64_t number) {
  std::array<char, 24> digits;
  text.append(digits.begin(), std::to_chars(digits.begin(), digits.end(), number).ptr);
}

/// As printf's %.2f.
void append_cost(std::string& text, double cost) {
  constexpr double kExact = 1e12;
  const double whole = std::floor(cost * 100);
  // How far the cents are from the middle of two whole ones: rounded once, so that its sign is
  // true.
  const double beyond = std::fma(cost, 100, -(whole + 0.5));
  if (cost >= 0 && whole < kExact && beyond != 0) {
    const auto rounded = static_cast<std::int64_t>(whole) + (beyond > 0 ? 1 : 0);
    std::array<char, 24> digits;
    char* const point = std::to_chars(digits.begin(), digits.end(), rounded / 100).ptr;
    point[0] = '.';
    point[1] = static_cast<char>('0' + rounded / 10 % 10);
    point[2] = static_cast<char>('0' + rounded % 10);
    text.append(digits.data(), static_cast<std::size_t>(point + 3 - digits.data()));
  } else {
    fmt::format_to(std::back_inserter(text), "{:.2f}", cost);
  }
}

/// As printf's %.0f; estimates are whole numbers.
void append_rows(std::string& text, double rows) {
  constexpr double kWhole = 1e15;
  if (std::abs(rows) < kWhole && rows == std::floor(rows)) {
    append_integer(text, static_cast<std::int64_t>(rows));
  } else {
    fmt::format_to(std::back_inserter(text), "{:.0f}", rows);
  }
}

class TextPrinter {
 public:
  std::string print(const PlanNode& plan) {
    constexpr std::size_t kUsualPlan = 2000;
    text_.reserve(kUsualPlan);
    node(plan, 0);
    if (!text_.empty()) {
      text_.pop_back();
    }
    return std::move(text_);
  }

 private:
  void line(int indent, std::string_view content) {
    text_.append(static_cast<std::size_t>(indent) * 2, ' ').append(content).append("\n");
  }

  void node(const PlanNode& plan, int indent) {
    if (!plan.subplan_name.empty()) {
      line(indent, plan.subplan_name);
      ++indent;
    }
    text_.append(static_cast<std::size_t>(indent) * 2, ' ').append(indent > 0 ? "->  "sv : ""sv);
    text_.append(plan.parallel_aware ? "Parallel "sv : ""sv);
    append_title(text_, plan);
    append_index(text_, plan);
    append_target(text_, plan);
    text_.append("  (cost="sv);
    append_cost(text_, plan.startup.value());
    text_.append(".."sv);
    append_cost(text_, plan.total.value());
    text_.append(" rows="sv);
    append_rows(text_, plan.rows.value());
    text_.append(" width="sv);
    append_integer(text_, plan.width);
    text_.append(")\n"sv);
    indent += indent > 0 ? 3 : 1;
    properties(plan, indent);
    for (const PlanNode& child : plan.children) {
      node(child, indent);
    }
  }

  void properties(const PlanNode& plan, int indent) {
    if (is_gather(plan)) {
      lines(plan, complete_properties(plan), indent);
    } else {
      lines(plan, plan.properties, indent);
    }
  }

  void lines(const PlanNode& plan, const std::vector<Property>& all, int indent) {
    const bool aggregate = plan.node_type == "Aggregate"sv;
    const bool gather = is_gather(plan);
    int extra = 0;
    for (const Property& property : all) {
      const bool hidden = gather ? property.name == "Single Copy"sv && property.text != "true"sv
                                 : in_field(property);
      if (hidden) {
        continue;
      }
      if ((property.name == "Subplans Removed"sv || property.name == "Planned Partitions"sv) &&
          property.text == "0"sv) {
        continue;
      }
      if (property.name == "Sampling Method"sv) {
        sampling(plan, indent);
      } else if (property.name == "Target Table"sv) {
        line(indent, std::string{plan.operation} + " on " + target_table(property.items));
      } else if (property.name != "Sampling Parameters"sv && property.name != "Repeatable Seed"sv) {
        // Each further sort of GROUPING SETS heads the group keys that it serves.
        const bool heads_keys = aggregate && property.name == "Sort Key"sv;
        extra = heads_keys ? 0 : extra;
        text_.append(static_cast<std::size_t>(indent + extra) * 2, ' ').append(property.name);
        text_.append(": "sv);
        append_text(text_, property);
        text_.append("\n"sv);
        extra = heads_keys ? 1 : extra;
      }
    }
  }

  /// Items: relation and, where it differs, alias.
  static std::string target_table(const std::vector<std::string>& items) {
    std::string text = items.empty() ? std::string{} : quote_identifier(items.front());
    if (items.size() > 1 && items[1] != items[0]) {
      text += " " + quote_identifier(items[1]);
    }
    return text;
  }

  void sampling(const PlanNode& plan, int indent) {
    const Property* parameters = find_property(plan, "Sampling Parameters");
    const Property* seed = find_property(plan, "Repeatable Seed");
    std::string text = "Sampling: " + find_property(plan, "Sampling Method")->text + " (" +
                       (parameters ? text_of(*parameters) : std::string{}) + ")";
    if (seed) {
      text += " REPEATABLE (" + seed->text + ")";
    }
    line(indent, text);
  }

  std::string text_;
};

// --- JSON
// -----------------------------------------------------------------------------------------

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        result += "\\\"";
        break;
      case '\\':
        result += "\\\\";
        break;
      case '\b':
        result += "\\b";
        break;
      case '\f':
        result += "\\f";
        break;
      case '\n':
        result += "\\n";
        break;
      case '\r':
        result += "\\r";
        break;
      case '\t':
        result += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < ' ') {
          result += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
          result += c;
        }
    }
  }
  return result + '"';
}

std::string quoted_list(const std::vector<std::string>& items) {
  std::string result = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    result += (i == 0 ? "" : ", ") + quoted(items[i]);
  }
  return result + "]";
}

class JsonPrinter {
 public:
  std::string print(const PlanNode& plan) {
    text_ = "[";
    open({}, '{');
    node(plan, "Plan");
    close('}');
    return std::move(text_) + "\n]";
  }

 private:
  void start_line() {
    text_ += first_ ? "\n" : ",\n";
    first_ = false;
    text_.append(static_cast<std::size_t>(indent_) * 2, ' ');
  }

  void open(std::string_view label, char bracket) {
    start_line();
    if (!label.empty()) {
      text_ += quoted(label) + ": ";
    }
    text_ += bracket;
    ++indent_;
    first_ = true;
  }

  void close(char bracket) {
    --indent_;
    text_ += '\n';
    text_.append(static_cast<std::size_t>(indent_) * 2, ' ');
    text_ += bracket;
    first_ = false;
  }

  void bare(std::string_view label, std::string_view value) {
    start_line();
    text_ += quoted(label) + ": ";
    text_ += value;
  }

  void text(std::string_view label, std::string_view value) { bare(label, quoted(value)); }

  void text_if_any(std::string_view label, std::string_view value) {
    if (!value.empty()) {
      text(label, value);
    }
  }

  void truth(std::string_view label, bool value) { bare(label, value ? "true" : "false"); }

  void node(const PlanNode& plan, std::string_view label) {
    open(label, '{');
    identity(plan);
    target(plan);
    if (is_join(plan)) {
      text("Join Type", plan.join_type.empty() ? "Inner" : plan.join_type);
    }
    text_if_any("Command", plan.command);
    bare("Startup Cost", fmt::format("{:.2f}", plan.startup.value()));
    bare("Total Cost", fmt::format("{:.2f}", plan.total.value()));
    bare("Plan Rows", fmt::format("{:.0f}", plan.rows.value()));
    bare("Plan Width", std::to_string(plan.width));
    if (plan.disabled) {
      truth("Disabled", *plan.disabled);
    }
    if (is_join(plan)) {
      truth("Inner Unique", plan.inner_unique);
    }
    properties(plan);
    if (!plan.children.empty()) {
      open("Plans", '[');
      for (const PlanNode& child : plan.children) {
        node(child, {});
      }
      close(']');
    }
    close('}');
  }

  void identity(const PlanNode& plan) {
    text("Node Type", plan.node_type);
    text_if_any("Strategy", plan.strategy);
    if (plan.node_type == "Aggregate") {
      text("Partial Mode", plan.partial_mode.empty() ? "Simple" : plan.partial_mode);
    }
    text_if_any("Operation", plan.operation);
    text_if_any("Parent Relationship", plan.relationship);
    text_if_any("Subplan Name", plan.subplan_name);
    truth("Parallel Aware", plan.parallel_aware);
    truth("Async Capable", false);
  }

  void target(const PlanNode& plan) {
    if (!plan.index.empty() && plan.node_type != "Bitmap Index Scan") {
      text("Scan Direction", plan.scan_direction.empty() ? "Forward" : plan.scan_direction);
    }
    text_if_any("Index Name", plan.index);
    const Target target = target_of(plan);
    text_if_any(target.label, target.name);
    text_if_any("Alias", plan.alias);
  }

  void properties(const PlanNode& plan) {
    const std::vector<Property> all = complete_properties(plan);
    const auto is_key = [](const Property& property) {
      return property.name == "Group Key" || property.name == "Hash Key";
    };
    const bool sets =
        plan.node_type == "Aggregate" && (std::count_if(all.begin(), all.end(), is_key) > 1 ||
                                          find_property(plan, "Hash Key") != nullptr);
    if (sets) {
      grouping_sets(all);
    }
    bool tables_done = false;
    for (const Property& property : all) {
      if (sets && (is_key(property) || property.name == "Sort Key")) {
        continue;
      }
      if (property.name == "Target Table") {
        if (!tables_done) {
          target_tables(all);
        }
        tables_done = true;
        continue;
      }
      print_property(property);
    }
    if ((plan.strategy == "Hashed" || plan.strategy == "Mixed") && plan.node_type == "Aggregate" &&
        find_property(plan, "Planned Partitions") == nullptr) {
      bare("Planned Partitions", "0");
    }
    if (is_append(plan) && find_property(plan, "Subplans Removed") == nullptr) {
      bare("Subplans Removed", "0");
    }
  }

  void print_property(const Property& property) {
    static constexpr auto kBare = std::to_array<std::string_view>(
        {"Workers Planned", "Single Copy", "Planned Partitions", "Subplans Removed"});
    if (!property.items.empty()) {
      bare(property.name, quoted_list(property.items));
    } else if (std::find(kBare.begin(), kBare.end(), property.name) != kBare.end()) {
      bare(property.name, property.text);
    } else {
      text(property.name, property.text);
    }
  }

  /// "Group Key", "Hash Key" and "Sort Key" of GROUPING SETS as the server nests them: one set a
  /// sort or hash table, each with its lists of keys.
  void grouping_sets(const std::vector<Property>& all) {
    open("Grouping Sets", '[');
    std::string_view current;
    const auto end_set = [&] {
      if (!current.empty()) {
        close(']');
        close('}');
        current = {};
      }
    };
    bool sorted = false;
    for (const Property& property : all) {
      if (property.name == "Sort Key") {
        end_set();
        open({}, '{');
        bare("Sort Key", quoted_list(property.items));
        sorted = true;
        continue;
      }
      if (property.name != "Group Key" && property.name != "Hash Key") {
        continue;
      }
      if (property.name == "Hash Key" || current != property.name) {
        end_set();
        if (!sorted) {
          open({}, '{');
        }
        sorted = false;
        open(std::string{property.name} + "s", '[');
        current = property.name;
      }
      start_line();
      text_ += quoted_list(property.items);
    }
    end_set();
    close(']');
  }

  /// Items: relation and, where it differs, alias.
  void target_tables(const std::vector<Property>& all) {
    open("Target Tables", '[');
    for (const Property& property : all) {
      if (property.name == "Target Table" && !property.items.empty()) {
        open({}, '{');
        text("Relation Name", property.items.front());
        text("Alias", property.items.back());
        close('}');
      }
    }
    close(']');
  }

  std::string text_;
  int indent_ = 1;
  bool first_ = true;
};

}  // namespace

std::string explain_text(const PlanNode& plan) {
  return TextPrinter{}.print(plan);
}

std::string explain_json(const PlanNode& plan) {
  return JsonPrinter{}.print(plan);
}

}  // namespace quern::planner_model
