#include "collector/plans/auto_explain.hpp"

#include <simdjson.h>

#include "collector/plans/explain_node.hpp"
#include "collector/plans/explain_text.hpp"

namespace quern::collector {

namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kQueryText = "Query Text: ";

std::string text_of(const dom::object& object, std::string_view key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string{value} : std::string{};
}

double number_of(const dom::object& object, std::string_view key) {
  double value = 0;
  return object[key].get(value) == simdjson::SUCCESS ? value : 0;
}

/// The parser refuses documents deeper than its limit, so the recursion is bounded.
ExplainNode node_of(const dom::object& object) {
  ExplainNode node;
  node.node_type = text_of(object, "Node Type");
  node.join_type = text_of(object, "Join Type");
  node.strategy = text_of(object, "Strategy");
  if (node.strategy.empty()) {
    node.strategy = text_of(object, "Operation");
  }
  node.relation = text_of(object, "Relation Name");
  node.alias = text_of(object, "Alias");
  node.index = text_of(object, "Index Name");
  node.startup_cost = number_of(object, "Startup Cost");
  node.total_cost = number_of(object, "Total Cost");
  node.rows = number_of(object, "Plan Rows");
  node.width = number_of(object, "Plan Width");
  double actual = 0;
  if (object["Actual Rows"].get(actual) == simdjson::SUCCESS) {
    node.actual_rows = actual;
    node.actual_loops = number_of(object, "Actual Loops");
  }
  dom::array children;
  if (object["Plans"].get(children) == simdjson::SUCCESS) {
    for (const dom::element child : children) {
      dom::object inner;
      if (child.get(inner) == simdjson::SUCCESS) {
        node.children.push_back(node_of(inner));
      }
    }
  }
  return node;
}

std::optional<double> rows_of(const ExplainNode& top) {
  if (!top.actual_rows) {
    return std::nullopt;
  }
  return *top.actual_rows * top.actual_loops.value_or(1);
}

/// The query of a JSON text that was cut before its end.
std::optional<std::string> query_of_cut_json(std::string_view text) {
  constexpr std::string_view kKey = "\"Query Text\": \"";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string query;
  for (std::size_t i = at + kKey.size(); i < text.size() && text[i] != '"'; ++i) {
    if (text[i] != '\\' || i + 1 >= text.size()) {
      query += text[i];
      continue;
    }
    ++i;
    query += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i] == 'r' ? '\r' : text[i];
  }
  return query;
}

std::optional<LoggedPlan> from_text(std::string_view text) {
  text.remove_prefix(kQueryText.size());
  LoggedPlan plan;
  // The query has no end mark: the plan starts at the first line that is a node's.
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t end = text.find('\n', from);
    const std::string_view line = text.substr(from, end - from);
    const bool parameters = line.substr(0, 18) == "Query Parameters: ";
    if (looks_like_plan_node(line) || parameters) {
      break;
    }
    if (end == std::string_view::npos) {
      from = text.size();
      break;
    }
    from = end + 1;
  }
  plan.query_text = text.substr(0, from == 0 ? 0 : from < text.size() ? from - 1 : from);
  if (const auto tree = read_explain_text(text.substr(from))) {
    plan.shape = plan_shape(*tree);
    plan.json = explain_json(*tree);
    plan.actual_rows = rows_of(*tree);
  }
  return plan;
}

}  // namespace

struct LoggedPlanReader::State {
  dom::parser parser;
};

LoggedPlanReader::LoggedPlanReader() : state_{new State} {}

LoggedPlanReader::~LoggedPlanReader() {
  delete state_;
}

std::optional<LoggedPlan> LoggedPlanReader::read(std::string_view text) {
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) {
    text.remove_prefix(1);
  }
  if (text.substr(0, kQueryText.size()) == kQueryText) {
    if (text.substr(kQueryText.size(), 1) != "\"") {
      return from_text(text);
    }
    return std::nullopt;  // YAML
  }
  if (text.empty() || text.front() != '{') {
    return std::nullopt;
  }
  dom::object root;
  if (state_->parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    auto query = query_of_cut_json(text);
    return query ? std::optional{LoggedPlan{.query_text = std::move(*query)}} : std::nullopt;
  }
  LoggedPlan plan{.query_text = text_of(root, "Query Text")};
  dom::element top;
  dom::object top_object;
  if (root["Plan"].get(top) == simdjson::SUCCESS && top.get(top_object) == simdjson::SUCCESS) {
    const ExplainNode node = node_of(top_object);
    plan.shape = plan_shape(node);
    plan.json = "{\"Plan\":" + simdjson::minify(top) + "}";
    plan.actual_rows = rows_of(node);
  }
  return plan;
}

}  // namespace quern::collector
