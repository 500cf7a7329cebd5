#include <algorithm>
#include <cctype>

#include <fmt/core.h>

#include "planner-model/query/builtin_catalog.hpp"

#include "advisor/check/state.hpp"
#include "advisor/rewrite/tree.hpp"

// What goes wrong with CREATE INDEX, DROP INDEX and REINDEX. One rule a function, M01 ... M32.

namespace quern::advisor::check_detail {

using namespace rewrite;

namespace {

const PgQuery__DropStmt* drop_index(const Step& step) {
  const auto* drop = as<PgQuery__DropStmt>(step.node);
  return drop != nullptr && drop->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX ? drop
                                                                                     : nullptr;
}

/// Very roughly: reading at 200 MB/s and 1.2 µs a row to sort and write (PostgreSQL 15 on one
/// core).
double build_seconds(const Table& table) {
  constexpr double kSecondsPerPage = 8192.0 / 200e6;
  constexpr double kSecondsPerRow = 1.2e-6;
  return static_cast<double>(table.pages) * kSecondsPerPage +
         std::max(table.reltuples, 0.0) * kSecondsPerRow;
}

bool is_partitioned(const Table* table) {
  return table != nullptr && table->kind == 'p';
}

void blocking_build(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  if (create == nullptr || create->concurrent || is_created_here(step, create->relation)) {
    return;
  }
  const Table* table = find_table(step.state.now, create->relation);
  // ON ONLY a partitioned table makes an empty, invalid index: no build.
  if (is_partitioned(table) && !create->relation->inh) {
    return;
  }
  std::string message =
      fmt::format("CREATE INDEX without CONCURRENTLY locks {} against writes for the whole build",
                  described(table, create->relation));
  if (table != nullptr && !is_partitioned(table)) {
    message += fmt::format(", in the order of {:.1f} s", build_seconds(*table));
  }
  report(step, findings, "M01", by_size(table, Severity::Error), message,
         is_partitioned(table) ? "CREATE INDEX ON ONLY the parent, CREATE INDEX CONCURRENTLY on "
                                 "each partition, ALTER INDEX "
                                 "... ATTACH PARTITION"
                               : "CREATE INDEX CONCURRENTLY, outside a transaction");
}

void concurrently_in_transaction(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const auto* drop = drop_index(step);
  const auto* reindex = as<PgQuery__ReindexStmt>(step.node);
  bool concurrent =
      (create != nullptr && create->concurrent) || (drop != nullptr && drop->concurrent);
  for (std::size_t i = 0; reindex != nullptr && i < reindex->n_params; ++i) {
    const auto* option = as<PgQuery__DefElem>(reindex->params[i]);
    concurrent =
        concurrent || (option != nullptr && std::string_view{option->defname} == "concurrently");
  }
  if (!concurrent || !step.in_transaction()) {
    return;
  }
  report(step, findings, "M02", Severity::Error,
         step.state.in_transaction
             ? "CONCURRENTLY cannot run inside a transaction block; the statement will fail"
             : fmt::format("{} runs the file in one transaction, where CONCURRENTLY fails",
                           step.migration.dialect),
         "Put the statement in a file of its own, with the tool's directive for no transaction "
         "(dbmate: "
         "transaction:false, goose: NO TRANSACTION, sqlx: -- no-transaction, Flyway: "
         "executeInTransaction=false)");
}

void concurrently_on_parent(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const Table* table = create == nullptr ? nullptr : find_table(step.state.now, create->relation);
  if (create != nullptr && create->concurrent && is_partitioned(table)) {
    report(
        step, findings, "M03", Severity::Error,
        fmt::format("cannot create index on partitioned table \"{}\" concurrently", table->name),
        "CREATE INDEX ON ONLY the parent, CREATE INDEX CONCURRENTLY on each partition, then ALTER "
        "INDEX ... ATTACH PARTITION; the last one makes the parent's index valid");
  }
}

void drop_partitioned(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = drop_index(step);
  for (const auto& name : drop == nullptr ? std::vector<std::string>{} : dropped_names(*drop)) {
    const Index* index = find_index(step.state.now, name);
    if (index == nullptr) {
      continue;
    }
    if (index->parent != 0) {
      report(step, findings, "M04", Severity::Error,
             fmt::format(
                 "cannot drop index {}: it is attached to an index of the partitioned table", name),
             "Drop the parent's index, which drops those of all partitions");
    } else if (drop->concurrent && is_partitioned(table_of(step.state.now, *index))) {
      report(step, findings, "M04", Severity::Error,
             fmt::format("cannot drop partitioned index \"{}\" concurrently", name),
             "DROP INDEX without CONCURRENTLY, with lock_timeout and retries");
    }
  }
}

void blocking_drop(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = drop_index(step);
  if (drop == nullptr || drop->concurrent) {
    return;
  }
  for (const auto& name : dropped_names(*drop)) {
    const Index* index = find_index(step.state.now, name);
    const Table* table = index == nullptr ? nullptr : table_of(step.state.now, *index);
    if (is_partitioned(table) ||
        (table != nullptr && step.state.created_tables.contains(table->name))) {
      continue;
    }
    report(step, findings, "M05", by_size(table, Severity::Warning),
           fmt::format(
               "DROP INDEX {} takes an ACCESS EXCLUSIVE lock on the table: short, but it waits for "
               "every running query, and all later ones wait behind it",
               name),
           "DROP INDEX CONCURRENTLY, outside a transaction");
  }
}

void concurrent_drop_of_many(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = drop_index(step);
  if (drop == nullptr || !drop->concurrent) {
    return;
  }
  if (drop->n_objects > 1) {
    report(step, findings, "M06", Severity::Error,
           "DROP INDEX CONCURRENTLY does not support dropping multiple objects",
           "One DROP INDEX CONCURRENTLY statement for each index");
  }
  if (drop->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
    report(step, findings, "M06", Severity::Error,
           "DROP INDEX CONCURRENTLY does not support CASCADE",
           "Drop what depends on the index first");
  }
}

void drop_of_needed(const Step& step, std::vector<Finding>& findings) {
  const auto* drop = drop_index(step);
  for (const auto& name : drop == nullptr ? std::vector<std::string>{} : dropped_names(*drop)) {
    const Index* index = find_index(step.state.now, name);
    if (index == nullptr) {
      continue;
    }
    const Table* table = table_of(step.state.now, *index);
    if (!index->constraint.empty()) {
      report(step, findings, "M07", Severity::Error,
             fmt::format("cannot drop index {} because constraint {} on table {} requires it", name,
                         index->constraint, table == nullptr ? "?" : table->name),
             fmt::format("ALTER TABLE ... DROP CONSTRAINT {}, if the constraint is to go",
                         index->constraint));
    } else if (index->replica_identity) {
      report(step, findings, "M07", Severity::Error,
             fmt::format(
                 "index {} is the replica identity of its table: without it, logical replication "
                 "refuses UPDATE and DELETE",
                 name),
             "ALTER TABLE ... REPLICA IDENTITY USING another unique index first");
    } else if (index->unique && index->valid) {
      report(step, findings, "M07", Severity::Warning,
             fmt::format("index {} is unique: dropping it drops a rule about the data, too", name));
    }
    for (const Constraint& key : step.state.now.constraints) {
      if (key.kind == 'f' && key.index == name && index->constraint.empty()) {
        report(step, findings, "M07", Severity::Error,
               fmt::format("foreign key {} depends on index {}", key.name, name));
      }
    }
  }
}

void if_not_exists(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  if (create == nullptr || !create->if_not_exists) {
    return;
  }
  const Index* existing = find_index(step.state.now, create->idxname);
  if (existing != nullptr && !existing->valid) {
    report(step, findings, "M09", Severity::Error,
           fmt::format("index {} exists and is invalid: IF NOT EXISTS skips it and reports success",
                       create->idxname),
           fmt::format("DROP INDEX CONCURRENTLY IF EXISTS {}; then create it", create->idxname));
  } else if (create->concurrent) {
    report(
        step, findings, "M09", Severity::Warning,
        "a build that fails leaves an invalid index of this name; run again, IF NOT EXISTS skips "
        "it and "
        "reports success",
        fmt::format(
            "DROP INDEX CONCURRENTLY IF EXISTS {}; then CREATE INDEX CONCURRENTLY without IF NOT "
            "EXISTS",
            create->idxname));
  }
}

void unnamed(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  if (create != nullptr && *create->idxname == '\0' && !is_created_here(step, create->relation)) {
    report(step, findings, "M10", create->concurrent ? Severity::Warning : Severity::Info,
           "the index has no name: each retry after a failure makes another one (_idx, _idx1, ...)",
           "Name the index");
  }
}

void bad_name(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  constexpr std::size_t kNameBytes = 63;  // NAMEDATALEN - 1
  if (create == nullptr || *create->idxname == '\0') {
    return;
  }
  const std::string name = create->idxname;
  const Index* existing = find_index(step.state.now, name);
  // The parser cuts names itself, so the statement's text tells.
  const auto at = step.statement.sql.find(name);
  const auto after = at + name.size();
  const bool cut = name.size() == kNameBytes && at != std::string::npos &&
                   after < step.statement.sql.size() &&
                   (step.statement.sql[after] == '_' ||
                    std::isalnum(static_cast<unsigned char>(step.statement.sql[after])) != 0);
  if (cut) {
    report(step, findings, "M11", Severity::Warning,
           fmt::format("the name is cut to 63 bytes: {}", name), "Choose a shorter name");
  }
  if (existing != nullptr && !create->if_not_exists) {
    report(step, findings, "M11", Severity::Error,
           fmt::format("relation \"{}\" already exists{}", name,
                       existing->valid ? "" : ", as an invalid index"),
           existing->valid ? "Choose another name"
                           : fmt::format("DROP INDEX CONCURRENTLY {} first", name));
  }
}

bool same_key(const IndexKey& a, const IndexKey& b) {
  const auto opclass = [](const IndexKey& key) {
    // The snapshot names the default operator class, a statement leaves it out.
    return key.operator_class_name.find("pattern") == std::string::npos &&
                   key.operator_class_name.find("trgm") == std::string::npos &&
                   key.operator_class_name.find("path") == std::string::npos
               ? std::string{}
               : key.operator_class_name;
  };
  return a.column == b.column && (a.column > 0 || a.expression == b.expression) &&
         a.descending == b.descending && a.nulls_first == b.nulls_first && opclass(a) == opclass(b);
}

bool is_prefix(const std::vector<IndexKey>& shorter, const std::vector<IndexKey>& longer) {
  return shorter.size() <= longer.size() &&
         std::equal(shorter.begin(), shorter.end(), longer.begin(), same_key);
}

void redundant(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const Table* table = create == nullptr ? nullptr : find_table(step.state.now, create->relation);
  if (table == nullptr) {
    return;
  }
  const Index fresh = index_from(*create, table);
  for (const Index& index : step.state.now.indexes) {
    if (index.table != table->oid || !index.valid || index.access_method != fresh.access_method ||
        index.predicate != fresh.predicate || index.name == fresh.name) {
      continue;
    }
    const bool covered =
        std::all_of(fresh.included.begin(), fresh.included.end(), [&](std::int16_t column) {
          return std::find(index.included.begin(), index.included.end(), column) !=
                     index.included.end() ||
                 std::any_of(index.keys.begin(), index.keys.end(),
                             [&](const IndexKey& key) { return key.column == column; });
        });
    const bool equal = fresh.keys.size() == index.keys.size();
    if (is_prefix(fresh.keys, index.keys) && covered &&
        (!fresh.unique || (equal && index.unique))) {
      report(step, findings, "M17", equal ? Severity::Error : Severity::Warning,
             equal ? fmt::format("the index duplicates {}", index.name)
                   : fmt::format("the index is a prefix of {}, which serves the same queries",
                                 index.name),
             "Leave it out, or drop the other one in the same migration");
    } else if (!equal && is_prefix(index.keys, fresh.keys) && !index.unique &&
               index.included.empty() && index.constraint.empty()) {
      report(step, findings, "M17", Severity::Info,
             fmt::format("the new index makes {} redundant", index.name),
             fmt::format("DROP INDEX CONCURRENTLY {} after the new one is valid", index.name));
    }
  }
}

void wide(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  constexpr std::size_t kWide = 4;
  if (create != nullptr && create->n_index_params > kWide) {
    report(step, findings, "M20", Severity::Info,
           fmt::format("{} key columns: every one makes the index larger and each write dearer",
                       create->n_index_params),
           "Keep the columns that queries search by, in this order: equality, range, sort");
  }
}

void blocking_reindex(const Step& step, std::vector<Finding>& findings) {
  const auto* reindex = as<PgQuery__ReindexStmt>(step.node);
  if (reindex == nullptr) {
    return;
  }
  for (std::size_t i = 0; i < reindex->n_params; ++i) {
    const auto* option = as<PgQuery__DefElem>(reindex->params[i]);
    if (option != nullptr && std::string_view{option->defname} == "concurrently") {
      return;
    }
  }
  const Table* table = find_table(step.state.now, reindex->relation);
  if (reindex->kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX &&
      reindex->relation != nullptr) {
    const Index* index = find_index(step.state.now, reindex->relation->relname);
    table = index == nullptr ? nullptr : table_of(step.state.now, *index);
  }
  report(step, findings, "M21", by_size(table, Severity::Error),
         "REINDEX without CONCURRENTLY locks the table against writes and the index against reads "
         "while it "
         "builds",
         "REINDEX ... CONCURRENTLY (PostgreSQL 12 and later), outside a transaction");
}

/// Whether some function of this name is not immutable for the arguments it could get.
bool surely_not_immutable(const CatalogSnapshot& catalog, const std::string& name) {
  bool known = false, immutable = false;
  for (const auto& function : planner_model::builtin_catalog().functions) {
    if (function.name == name) {
      known = true;
      immutable = immutable || function.volatility == 'i';
    }
  }
  for (const auto& function : catalog.functions) {
    if (function.name == name) {
      known = true;
      immutable = immutable || function.volatility == 'i';
    }
  }
  return known && !immutable;
}

void mutable_expression(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  if (create == nullptr) {
    return;
  }
  const Table* table = find_table(step.state.now, create->relation);
  std::string culprit;
  walk(content(step.node), [&](ProtobufCMessage* message) {
    if (const auto* call = as<PgQuery__FuncCall>(message)) {
      if (surely_not_immutable(step.state.now, function_name(*call))) {
        culprit = function_name(*call) + "()";
      }
    } else if (as<PgQuery__SQLValueFunction>(message) != nullptr) {
      culprit = "CURRENT_DATE, CURRENT_TIMESTAMP or the like";
    } else if (const auto* cast = as<PgQuery__TypeCast>(message);
               cast != nullptr && type_name(*cast) == "date" && table != nullptr) {
      const auto* reference = as<PgQuery__ColumnRef>(cast->arg);
      const std::string column =
          reference == nullptr ? std::string{} : last_name(reference->fields, reference->n_fields);
      constexpr Oid kTimestamptz = 1184;
      for (const Column& candidate : table->columns) {
        if (candidate.name == column && candidate.type == kTimestamptz) {
          culprit = "the cast of a timestamptz to date";
        }
      }
    }
    return culprit.empty();
  });
  if (!culprit.empty()) {
    report(step, findings, "M22", Severity::Error,
           fmt::format("functions in an index must be IMMUTABLE, which {} is not", culprit),
           "For a day of a timestamptz: ((created AT TIME ZONE 'UTC')::date), and the same in the "
           "queries");
  }
}

void hash_index(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  if (create == nullptr || std::string_view{create->access_method} != "hash") {
    return;
  }
  if (create->n_index_params > 1) {
    report(step, findings, "M23", Severity::Error,
           "access method \"hash\" does not support multicolumn indexes", "Use btree");
  }
  if (create->unique) {
    report(step, findings, "M23", Severity::Error,
           "access method \"hash\" does not support unique indexes", "Use btree");
  }
}

void btree_on_container(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const Table* table = create == nullptr ? nullptr : find_table(step.state.now, create->relation);
  if (table == nullptr) {
    return;
  }
  const Index fresh = index_from(*create, table);
  constexpr Oid kJson = 114, kJsonb = 3802;
  for (const IndexKey& key : fresh.keys) {
    for (const Column& column : table->columns) {
      if (fresh.access_method != "btree" || column.number != key.column) {
        continue;
      }
      const auto& types = planner_model::builtin_catalog().types;
      const bool array = std::any_of(types.begin(), types.end(), [&](const auto& type) {
        return type.oid == column.type && type.is_array;
      });
      if (column.type == kJson) {
        report(step, findings, "M24", Severity::Error,
               "data type json has no default operator class for access method \"btree\"",
               "Index an expression: ((column ->> 'key')), or use jsonb with GIN");
      } else if (column.type == kJsonb || array) {
        report(
            step, findings, "M24", Severity::Warning,
            fmt::format(
                "a btree on {} serves only comparisons of whole values, and fails on rows beyond "
                "a third of a page",
                column.name),
            "USING gin, for containment");
      }
    }
  }
}

void version_gate(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const std::int32_t version = step.state.now.server_version;
  constexpr std::int32_t kIncluding = 110000, kNullsNotDistinct = 150000, kCorrupting = 140000,
                         kCorrected = 140004;
  if (create == nullptr) {
    return;
  }
  if (create->n_index_including_params > 0 && version < kIncluding) {
    report(step, findings, "M31", Severity::Error, "INCLUDE needs PostgreSQL 11");
  }
  if (create->nulls_not_distinct && version < kNullsNotDistinct) {
    report(step, findings, "M31", Severity::Error, "NULLS NOT DISTINCT needs PostgreSQL 15");
  }
  if (create->concurrent && version >= kCorrupting && version < kCorrected) {
    report(step, findings, "M31", Severity::Error,
           "PostgreSQL 14.0 to 14.3 may build corrupt indexes with CONCURRENTLY",
           "Update the server to 14.4");
  }
}

void replaced_too_early(const Step& step, std::vector<Finding>& findings) {
  const auto* create = as<PgQuery__IndexStmt>(step.node);
  const Table* table = create == nullptr ? nullptr : find_table(step.state.now, create->relation);
  if (table == nullptr || step.in_transaction()) {
    return;
  }
  const Index fresh = index_from(*create, table);
  for (const std::string& name : step.state.dropped) {
    const Index* gone = find_index(*step.state.before, name);
    if (gone != nullptr && gone->table == table->oid && !gone->keys.empty() &&
        !fresh.keys.empty() && same_key(gone->keys.front(), fresh.keys.front())) {
      report(
          step, findings, "M19", Severity::Warning,
          fmt::format("{} is dropped before this index replaces it: between the two there is none",
                      name),
          "Create the new index first, then drop the old one");
    }
  }
}

}  // namespace

const std::vector<NamedRule>& index_rules() {
  static const std::vector<NamedRule> kRules{
      {"M01", blocking_build},
      {"M02", concurrently_in_transaction},
      {"M03", concurrently_on_parent},
      {"M04", drop_partitioned},
      {"M05", blocking_drop},
      {"M06", concurrent_drop_of_many},
      {"M07", drop_of_needed},
      {"M09", if_not_exists},
      {"M10", unnamed},
      {"M11", bad_name},
      {"M17", redundant},
      {"M19", replaced_too_early},
      {"M20", wide},
      {"M21", blocking_reindex},
      {"M22", mutable_expression},
      {"M23", hash_index},
      {"M24", btree_on_container},
      {"M31", version_gate},
  };
  return kRules;
}

}  // namespace quern::advisor::check_detail
