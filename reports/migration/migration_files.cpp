#include "reports/migration/migration_files.hpp"

#include <cctype>

#include <fmt/format.h>

#include "reports/words.hpp"

namespace quern::reports {

namespace {

/// An id made from table and column names may hold anything a quoted identifier may.
std::string file_part(const std::string& id) {
  std::string part;
  for (const char c : id) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    part += plain ? c : '_';
    if (part.size() == 80) {
      break;
    }
  }
  return part;
}

std::string script(const advisor::Proposal& proposal, const std::vector<std::string>& statements,
                   const std::string& purpose) {
  std::string text = fmt::format("-- {}: {}\n", purpose, one_line(proposal.title, 200));
  text += "-- Run outside a transaction: CONCURRENTLY does not work inside one.\n";
  for (const std::string& warning : proposal.warnings) {
    text += fmt::format("-- Warning: {}\n", one_line(warning, 400));
  }
  for (const std::string& statement : statements) {
    const std::string clean = clean_text(statement);
    text += clean + (clean.ends_with(';') ? "\n" : ";\n");
  }
  return text;
}

}  // namespace

std::vector<MigrationText> migration_files(const advisor::Advice& advice) {
  std::vector<MigrationText> files;
  int number = 0;
  for (const advisor::Proposal& proposal : advice.proposals) {
    if (proposal.ddl_up.empty()) {
      continue;
    }
    const std::string stem = fmt::format("{:03}_{}", ++number, file_part(proposal.id));
    files.push_back({stem + ".up.sql", script(proposal, proposal.ddl_up, "Applies")});
    if (!proposal.ddl_down.empty()) {
      files.push_back({stem + ".down.sql", script(proposal, proposal.ddl_down, "Reverts")});
    }
  }
  return files;
}

}  // namespace quern::reports
