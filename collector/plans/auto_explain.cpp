#include "collector/plans/auto_explain.hpp"

#include <simdjson.h>

#include "collector/plans/explain_formats.hpp"

namespace quern::collector {

namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kQueryText = "Query Text: ";

/// What the shape is made of, and the top node's row count, in one pass over a plan: this runs for
/// every plan of a log.
class PlanPass {
 public:
  /// The parser refuses documents deeper than its limit, so the recursion is bounded.
  void describe(const dom::object& node) {
    std::string_view type, join, strategy, operation, relation, index;
    dom::array children;
    bool parent = false;
    for (const auto& [key, value] : node) {
      if (key == "Node Type") {
        set(type, value);
      } else if (key == "Join Type") {
        set(join, value);
      } else if (key == "Strategy") {
        set(strategy, value);
      } else if (key == "Operation") {
        set(operation, value);
      } else if (key == "Relation Name") {
        set(relation, value);
      } else if (key == "Index Name") {
        set(index, value);
      } else if (key == "Plans") {
        parent = value.get(children) == simdjson::SUCCESS;
      }
    }
    shape_.begin({type, join, strategy, operation, relation, index});
    if (parent) {
      for (const dom::element child : children) {
        dom::object inner;
        if (child.get(inner) == simdjson::SUCCESS) {
          describe(inner);
        }
      }
    }
    shape_.end();
  }

  std::string shape() { return shape_.take(); }

  /// As plan_rows().
  static std::optional<double> rows_of(const dom::object& top) {
    if (text_of(top, "Node Type") != "ModifyTable") {
      return rows_of_node(top);
    }
    std::optional<double> sum;
    dom::array children;
    if (top["Plans"].get(children) == simdjson::SUCCESS) {
      for (const dom::element child : children) {
        dom::object node;
        if (child.get(node) == simdjson::SUCCESS &&
            is_source_of_rows(text_of(node, "Parent Relationship"))) {
          if (const auto rows = rows_of_node(node)) {
            sum = sum.value_or(0) + *rows;
          }
        }
      }
    }
    return sum;
  }

 private:
  static std::string_view text_of(const dom::object& node, const char* key) {
    std::string_view text;
    return node[key].get(text) == simdjson::SUCCESS ? text : std::string_view{};
  }

  static std::optional<double> rows_of_node(const dom::object& node) {
    double rows = 0;
    double loops = 1;
    if (node["Actual Rows"].get(rows) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    if (node["Actual Loops"].get(loops) != simdjson::SUCCESS) {
      loops = 1;
    }
    return rows * loops;
  }

  static void set(std::string_view& text, const dom::element& value) {
    if (value.get(text) != simdjson::SUCCESS) {
      text = {};
    }
  }

  PlanShape shape_;
};

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
    if (parameters) {
      plan.parameters = line.substr(18);
    }
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
    plan.source = text.substr(from);
    plan.actual_rows = plan_rows(*tree);
  }
  return plan;
}

/// YAML and XML, read whole. When the end is lost, the query is looked for alone.
std::optional<LoggedPlan> from_document(std::string_view text,
                                        const std::optional<PlanValue>& document) {
  LoggedPlan plan;
  if (document) {
    plan.query_text = document->text_of("Query Text");
    plan.parameters = document->text_of("Query Parameters");
    if (const PlanValue* top = top_node(*document); top != nullptr) {
      plan.shape = plan_shape(*top);
      plan.source = text;
      plan.actual_rows = plan_rows(*top);
    }
  }
  return plan.query_text.empty() ? std::nullopt : std::optional{std::move(plan)};
}

/// `<Query-Text>select 1</Query-Text>` or `Query Text: "select 1"`, of a text that was cut.
std::string_view cut_query(std::string_view text) {
  constexpr std::string_view kXml = "<Query-Text>";
  if (const std::size_t at = text.find(kXml); at != std::string_view::npos) {
    const std::size_t end = text.find("</Query-Text>", at);
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end + 13);
  }
  return text.substr(0, text.find('\n'));
}

bool is_xml(std::string_view text) {
  return !text.empty() && text.front() == '<';
}

std::optional<PlanValue> read_whole(std::string_view text) {
  return is_xml(text)                                      ? read_explain_xml(text)
         : text.substr(0, kQueryText.size()) == kQueryText ? read_explain_yaml(text)
                                                           : read_explain_json(text);
}

std::optional<LoggedPlan> from_yaml_or_xml(std::string_view text) {
  if (auto plan = from_document(text, read_whole(text))) {
    return plan;
  }
  std::string head{cut_query(text)};
  if (is_xml(text) && !head.empty()) {
    head += "</explain>";
  }
  return from_document({}, read_whole(head));
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
    return from_yaml_or_xml(text);
  }
  if (is_xml(text)) {
    return from_yaml_or_xml(text);
  }
  if (text.empty() || text.front() != '{') {
    return std::nullopt;
  }
  dom::object root;
  if (state_->parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS) {
    auto query = query_of_cut_json(text);
    return query ? std::optional{LoggedPlan{.query_text = std::move(*query)}} : std::nullopt;
  }
  LoggedPlan plan;
  std::string_view query;
  if (root["Query Text"].get(query) == simdjson::SUCCESS) {
    plan.query_text = query;
  }
  std::string_view parameters;
  if (root["Query Parameters"].get(parameters) == simdjson::SUCCESS) {
    plan.parameters = parameters;
  }
  dom::object top;
  if (root["Plan"].get(top) == simdjson::SUCCESS) {
    PlanPass pass;
    pass.describe(top);
    plan.shape = pass.shape();
    plan.source = text;
    plan.actual_rows = PlanPass::rows_of(top);
  }
  return plan;
}

std::string plan_document(const LoggedPlan& plan) {
  const std::string_view source = plan.source;
  const bool bare = !is_xml(source) && source.substr(0, 1) != "{" &&
                    source.substr(0, kQueryText.size()) != kQueryText;
  const auto document = bare ? read_explain_text_document(source) : read_whole(source);
  return document && top_node(*document) != nullptr ? plan_json(*document) : std::string{};
}

}  // namespace quern::collector
