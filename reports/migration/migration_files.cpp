#include "reports/migration/migration_files.hpp"

#include <array>
#include <cctype>
#include <cstdlib>
#include <ctime>
#include <set>

#include <fmt/format.h>

#include "collector/base/failure.hpp"

#include "reports/migration/frameworks.hpp"
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

void clean(std::vector<std::string>& statements) {
  for (std::string& statement : statements) {
    statement = clean_text(statement);
    statement += statement.ends_with(';') ? "" : ";";
  }
}

/// 14 digits and the step's number, so that no two are the same. Rails takes 14 digits that are a
/// time and no others (ActiveRecord::InvalidMigrationTimestampError): a second more a step.
std::string numbered(const std::string& version, std::size_t number, MigrationFormat format) {
  std::tm time{};
  if (format != MigrationFormat::Rails ||
      strptime(version.c_str(), "%Y%m%d%H%M%S", &time) == nullptr) {
    return fmt::format("{}{:03}", version, number);
  }
  const std::time_t seconds = timegm(&time) + static_cast<std::time_t>(number) - 1;
  gmtime_r(&seconds, &time);
  std::array<char, 16> digits{};
  const std::size_t length = std::strftime(digits.data(), digits.size(), "%Y%m%d%H%M%S", &time);
  return {digits.data(), length};
}

/// Frameworks make class names of ids: two that differ in case or underscores alone are one there.
std::string own_file_id(const std::string& id, std::set<std::string>& taken) {
  const auto squashed = [](const std::string& text) {
    std::string letters;
    for (const char c : text) {
      if (c != '_' && c != '-') {
        letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    return letters;
  };
  std::string own = file_part(id);
  for (int number = 2; !taken.insert(squashed(own)).second; ++number) {
    own = fmt::format("{}_{}", file_part(id), number);
  }
  return own;
}

std::vector<NumberedStep> numbered_steps(const advisor::Advice& advice, const std::string& version,
                                         MigrationFormat format) {
  std::vector<NumberedStep> steps;
  std::set<std::string> taken;
  for (advisor::MigrationStep& step : advisor::migration_plan(advice)) {
    NumberedStep one{.step = std::move(step)};
    one.step.title = one_line(one.step.title, 200);
    for (std::string& note : one.step.notes) {
      note = one_line(note, 400);
    }
    clean(one.step.up);
    clean(one.step.down);
    one.file_id = own_file_id(one.step.id, taken);
    one.version = numbered(version, steps.size() + 1, format);
    one.previous = steps.empty() ? "" : steps.back().version;
    steps.push_back(std::move(one));
  }
  return steps;
}

std::string script(const NumberedStep& one, const std::vector<std::string>& statements,
                   const std::string& purpose) {
  std::string text = fmt::format("-- {}: {}\n", purpose, one.step.title);
  text += "-- Run outside a transaction: CONCURRENTLY does not work inside one.\n";
  for (const std::string& note : one.step.notes) {
    text += fmt::format("-- Note: {}\n", note);
  }
  for (const std::string& statement : statements) {
    text += statement + "\n";
  }
  return text;
}

constexpr const char* kCleanUp =
    "-- After an interrupted step: drops what it left half done, INVALID indexes of this plan and\n"
    "-- nothing else; then run the step again. For psql: \\gexec runs what the queries print.\n"
    "SET statement_timeout = 0;\n"
    "SET lock_timeout = '3s';\n";

std::vector<MigrationText> sql_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  std::string clean_up;
  for (const NumberedStep& one : steps) {
    const std::string stem = fmt::format("{}_{}", one.version, one.file_id);
    files.push_back({stem + ".up.sql", script(one, one.step.up, "Applies")});
    if (!one.step.down.empty()) {
      files.push_back({stem + ".down.sql", script(one, one.step.down, "Reverts")});
    }
    for (const std::string& query : one.step.clean_up) {
      clean_up += clean_text(query) + " \\gexec\n";
    }
  }
  if (!clean_up.empty()) {
    files.push_back({"clean_up.sql", kCleanUp + clean_up});
  }
  return files;
}

}  // namespace

MigrationFormat migration_format(std::string_view name) {
  constexpr std::pair<std::string_view, MigrationFormat> kFormats[] = {
      {"sql", MigrationFormat::Sql},         {"rails", MigrationFormat::Rails},
      {"django", MigrationFormat::Django},   {"flyway", MigrationFormat::Flyway},
      {"alembic", MigrationFormat::Alembic}, {"prisma", MigrationFormat::Prisma}};
  for (const auto& [known, format] : kFormats) {
    if (known == name) {
      return format;
    }
  }
  throw UserError{fmt::format(
      "no migrations for \"{}\"; there are sql, rails, django, flyway, alembic and prisma", name)};
}

std::vector<MigrationText> migration_files(const advisor::Advice& advice, MigrationFormat format,
                                           const std::string& version) {
  const auto steps = numbered_steps(advice, format == MigrationFormat::Sql ? "" : version, format);
  switch (format) {
    case MigrationFormat::Rails:
      return rails_files(steps);
    case MigrationFormat::Django:
      return django_files(steps);
    case MigrationFormat::Flyway:
      return flyway_files(steps);
    case MigrationFormat::Alembic:
      return alembic_files(steps);
    case MigrationFormat::Prisma:
      return prisma_files(steps);
    default:
      return sql_files(steps);
  }
}

}  // namespace quern::reports
