#include "collector/redact/redact_documents.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "collector/redact/redact_sql.hpp"

namespace quern::collector {

namespace {

using Json = nlohmann::ordered_json;

/// Members of a plan that name things, and hold no value.
bool names_things(std::string_view key) {
  for (const char* name : {"Node Type",
                           "Parent Relationship",
                           "Join Type",
                           "Strategy",
                           "Partial Mode",
                           "Command",
                           "Operation",
                           "Scan Direction",
                           "Relation Name",
                           "Schema",
                           "Alias",
                           "Index Name",
                           "CTE Name",
                           "Subplan Name",
                           "Function Name",
                           "Tuplestore Name",
                           "Sort Method",
                           "Sort Space Type",
                           "Sort Methods Used",
                           "Trigger Name",
                           "Constraint Name",
                           "Relation",
                           "Parallel Aware",
                           "Cache Mode",
                           "Conflict Resolution",
                           "Conflict Arbiter Indexes"}) {
    if (key == name) {
      return true;
    }
  }
  return false;
}

void redact_plan(Json& node, std::string_view key, const SqlRedactor& redactor) {
  if (node.is_object()) {
    for (auto& [name, item] : node.items()) {
      if (name != "Settings") {  // of the planner
        redact_plan(item, name, redactor);
      }
    }
  } else if (node.is_array()) {
    for (Json& item : node) {
      redact_plan(item, key, redactor);
    }
  } else if (node.is_string() && !names_things(key)) {
    const auto text = node.get<std::string>();
    node = key == "Query Text" ? redactor.statement(text).text : redactor.fragment(text);
  }
}

std::string redacted_plan(const std::string& example, const SqlRedactor& redactor) {
  Json plan = Json::parse(example, nullptr, false);
  if (plan.is_discarded()) {
    return {};
  }
  redact_plan(plan, "", redactor);
  return plan.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void redact_sample(SampleExecution& sample, const SqlRedactor& redactor,
                   const ValueMapping& mapping) {
  const RedactedSql sql = redactor.statement(sample.sql);
  sample.sql = sql.text;
  for (std::size_t i = 0; i < sample.parameters.size(); ++i) {
    if (!sample.parameters[i]) {
      continue;
    }
    const auto known = sql.parameters.find(static_cast<int>(i + 1));
    sample.parameters[i] = mapping.map(*sample.parameters[i],
                                       known == sql.parameters.end() ? ValueType{} : known->second);
  }
}

/// The catalog as far as its values go.
class CatalogRedaction {
 public:
  CatalogRedaction(const CatalogSnapshot& from, const ValueMapping& mapping)
      : from_{from}, mapping_{mapping}, redactor_{mapping, from} {}

  void apply(CatalogSnapshot& to) const {
    to.taken_at = moment(to.taken_at);
    to.statistics_since = moment(to.statistics_since);
    for (Table& table : to.tables) {
      redact_table(table);
    }
    for (Index& index : to.indexes) {
      redact_index(index);
    }
    for (Constraint& constraint : to.constraints) {
      if (constraint.kind == 'c' || constraint.kind == 'x') {
        constraint.definition = check(constraint);
      }
    }
    for (ExtendedStatistics& statistics : to.extended_statistics) {
      redact_extended(statistics);
    }
    for (TypeDefinition& type : to.types) {
      for (std::string& label : type.labels) {
        label = mapping_.map(label, {ValueKind::Text});
      }
    }
    for (FunctionDefinition& function : to.functions) {
      if (!function.body.empty()) {
        function.body = redactor_.statement(function.body).text;
      }
      for (std::string& text : function.argument_defaults) {
        text = redactor_.expression(text, nullptr);
      }
    }
  }

 private:
  [[nodiscard]] std::string moment(const std::string& time) const {
    return mapping_.map(time, {ValueKind::Time});
  }

  void map_all(std::vector<std::string>& values, ValueType type) const {
    for (std::string& value : values) {
      value = mapping_.map(value, type);
    }
  }

  void redact_statistics(ColumnStatistics& statistics, ValueType type) const {
    map_all(statistics.most_common_values, type);
    map_all(statistics.histogram_bounds, type);
    map_all(statistics.range_bounds_histogram, type);  // their lengths stay
    for (auto* end : {&statistics.lowest, &statistics.highest}) {
      if (*end) {
        **end = mapping_.map(**end, type);
      }
    }
    map_all(statistics.most_common_elements,
            {type.array ? type.kind : ValueKind::Text, false, false});
  }

  [[nodiscard]] const Table* table_of(Oid oid) const {
    const auto found = std::find_if(from_.tables.begin(), from_.tables.end(),
                                    [&](const Table& table) { return table.oid == oid; });
    return found == from_.tables.end() ? nullptr : &*found;
  }

  [[nodiscard]] ValueType type_of(const Table* table, std::int16_t number) const {
    if (table != nullptr) {
      for (const Column& column : table->columns) {
        if (column.number == number) {
          return value_type(column.type, from_.types);
        }
      }
    }
    return {};
  }

  void redact_table(Table& table) const {
    const Table* original = table_of(table.oid);
    for (Column& column : table.columns) {
      const ValueType type = value_type(column.type, from_.types);
      if (column.statistics) {
        redact_statistics(*column.statistics, type);
      }
      if (column.inherited_statistics) {
        redact_statistics(*column.inherited_statistics, type);
      }
      if (!column.default_expression.empty() && original != nullptr) {
        column.default_expression = redactor_.default_of(column, *original);
      }
    }
    if (table.activity) {
      table.activity->last_vacuum = moment(table.activity->last_vacuum);
      table.activity->last_analyze = moment(table.activity->last_analyze);
    }
    if (!table.partition_bound.empty()) {
      table.partition_bound = redactor_.fragment(table.partition_bound, partition_type(table));
    }
    if (!table.view_definition.empty()) {
      table.view_definition = redactor_.statement(table.view_definition).text;
    }
    for (RowPolicy& policy : table.policies) {
      for (std::string* condition : {&policy.using_expression, &policy.check_expression}) {
        if (!condition->empty()) {
          *condition = redactor_.expression(*condition, original);
        }
      }
    }
    for (RewriteRule& rule : table.rules) {
      rule.definition = redactor_.statement(rule.definition).text;
    }
    for (std::string& trigger : table.triggers) {
      trigger = redactor_.statement(trigger).text;
    }
  }

  /// Of the first column of the parent's partition key.
  [[nodiscard]] ValueType partition_type(const Table& table) const {
    const Table* parent = table.parents.empty() ? nullptr : table_of(table.parents.front());
    const std::size_t open =
        parent == nullptr ? std::string::npos : parent->partition_key.find('(');
    if (open == std::string::npos) {
      return {};
    }
    const std::string key = parent->partition_key.substr(open + 1);
    const std::string name = key.substr(0, key.find_first_of(",) "));
    for (const Column& column : parent->columns) {
      if (column.name == name) {
        return value_type(column.type, from_.types);
      }
    }
    return {};
  }

  void redact_index(Index& index) const {
    const Table* table = table_of(index.table);
    index.definition = redactor_.statement(index.definition).text;
    if (!index.predicate.empty()) {
      index.predicate = redactor_.expression(index.predicate, table);
    }
    for (IndexKey& key : index.keys) {
      if (key.statistics) {
        redact_statistics(*key.statistics, key.column == 0
                                               ? redactor_.type_of(key.expression, table)
                                               : type_of(table, key.column));
      }
      if (!key.expression.empty()) {
        key.expression = redactor_.expression(key.expression, table);
      }
    }
  }

  [[nodiscard]] std::string check(const Constraint& constraint) const {
    constexpr std::string_view kCheck = "CHECK ";
    if (constraint.definition.compare(0, kCheck.size(), kCheck) != 0) {
      return redactor_.fragment(constraint.definition);
    }
    return std::string{kCheck} + redactor_.expression(constraint.definition.substr(kCheck.size()),
                                                      table_of(constraint.table));
  }

  void redact_extended(ExtendedStatistics& statistics) const {
    const Table* table = table_of(statistics.table);
    std::vector<ValueType> types;
    for (const std::int16_t column : statistics.columns) {
      types.push_back(type_of(table, column));
    }
    for (const std::string& expression : statistics.expressions) {
      types.push_back(redactor_.type_of(expression, table));
    }
    for (auto& row : statistics.most_common_values) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i]) {
          row[i] = mapping_.map(*row[i], i < types.size() ? types[i] : ValueType{});
        }
      }
    }
    for (std::string& expression : statistics.expressions) {
      expression = redactor_.expression(expression, table);
    }
    for (std::size_t i = 0; i < statistics.expression_statistics.size(); ++i) {
      const std::size_t place = statistics.columns.size() + i;
      redact_statistics(statistics.expression_statistics[i],
                        place < types.size() ? types[place] : ValueType{});
    }
  }

  const CatalogSnapshot& from_;
  const ValueMapping& mapping_;
  SqlRedactor redactor_;
};

}  // namespace

Workload redacted(Workload workload, const CatalogSnapshot& catalog, const ValueMapping& mapping) {
  const SqlRedactor redactor{mapping, catalog};
  for (QueryClass& c : workload.classes) {
    c.sql = redactor.statement(c.sql).text;
    for (SampleExecution& sample : c.samples) {
      redact_sample(sample, redactor, mapping);
    }
    for (ObservedPlan& plan : c.plans) {
      plan.example = redacted_plan(plan.example, redactor);
    }
  }
  return workload;
}

CatalogSnapshot redacted(const CatalogSnapshot& catalog, const ValueMapping& mapping) {
  CatalogSnapshot result = catalog;
  CatalogRedaction{catalog, mapping}.apply(result);
  return result;
}

}  // namespace quern::collector
