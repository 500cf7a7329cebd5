#include <cstdint>
#include <string>
#include <string_view>

#include "tests/fuzz/collect_input.hpp"

/// A dump of pg_stat_statements: the first byte picks the header, so that rows are read at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  constexpr std::string_view kHeaders[] = {
      "",
      "userid,dbid,queryid,query,calls,total_exec_time,min_exec_time,max_exec_time,rows\n",
      "query;calls;total_time;rows\n",
      "{\"query\":\"SELECT 1\",\"calls\":1,\"total_exec_time\":1}\n",
  };
  std::string text{kHeaders[data[0] % std::size(kHeaders)]};
  text.append(reinterpret_cast<const char*>(data) + 1, size - 1);
  return quern::fuzz::collect_input(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    {});
}
