#include "advisor/price/build_time.hpp"

#include "advisor/migrate/index_ddl.hpp"

namespace quern::advisor {

double build_seconds(const SizedCandidate& candidate, const CatalogSnapshot& catalog) {
  constexpr double kScannedASecond = 400e6;
  constexpr double kWrittenASecond = 20e6;
  double scanned = 0;
  for (const Table* leaf :
       leaves(*find_table(catalog, candidate.index.definition.table), catalog)) {
    scanned += 2 * static_cast<double>(leaf->pages) * catalog.block_size;
  }
  return scanned / kScannedASecond + candidate.size.value() / kWrittenASecond;
}

}  // namespace quern::advisor
