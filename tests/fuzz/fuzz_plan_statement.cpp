// SQL text planned over a database of every type, or over the snapshot that QUERN_FUZZ_CATALOG
// names (of PostgreSQL's regression database, with its statements as corpus): a plan with finite
// costs, or a refusal by name.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "collector/base/failure.hpp"
#include "collector/catalog/snapshot_document.hpp"
#include "collector/input/byte_source.hpp"

#include "planner-model/whatif/planner.hpp"

#include "tests/fuzz/planner/sql_mutator.hpp"

using namespace quern;

namespace {

const planner_model::Planner& planner() {
  const char* other = std::getenv("QUERN_FUZZ_CATALOG");
  static const CatalogSnapshot catalog = collector::read_snapshot(
      other != nullptr ? other : QUERN_SOURCE_DIR "/tests/fuzz/planner/everything.catalog.json.gz");
  static const planner_model::Planner instance{catalog};
  return instance;
}

void plan_as(std::string_view role, std::string_view sql) {
  try {
    const auto query = planner().bind(sql, {}, role);
    const auto result = planner().plan(*query);
    ensure(std::isfinite(result.total.value()) && result.total.value() >= 0, "a finite cost");
    ensure(result.rows.value() >= 0, "a number of rows");
    ensure(!planner_model::explain_text(result.plan).empty(), "a plan to print");
    static_cast<void>(planner().table_uses(*query));
  } catch (const UserError&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql{reinterpret_cast<const char*>(data), size};
  plan_as({}, sql);
  plan_as("guest", sql);  // under policies of row-level security
  return 0;
}

#ifdef QUERN_FUZZERS
namespace {

fuzz::SqlMutator& mutator() {
  static fuzz::SqlMutator instance{fuzz::split_statements(
      collector::read_document(QUERN_SOURCE_DIR "/tests/fuzz/planner/statements.sql"))};
  return instance;
}

std::size_t put(const std::string& text, std::uint8_t* data, std::size_t max_size) {
  const std::size_t size = std::min(text.size(), max_size);
  std::memcpy(data, text.data(), size);
  return size;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
  if (seed % 16 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  return put(mutator().mutate({reinterpret_cast<const char*>(data), size}, seed), data, max_size);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* one, std::size_t one_size,
                                                 const std::uint8_t* other, std::size_t other_size,
                                                 std::uint8_t* out, std::size_t max_size,
                                                 unsigned int seed) {
  return put(mutator().cross({reinterpret_cast<const char*>(one), one_size},
                             {reinterpret_cast<const char*>(other), other_size}, seed),
             out, max_size);
}
#endif
