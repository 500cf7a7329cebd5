#include "collector/plans/node_times.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace quern::collector {

namespace {

constexpr std::size_t kMostDepth = 500;

bool is_init_plan(const PlanValue& node) {
  return node.text_of("Parent Relationship") == "InitPlan";
}

/// The average processes that a Gather's child ran in: workers, and the leader unless it only
/// collected.
double processes_under(const PlanValue& gather, const PlanValue& child) {
  const double loops = number_in(gather, "Actual Loops");
  return loops <= 0 ? 1 : std::max(1.0, number_in(child, "Actual Loops") / loops);
}

void walk(const PlanValue& node, std::size_t parent, std::size_t depth, double processes,
          std::vector<NodeTimes>& nodes) {
  const std::size_t own = nodes.size();
  NodeTimes times;
  times.node = &node;
  times.parent = nodes.empty() ? 0 : parent;
  times.depth = depth;
  times.loops = number_in(node, "Actual Loops");
  times.processes = processes;
  times.total_ms = number_in(node, "Actual Total Time") * times.loops / processes;
  times.exclusive_ms = times.total_ms;
  nodes.push_back(times);
  const PlanValue* children = node.find("Plans");
  if (children == nullptr || depth >= kMostDepth) {
    return;
  }
  const std::string_view type = node.text_of("Node Type");
  const bool gather = type == "Gather" || type == "Gather Merge";
  for (const PlanValue& child : children->items) {
    const bool parallel = gather && !is_init_plan(child);
    walk(child, own, depth + 1, parallel ? processes_under(node, child) * processes : processes,
         nodes);
  }
}

bool is_below(const std::vector<NodeTimes>& nodes, std::size_t node, std::size_t above) {
  while (node != 0 && node != above) {
    node = nodes[node].parent;
  }
  return node == above;
}

/// How expressions name what an InitPlan returns: `$0` of `InitPlan 1 (returns $0)`, or
/// `(InitPlan 1).col1` from PostgreSQL 17 on.
std::vector<std::string> names_of(std::string_view subplan) {
  std::vector<std::string> names;
  for (std::size_t at = subplan.find('$'); at != std::string_view::npos;
       at = subplan.find('$', at + 1)) {
    std::size_t end = at + 1;
    while (end < subplan.size() && subplan[end] >= '0' && subplan[end] <= '9') {
      ++end;
    }
    names.emplace_back(subplan.substr(at, end - at));
  }
  names.push_back("(" + std::string{subplan.substr(0, subplan.find(" (returns"))} + ")");
  return names;
}

bool mentions(const PlanValue& node, const std::string& name) {
  for (const auto& [key, value] : node.members) {
    const bool condition = value.kind == PlanValue::Kind::Text && key != "Subplan Name";
    const std::size_t at = condition ? value.scalar.find(name) : std::string::npos;
    if (at == std::string::npos) {
      continue;
    }
    const std::size_t after = at + name.size();
    if (after >= value.scalar.size() || value.scalar[after] < '0' || value.scalar[after] > '9') {
      return true;
    }
  }
  return false;
}

bool waits_for(const PlanValue& node, std::string_view subplan) {
  if (subplan.substr(0, 4) == "CTE ") {
    return node.text_of("Node Type") == "CTE Scan" && node.text_of("CTE Name") == subplan.substr(4);
  }
  const auto names = names_of(subplan);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return mentions(node, name); });
}

/// Takes an InitPlan's time from those below its parent that waited for it, the first first.
void charge(std::vector<NodeTimes>& nodes, std::size_t init) {
  const std::size_t definer = nodes[init].parent;
  const std::string_view subplan = nodes[init].node->text_of("Subplan Name");
  double left = nodes[init].total_ms;
  for (std::size_t i = definer; i < nodes.size() && left > 0; ++i) {
    if (is_below(nodes, i, definer) && !is_below(nodes, i, init) &&
        waits_for(*nodes[i].node, subplan)) {
      const double taken = std::min(left, nodes[i].exclusive_ms);
      nodes[i].exclusive_ms -= taken;
      left -= taken;
    }
  }
  nodes[definer].exclusive_ms = std::max(0.0, nodes[definer].exclusive_ms - left);
}

}  // namespace

double number_in(const PlanValue& node, std::string_view name) {
  const PlanValue* value = node.find(name);
  return value == nullptr ? 0 : std::strtod(value->scalar.c_str(), nullptr);
}

std::vector<NodeTimes> node_times(const PlanValue& top) {
  std::vector<NodeTimes> nodes;
  if (top.find("Actual Total Time") == nullptr) {
    return nodes;
  }
  walk(top, 0, 0, 1, nodes);
  // Children first: their own times are rounded, so that a parent's rest may seem negative.
  for (std::size_t i = nodes.size(); i-- > 1;) {
    if (!is_init_plan(*nodes[i].node)) {
      NodeTimes& parent = nodes[nodes[i].parent];
      parent.exclusive_ms = std::max(0.0, parent.exclusive_ms - nodes[i].total_ms);
    }
  }
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    if (is_init_plan(*nodes[i].node)) {
      charge(nodes, i);
    }
  }
  return nodes;
}

std::string node_title(const PlanValue& node) {
  std::string title{node.text_of("Node Type")};
  const auto add = [&](const char* word, std::string_view value) {
    if (!value.empty()) {
      title += word;
      title += value;
    }
  };
  add(" using ", node.text_of("Index Name"));
  std::string_view source;
  for (const char* name : {"Relation Name", "CTE Name", "Function Name"}) {
    source = source.empty() ? node.text_of(name) : source;
  }
  add(" on ", source);
  if (const std::string_view alias = node.text_of("Alias"); alias != source) {
    add(source.empty() ? " on " : " ", alias);
  }
  return title;
}

}  // namespace quern::collector
