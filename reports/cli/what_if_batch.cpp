#include "reports/cli/what_if_batch.hpp"

#include <istream>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "collector/base/failure.hpp"

#include "reports/cli/planning_options.hpp"
#include "reports/cli/what_if_answers.hpp"

namespace quern::reports {

namespace {

using Json = nlohmann::ordered_json;
using planner_model::BoundQuery;
using planner_model::HypotheticalIndex;
using planner_model::IndexConfiguration;
using planner_model::Planner;
using planner_model::SizeModel;
using Parameters = std::vector<std::optional<std::string>>;

/// Above this many, the memory of earlier requests is dropped whole.
constexpr std::size_t kRemembered = 10000;

struct Request {
  std::string sql;
  Parameters parameters;
  std::vector<std::string> create;
  std::vector<std::string> drop;
  std::optional<SizeModel> sizes;
  std::optional<RepeatedWrite> write;
};

std::string string_member(const Json& value, const std::string& name) {
  if (!value.is_string()) {
    throw UserError{"\"" + name + "\" must be a string"};
  }
  return value.get<std::string>();
}

std::vector<std::string> strings_member(const Json& value, const std::string& name) {
  if (value.is_null()) {
    return {};
  }
  if (!value.is_array()) {
    throw UserError{"\"" + name + "\" must be an array of strings"};
  }
  std::vector<std::string> result;
  for (const Json& item : value) {
    result.push_back(string_member(item, name));
  }
  return result;
}

/// Parameters are text as in the protocol; bare numbers and truth values are taken as their text.
Parameters parameters_member(const Json& value) {
  Parameters result;
  if (value.is_null()) {
    return result;
  }
  if (!value.is_array()) {
    throw UserError{"\"params\" must be an array"};
  }
  for (const Json& item : value) {
    if (item.is_null()) {
      result.emplace_back(std::nullopt);
    } else {
      result.emplace_back(item.is_string() ? item.get<std::string>() : item.dump());
    }
  }
  return result;
}

double count_member(const Json& value, const std::string& name) {
  if (!value.is_number() || !(value.get<double>() >= 0)) {
    throw UserError{"\"" + name + "\" must be a number, 0 or more"};
  }
  return value.get<double>();
}

RepeatedWrite write_member(const Json& json) {
  if (!json.is_object()) {
    throw UserError{R"("write" must be an object)"};
  }
  RepeatedWrite write;
  for (const auto& [name, value] : json.items()) {
    if (name == "rows") {
      write.rows = count_member(value, name);
    } else if (name == "rows_per_transaction") {
      write.rows_per_transaction = count_member(value, name);
    } else if (name == "rows_between_checkpoints") {
      write.rows_between_checkpoints = count_member(value, name);
    } else if (name == "conflicts") {
      write.conflicts = count_member(value, name);
      if (*write.conflicts > 1) {
        throw UserError{"\"conflicts\" is a share of the rows, 0 to 1"};
      }
    } else if (name == "copy" && value.is_boolean()) {
      write.copy = value.get<bool>();
    } else {
      throw UserError{"\"write\": unknown member \"" + name +
                      "\"; known are rows, rows_per_transaction, rows_between_checkpoints, "
                      "conflicts, copy (true or false)"};
    }
  }
  return write;
}

Request read_request(const Json& json) {
  Request request;
  for (const auto& [name, value] : json.items()) {
    if (name == "sql") {
      request.sql = string_member(value, name);
    } else if (name == "params") {
      request.parameters = parameters_member(value);
    } else if (name == "create") {
      request.create = strings_member(value, name);
    } else if (name == "drop") {
      request.drop = strings_member(value, name);
    } else if (name == "size_model") {
      request.sizes = parse_size_model(string_member(value, name));
    } else if (name == "write") {
      request.write = write_member(value);
    } else if (name != "id") {
      throw UserError{"unknown member \"" + name +
                      "\"; known are id, sql, params, create, drop, size_model, write"};
    }
  }
  if (!json.contains("sql") && (request.create.empty() || request.write)) {
    throw UserError{R"("sql" is missing)"};
  }
  return request;
}

Json plan_json(const planner_model::PlanNode& plan) {
  return Json::parse(planner_model::explain_json(plan)).at(0).at("Plan");
}

/// Row estimates are whole; beyond what JSON readers keep exactly they stay floating.
Json whole(Rows rows) {
  constexpr double kExact = 9007199254740992.0;
  return rows.value() < kExact ? Json(static_cast<std::int64_t>(rows.value())) : Json(rows.value());
}

/// Text that came from a hostile line may hold bytes that are no UTF-8: replaced, never thrown.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Reads up to a newline into `line`; of an over-long line the rest is thrown away.
bool read_line(std::istream& in, std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  std::streambuf& buffer = *in.rdbuf();
  bool any = false;
  for (int c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    any = true;
    if (c == '\n') {
      return true;
    }
    if (line.size() < WhatIfBatch::kLongestLine) {
      line += static_cast<char>(c);
    } else {
      too_long = true;
    }
  }
  return any;
}

}  // namespace

struct WhatIfBatch::Session {
  Session(const CatalogSnapshot& catalog, SizeModel sizes, std::string executing)
      : planner{catalog, sizes}, role{std::move(executing)} {}

  std::shared_ptr<const BoundQuery> bound(const std::string& sql, const Parameters& parameters) {
    if (queries.size() > kRemembered) {
      queries.clear();
    }
    auto& query = queries[{sql, parameters}];
    if (!query) {
      query = planner.bind(sql, parameters, role);
    }
    return query;
  }

  const HypotheticalIndex& sized(const std::string& ddl) {
    if (indexes.size() > kRemembered) {
      indexes.clear();
    }
    auto found = indexes.find(ddl);
    if (found == indexes.end()) {
      found = indexes.emplace(ddl, planner.hypothetical(ddl)).first;
    }
    return found->second;
  }

  IndexConfiguration configuration(const Request& request) {
    IndexConfiguration result = index_configuration(planner, {}, request.drop);
    for (const std::string& ddl : request.create) {
      result.created.push_back(sized(ddl));
    }
    return result;
  }

  Planner planner;
  std::string role;
  std::map<std::pair<std::string, Parameters>, std::shared_ptr<const BoundQuery>> queries = {};
  std::map<std::string, HypotheticalIndex> indexes = {};
};

WhatIfBatch::WhatIfBatch(const CatalogSnapshot& catalog, SizeModel default_sizes, std::string role)
    : catalog_{catalog}, default_sizes_{default_sizes}, role_{std::move(role)} {}

WhatIfBatch::Session& WhatIfBatch::session(SizeModel sizes) {
  auto& session = sessions_[sizes];
  if (!session) {
    session = std::make_shared<Session>(catalog_, sizes, role_);
  }
  return *session;
}

std::string WhatIfBatch::answer(std::string_view request_text, std::uint64_t line, bool& failed) {
  Json result = {{"id", nullptr}};
  failed = false;
  try {
    const Json json = Json::parse(request_text);
    if (!json.is_object()) {
      throw UserError{"a request is a JSON object"};
    }
    if (const auto id = json.find("id"); id != json.end()) {
      if (id->is_structured()) {
        throw UserError{"\"id\" must be a string or a number"};
      }
      result["id"] = *id;
    }
    const Request request = read_request(json);
    Session& planning = session(request.sizes.value_or(default_sizes_));
    const IndexConfiguration configuration = planning.configuration(request);
    if (!json.contains("sql")) {
      result["indexes"] = index_facts(planning.planner, configuration.created);
      return dump(result);
    }
    const auto query = planning.bound(request.sql, request.parameters);
    const auto planned = planning.planner.plan(*query, configuration);
    result["startup_cost"] = planned.startup.value();
    result["total_cost"] = planned.total.value();
    result["rows"] = whole(planned.rows);
    result["width"] = planned.width;
    result["indexes_used"] = planned.indexes_used;
    result["plan"] = plan_json(planned.plan);
    result["unmodelled"] = planned.unmodelled;
    if (request.write) {
      result["wal"] =
          written_wal(planning.planner, *query, planned.plan, configuration, *request.write);
    }
    return dump(result);
  } catch (const UserError& error) {
    result["error"] = "line " + std::to_string(line) + ": " + error.what();
  } catch (const nlohmann::json::exception& error) {
    result["error"] = "line " + std::to_string(line) + ": not a JSON object: " + error.what();
  } catch (const std::logic_error& error) {
    result["error"] = "line " + std::to_string(line) +
                      ": internal error, please report it with this line: " + error.what();
  }
  failed = true;
  return dump(result);
}

WhatIfBatch::Summary WhatIfBatch::run(std::istream& requests, std::ostream& results) {
  Summary summary;
  std::uint64_t number = 0;
  bool too_long = false;
  for (std::string line; read_line(requests, line, too_long);) {
    ++number;
    if (!too_long && line.find_first_not_of(" \t\r") == std::string::npos) {
      continue;
    }
    bool failed = too_long;
    if (too_long) {
      results << dump(
          {{"id", nullptr}, {"error", "line " + std::to_string(number) + ": longer than 16 MiB"}});
    } else {
      results << answer(line, number, failed);
    }
    results << '\n' << std::flush;
    ++summary.requests;
    summary.errors += failed ? 1 : 0;
  }
  return summary;
}

}  // namespace quern::reports
