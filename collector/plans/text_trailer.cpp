#include "collector/plans/text_trailer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "collector/plans/text_properties.hpp"

namespace quern::collector {

namespace {

/// Takes a word off the front, when it stands there.
bool take(std::string_view& text, std::string_view word) {
  if (text.substr(0, word.size()) != word) {
    return false;
  }
  text.remove_prefix(word.size());
  return true;
}

std::string_view digits_of(std::string_view text) {
  return text.substr(0, text.find_first_not_of("0123456789.-+e"));
}

/// `work_mem = '64kB', enable_hashjoin = 'off'`: quotes within are not doubled
/// (ExplainPrintSettings(), PostgreSQL 15, src/backend/commands/explain.c).
PlanValue settings(std::string_view text) {
  PlanValue all = PlanValue::object();
  while (!text.empty()) {
    const std::size_t equals = text.find(" = ");
    if (equals == std::string_view::npos) {
      break;
    }
    const std::string_view name = text.substr(0, equals);
    text.remove_prefix(equals + 3);
    const bool quoted = take(text, "'");
    std::size_t end = text.find(quoted ? "', " : ", ");
    const std::size_t next = end == std::string_view::npos ? text.size() : end + (quoted ? 3 : 2);
    end = end == std::string_view::npos ? text.size() - (quoted && !text.empty() ? 1 : 0) : end;
    all.add(name, quoted ? PlanValue::text(text.substr(0, end))
                         : PlanValue{PlanValue::Kind::Bool, "null"});
    text.remove_prefix(next);
  }
  return all;
}

/// The relation that a plan writes to, when it is one: the text format then leaves it out
/// (report_triggers(), explain.c).
std::string_view written_relation(const PlanValue& node, int depth = 0) {
  constexpr int kMostDepth = 500;
  if (node.text_of("Node Type") == "ModifyTable") {
    return node.text_of("Relation Name");
  }
  const PlanValue* children = node.find("Plans");
  for (std::size_t i = 0; children != nullptr && depth < kMostDepth && i < children->items.size();
       ++i) {
    if (const auto found = written_relation(children->items[i], depth + 1); !found.empty()) {
      return found;
    }
  }
  return {};
}

/// `Trigger name for constraint c on t: time=1.2 calls=5`, of which each part may be left out but
/// one name and the calls.
PlanValue trigger(std::string_view text, const PlanValue& document) {
  PlanValue value = PlanValue::object();
  const std::size_t colon = std::min(text.rfind(": "), text.size());
  std::string_view names = text.substr(0, colon);
  std::string_view relation;
  if (const std::size_t on = names.rfind(" on "); on != std::string_view::npos) {
    relation = names.substr(on + 4);
    names = names.substr(0, on);
  } else if (const PlanValue* plan = document.find("Plan"); plan != nullptr) {
    relation = written_relation(*plan);
  }
  constexpr std::string_view kConstraint = "for constraint ";
  if (const std::size_t at = names.find(kConstraint); at != std::string_view::npos) {
    value.add("Constraint Name", PlanValue::text(names.substr(at + kConstraint.size())));
  } else {
    value.add("Trigger Name", PlanValue::text(names));
  }
  value.add("Relation", PlanValue::text(relation));
  std::string_view figures = text.substr(std::min(colon + 2, text.size()));
  if (take(figures, "time=")) {
    const std::string_view time = digits_of(figures);
    value.add("Time", PlanValue::number(time));
    figures.remove_prefix(std::min(time.size() + 1, figures.size()));
  }
  if (take(figures, "calls=")) {
    value.add("Calls", PlanValue::number(digits_of(figures)));
  }
  return value;
}

/// `Inlining true, Optimization false` or `Generation 0.134 ms (Deform 0.02 ms), Total 2.028 ms`.
PlanValue jit_parts(std::string_view text) {
  PlanValue parts = PlanValue::object();
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(", "));
    text.remove_prefix(std::min(part.size() + 2, text.size()));
    const std::string_view name = part.substr(0, part.find(' '));
    const std::string_view rest = part.substr(std::min(name.size() + 1, part.size()));
    const std::size_t inner = rest.find("(Deform ");
    if (rest == "true" || rest == "false") {
      parts.add(name, {PlanValue::Kind::Bool, std::string{rest}});
    } else if (inner != std::string_view::npos) {  // PostgreSQL 17
      PlanValue group = PlanValue::object();
      group.add("Deform", PlanValue::number(digits_of(rest.substr(inner + 8))));
      group.add("Total", PlanValue::number(digits_of(rest)));
      parts.add(name, std::move(group));
    } else {
      parts.add(name, PlanValue::number(digits_of(rest)));
    }
  }
  return parts;
}

/// `time=0.081 ms  output=12kB  format=text`, since PostgreSQL 17.
PlanValue serialization(std::string_view text) {
  PlanValue group = PlanValue::object();
  const auto after = [&](std::string_view name) {
    const std::size_t at = text.find(name);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + name.size());
  };
  if (const std::string_view time = after("time="); !time.empty()) {
    group.add("Time", PlanValue::number(digits_of(time)));
  }
  group.add("Output Volume", PlanValue::number(digits_of(after("output="))));
  const std::string_view format = after("format=");
  group.add("Format", PlanValue::text(format.substr(0, format.find(' '))));
  return group;
}

/// The text format's groups: a line with a name alone, and lines that are indented.
class TrailerReader {
 public:
  explicit TrailerReader(PlanValue& document) : document_{document} {}

  void line(std::string_view text) {
    const bool inside = text.substr(0, 2) == "  ";
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (inside && group_ != Group::None) {
      inner_line(text);
      return;
    }
    group_ = text == "JIT:" ? Group::Jit : text == "Planning:" ? Group::Planning : Group::None;
    if (take(text, "Settings: ")) {
      document_.add("Settings", settings(text));
    } else if (take(text, "Trigger ")) {
      triggers_.items.push_back(trigger(text, document_));
    } else if (take(text, "Planning Time: ") || take(text, "Planning time: ")) {
      document_.add("Planning Time", PlanValue::number(digits_of(text)));
    } else if (take(text, "Execution Time: ") || take(text, "Execution time: ")) {
      document_.add("Execution Time", PlanValue::number(digits_of(text)));
    } else if (take(text, "Query Identifier: ")) {
      document_.add("Query Identifier", PlanValue::number(digits_of(text)));
    } else if (take(text, "Serialization: ")) {
      document_.add("Serialization", serialization(text));
    }
  }

  void finish() {
    const auto add = [&](std::string_view name, PlanValue& value) {
      if (!value.items.empty() || !value.members.empty()) {
        document_.add(name, std::move(value));
      }
    };
    add("Triggers", triggers_);
    add("JIT", jit_);
    add("Planning", planning_);
  }

 private:
  enum class Group { None, Jit, Planning };

  void inner_line(std::string_view text) {
    if (group_ == Group::Planning) {
      add_text_property(text, planning_);
    } else if (take(text, "Functions: ")) {
      jit_.add("Functions", PlanValue::number(digits_of(text)));
    } else if (take(text, "Options: ")) {
      jit_.add("Options", jit_parts(text));
    } else if (take(text, "Timing: ")) {
      jit_.add("Timing", jit_parts(text));
    }
  }

  PlanValue& document_;
  PlanValue triggers_ = PlanValue::list({});
  PlanValue jit_ = PlanValue::object();
  PlanValue planning_ = PlanValue::object();
  Group group_ = Group::None;
};

}  // namespace

bool begins_trailer(std::string_view line) {
  constexpr std::array<std::string_view, 9> kTrailers = {
      "Planning",          "Execution ", "JIT:",           "Settings:",        "Trigger ",
      "Query Identifier:", "Memory:",    "Serialization:", "Query Parameters:"};
  return std::any_of(kTrailers.begin(), kTrailers.end(),
                     [&](std::string_view word) { return line.substr(0, word.size()) == word; });
}

void add_text_trailer(std::string_view text, PlanValue& document) {
  TrailerReader reader{document};
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    reader.line(line);
  }
  reader.finish();
}

}  // namespace quern::collector
