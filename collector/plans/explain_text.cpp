#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "collector/plans/explain_formats.hpp"
#include "collector/plans/text_properties.hpp"
#include "collector/plans/text_title.hpp"
#include "collector/plans/text_trailer.hpp"

namespace quern::collector {

namespace {

constexpr std::string_view kCosts = "  (cost=";
constexpr std::size_t kMostLevels = 500;

/// The digits after a label, up to the first character that is none.
std::string_view digits_after(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(at + label.size());
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') ||
                               (text[end] == '.' && text.substr(end, 2) != ".."))) {
    ++end;
  }
  return text.substr(0, end);
}

void add_number(PlanValue& node, std::string_view name, std::string_view digits) {
  if (!digits.empty()) {
    node.add(name, PlanValue::number(digits));
  }
}

/// `(cost=0.00..35.50 rows=2550 width=4) (actual time=0.01..0.02 rows=5 loops=1)`
PlanValue read_node(std::string_view line, std::size_t title_from) {
  PlanValue node = PlanValue::object();
  const std::size_t costs = line.find(kCosts);
  read_plan_title(line.substr(title_from, costs - title_from), node);
  std::string_view figures = line.substr(costs);
  const std::size_t end = figures.find(')');
  const std::string_view planned = figures.substr(0, end);
  add_number(node, "Startup Cost", digits_after(planned, "(cost="));
  add_number(node, "Total Cost", digits_after(planned, ".."));
  add_number(node, "Plan Rows", digits_after(planned, " rows="));
  add_number(node, "Plan Width", digits_after(planned, " width="));
  figures.remove_prefix(std::min(end, figures.size()));
  if (figures.find("(never executed)") != std::string_view::npos) {
    add_number(node, "Actual Rows", "0");
    add_number(node, "Actual Loops", "0");
  } else if (figures.find("(actual ") != std::string_view::npos) {
    if (figures.find("time=") != std::string_view::npos) {
      add_number(node, "Actual Startup Time", digits_after(figures, "time="));
      add_number(node, "Actual Total Time", digits_after(figures, ".."));
    }
    add_number(node, "Actual Rows", digits_after(figures, "rows="));
    add_number(node, "Actual Loops", digits_after(figures, "loops="));
  }
  return node;
}

/// Places that a node's children have in the JSON format (ExplainNode(), PostgreSQL 15,
/// src/backend/commands/explain.c); the text format shows only sub-plans' names.
std::string_view relationship_of(const PlanValue& parent, std::size_t place) {
  const std::string_view type = parent.text_of("Node Type");
  constexpr std::array<std::string_view, 4> kMembers = {"Append", "Merge Append", "BitmapAnd",
                                                        "BitmapOr"};
  if (std::find(kMembers.begin(), kMembers.end(), type) != kMembers.end()) {
    return "Member";
  }
  if (type == "Subquery Scan") {
    return "Subquery";
  }
  return place == 0 ? "Outer" : "Inner";
}

/// A node whose children are still to come.
struct Open {
  std::size_t indent;      ///< where its title begins, less what the arrow takes
  std::size_t properties;  ///< where its properties begin
  PlanValue node;
  std::vector<PlanValue> children = {};
  std::size_t plain_children = 0;
  std::string subplan = {};  ///< name of the sub-plan whose node comes next
};

class TextReader {
 public:
  std::optional<PlanValue> read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
      if (!line.empty() && line.back() == '\r') {
        line.remove_suffix(1);
      }
      if (!open_.empty() && begins_trailer(line)) {
        break;
      }
      rest_ = text;
      if (!one_line(line)) {
        return std::nullopt;
      }
    }
    if (open_.empty()) {
      return std::nullopt;
    }
    close_down_to(0);
    return finished(std::move(open_.front()));
  }

  /// What stands below the tree.
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  bool one_line(std::string_view line) {
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    const std::string_view words = line.substr(indent);
    const bool child = words.substr(0, 4) == "->  ";
    if (looks_like_plan_node(line) && (child || open_.empty())) {
      return node(line, indent, child);
    }
    if (open_.empty() || words.empty()) {
      return true;
    }
    if (subplan(words)) {
      close_down_to(indent);
      open_.back().subplan = words;
    } else if (indent >= open_.back().properties) {
      add_text_property(words, open_.back().node);
    }
    return true;
  }

  bool node(std::string_view line, std::size_t indent, bool child) {
    if (open_.size() >= kMostLevels) {
      return false;
    }
    if (!open_.empty()) {
      close_down_to(indent);
    }
    const std::size_t title = indent + (child ? 4 : 0);
    PlanValue node = read_node(line, title);
    if (!open_.empty()) {
      place(node);
    }
    open_.push_back({indent, title + 2, std::move(node)});
    return true;
  }

  /// `InitPlan 1 (returns $0)`, `SubPlan 2`, `CTE name` above a node.
  static bool subplan(std::string_view words) {
    return words.substr(0, 9) == "InitPlan " || words.substr(0, 8) == "SubPlan " ||
           (words.substr(0, 4) == "CTE " && words.find(": ") == std::string_view::npos);
  }

  void place(PlanValue& node) {
    Open& parent = open_.back();
    if (parent.subplan.empty()) {
      node.add("Parent Relationship",
               PlanValue::text(relationship_of(parent.node, parent.plain_children++)));
      return;
    }
    const bool subplan = parent.subplan.substr(0, 8) == "SubPlan ";
    node.add("Parent Relationship", PlanValue::text(subplan ? "SubPlan" : "InitPlan"));
    node.add("Subplan Name", PlanValue::text(std::exchange(parent.subplan, {})));
  }

  /// Hangs the deepest open nodes into their parents until `indent` fits below the last one.
  void close_down_to(std::size_t indent) {
    while (open_.size() > 1 && open_.back().indent >= indent) {
      PlanValue done = finished(std::move(open_.back()));
      open_.pop_back();
      open_.back().children.push_back(std::move(done));
    }
  }

  static PlanValue finished(Open open) {
    if (!open.children.empty()) {
      open.node.add("Plans", PlanValue::list(std::move(open.children)));
    }
    return std::move(open.node);
  }

  std::vector<Open> open_;
  std::string_view rest_ = {};
};

}  // namespace

bool looks_like_plan_node(std::string_view line) {
  const std::size_t costs = line.find(kCosts);
  return costs != std::string_view::npos && costs > 0 &&
         line.find(" width=", costs) != std::string_view::npos;
}

std::optional<PlanValue> read_explain_text(std::string_view text) {
  return TextReader{}.read(text);
}

std::optional<PlanValue> read_explain_text_document(std::string_view text) {
  TextReader reader;
  auto top = reader.read(text);
  if (!top) {
    return std::nullopt;
  }
  PlanValue document = PlanValue::object();
  document.add("Plan", *std::move(top));
  add_text_trailer(reader.rest(), document);
  return document;
}

}  // namespace quern::collector
