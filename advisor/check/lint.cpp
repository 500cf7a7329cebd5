#include "advisor/check/lint.hpp"

#include <fmt/core.h>

#include "advisor/rewrite/tree.hpp"

namespace quern::advisor::check_detail {

namespace {

void apply_rules(const Step& step, std::vector<Finding>& findings) {
  for (const auto* rules : {&index_rules(), &table_rules(), &use_rules()}) {
    for (const NamedRule& rule : *rules) {
      std::vector<Finding> found;
      rule.apply(step, found);
      for (Finding& finding : found) {
        if (!step.statement.ignored.contains(finding.rule)) {
          findings.push_back(std::move(finding));
        }
      }
    }
  }
}

// Silence would be taken for a verdict.

void note_block(LintResult& result, const Step& step) {
  if (rewrite::as<PgQuery__DoStmt>(step.node) != nullptr) {
    result.caveats.push_back(fmt::format("{}:{}: what the DO block runs is not checked",
                                         step.migration.name, step.statement.line));
  }
}

void note_unknown_table(LintResult& result, const Step& step) {
  const auto* alter = rewrite::as<PgQuery__AlterTableStmt>(step.node);
  if (alter == nullptr || alter->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
      alter->missing_ok != 0 || is_created_here(step, alter->relation) ||
      find_table(step.state.now, alter->relation) != nullptr) {
    return;
  }
  result.caveats.push_back(fmt::format(
      "{}:{}: table {} is not in the catalog document: its size and who uses it are not known",
      step.migration.name, step.statement.line, alter->relation->relname));
}

void note_changes(LintResult& result, const Migration& migration,
                  const MigrationStatement& statement, std::size_t created_before,
                  std::size_t dropped_before) {
  const TextPosition where{migration.name, statement.line};
  for (std::size_t i = created_before; i < result.state.created_ddl.size(); ++i) {
    result.changes.push_back({result.state.created_ddl[i], {}, where, statement.ignored});
  }
  for (std::size_t i = dropped_before; i < result.state.dropped.size(); ++i) {
    result.changes.push_back({{}, result.state.dropped[i], where, statement.ignored});
  }
}

void lint_statement(LintResult& result, const Workload& workload, const Migration& migration,
                    const MigrationStatement& statement) {
  if (!statement.tree) {
    Finding finding;
    finding.rule = "M00";
    finding.severity = Severity::Error;
    finding.message = fmt::format("not PostgreSQL SQL: {}", statement.error);
    finding.where = {migration.name, statement.error_line};
    finding.statement = statement.sql;
    result.findings.push_back(std::move(finding));
    return;
  }
  for (const auto& part : statement.tree->statements()) {
    const Step step{migration, statement, part.node, result.state, workload};
    apply_rules(step, result.findings);
    note_block(result, step);
    note_unknown_table(result, step);
  }
  const auto created = result.state.created_ddl.size();
  const auto dropped = result.state.dropped.size();
  advance(result.state, statement);
  note_changes(result, migration, statement, created, dropped);
}

}  // namespace

LintResult lint(const Workload& workload, const CatalogSnapshot& catalog,
                const std::vector<MigrationFile>& files) {
  LintResult result;
  result.state.before = &catalog;
  result.state.now = catalog;
  for (const MigrationFile& file : files) {
    const Migration migration = read_migration(file);
    result.caveats.insert(result.caveats.end(), migration.caveats.begin(), migration.caveats.end());
    if (migration.statements.empty() && migration.caveats.empty()) {
      result.caveats.push_back(file.name + ": holds no statement");
    }
    result.state.in_transaction = false;
    result.state.lock_timeout = false;
    result.state.lock_timeout_reported = false;
    for (const MigrationStatement& statement : migration.statements) {
      const auto before = result.findings.size();
      lint_statement(result, workload, migration, statement);
      for (auto i = before; i < result.findings.size(); ++i) {
        result.state.lock_timeout_reported |= result.findings[i].rule == "M12";
      }
    }
    if (result.state.in_transaction) {
      Finding open;
      open.rule = "M29";
      open.message =
          "the transaction is never committed: psql rolls it back at the end of the file";
      open.where = {file.name, migration.statements.back().line};
      result.findings.push_back(std::move(open));
    }
  }
  return result;
}

}  // namespace quern::advisor::check_detail
