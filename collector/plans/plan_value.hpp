#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quern::collector {

/// A value of a plan, from any of EXPLAIN's formats, under the names that its JSON format gives.
struct PlanValue {
  enum class Kind { Text, Number, Bool, List, Object };

  Kind kind = Kind::Text;
  std::string scalar = {};  ///< a number in the server's own digits
  std::vector<PlanValue> items = {};
  std::vector<std::pair<std::string, PlanValue>> members = {};

  static PlanValue text(std::string_view value) { return {Kind::Text, std::string{value}}; }

  static PlanValue number(std::string_view digits) { return {Kind::Number, std::string{digits}}; }

  static PlanValue list(std::vector<PlanValue> values) {
    PlanValue list;
    list.kind = Kind::List;
    list.items = std::move(values);
    return list;
  }

  static PlanValue object() {
    PlanValue object;
    object.kind = Kind::Object;
    return object;
  }

  void add(std::string_view name, PlanValue value) {
    members.emplace_back(std::string{name}, std::move(value));
  }

  [[nodiscard]] const PlanValue* find(std::string_view name) const;
  /// Empty when it is not there.
  [[nodiscard]] std::string_view text_of(std::string_view name) const;
};

/// What identifies a node in a shape.
struct ShapeParts {
  std::string_view node_type, join_type, strategy, operation, relation, index;
};

/// Makes a plan's shape from its nodes, top down.
class PlanShape {
 public:
  void begin(const ShapeParts& node);
  void end();
  /// 16 hex digits; ready for the next plan.
  [[nodiscard]] std::string take();

 private:
  std::string text_;
};

/// 16 hex digits over node types, relations and indexes; not over costs, aliases or conditions.
[[nodiscard]] std::string plan_shape(const PlanValue& top);

/// Rows of the top node over all its loops, where the plan was executed. A ModifyTable returns what
/// RETURNING asks for, often nothing: its rows are those that come to it.
[[nodiscard]] std::optional<double> plan_rows(const PlanValue& top);

/// Of a ModifyTable's child, by "Parent Relationship": others are subqueries of its expressions.
[[nodiscard]] bool is_source_of_rows(std::string_view relationship);

/// Of a document with `Plan`: {"Plan": {...}}, with triggers, JIT, settings, planning and times
/// where they are there; the same for each of EXPLAIN's formats: what the text format leaves out
/// because it is zero, false or the rule is left out, and so is what the text format does not know
/// (whether a join's inner side is unique, the name that the server gave to a constraint's
/// trigger).
[[nodiscard]] std::string plan_json(const PlanValue& document);

/// The topmost node of a document of EXPLAIN's, or nothing.
[[nodiscard]] const PlanValue* top_node(const PlanValue& document);

}  // namespace quern::collector
