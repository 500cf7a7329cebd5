#pragma once

#include <set>
#include <string>
#include <string_view>

#include "advisor/candidates/candidate_index.hpp"

namespace quern::advisor {

/// NAMEDATALEN - 1: longer names are cut by the server, and then no longer match (M11).
inline constexpr std::size_t kLongestName = 63;

/// Cuts at a character boundary and ends in a hash of the whole, so that two long names stay two.
[[nodiscard]] std::string fitted(std::string_view name);

/// Makes names that collide neither with the schema's relations, which share one name space with
/// indexes, nor with each other.
class IndexNames {
 public:
  explicit IndexNames(const CatalogSnapshot& catalog);

  /// "orders_customer_id_placed_at_idx"; with INCLUDE "..._covering_idx", with WHERE
  /// "..._partial_idx", numbered from 2 on when taken.
  std::string choose(const IndexDefinition& index, const Table& table);

  /// `base` or a variant of it that is free in the schema.
  std::string choose(const std::string& base, const std::string& schema);

 private:
  std::set<std::pair<std::string, std::string>> taken_;
};

}  // namespace quern::advisor
