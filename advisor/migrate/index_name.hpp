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
/// indexes, nor with any index of any schema, nor with each other: plans, proposals and files know
/// an index by its bare name.
class IndexNames {
 public:
  explicit IndexNames(const CatalogSnapshot& catalog);

  /// "orders_customer_id_placed_at_idx"; with INCLUDE "..._covering_idx", with WHERE
  /// "..._partial_idx"; with its schema before it when taken in others, else numbered from 2 on.
  std::string choose(const IndexDefinition& index, const Table& table);

  /// `base` or a variant of it that is free.
  std::string choose(const std::string& base, const std::string& schema);

  /// The same for a name that another schema has.
  [[nodiscard]] static std::string with_schema(const std::string& base, const std::string& schema);

 private:
  [[nodiscard]] bool in_schema(const std::string& schema, const std::string& name) const;
  bool take(const std::string& schema, const std::string& name);

  std::set<std::pair<std::string, std::string>> relations_;
  std::set<std::string> indexes_;
};

}  // namespace quern::advisor
