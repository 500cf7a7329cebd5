#include "advisor/migrate/plan.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include "collector/sql/quote.hpp"

#include "advisor/price/build_time.hpp"

namespace quern::advisor {

namespace {

struct Statement {
  std::string text;
  std::map<std::string, std::string> settings = {};  ///< in force when it runs
};

bool begins(const std::string& text, const char* with) {
  return text.rfind(with, 0) == 0;
}

/// "SET lock_timeout = 0;" gives the name and the value.
std::pair<std::string, std::string> setting_of(const std::string& text) {
  const auto equals = text.find(" = ");
  return {text.substr(4, equals - 4), text.substr(equals + 3, text.size() - equals - 4)};
}

std::vector<Statement> read(const std::vector<std::string>& statements) {
  std::vector<Statement> found;
  std::map<std::string, std::string> settings;
  for (const std::string& text : statements) {
    if (begins(text, "SET ") && text.find(" = ") != std::string::npos) {
      const auto [name, value] = setting_of(text);
      settings[name] = value;
    } else if (begins(text, "RESET ")) {
      settings.erase(text.substr(6, text.size() - 7));
    } else {
      found.push_back({text, settings});
    }
  }
  return found;
}

/// With a SET before the statements that need another value than those before them.
std::vector<std::string> write(const std::vector<Statement>& statements) {
  std::vector<std::string> lines;
  std::map<std::string, std::string> now;
  const auto become = [&](const std::map<std::string, std::string>& wanted) {
    for (const auto& [name, value] : wanted) {
      if (now[name] != value) {
        lines.push_back(fmt::format("SET {} = {};", name, value));
      }
    }
    for (const auto& [name, value] : now) {
      if (!value.empty() && wanted.find(name) == wanted.end()) {
        lines.push_back(fmt::format("RESET {};", name));
      }
    }
    now = wanted;
  };
  for (const Statement& statement : statements) {
    become(statement.settings);
    lines.push_back(statement.text);
  }
  become({});
  return lines;
}

std::vector<Statement> kept(std::vector<Statement> statements, bool drops) {
  std::erase_if(statements, [&](const Statement& statement) {
    return (begins(statement.text, "DROP INDEX") || begins(statement.text, "DROP STATISTICS")) !=
           drops;
  });
  return statements;
}

/// "... ATTACH PARTITION child;": both indexes.
std::pair<std::string, std::string> attached(const std::string& text) {
  constexpr const char* kAlter = "ALTER INDEX ";
  constexpr const char* kAttach = " ATTACH PARTITION ";
  const auto at = text.find(kAttach);
  if (!begins(text, kAlter) || at == std::string::npos) {
    return {};
  }
  const auto first = std::string{kAlter}.size();
  const auto second = at + std::string{kAttach}.size();
  return {text.substr(first, at - first), text.substr(second, text.size() - second - 1)};
}

/// The relation of "DROP INDEX [CONCURRENTLY] [IF EXISTS] name;".
std::string dropped(const std::string& text) {
  const auto at = text.find_last_of('"') == std::string::npos ? text.rfind(' ') : std::string::npos;
  if (at != std::string::npos) {
    return text.substr(at + 1, text.size() - at - 2);
  }
  for (const char* prefix : {"DROP INDEX CONCURRENTLY IF EXISTS ", "DROP INDEX CONCURRENTLY ",
                             "DROP INDEX IF EXISTS ", "DROP INDEX "}) {
    if (begins(text, prefix)) {
      const auto length = std::string{prefix}.size();
      return text.substr(length, text.size() - length - 1);
    }
  }
  return "";
}

constexpr const char* kInvalid =
    "SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %s', indexrelid::regclass) FROM pg_index "
    "WHERE indexrelid = to_regclass({}) AND NOT indisvalid";
constexpr const char* kInvalidParent =
    "SELECT format('DROP INDEX IF EXISTS %s', indexrelid::regclass) FROM pg_index WHERE indexrelid "
    "= to_regclass({}) AND NOT indisvalid";
constexpr const char* kPartWithoutParent =
    "SELECT format('DROP INDEX {}IF EXISTS %s', oid::regclass) FROM pg_class WHERE oid = "
    "to_regclass({}) AND relkind = '{}' AND to_regclass({}) IS NULL";

/// `up` creates the index `top`. Dropping a partitioned index that is not valid yet takes the
/// attached parts along; parts not attached yet stay and go one by one.
std::vector<std::string> clean_up(const std::vector<Statement>& up, const std::string& top) {
  std::vector<std::string> queries;
  std::vector<std::string> parts;
  for (const Statement& statement : up) {
    const std::string part = attached(statement.text).second;
    if (!part.empty()) {
      parts.push_back(part);
    }
  }
  const std::string name = quote_literal(top);
  if (parts.empty()) {
    return {fmt::format(fmt::runtime(kInvalid), name)};
  }
  queries.push_back(fmt::format(fmt::runtime(kInvalidParent), name));
  for (const bool partitioned : {true, false}) {
    for (const std::string& part : parts) {
      queries.push_back(fmt::format(fmt::runtime(kPartWithoutParent),
                                    partitioned ? "" : "CONCURRENTLY ", quote_literal(part),
                                    partitioned ? "I" : "i", name));
    }
  }
  return queries;
}

std::string size_text(double bytes) {
  constexpr double kMegabyte = 1024.0 * 1024;
  return bytes < 10 * kMegabyte ? fmt::format("{:.0f} kB", bytes / 1024)
                                : fmt::format("{:.0f} MB", bytes / kMegabyte);
}

std::string forecast(double bytes, double seconds) {
  const double least = std::ceil(seconds);
  const double most = std::ceil(kSlowestBuild * seconds);
  return fmt::format(
      "about {} of disk, as much again while it is built, in {}", size_text(bytes),
      most <= 1 ? "a second or less" : fmt::format("about {:.0f} s to {:.0f} s", least, most));
}

MigrationStep step_of(const Proposal& proposal, bool drops) {
  MigrationStep step{.id = proposal.id, .title = proposal.title, .drops = drops};
  const auto up = kept(read(proposal.ddl_up), drops);
  const auto down = kept(read(proposal.ddl_down), !drops);
  step.up = write(up);
  step.down = write(down);
  // CREATE STATISTICS is whole or not at all: nothing to clean up.
  if (!drops && !down.empty() && !up.empty() && proposal.kind != ProposalKind::CollectStatistics) {
    step.clean_up = clean_up(up, dropped(down.back().text));
    if (proposal.size && proposal.build_seconds) {
      step.notes.push_back(forecast(proposal.size->value(), *proposal.build_seconds));
    }
  }
  if (drops) {
    step.notes.emplace_back(
        "after the created indexes have been in use for a while, and no scan of this one is "
        "counted any more: pg_stat_user_indexes.idx_scan, on every replica too");
    if (proposal.kind == ProposalKind::ReplaceIndex) {
      step.id = "drop-replaced-by-" + proposal.index;
      step.title = "Drop what " + proposal.index + " replaces";
    }
  }
  for (const std::string& warning : proposal.warnings) {
    step.notes.push_back(warning);
  }
  return step;
}

}  // namespace

std::vector<MigrationStep> migration_plan(const Advice& advice) {
  std::vector<MigrationStep> steps;
  const auto add = [&](const Proposal& proposal, bool drops) {
    MigrationStep step = step_of(proposal, drops);
    if (!step.up.empty()) {
      steps.push_back(std::move(step));
    }
  };
  for (const bool statistics : {true, false}) {
    for (const Proposal& proposal : advice.proposals) {
      if ((proposal.kind == ProposalKind::CollectStatistics) == statistics) {
        add(proposal, false);
      }
    }
  }
  for (const Proposal& proposal : advice.proposals) {
    add(proposal, true);
  }
  return steps;
}

}  // namespace quern::advisor
