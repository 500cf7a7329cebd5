#include "collector/plans/plan_value.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/base/json_text.hpp"

namespace quern::collector {

namespace {

constexpr int kMostDepth = 500;

bool is_zero(std::string_view digits) {
  return digits.find_first_not_of("0.") == std::string_view::npos;
}

/// `35.50` is 35.5, `0.00` is 0: JSON parsers do not keep the digits.
std::string_view shortest(std::string_view digits) {
  if (digits.find('.') == std::string_view::npos || digits.find('e') != std::string_view::npos) {
    return digits;
  }
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  return digits.back() == '.' ? digits.substr(0, digits.size() - 1) : digits;
}

/// What the text format prints only where it is not the rule.
bool is_rule(std::string_view name, const PlanValue& value) {
  switch (value.kind) {
    case PlanValue::Kind::Bool:
      return value.scalar == "false" || name == "Inner Unique";
    case PlanValue::Kind::Number:
      return is_zero(value.scalar) && name != "Actual Rows" && name != "Actual Loops" &&
             name != "Startup Cost" && name != "Total Cost" && name != "Plan Rows" &&
             name != "Plan Width";
    case PlanValue::Kind::Text:
      return (name == "Scan Direction" && value.scalar != "Backward") ||
             (name == "Partial Mode" && value.scalar == "Simple") ||
             (name == "Operation" && value.scalar == "Select");
    case PlanValue::Kind::List:
      return value.items.empty() || name == "Target Tables";
    default:  // what is left of an object without its rules; a document has a plan
      return name != "Plan" &&
             std::all_of(value.members.begin(), value.members.end(),
                         [](const auto& member) { return is_rule(member.first, member.second); });
  }
}

void write(const PlanValue& value, std::string& out, int depth);

void write_object(const PlanValue& object, std::string& out, int depth) {
  std::vector<const std::pair<std::string, PlanValue>*> members;
  for (const auto& member : object.members) {
    if (!is_rule(member.first, member.second)) {
      members.push_back(&member);
    }
  }
  std::stable_sort(members.begin(), members.end(),
                   [](const auto* a, const auto* b) { return a->first < b->first; });
  out += '{';
  for (const auto* member : members) {
    out += out.back() == '{' ? "" : ",";
    append_json(member->first, out);
    out += ':';
    write(member->second, out, depth + 1);
  }
  out += '}';
}

void write(const PlanValue& value, std::string& out, int depth) {
  switch (depth > kMostDepth ? PlanValue::Kind::Bool : value.kind) {
    case PlanValue::Kind::Text:
      append_json(value.scalar, out);
      break;
    case PlanValue::Kind::Number:
    case PlanValue::Kind::Bool:
      out += value.scalar.empty() ? std::string_view{"null"} : shortest(value.scalar);
      break;
    case PlanValue::Kind::List:
      out += '[';
      for (const PlanValue& item : value.items) {
        out += out.back() == '[' ? "" : ",";
        write(item, out, depth + 1);
      }
      out += ']';
      break;
    case PlanValue::Kind::Object:
      write_object(value, out, depth);
      break;
  }
}

/// A constraint's triggers have names of the server's own (RI_ConstraintTrigger_a_16395).
PlanValue named_triggers(const PlanValue& triggers) {
  PlanValue named = PlanValue::list({});
  for (const PlanValue& trigger : triggers.items) {
    PlanValue one = PlanValue::object();
    for (const auto& [name, value] : trigger.members) {
      if (name != "Trigger Name" || trigger.find("Constraint Name") == nullptr) {
        one.add(name, value);
      }
    }
    named.items.push_back(std::move(one));
  }
  return named;
}

void describe(const PlanValue& node, PlanShape& shape, int depth) {
  shape.begin({node.text_of("Node Type"), node.text_of("Join Type"), node.text_of("Strategy"),
               node.text_of("Operation"), node.text_of("Relation Name"),
               node.text_of("Index Name")});
  if (const PlanValue* children = node.find("Plans"); children != nullptr && depth < kMostDepth) {
    for (const PlanValue& child : children->items) {
      describe(child, shape, depth + 1);
    }
  }
  shape.end();
}

std::optional<double> rows_of_node(const PlanValue& node) {
  const PlanValue* rows = node.find("Actual Rows");
  const PlanValue* loops = node.find("Actual Loops");
  if (rows == nullptr) {
    return std::nullopt;
  }
  return std::strtod(rows->scalar.c_str(), nullptr) *
         (loops == nullptr ? 1.0 : std::strtod(loops->scalar.c_str(), nullptr));
}

}  // namespace

const PlanValue* PlanValue::find(std::string_view name) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.first == name; });
  return found == members.end() ? nullptr : &found->second;
}

std::string_view PlanValue::text_of(std::string_view name) const {
  const PlanValue* value = find(name);
  return value == nullptr ? std::string_view{} : std::string_view{value->scalar};
}

void PlanShape::begin(const ShapeParts& node) {
  const std::string_view strategy = !node.strategy.empty()       ? node.strategy
                                    : node.operation != "Select" ? node.operation
                                                                 : std::string_view{};
  for (const std::string_view part :
       {node.node_type, node.join_type, strategy, node.relation, node.index}) {
    text_ += part;
    text_ += '\x1f';
  }
  text_ += '(';
}

void PlanShape::end() {
  text_ += ')';
}

std::string PlanShape::take() {
  std::string shape = fmt::format("{:016x}", XXH3_64bits(text_.data(), text_.size()));
  text_.clear();
  return shape;
}

std::string plan_shape(const PlanValue& top) {
  PlanShape shape;
  describe(top, shape, 0);
  return shape.take();
}

std::optional<double> plan_rows(const PlanValue& top) {
  if (top.text_of("Node Type") != "ModifyTable") {
    return rows_of_node(top);
  }
  std::optional<double> sum;
  if (const PlanValue* children = top.find("Plans"); children != nullptr) {
    for (const PlanValue& child : children->items) {
      const auto rows = rows_of_node(child);
      if (rows && is_source_of_rows(child.text_of("Parent Relationship"))) {
        sum = sum.value_or(0) + *rows;
      }
    }
  }
  return sum;
}

bool is_source_of_rows(std::string_view relationship) {
  return relationship != "InitPlan" && relationship != "SubPlan";
}

std::string plan_json(const PlanValue& document) {
  PlanValue kept = PlanValue::object();
  for (const char* name : {"Plan", "Execution Time", "JIT", "Planning", "Planning Time",
                           "Query Identifier", "Serialization", "Settings", "Triggers"}) {
    if (const PlanValue* member = document.find(name); member != nullptr) {
      kept.add(name, name == std::string_view{"Triggers"} ? named_triggers(*member) : *member);
    }
  }
  std::string out;
  write_object(kept, out, 0);
  return out;
}

const PlanValue* top_node(const PlanValue& document) {
  const PlanValue* plan = document.find("Plan");
  return plan != nullptr && plan->kind == PlanValue::Kind::Object ? plan : nullptr;
}

}  // namespace quern::collector
