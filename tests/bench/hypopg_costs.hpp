#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <pqxx/pqxx>

namespace quern::bench {

struct WeightedStatement {
  std::string sql;
  double calls = 1;
  std::set<std::string> tables = {};  ///< "schema.table" that an index could serve
};

/// Of each partitioned table its leaves, by "schema.table".
using Leaves = std::map<std::string, std::vector<std::string>>;

/// An index as the rivals and the judge see it: of a partitioned table one on each of its leaves.
struct HypoIndex {
  std::string table;  ///< "schema.table"
  std::string ddl;
  auto operator<=>(const HypoIndex&) const = default;
};

/// What PostgreSQL itself says that statements cost under hypothetical indexes (HypoPG), and how
/// large these would be. Plans are remembered by statement and the indexes on its tables.
class HypopgCosts {
 public:
  HypopgCosts(const std::string& dsn, std::vector<WeightedStatement> statements, Leaves leaves);

  /// Σ calls x total cost.
  [[nodiscard]] double workload(const std::set<HypoIndex>& indexes);
  [[nodiscard]] double statement(std::size_t number, const std::set<HypoIndex>& indexes);
  /// hypopg_relation_size(); negative: HypoPG does not know this kind of index.
  [[nodiscard]] double bytes(const HypoIndex& index);
  /// Which of the indexes some plan uses when all of them exist.
  [[nodiscard]] std::set<HypoIndex> used(const std::set<HypoIndex>& indexes);

  [[nodiscard]] const std::vector<WeightedStatement>& statements() const { return statements_; }

  [[nodiscard]] std::size_t explains() const { return explains_; }

 private:
  std::set<HypoIndex> that_matter(std::size_t number, const std::set<HypoIndex>& indexes) const;
  void imagine(const std::set<HypoIndex>& indexes);
  void imagine_one(const HypoIndex& index, const std::string& ddl);

  pqxx::connection connection_;
  pqxx::nontransaction session_;
  std::vector<WeightedStatement> statements_;
  Leaves leaves_;
  std::vector<std::map<std::set<HypoIndex>, double>> known_;
  std::map<HypoIndex, double> sizes_;
  std::set<HypoIndex> imagined_;
  std::map<std::string, HypoIndex> by_name_;
  std::size_t explains_ = 0;
};

}  // namespace quern::bench
