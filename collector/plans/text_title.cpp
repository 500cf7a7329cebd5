#include "collector/plans/text_title.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace quern::collector {

namespace {

using Text = PlanValue;

bool take_front(std::string_view& title, std::string_view word) {
  if (title.substr(0, word.size()) != word) {
    return false;
  }
  title.remove_prefix(word.size());
  return true;
}

bool take_back(std::string_view& title, std::string_view word) {
  if (title.size() <= word.size() || title.substr(title.size() - word.size()) != word) {
    return false;
  }
  title.remove_suffix(word.size());
  return true;
}

/// The first name of `shop."Order"  o`, without its quotes; the rest stays.
std::string take_name(std::string_view& text) {
  std::string name;
  std::size_t i = 0;
  bool quoted = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') {
      if (quoted && text.substr(i + 1, 1) == "\"") {
        name += '"';
        ++i;
      } else {
        quoted = !quoted;
      }
    } else if (!quoted && (c == '.' || c == ' ')) {
      break;
    } else {
      name += c;
    }
  }
  text.remove_prefix(i);
  return name;
}

/// Where a scan reads: what the JSON format calls its target.
const char* target_of(std::string_view type) {
  return type == "Function Scan"                          ? "Function Name"
         : type == "Table Function Scan"                  ? "Table Function Name"
         : type == "CTE Scan" || type == "WorkTable Scan" ? "CTE Name"
         : type == "Named Tuplestore Scan"                ? "Tuplestore Name"
                                                          : "Relation Name";
}

void read_target(std::string_view target, std::string_view type, PlanValue& node) {
  const bool no_relation = type == "Values Scan" || type == "Subquery Scan";
  std::string schema;
  std::string name = take_name(target);
  if (!target.empty() && target.front() == '.') {
    target.remove_prefix(1);
    schema = std::exchange(name, take_name(target));
  }
  while (!target.empty() && target.front() == ' ') {
    target.remove_prefix(1);
  }
  std::string alias = target.empty() ? name : take_name(target);
  if (!no_relation) {
    node.add(target_of(type), PlanValue::text(name));
  }
  if (!schema.empty()) {
    node.add("Schema", PlanValue::text(schema));
  }
  node.add("Alias", PlanValue::text(alias));
}

/// `Hash Left Join`, `Nested Loop Semi Join`, `Merge Right Anti Join`.
bool read_join(std::string_view title, PlanValue& node) {
  if (title == "Nested Loop") {
    node.add("Node Type", PlanValue::text(title));
    node.add("Join Type", PlanValue::text("Inner"));
    return true;
  }
  for (const std::string_view method : {"Nested Loop", "Hash", "Merge"}) {
    std::string_view kind = title;
    if (!take_front(kind, method) || !(kind == " Join" || take_back(kind, " Join"))) {
      continue;
    }
    kind = kind == " Join" ? std::string_view{"Inner"} : kind.substr(kind.empty() ? 0 : 1);
    node.add("Node Type", PlanValue::text(method == "Nested Loop" ? "Nested Loop"
                                                                  : std::string{method} + " Join"));
    node.add("Join Type", PlanValue::text(kind));
    return true;
  }
  return false;
}

bool read_strategy(std::string_view title, PlanValue& node) {
  struct Name {
    std::string_view title, type, strategy;
  };

  constexpr std::array<Name, 6> kNames = {{{"Aggregate", "Aggregate", "Plain"},
                                           {"GroupAggregate", "Aggregate", "Sorted"},
                                           {"HashAggregate", "Aggregate", "Hashed"},
                                           {"MixedAggregate", "Aggregate", "Mixed"},
                                           {"SetOp", "SetOp", "Sorted"},
                                           {"HashSetOp", "SetOp", "Hashed"}}};
  for (const Name& name : kNames) {
    if (title == name.title) {
      node.add("Node Type", PlanValue::text(name.type));
      node.add("Strategy", PlanValue::text(name.strategy));
      return true;
    }
  }
  return false;
}

bool read_operation(std::string_view title, PlanValue& node) {
  std::string_view operation = title;
  const bool foreign = take_front(operation, "Foreign ");
  constexpr std::array<std::string_view, 4> kOperations = {"Insert", "Update", "Delete", "Merge"};
  if (std::find(kOperations.begin(), kOperations.end(), operation) == kOperations.end()) {
    return false;
  }
  node.add("Node Type", PlanValue::text(foreign ? "Foreign Scan" : "ModifyTable"));
  node.add("Operation", PlanValue::text(operation));
  return true;
}

}  // namespace

void read_plan_title(std::string_view title, PlanValue& node) {
  if (take_front(title, "Parallel ")) {
    node.add("Parallel Aware", {PlanValue::Kind::Bool, "true"});
  }
  if (take_front(title, "Async ")) {
    node.add("Async Capable", {PlanValue::Kind::Bool, "true"});
  }
  for (const std::string_view mode : {"Partial", "Finalize"}) {
    if (take_front(title, std::string{mode} + " ")) {
      node.add("Partial Mode", PlanValue::text(mode));
    }
  }
  std::string_view target;
  if (const std::size_t on = title.find(" on "); on != std::string_view::npos) {
    target = title.substr(on + 4);
    title = title.substr(0, on);
  }
  if (const std::size_t with = title.find(" using "); with != std::string_view::npos) {
    std::string_view index = title.substr(with + 7);
    node.add("Index Name", PlanValue::text(take_name(index)));
    title = title.substr(0, with);
  }
  if (take_back(title, " Backward")) {
    node.add("Scan Direction", PlanValue::text("Backward"));
  }
  for (const std::string_view command : {"Intersect All", "Intersect", "Except All", "Except"}) {
    if (title.find("SetOp ") != std::string_view::npos &&
        take_back(title, std::string{" "} + std::string{command})) {
      node.add("Command", PlanValue::text(command));
    }
  }
  if (take_front(title, "Custom Scan (")) {
    node.add("Custom Plan Provider", PlanValue::text(title.substr(0, title.find(')'))));
    title = "Custom Scan";
  }
  std::string type{title};
  if (!read_join(title, node) && !read_strategy(title, node) && !read_operation(title, node)) {
    node.add("Node Type", PlanValue::text(title));
  } else {
    type = node.text_of("Node Type");
  }
  if (type == "Bitmap Index Scan") {
    node.add("Index Name", PlanValue::text(take_name(target)));
  } else if (!target.empty()) {
    read_target(target, type, node);
  }
}

}  // namespace quern::collector
