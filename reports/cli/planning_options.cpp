#include "reports/cli/planning_options.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "collector/base/failure.hpp"
#include "collector/sql/quote.hpp"

namespace quern::reports {

namespace {

bool names(const std::string& dropped, const Index& index) {
  return dropped == index.name || dropped == index.schema + "." + index.name ||
         dropped == quote_identifier(index.name) ||
         dropped == quote_identifier(index.schema) + "." + quote_identifier(index.name);
}

/// pg_settings.unit of what takes bytes, in bytes; 0: it takes none.
double unit_of(const CatalogSnapshot& catalog, std::string_view setting) {
  for (const std::string_view in_kilobytes :
       {"work_mem", "maintenance_work_mem", "temp_file_limit", "logical_decoding_work_mem"}) {
    if (setting == in_kilobytes) {
      return 1024;
    }
  }
  for (const std::string_view in_blocks :
       {"effective_cache_size", "shared_buffers", "temp_buffers", "min_parallel_table_scan_size",
        "min_parallel_index_scan_size"}) {
    if (setting == in_blocks) {
      return catalog.block_size;
    }
  }
  return 0;
}

/// The value in the setting's own unit. Without a unit it is in that already.
std::string in_base_units(const CatalogSnapshot& catalog, const std::string& name,
                          const std::string& value) {
  std::size_t digits = 0;
  while (digits < value.size() && (std::isdigit(value[digits]) != 0 || value[digits] == '.')) {
    ++digits;
  }
  const std::string suffix = value.substr(value.find_first_not_of(' ', digits) == std::string::npos
                                              ? value.size()
                                              : value.find_first_not_of(' ', digits));
  const double unit = unit_of(catalog, name);
  if (unit == 0 || suffix.empty() || digits == 0) {
    return value;
  }
  static const std::map<std::string, double> kBytes = {
      {"B", 1.0}, {"kB", 1024.0}, {"MB", 1048576.0}, {"GB", 1073741824.0}, {"TB", 1099511627776.0}};
  const auto bytes = kBytes.find(suffix);
  if (bytes == kBytes.end()) {
    throw UserError{
        fmt::format("--set {}={}: the unit is one of B, kB, MB, GB and TB", name, value)};
  }
  return fmt::format("{:.0f}", std::stod(value.substr(0, digits)) * bytes->second / unit);
}

/// A setting of the server keeps its kind of value.
void check_value(const std::string& name, const std::string& value, const std::string& known) {
  const auto is_number = [](const std::string& text) {
    char* end = nullptr;
    (void)std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0';
  };
  const auto is_switch = [](const std::string& text) { return text == "on" || text == "off"; };
  if ((is_number(known) && !is_number(value)) || (is_switch(known) && !is_switch(value))) {
    throw UserError{fmt::format("--set {}={}: {} is {} in the catalog", name, value, name, known)};
  }
}

}  // namespace

void add_session_options(CLI::App& command, std::string& role, std::vector<std::string>& settings) {
  command
      .add_option("--role", role, "Whose policies of row-level security hold; without it nobody's")
      ->type_name("NAME");
  command
      .add_option("--set", settings, "A setting, as app.tenant=7 or work_mem=64MB; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void apply_settings(CatalogSnapshot& catalog, const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw UserError{fmt::format("--set {}: expected name=value", setting)};
    }
    const std::string name = setting.substr(0, equals);
    const auto known = catalog.settings.find(name);
    const bool is_own = name.find('.') != std::string::npos;
    if (known == catalog.settings.end() && !is_own) {
      throw UserError{fmt::format(
          "--set {}: neither a setting of the catalog nor an application's own, with a dot", name)};
    }
    const std::string value = in_base_units(catalog, name, setting.substr(equals + 1));
    if (!is_own) {
      check_value(name, value, known->second);
    }
    catalog.settings[name] = value;
  }
}

planner_model::SizeModel parse_size_model(std::string_view text) {
  if (text == "as-built") {
    return planner_model::SizeModel::AsBuilt;
  }
  if (text == "hypopg") {
    return planner_model::SizeModel::HypoPG;
  }
  throw UserError{"size model \"" + std::string{text} + "\": use as-built or hypopg"};
}

planner_model::IndexConfiguration index_configuration(const planner_model::Planner& planner,
                                                      const std::vector<std::string>& create,
                                                      const std::vector<std::string>& drop) {
  planner_model::IndexConfiguration configuration;
  for (const std::string& ddl : create) {
    configuration.created.push_back(planner.hypothetical(ddl));
  }
  const auto& indexes = planner.catalog().indexes;
  for (const std::string& name : drop) {
    const auto found = std::find_if(indexes.begin(), indexes.end(),
                                    [&](const Index& index) { return names(name, index); });
    if (found == indexes.end()) {
      throw UserError{"index \"" + name + "\" to drop is not in the catalog"};
    }
    configuration.dropped.push_back(found->schema + "." + found->name);
  }
  return configuration;
}

}  // namespace quern::reports
