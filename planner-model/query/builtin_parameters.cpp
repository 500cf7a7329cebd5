#include "planner-model/query/builtin_parameters.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace quern::planner_model {

namespace {

struct Parameters {
  std::string_view function;
  std::vector<std::string> names;
  std::vector<std::string> defaults = {};  ///< SQL, of the last parameters
};

const std::vector<Parameters>& known() {
  static const std::vector<std::string> kPath{"target", "path", "vars", "silent"};
  static const std::vector<std::string> kPathDefaults{"'{}'::jsonb", "false"};
  static const std::vector<std::string> kRecord{"base", "from_json", "use_json_as_text"};
  static const std::vector<Parameters> all{
      {"make_interval",
       {"years", "months", "weeks", "days", "hours", "mins", "secs"},
       {"0", "0", "0", "0", "0", "0", "0.0"}},
      {"make_date", {"year", "month", "day"}},
      {"make_time", {"hour", "min", "sec"}},
      {"make_timestamp", {"year", "month", "mday", "hour", "min", "sec"}},
      {"make_timestamptz", {"year", "month", "mday", "hour", "min", "sec"}},
      {"make_timestamptz", {"year", "month", "mday", "hour", "min", "sec", "timezone"}},
      {"jsonb_set", {"jsonb_in", "path", "replacement", "create_if_missing"}, {"true"}},
      {"jsonb_set_lax",
       {"jsonb_in", "path", "replacement", "create_if_missing", "null_value_treatment"},
       {"true", "'use_json_null'::text"}},
      {"jsonb_insert", {"jsonb_in", "path", "replacement", "insert_after"}, {"false"}},
      {"jsonb_path_exists", kPath, kPathDefaults},
      {"jsonb_path_exists_tz", kPath, kPathDefaults},
      {"jsonb_path_match", kPath, kPathDefaults},
      {"jsonb_path_match_tz", kPath, kPathDefaults},
      {"jsonb_path_query", kPath, kPathDefaults},
      {"jsonb_path_query_tz", kPath, kPathDefaults},
      {"jsonb_path_query_array", kPath, kPathDefaults},
      {"jsonb_path_query_array_tz", kPath, kPathDefaults},
      {"jsonb_path_query_first", kPath, kPathDefaults},
      {"jsonb_path_query_first_tz", kPath, kPathDefaults},
      {"json_populate_record", kRecord, {"false"}},
      {"json_populate_recordset", kRecord, {"false"}},
      {"parse_ident", {"str", "strict"}, {"true"}},
      {"normalize", {"", ""}, {"'NFC'::text"}},
      {"is_normalized", {"", ""}, {"'NFC'::text"}},
      {"pg_terminate_backend", {"pid", "timeout"}, {"0"}}};
  return all;
}

}  // namespace

void add_builtin_parameters(Function& function) {
  const auto& all = known();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Parameters& one) {
    return one.function == function.name && one.names.size() == function.arguments.size() &&
           (function.defaults == 0 ||
            static_cast<std::size_t>(function.defaults) == one.defaults.size());
  });
  if (found == all.end()) {
    return;
  }
  function.argument_names = &found->names;
  function.argument_defaults = function.defaults > 0 ? &found->defaults : nullptr;
}

}  // namespace quern::planner_model
