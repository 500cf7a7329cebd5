#include "collector/plans/explain_text.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

namespace quern::collector {

namespace {

constexpr std::string_view kCosts = "  (cost=";
constexpr std::size_t kMostLevels = 500;

double number_after(std::string_view line, std::string_view label) {
  const std::size_t at = line.find(label);
  if (at == std::string_view::npos) {
    return 0;
  }
  const std::string text{line.substr(at + label.size(), 32)};
  return std::strtod(text.c_str(), nullptr);
}

/// `Index Scan using orders_pkey on orders o` and its relatives, undone into the JSON format's
/// fields (ExplainNode(), PostgreSQL 15, src/backend/commands/explain.c, says how it was made).
void read_title(std::string_view title, ExplainNode& node) {
  for (const std::string_view mark : {"Parallel ", "Async "}) {
    if (title.substr(0, mark.size()) == mark) {
      title.remove_prefix(mark.size());
    }
  }
  if (const std::size_t on = title.find(" on "); on != std::string_view::npos) {
    std::string_view target = title.substr(on + 4);
    title = title.substr(0, on);
    if (title == "Bitmap Index Scan") {
      node.index = target;
    } else {
      const std::size_t blank = target.find(' ');
      std::string_view relation = target.substr(0, blank);
      node.alias = blank == std::string_view::npos ? relation : target.substr(blank + 1);
      if (const std::size_t dot = relation.rfind('.'); dot != std::string_view::npos) {
        relation.remove_prefix(dot + 1);
      }
      node.relation = relation;
    }
  }
  if (const std::size_t index = title.find(" using "); index != std::string_view::npos) {
    node.index = title.substr(index + 7);
    title = title.substr(0, index);
  }
  if (const std::string_view backward = " Backward";
      title.size() > backward.size() && title.substr(title.size() - backward.size()) == backward) {
    title.remove_suffix(backward.size());
  }
  constexpr std::array kJoins = {"Left", "Right", "Full", "Semi", "Anti"};
  node.node_type = title;
  const bool join = title == "Nested Loop" || title == "Hash Join" || title == "Merge Join";
  if (join) {
    node.join_type = "Inner";
  }
  for (const char* kind : kJoins) {
    const std::string suffix = std::string{" "} + kind + " Join";
    if (title.size() > suffix.size() && title.substr(title.size() - suffix.size()) == suffix) {
      const std::string method{title.substr(0, title.size() - suffix.size())};
      node.node_type = method == "Nested Loop" ? method : method + " Join";
      node.join_type = kind;
    }
  }
  if (title == "HashAggregate" || title == "GroupAggregate") {
    node.node_type = "Aggregate";
    node.strategy = title == "HashAggregate" ? "Hashed" : "Sorted";
  } else if (title == "Aggregate") {
    node.strategy = "Plain";
  } else if (title == "Insert" || title == "Update" || title == "Delete") {
    node.node_type = "ModifyTable";
    node.strategy = title;
  }
}

ExplainNode read_node(std::string_view line, std::size_t title_from) {
  ExplainNode node;
  const std::size_t costs = line.find(kCosts);
  read_title(line.substr(title_from, costs - title_from), node);
  const std::string_view figures = line.substr(costs);
  node.startup_cost = number_after(figures, "(cost=");
  node.total_cost = number_after(figures, "..");
  node.rows = number_after(figures, " rows=");
  node.width = number_after(figures, " width=");
  if (const std::size_t actual = figures.find("(actual "); actual != std::string_view::npos) {
    node.actual_rows = number_after(figures.substr(actual), " rows=");
    node.actual_loops = number_after(figures.substr(actual), " loops=");
    if (figures.substr(actual).find(" rows=") == std::string_view::npos) {
      // timing off: "(actual rows=5 loops=1)"
      node.actual_rows = number_after(figures.substr(actual), "(actual rows=");
    }
  }
  return node;
}

struct Placed {
  std::size_t indent;
  ExplainNode node;
};

/// Hangs the deepest open nodes into their parents until `indent` fits below the last one.
void close_down_to(std::vector<Placed>& open, std::size_t indent) {
  while (open.size() > 1 && open.back().indent >= indent) {
    ExplainNode done = std::move(open.back().node);
    open.pop_back();
    open.back().node.children.push_back(std::move(done));
  }
}

}  // namespace

bool looks_like_plan_node(std::string_view line) {
  const std::size_t costs = line.find(kCosts);
  return costs != std::string_view::npos && costs > 0 &&
         line.find(" width=", costs) != std::string_view::npos;
}

std::optional<ExplainNode> read_explain_text(std::string_view text) {
  std::vector<Placed> open;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (!looks_like_plan_node(line)) {
      continue;
    }
    const std::size_t arrow = line.find("->  ");
    const std::size_t costs = line.find(kCosts);
    const bool child = arrow != std::string_view::npos && arrow < costs;
    if (!child && !open.empty()) {
      continue;
    }
    const std::size_t indent = child ? arrow + 1 : 0;
    const std::size_t blanks = line.find_first_not_of(' ');
    const std::size_t title = child ? arrow + 4 : std::min(blanks, costs);
    if (open.size() >= kMostLevels) {
      return std::nullopt;
    }
    if (!open.empty()) {
      close_down_to(open, indent);
    }
    open.push_back({indent, read_node(line, title)});
  }
  if (open.empty()) {
    return std::nullopt;
  }
  close_down_to(open, 0);
  return std::move(open.front().node);
}

}  // namespace quern::collector
