#include "reports/cli/what_if_answers.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

#include "planner-model/size/size_uncertainty.hpp"
#include "planner-model/writes/conflicting_rows.hpp"
#include "planner-model/writes/write_ahead_log.hpp"
#include "planner-model/writes/write_time.hpp"

#include "advisor/candidates/candidate_index.hpp"

namespace quern::reports {

namespace {

using Json = nlohmann::ordered_json;
using advisor::find_table;
using planner_model::HypotheticalIndex;
using planner_model::IndexConfiguration;
using planner_model::Planner;
using planner_model::PlanNode;
using planner_model::RowWrite;
using planner_model::TableUse;
using planner_model::WriteShape;

const PlanNode* modify_table(const PlanNode& plan) {
  if (plan.node_type == "ModifyTable") {
    return &plan;
  }
  for (const PlanNode& child : plan.children) {
    if (const PlanNode* found = modify_table(child)) {
      return found;
    }
  }
  return nullptr;
}

RowWrite kind_of(const PlanNode& plan, bool copy) {
  const PlanNode* node = modify_table(plan);
  const std::string_view operation = node == nullptr ? "" : std::string_view{node->operation};
  if (operation == "Insert") {
    return copy ? RowWrite::Copy : RowWrite::Insert;
  }
  if (operation == "Update" && !copy) {
    return RowWrite::Update;
  }
  if (operation == "Delete" && !copy) {
    return RowWrite::Delete;
  }
  throw UserError{copy ? R"("copy" goes with an INSERT)"
                       : R"("write" goes with an INSERT, UPDATE or DELETE)"};
}

/// What ON CONFLICT does, UPDATE or NOTHING; empty: the statement does not say.
std::string conflict_resolution(const PlanNode& plan) {
  if (const PlanNode* node = modify_table(plan)) {
    for (const PlanNode::Property& one : node->properties) {
      if (one.name == "Conflict Resolution") {
        return one.text;
      }
    }
  }
  return "";
}

std::optional<planner_model::OnConflictRows> conflicting_rows(const PlanNode& plan,
                                                              const Table& table,
                                                              const RepeatedWrite& write) {
  const std::string resolution = conflict_resolution(plan);
  if (resolution.empty()) {
    if (write.conflicts) {
      throw UserError{R"("conflicts" goes with INSERT ... ON CONFLICT)"};
    }
    return std::nullopt;
  }
  planner_model::OnConflictRows rows{.updates = resolution == "UPDATE"};
  if (write.conflicts) {
    rows.conflicting = *write.conflicts;
  } else if (rows.updates) {
    rows.conflicting =
        planner_model::counted_conflicts(table.activity.value_or(TableActivity{}), {})
            .value_or(planner_model::kUnknownConflicts);
  }
  return rows;
}

const Table& target_of(const std::vector<TableUse>& uses, const CatalogSnapshot& catalog) {
  const auto target =
      std::find_if(uses.begin(), uses.end(), [](const TableUse& use) { return use.is_target; });
  const Table* table = target == uses.end() ? nullptr : find_table(catalog, target->table);
  if (table == nullptr) {
    throw UserError{R"("write": the statement's table is not in the catalog)"};
  }
  if (table->kind == 'p') {
    throw UserError{"\"write\": " + table->name +
                    " is partitioned: ask for one of its partitions, which hold the rows"};
  }
  return *table;
}

std::vector<const Index*> indexes_of(const Table& table, const CatalogSnapshot& catalog,
                                     const IndexConfiguration& configuration) {
  std::vector<const Index*> result;
  const auto& dropped = configuration.dropped;
  for (const Index& index : catalog.indexes) {
    const std::string name = index.schema + "." + index.name;
    if (index.table == table.oid && index.ready &&
        std::find(dropped.begin(), dropped.end(), name) == dropped.end()) {
      result.push_back(&index);
    }
  }
  for (const HypotheticalIndex& one : configuration.created) {
    if (one.definition.table == table.oid) {
      result.push_back(&one.definition);
    }
  }
  return result;
}

/// What a long run of single rows adds, on a table that is not partitioned.
void add_insert_cost(Json& facts, const Planner& planner, const Index& index) {
  const Table* table = find_table(planner.catalog(), index.table);
  if (table == nullptr || table->kind == 'p') {
    return;
  }
  const WriteShape insert{};
  facts["wal_bytes_per_insert"] =
      row_wal(planner.catalog(), *table, {&index}, insert).indexes.front().total();
  facts["microseconds_per_insert"] =
      row_time(planner.catalog(), *table, {&index}, insert).indexes.front();
}

}  // namespace

Json index_facts(const Planner& planner, const std::vector<HypotheticalIndex>& created) {
  Json list = Json::array();
  for (const HypotheticalIndex& one : created) {
    const Index& index = one.definition;
    Json facts = {{"name", index.name},
                  {"ddl", one.ddl},
                  {"bytes", static_cast<std::int64_t>(one.size.value())},
                  {"pages", index.pages}};
    if (index.reltuples >= 0) {
      facts["rows"] = index.reltuples;
    }
    if (index.tree_height) {
      facts["tree_height"] = *index.tree_height;
    }
    const Table* table = find_table(planner.catalog(), index.table);
    const std::string rough =
        table == nullptr ? std::string{}
                         : planner_model::size_uncertainty(index, *table, planner.catalog());
    if (!rough.empty()) {
      facts["rough_because"] = rough;
    }
    add_insert_cost(facts, planner, index);
    list.push_back(std::move(facts));
  }
  return list;
}

Json written_wal(const Planner& planner, const planner_model::BoundQuery& query,
                 const PlanNode& plan, const IndexConfiguration& configuration,
                 const RepeatedWrite& write) {
  WriteShape shape{.kind = kind_of(plan, write.copy),
                   .rows = write.rows,
                   .rows_per_transaction = write.rows_per_transaction,
                   .rows_between_checkpoints = write.rows_between_checkpoints};
  const auto uses = planner.table_uses(query);
  const Table& table = target_of(uses, planner.catalog());
  for (const TableUse& use : uses) {
    if (use.is_target) {
      shape.columns = use.updated;
    }
  }
  shape.on_conflict = conflicting_rows(plan, table, write);
  const auto indexes = indexes_of(table, planner.catalog(), configuration);
  const auto wal = row_wal(planner.catalog(), table, indexes, shape);
  Json by_index = Json::object();
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    by_index[indexes[i]->name] = wal.indexes[i].total();
  }
  Json answer = {{"bytes_per_row", wal.total()}, {"table", wal.heap.total()},
                 {"toast", wal.toast.total()},   {"transaction", wal.commit},
                 {"foreign_keys", wal.locks},    {"indexes", std::move(by_index)}};
  if (shape.on_conflict) {
    answer["conflicts"] = shape.on_conflict->conflicting;
  }
  return answer;
}

}  // namespace quern::reports
