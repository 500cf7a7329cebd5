// What is known of an index before any statement is. Source: plancat.c (get_relation_info()),
// PostgreSQL 15.
#include "planner-model/plan/index_facts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

namespace quern::planner_model {

namespace {

AccessMethod access_method(std::string_view name) {
  if (name == "btree")
    return AccessMethod::Btree;
  if (name == "hash")
    return AccessMethod::Hash;
  if (name == "gin")
    return AccessMethod::Gin;
  if (name == "gist")
    return AccessMethod::Gist;
  if (name == "spgist")
    return AccessMethod::SpGist;
  if (name == "brin")
    return AccessMethod::Brin;
  if (name == "bloom")
    return AccessMethod::Bloom;
  return AccessMethod::Other;
}

/// amcanreturn: whether the index keeps the column's value whole. btcanreturn(); spgcanreturn();
/// gistcanreturn(): classes with a fetch function or without a compress function, of the server and
/// of its contrib modules.
bool returns_values(AccessMethod method, const OpClass* opclass) {
  static constexpr auto kGist = std::to_array<std::string_view>(
      {"box_ops",          "gist_bit_ops",     "gist_bool_ops",      "gist_bpchar_ops",
       "gist_bytea_ops",   "gist_cash_ops",    "gist_cube_ops",      "gist_date_ops",
       "gist_enum_ops",    "gist_float4_ops",  "gist_float8_ops",    "gist_int2_ops",
       "gist_int4_ops",    "gist_int8_ops",    "gist_interval_ops",  "gist_macaddr8_ops",
       "gist_macaddr_ops", "gist_numeric_ops", "gist_oid_ops",       "gist_seg_ops",
       "gist_text_ops",    "gist_time_ops",    "gist_timestamp_ops", "gist_timestamptz_ops",
       "gist_uuid_ops",    "gist_vbit_ops",    "inet_ops",           "point_ops",
       "range_ops"});
  if (method == AccessMethod::Btree) {
    return true;
  }
  if (opclass == nullptr) {
    return false;
  }
  return (method == AccessMethod::Gist &&
          std::binary_search(kGist.begin(), kGist.end(), opclass->name)) ||
         (method == AccessMethod::SpGist && opclass->name != "poly_ops");
}

void set_capabilities(IndexFacts& facts) {
  switch (facts.method) {
    case AccessMethod::Btree:
      facts.can_order = facts.search_array = facts.search_nulls = facts.optional_key = true;
      facts.can_parallel = true;
      break;
    case AccessMethod::Hash:
      facts.optional_key = false;
      break;
    case AccessMethod::Gin:
    case AccessMethod::Bloom:  // blhandler(), contrib/bloom/blutils.c
      facts.optional_key = true;
      facts.has_gettuple = false;
      break;
    case AccessMethod::Gist:
    case AccessMethod::SpGist:
      facts.optional_key = true;
      facts.search_nulls = true;
      facts.can_order_by_operator = true;
      break;
    case AccessMethod::Brin:
      facts.optional_key = true;
      facts.search_nulls = true;
      facts.has_gettuple = false;
      break;
    case AccessMethod::Other:
      break;
  }
}

int number_in_whole(const FlatMap<int, int>& renumbered, int attno) {
  const auto known = renumbered.find(attno);
  return known == renumbered.end() ? attno : known->second;
}

ExprPtr with_numbers_of_whole(const FlatMap<int, int>& renumbered, const ExprPtr& expr) {
  if (renumbered.empty()) {
    return expr;
  }
  if (expr->kind == ExprKind::Var) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->attno = number_in_whole(renumbered, expr->attno);
    return copy;
  }
  return map_children(
      expr, [&](const ExprPtr& child) { return with_numbers_of_whole(renumbered, child); });
}

/// The Var of a column. `vars`: the table's own.
ExprPtr column_var(const Table& table, const std::vector<ExprPtr>& vars, int attno, int range) {
  const auto column =
      std::find_if(table.columns.begin(), table.columns.end(),
                   [&](const Column& candidate) { return candidate.number == attno; });
  if (column != table.columns.end()) {
    return vars[static_cast<std::size_t>(column - table.columns.begin())];
  }
  auto var = std::make_shared<Expr>();
  var->kind = ExprKind::Var;
  var->varno = range;
  var->attno = attno;
  return var;
}

}  // namespace

OwnedIndexFacts::OwnedIndexFacts(const Index& index, const Table& table, int range,
                                 const FlatMap<int, int>& renumbered,
                                 const TableExpressions& expressions, const TypeSystem& types) {
  facts_.index = &index;
  facts_.method = access_method(index.access_method);
  facts_.unique = index.unique;
  facts_.immediate = index.immediate;
  facts_.key_columns = static_cast<int>(index.keys.size());
  set_capabilities(facts_);
  const auto in_whole = [&](const ExprPtr& expr) {
    return with_numbers_of_whole(renumbered, expr);
  };
  const auto& vars = expressions.columns(table, range);
  for (const IndexKey& key : index.keys) {
    const bool is_column = key.column != 0;
    add_key(key,
            in_whole(is_column ? column_var(table, vars, key.column, range)
                               : expressions.expression(key.expression, table, range)),
            is_column ? number_in_whole(renumbered, key.column) : 0, types);
  }
  for (const auto attno : index.included) {
    columns_.push_back(number_in_whole(renumbered, attno));
    expressions_.push_back(in_whole(column_var(table, vars, attno, range)));
    can_return_.push_back(true);  // whatever has INCLUDE
  }
  if (!index.predicate.empty()) {
    for (const ExprPtr& clause : expressions.condition(index.predicate, table, range)) {
      predicate_.push_back(in_whole(clause));
    }
  }
  facts_.columns = columns_.list();
  facts_.expressions = expressions_;
  facts_.opfamilies = opfamilies_.list();
  facts_.input_types = input_types_.list();
  facts_.collations = collations_.list();
  facts_.descending = descending_.list();
  facts_.nulls_first = nulls_first_.list();
  facts_.can_return = can_return_.list();
  facts_.predicate = predicate_;
}

void OwnedIndexFacts::add_key(const IndexKey& key, ExprPtr expr, int column,
                              const TypeSystem& types) {
  const OpClass* opclass = types.operator_class(facts_.index->access_method, key);
  const Oid input = opclass != nullptr ? opclass->input_type : 0;
  columns_.push_back(column);
  input_types_.push_back(input != 0 ? input : expr->type);
  expressions_.push_back(std::move(expr));
  opfamilies_.push_back(opclass != nullptr ? opclass->family : 0);
  collations_.push_back(key.collation);
  descending_.push_back(key.descending);
  nulls_first_.push_back(key.nulls_first);
  can_return_.push_back(key.column != 0 && returns_values(facts_.method, opclass));
}

/// By index and range, so that threads find them without a lock: every relation of every statement
/// asks. Ranges beyond the first few share a map.
struct CatalogIndexFacts::Slots {
  static constexpr std::size_t kRanges = 12;

  /// Of an index that cannot be read: nothing.
  using Known = std::unique_ptr<const OwnedIndexFacts>;
  using OfIndex = std::array<std::atomic<const Known*>, kRanges>;

  explicit Slots(std::size_t indexes) : by_index(indexes) {}

  ~Slots() {
    for (const OfIndex& slots : by_index) {
      for (const auto& slot : slots) {
        delete slot.load();
      }
    }
  }

  Slots(const Slots&) = delete;
  Slots& operator=(const Slots&) = delete;

  template <class Make>
  const Known& find_or_make(std::size_t index, std::size_t range, const Make& make) {
    if (range >= kRanges) {
      const std::lock_guard lock{mutex};
      const auto [place, fresh] = others.try_emplace({index, range});
      if (fresh) {
        place->second = make();
      }
      return place->second;
    }
    auto& slot = by_index[index][range];
    if (const Known* known = slot.load(std::memory_order_acquire); known != nullptr) {
      return *known;
    }
    auto made = std::make_unique<const Known>(make());
    // Two threads may have made the same: the first to come keeps its own.
    const Known* known = nullptr;
    return *(slot.compare_exchange_strong(known, made.get()) ? made.release() : known);
  }

  std::vector<OfIndex> by_index;
  std::mutex mutex = {};
  std::map<std::pair<std::size_t, std::size_t>, Known> others = {};
};

CatalogIndexFacts::CatalogIndexFacts(const CatalogSnapshot& catalog,
                                     const TableExpressions& expressions, const TypeSystem& types)
    : catalog_{catalog},
      expressions_{expressions},
      types_{types},
      slots_{std::make_unique<Slots>(catalog.indexes.size())} {}

CatalogIndexFacts::~CatalogIndexFacts() = default;

const IndexFacts* CatalogIndexFacts::get(const Index& index, const Table& table, int range) const {
  const auto& known =
      slots_->find_or_make(static_cast<std::size_t>(&index - catalog_.indexes.data()),
                           static_cast<std::size_t>(range), [&]() -> Slots::Known {
                             try {
                               return std::make_unique<const OwnedIndexFacts>(
                                   index, table, range, FlatMap<int, int>{}, expressions_, types_);
                             } catch (const UserError&) {
                               return nullptr;
                             }
                           });
  return known ? &known->facts() : nullptr;
}

}  // namespace quern::planner_model
