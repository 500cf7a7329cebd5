#include "reports/migration/frameworks.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace quern::reports {

namespace {

std::string underscored(const std::string& id) {
  std::string name = id;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// Active Record refuses files with other letters (IllegalMigrationNameError).
std::string lower_case(std::string name) {
  for (char& c : name) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

/// "create_orders_placed_at_idx" gives "CreateOrdersPlacedAtIdx".
std::string class_name(const std::string& id) {
  std::string name;
  bool upper = true;
  for (const char c : id) {
    if (c == '_' || c == '-') {
      upper = true;
      continue;
    }
    name += static_cast<char>(upper ? std::toupper(static_cast<unsigned char>(c)) : c);
    upper = false;
  }
  return name;
}

std::string comments(const NumberedStep& one, const char* mark) {
  std::string text = fmt::format("{} {}\n", mark, one.step.title);
  for (const std::string& note : one.step.notes) {
    text += fmt::format("{} {}\n", mark, note);
  }
  return text;
}

/// A string literal that Python and Ruby both read: only backslashes and quotes need care, and in
/// Ruby the #{ that would be read as code.
std::string quoted(const std::string& text) {
  std::string literal = "'";
  for (const char c : text) {
    literal += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
  }
  return literal + "'";
}

std::string lines(const std::vector<std::string>& statements, const std::string& before,
                  const std::string& after) {
  std::string text;
  for (const std::string& statement : statements) {
    text += before + quoted(statement) + after + "\n";
  }
  return text;
}

/// SQLAlchemy's text() takes a colon before a word for a parameter; a backslash makes it a colon. A
/// cast's second one, and one behind a word or a backslash, it leaves alone.
std::vector<std::string> without_parameters(std::vector<std::string> statements) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || (c & '\x80') != 0;
  };
  for (std::string& statement : statements) {
    for (std::size_t i = 0; i + 1 < statement.size(); ++i) {
      const char before = i == 0 ? ' ' : statement[i - 1];
      if (statement[i] == ':' && is_word(statement[i + 1]) && before != ':' && before != '\\' &&
          !is_word(before)) {
        statement.insert(i++, "\\");
      }
    }
  }
  return statements;
}

std::string sql(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) {
    text += statement + "\n";
  }
  return text;
}

}  // namespace

std::vector<MigrationText> rails_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  for (const NumberedStep& one : steps) {
    const std::string name = lower_case(underscored(one.file_id));
    files.push_back(
        {fmt::format("{}_{}.rb", one.version, name),
         comments(one, "#") + fmt::format("class {} < ActiveRecord::Migration[7.0]\n"
                                          "  disable_ddl_transaction!\n\n"
                                          "  def up\n{}  end\n\n"
                                          "  def down\n{}  end\n"
                                          "end\n",
                                          class_name(name), lines(one.step.up, "    execute ", ""),
                                          lines(one.step.down, "    execute ", ""))});
  }
  return files;
}

std::vector<MigrationText> django_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  std::string previous;
  for (const NumberedStep& one : steps) {
    const std::string name = fmt::format("quern_{}_{}", one.version, underscored(one.file_id));
    const std::string dependency =
        previous.empty()
            ? "        # (\"app\", \"the latest migration of the app\"),\n"
            : fmt::format("        (\"app\", \"{}\"),  # the app's own label\n", previous);
    files.push_back(
        {name + ".py",
         comments(one, "#") + fmt::format("from django.db import migrations\n\n\n"
                                          "class Migration(migrations.Migration):\n"
                                          "    atomic = False\n\n"
                                          "    dependencies = [\n{}    ]\n\n"
                                          "    operations = [\n"
                                          "        migrations.RunSQL(\n"
                                          "            sql=[\n{}            ],\n"
                                          "            reverse_sql=[\n{}            ],\n"
                                          "        ),\n"
                                          "    ]\n",
                                          dependency, lines(one.step.up, "                ", ","),
                                          lines(one.step.down, "                ", ","))});
    previous = name;
  }
  return files;
}

std::vector<MigrationText> flyway_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  for (const NumberedStep& one : steps) {
    const std::string name = underscored(one.file_id);
    for (const bool up : {true, false}) {
      const std::string file = fmt::format("{}{}__{}.sql", up ? "V" : "U", one.version, name);
      files.push_back({file,
                       "-- Set flyway.postgresql.transactional.lock=false: CONCURRENTLY waits "
                       "for Flyway's own lock.\n" +
                           comments(one, "--") + sql(up ? one.step.up : one.step.down)});
      files.push_back({file + ".conf", "executeInTransaction=false\n"});
    }
  }
  return files;
}

std::vector<MigrationText> alembic_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  for (const NumberedStep& one : steps) {
    const auto block = [](const std::vector<std::string>& statements) {
      return "    with op.get_context().autocommit_block():\n" +
             (statements.empty()
                  ? std::string{"        pass\n"}
                  : lines(without_parameters(statements), "        op.execute(", ")"));
    };
    const std::string down_revision =
        one.previous.empty() ? "None  # the head that these follow" : quoted(one.previous);
    files.push_back({fmt::format("{}_{}.py", one.version, underscored(one.file_id)),
                     comments(one, "#") + fmt::format("from alembic import op\n\n"
                                                      "revision = '{}'\n"
                                                      "down_revision = {}\n"
                                                      "branch_labels = None\n"
                                                      "depends_on = None\n\n\n"
                                                      "def upgrade():\n{}\n\n"
                                                      "def downgrade():\n{}",
                                                      one.version, down_revision,
                                                      block(one.step.up), block(one.step.down))});
  }
  return files;
}

std::vector<MigrationText> prisma_files(const std::vector<NumberedStep>& steps) {
  std::vector<MigrationText> files;
  for (const NumberedStep& one : steps) {
    int number = 0;
    for (const std::string& statement : one.step.up) {
      if (statement.rfind("SET ", 0) == 0 || statement.rfind("RESET ", 0) == 0) {
        continue;  // one statement a file: the role's or the connection string's options set them
      }
      files.push_back({fmt::format("{}_{}_{:02}/migration.sql", one.version,
                                   underscored(one.file_id), ++number),
                       "-- Connect with options=-c%20statement_timeout%3D0\n" +
                           comments(one, "--") + statement + "\n"});
    }
    files.push_back({fmt::format("{}_{}_01/down.sql", one.version, underscored(one.file_id)),
                     "-- For psql: Prisma sends a file as one transaction\n" + comments(one, "--") +
                         sql(one.step.down)});
  }
  return files;
}

}  // namespace quern::reports
