#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::advisor {

struct KeyPart {
  std::int16_t column = 0;      ///< attnum; 0: `expression`
  std::string expression = {};  ///< parenthesized, as in CREATE INDEX
  bool descending = false;
  bool nulls_first = false;
  std::string operator_class = {};         ///< empty: the type's default
  std::string operator_class_schema = {};  ///< empty: found without it
  Oid collation = 0;                       ///< of an existing index that says COLLATE; not in DDL
  auto operator<=>(const KeyPart&) const = default;
};

/// An index that a rule proposes. Equal definitions are one candidate, whoever proposed them.
struct IndexDefinition {
  Oid table = 0;
  std::string method = "btree";
  std::vector<KeyPart> keys = {};
  std::vector<std::int16_t> included = {};  ///< sorted
  std::string predicate = {};               ///< parenthesized; empty: all rows
  auto operator<=>(const IndexDefinition&) const = default;
};

struct CandidateIndex {
  IndexDefinition definition;
  std::string rule;                   ///< of the first rule that proposed it
  std::set<std::string> serves = {};  ///< fingerprints
  std::string name = {};              ///< unique among candidates and the schema's relations
  std::string made_from = {};         ///< of which rules' candidates C06 and C07 made it: "C03 ..."
};

/// Lookups that every stage needs. Pointers into the snapshot.
[[nodiscard]] const Table* find_table(const CatalogSnapshot& catalog, Oid oid);
[[nodiscard]] const Column* find_column(const Table& table, std::int16_t number);
[[nodiscard]] std::vector<const Index*> indexes_of(const CatalogSnapshot& catalog, Oid table);

/// "orders", or "archive.orders" unless its schema is public, in the search path, and no other has
/// a relation of this name: a migration runs under a search path of its own. Quoted as needed.
[[nodiscard]] std::string relation_name(const CatalogSnapshot& catalog, const std::string& schema,
                                        const std::string& name);

/// "(customer_id, placed_at DESC) INCLUDE (total) WHERE (cancelled_at IS NULL)"; "USING gin" and so
/// on before it unless btree.
[[nodiscard]] std::string definition_text(const IndexDefinition& index, const Table& table);

/// "(lower(email))" from "lower(email)", "(lower(email))" or "((lower(email)))": one text for one
/// key.
[[nodiscard]] std::string parenthesized(const std::string& expression);

/// Whether `text` holds the name as a word: expressions and predicates come as SQL.
[[nodiscard]] bool mentions(const std::string& text, const std::string& name);

/// An existing index as a definition, to be compared with candidates.
[[nodiscard]] IndexDefinition definition_of(const Index& index);

/// Whether whatever `narrow` can do, `wide` can: its keys begin with narrow's in the same order (or
/// all reversed), it holds all columns, over the same rows: over fewer, an index answers its own
/// condition as well. `narrow` may then be left out, unless it enforces something.
[[nodiscard]] bool covers(const IndexDefinition& wide, const IndexDefinition& narrow);

}  // namespace quern::advisor
