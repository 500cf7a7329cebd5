#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/query.hpp"
#include "planner-model/query/type_system.hpp"

namespace quern::planner_model {

/// Parse analysis: names resolved, types inferred, operators and functions chosen, coercions
/// inserted, views expanded (src/backend/parser/parse_*.c, rewrite/rewriteHandler.c). Throws
/// UserError with the server's words. Parameters given become constants of the inferred type, or of
/// bigint or numeric where the value shows that the client must have declared it so; others stay
/// Params.
class Binder {
 public:
  Binder(const CatalogSnapshot& catalog, const TypeSystem& types);
  ~Binder();

  /// `role`: whose policies of row-level security hold; empty: one who bypasses them.
  [[nodiscard]] std::shared_ptr<const BoundQuery> bind(
      std::string_view sql, const std::vector<std::optional<std::string>>& parameters,
      std::string_view role = {}) const;

  /// An expression over one table, as in an index: "lower((email)::text)" or "(deleted_at IS
  /// NULL)". Vars have varno `range`.
  [[nodiscard]] ExprPtr bind_table_expression(std::string_view sql, const Table& table,
                                              int range = 1) const;

  /// CREATE INDEX text into an Index (no sizes; oid 0; name made up as the server would when
  /// absent).
  [[nodiscard]] Index bind_index(std::string_view create_index) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace quern::planner_model
