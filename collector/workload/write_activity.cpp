#include "collector/workload/write_activity.hpp"

#include "collector/sql/parse_tree.hpp"
#include "collector/sql/visit_messages.hpp"

namespace quern {

namespace {

using Tables = std::map<std::string, TableWrites>;

/// The writes of one query class.
class ClassWrites {
 public:
  ClassWrites(const QueryClass& query, Tables& tables) : query_{query}, tables_{tables} {}

  void count() {
    collector::SyntaxError error;
    const auto tree = collector::ParseTree::parse(query_.sql, error);
    if (!tree) {
      return;  // cut beyond the limit of a class's text
    }
    for (const auto& statement : tree->statements()) {
      main_ = statement.node;
      collector::visit_messages(statement.node->base,
                                [&](const ProtobufCMessage& message) { visit(message); });
    }
  }

 private:
  template <class Message>
  static const Message* as(const ProtobufCMessage& m, const ProtobufCMessageDescriptor& kind) {
    return m.descriptor == &kind ? reinterpret_cast<const Message*>(&m) : nullptr;
  }

  void visit(const ProtobufCMessage& m) {
    if (const auto* i = as<PgQuery__InsertStmt>(m, pg_query__insert_stmt__descriptor)) {
      insert(*i);
    } else if (const auto* u = as<PgQuery__UpdateStmt>(m, pg_query__update_stmt__descriptor)) {
      const bool main =
          main_->node_case == PG_QUERY__NODE__NODE_UPDATE_STMT && main_->update_stmt == u;
      update(table(u->relation), u->target_list, u->n_target_list, main);
    } else if (const auto* d = as<PgQuery__DeleteStmt>(m, pg_query__delete_stmt__descriptor)) {
      const bool main =
          main_->node_case == PG_QUERY__NODE__NODE_DELETE_STMT && main_->delete_stmt == d;
      add(table(d->relation).deletes, main);
    } else if (const auto* g = as<PgQuery__MergeStmt>(m, pg_query__merge_stmt__descriptor)) {
      merge_actions(*g);
    }
  }

  void insert(const PgQuery__InsertStmt& i) {
    const bool main =
        main_->node_case == PG_QUERY__NODE__NODE_INSERT_STMT && main_->insert_stmt == &i;
    TableWrites& writes = table(i.relation);
    add(writes.inserts, main);
    const PgQuery__OnConflictClause* conflict = i.on_conflict_clause;
    if (conflict != nullptr &&
        conflict->action == PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_UPDATE) {
      update(writes, conflict->target_list, conflict->n_target_list, false);
    }
  }

  void merge_actions(const PgQuery__MergeStmt& g) {
    TableWrites& writes = table(g.relation);
    for (std::size_t i = 0; i < g.n_merge_when_clauses; ++i) {
      const PgQuery__MergeWhenClause& when = *g.merge_when_clauses[i]->merge_when_clause;
      if (when.command_type == PG_QUERY__CMD_TYPE__CMD_INSERT) {
        add(writes.inserts, false);
      } else if (when.command_type == PG_QUERY__CMD_TYPE__CMD_UPDATE) {
        update(writes, when.target_list, when.n_target_list, false);
      } else if (when.command_type == PG_QUERY__CMD_TYPE__CMD_DELETE) {
        add(writes.deletes, false);
      }
    }
  }

  void update(TableWrites& writes, PgQuery__Node* const* targets, std::size_t count, bool main) {
    add(writes.updates, main);
    for (std::size_t i = 0; i < count; ++i) {
      if (targets[i]->node_case == PG_QUERY__NODE__NODE_RES_TARGET) {
        add(writes.updated_columns[targets[i]->res_target->name], main);
      }
    }
  }

  TableWrites& table(const PgQuery__RangeVar* range) {
    if (range == nullptr) {
      return tables_["?"];
    }
    const std::string schema = range->schemaname == nullptr ? "" : range->schemaname;
    return tables_[schema.empty() ? std::string{range->relname}
                                  : schema + "." + std::string{range->relname}];
  }

  void add(WriteCount& into, bool main) const {
    into.statements += query_.calls;
    if (main && query_.rows) {
      into.rows += *query_.rows;
      into.with_rows += query_.with_rows;
    }
  }

  const QueryClass& query_;
  Tables& tables_;
  const PgQuery__Node* main_ = nullptr;
};

bool may_write(const QueryClass& query) {
  switch (query.kind) {
    case StatementKind::Insert:
    case StatementKind::Update:
    case StatementKind::Delete:
    case StatementKind::Merge:
      return true;
    case StatementKind::Select:  // WITH gone AS (DELETE ...) SELECT ...
      return query.sql.size() > 4 && (query.sql[0] == 'W' || query.sql[0] == 'w');
    default:
      return false;
  }
}

}  // namespace

std::map<std::string, TableWrites> write_activity(const Workload& workload) {
  Tables tables;
  for (const QueryClass& query : workload.classes) {
    if (may_write(query) && query.calls > 0) {
      ClassWrites{query, tables}.count();
    }
  }
  return tables;
}

}  // namespace quern
