#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "collector/catalog/snapshot.hpp"

#include "planner-model/query/builtin_catalog.hpp"

namespace quern::planner_model {

/// OIDs of built-in types that rules speak of by name (src/include/catalog/pg_type.dat).
namespace type_oid {
inline constexpr Oid kBool = 16, kBytea = 17, kChar = 18, kName = 19, kInt8 = 20, kInt2 = 21,
                     kInt2Vector = 22, kInt4 = 23, kRegProc = 24, kText = 25, kOid = 26, kTid = 27,
                     kXid = 28, kCid = 29, kOidVector = 30, kJson = 114, kXml = 142, kFloat4 = 700,
                     kFloat8 = 701, kUnknown = 705, kMoney = 790, kMacAddr = 829, kInet = 869,
                     kCidr = 650, kMacAddr8 = 774, kBpchar = 1042, kVarchar = 1043, kDate = 1082,
                     kTime = 1083, kTimestamp = 1114, kTimestampTz = 1184, kInterval = 1186,
                     kTimeTz = 1266, kBit = 1560, kVarbit = 1562, kNumeric = 1700,
                     kRegProcedure = 2202, kRegOper = 2203, kRegOperator = 2204, kRegClass = 2205,
                     kRegType = 2206, kRecord = 2249, kCstring = 2275, kAny = 2276,
                     kAnyArray = 2277, kVoid = 2278, kInternal = 2281, kAnyElement = 2283,
                     kRecordArray = 2287, kAnyNonArray = 2776, kUuid = 2950, kPgLsn = 3220,
                     kTsVector = 3614, kTsQuery = 3615, kAnyEnum = 3500, kRegConfig = 3734,
                     kRegDictionary = 3769, kJsonb = 3802, kAnyRange = 3831, kRegNamespace = 4089,
                     kRegRole = 4096, kRegCollation = 4191, kAnyMultirange = 4537,
                     kAnyCompatibleMultirange = 4538, kAnyCompatible = 5077,
                     kAnyCompatibleArray = 5078, kAnyCompatibleNonArray = 5079,
                     kAnyCompatibleRange = 5080, kXid8 = 5069;
}  // namespace type_oid

inline constexpr Oid kDefaultCollation = 100;
inline constexpr Oid kCCollation = 950;

enum class CoercionContext : std::uint8_t { Implicit, Assignment, Explicit };
enum class CoercionPath : std::uint8_t { None, Function, Relabel, ArrayCoerce, ViaIO };

struct Coercion {
  CoercionPath path = CoercionPath::None;
  Oid function = 0;  ///< of CoercionPath::Function; of each element with ArrayCoerce
};

/// How a lookup ended; Ambiguous is the server's "is not unique".
enum class Resolution : std::uint8_t { Found, NotFound, Ambiguous };

struct ResolvedOperator {
  Resolution resolution = Resolution::NotFound;
  const Operator* op = nullptr;
  Oid left = 0;  ///< types that the operands are to be coerced to (polymorphic ones resolved)
  Oid right = 0;
  Oid result = 0;
};

struct ResolvedFunction {
  Resolution resolution = Resolution::NotFound;
  const Function* function = nullptr;
  /// The call is a cast written as a function, text(x): `result` is the target, `function` null.
  bool is_cast = false;
  std::vector<Oid> arguments = {};  ///< types to coerce to, one an actual argument
  int variadic = 0;                 ///< how many trailing arguments go into the variadic array
  std::vector<std::size_t> positions = {};  ///< parameter of each argument; empty: in order
  Oid result = 0;                           ///< polymorphic results resolved
};

/// What ORDER BY, GROUP BY and DISTINCT use for a type (lookup_type_cache(), typcache.c).
struct Ordering {
  Oid family = 0;  ///< btree operator family; 0: none
  Oid input_type = 0;
  Oid less = 0;
  Oid equal = 0;
  Oid greater = 0;
  bool hashable = false;
};

/// Strategy numbers of btree operator families (src/include/access/stratnum.h).
namespace btree_strategy {
inline constexpr int kLess = 1, kLessEqual = 2, kEqual = 3, kGreaterEqual = 4, kGreater = 5;
}

class SqlFunctions;
class OperatorMemo;
class RangeColumns;
struct RangeColumn;

/// Types, functions, operators, casts and operator classes of one database: PostgreSQL's own and
/// the snapshot's, with the server's rules for choosing among them
/// (src/backend/parser/parse_type.c, parse_func.c, parse_oper.c, parse_coerce.c). Immutable once
/// set up; the snapshot must outlive it.
class TypeSystem {
 public:
  explicit TypeSystem(const CatalogSnapshot& catalog);
  ~TypeSystem();
  TypeSystem(const TypeSystem&) = delete;
  TypeSystem& operator=(const TypeSystem&) = delete;

  [[nodiscard]] const CatalogSnapshot& catalog() const;

  /// The bodies that simplify() puts in the place of calls; null: calls stay.
  [[nodiscard]] const SqlFunctions* sql_functions() const { return sql_functions_; }

  void set_sql_functions(const SqlFunctions* functions) { sql_functions_ = functions; }

  // --- lookups; null when there is no such object
  [[nodiscard]] const Type* type(Oid oid) const;
  /// Accepts catalog names and SQL spellings ("int4", "integer", "character varying", "timestamp
  /// with time zone", `"char"` with its quotes), each optionally followed by [] or a modifier in
  /// parentheses, which is ignored. An empty schema searches pg_catalog and the search path.
  [[nodiscard]] const Type* type_by_name(std::string_view schema, std::string_view name) const;
  [[nodiscard]] const Function* function(Oid oid) const;
  [[nodiscard]] std::span<const Function* const> functions_named(std::string_view name) const;
  [[nodiscard]] const Aggregate* aggregate(Oid function) const;
  [[nodiscard]] const Operator* op(Oid oid) const;
  [[nodiscard]] std::span<const Operator* const> operators_named(std::string_view name) const;
  /// The operator with exactly these operand types (left 0: prefix); 0 when there is none.
  [[nodiscard]] Oid exact_operator(std::string_view name, Oid left, Oid right) const;
  /// Of a key of an index of this access method. By name where the class of that number is another:
  /// initdb numbers most of the server's own anew in each version (13 has other numbers than 14).
  [[nodiscard]] const OpClass* operator_class(std::string_view access_method,
                                              const IndexKey& key) const;
  [[nodiscard]] const OpClass* operator_class(std::string_view access_method,
                                              std::string_view name) const;
  [[nodiscard]] const Collation* collation(Oid oid) const;
  /// A table, view or composite type of the snapshot; both names as written there.
  [[nodiscard]] const Table* relation(std::string_view schema, std::string_view name) const;
  /// Of a table of the snapshot, by number.
  [[nodiscard]] const RangeColumns& columns_of(const Table& table) const;

  // --- types
  [[nodiscard]] Oid base_type(Oid type) const;               ///< through domains
  [[nodiscard]] std::int32_t base_typmod(Oid type) const;    ///< a domain's modifier, -1: none
  [[nodiscard]] Oid element_type(Oid array) const;           ///< 0: not a true array (domains: no)
  [[nodiscard]] Oid array_type(Oid element) const;           ///< 0: none
  [[nodiscard]] Oid range_subtype(Oid range) const;          ///< 0: not a range
  [[nodiscard]] Oid multirange_range(Oid multirange) const;  ///< 0: not a multirange
  [[nodiscard]] char category(Oid type) const;
  [[nodiscard]] bool is_preferred(char category, Oid type) const;
  [[nodiscard]] bool is_enum(Oid type) const;
  [[nodiscard]] bool is_range(Oid type) const;
  [[nodiscard]] bool is_multirange(Oid type) const;
  [[nodiscard]] bool is_composite(Oid type) const;
  /// Of a composite type that is not a table's row; empty: not known.
  [[nodiscard]] std::vector<RangeColumn> fields(Oid type) const;
  [[nodiscard]] bool is_polymorphic(Oid type) const;
  [[nodiscard]] Oid type_collation(Oid type) const;  ///< typcollation; 0: not collatable
  /// format_type(): "character varying(20)", "numeric(10,2)[]"; unknown OIDs as "???".
  [[nodiscard]] std::string format_type(Oid type, std::int32_t typmod = -1) const;
  /// The modifier for varchar(20), numeric(10,2), timestamp(3), bit(8); nullopt when the type takes
  /// none. Intervals take none here.
  [[nodiscard]] std::optional<std::int32_t> make_typmod(Oid type,
                                                        std::span<const int> values) const;
  /// lc_collate_is_c(): byte order.
  [[nodiscard]] bool collation_is_c(Oid collation) const;
  [[nodiscard]] bool collation_is_deterministic(Oid collation) const;

  // --- operators, families, classes
  [[nodiscard]] Oid commutator(Oid op) const;  ///< 0: none
  [[nodiscard]] Oid negator(Oid op) const;
  [[nodiscard]] bool is_strict(Oid function) const;
  /// get_op_opfamily_strategy(): search strategies only.
  [[nodiscard]] std::optional<int> strategy(Oid op, Oid family) const;
  /// The whole membership, for op_input_types (null: not a member).
  [[nodiscard]] const FamilyMember* member(Oid op, Oid family) const;
  /// get_opfamily_member(); 0: none.
  [[nodiscard]] Oid operator_for(Oid family, Oid left, Oid right, int strategy) const;
  /// Families in which `op` has a search strategy, with it, in catalog order.
  [[nodiscard]] std::span<const FamilyMember* const> memberships(Oid op) const;
  [[nodiscard]] const OpClass* default_operator_class(std::string_view access_method,
                                                      Oid type) const;
  /// Classes that an index over `type` can have in whose family `op` is a search operator.
  [[nodiscard]] std::vector<const OpClass*> classes_answering(Oid op, Oid type) const;
  /// Classes that an index over `type` can have that reads rows in the order of `op`, a distance.
  [[nodiscard]] std::vector<const OpClass*> classes_ordering_by(Oid op, Oid type) const;
  [[nodiscard]] Ordering ordering(Oid type) const;
  /// get_mergejoin_opfamilies(): btree families in which `op` is equality.
  [[nodiscard]] std::span<const Oid> mergejoin_families(Oid op) const;
  /// op_hashjoinable() with the type's own restriction (arrays and records need a hashable
  /// element).
  [[nodiscard]] bool is_hashable(Oid op, Oid input_type) const;
  /// op_mergejoinable().
  [[nodiscard]] bool is_mergeable(Oid op, Oid input_type) const;

  // --- coercion (parse_coerce.c)
  [[nodiscard]] const Cast* find_cast(Oid source, Oid target) const;
  [[nodiscard]] Coercion find_coercion(Oid source, Oid target, CoercionContext context) const;
  [[nodiscard]] bool can_coerce(std::span<const Oid> sources, std::span<const Oid> targets,
                                CoercionContext context) const;
  [[nodiscard]] bool can_coerce(Oid source, Oid target, CoercionContext context) const;
  [[nodiscard]] bool is_binary_coercible(Oid source, Oid target) const;
  /// find_typmod_coercion_function(): the function that applies varchar(n), numeric(p,s); 0: none.
  [[nodiscard]] Oid length_coercion(Oid type) const;
  /// nullopt: the types cannot be matched.
  [[nodiscard]] std::optional<Oid> select_common_type(std::span<const Oid> types) const;
  /// enforce_generic_type_consistency(): replaces polymorphic `declared` by real types and returns
  /// the result type; nullopt when they do not fit.
  [[nodiscard]] std::optional<Oid> resolve_polymorphic(std::span<const Oid> actual,
                                                       std::span<Oid> declared, Oid result) const;

  // --- choosing (parse_oper.c, parse_func.c); literals without a type are kUnknown
  [[nodiscard]] ResolvedOperator resolve_binary_operator(std::string_view name, Oid left, Oid right,
                                                         std::string_view schema = {}) const;
  [[nodiscard]] ResolvedOperator resolve_prefix_operator(std::string_view name, Oid argument,
                                                         std::string_view schema = {}) const;
  /// `names`: of the last arguments. `explicit_variadic`: the call says VARIADIC before its last
  /// argument.
  [[nodiscard]] ResolvedFunction resolve_function(std::string_view schema, std::string_view name,
                                                  std::span<const Oid> arguments,
                                                  std::span<const std::string> names = {},
                                                  bool explicit_variadic = false) const;

 private:
  struct Candidate {
    const Function* function = nullptr;
    const Operator* op = nullptr;
    std::vector<Oid> arguments = {};
    int variadic = 0;
    std::vector<std::size_t> positions = {};
    int path_position = 0;
    bool ambiguous = false;
  };
  enum class Polymorphism : std::uint8_t { Check, Enforce };

  [[nodiscard]] bool generic_types_consistent(std::span<const Oid> actual,
                                              std::span<const Oid> declared) const;
  [[nodiscard]] std::optional<Oid> match_polymorphic(std::span<const Oid> actual,
                                                     std::span<Oid> declared, Oid result,
                                                     Polymorphism mode) const;
  [[nodiscard]] std::optional<int> path_position(std::string_view schema) const;
  [[nodiscard]] std::vector<Candidate> operator_candidates(std::string_view schema,
                                                           std::string_view name,
                                                           bool prefix) const;
  [[nodiscard]] std::vector<Candidate> function_candidates(std::string_view schema,
                                                           std::string_view name,
                                                           std::size_t arguments,
                                                           std::span<const std::string> names,
                                                           bool expand_variadic) const;
  [[nodiscard]] const Candidate* select_candidate(std::span<const Oid> inputs,
                                                  std::vector<const Candidate*> candidates) const;
  [[nodiscard]] ResolvedOperator find_binary_operator(std::string_view name, Oid left, Oid right,
                                                      std::string_view schema) const;
  [[nodiscard]] ResolvedOperator choose_operator(std::string_view schema, std::string_view name,
                                                 std::span<const Oid> inputs) const;
  [[nodiscard]] ResolvedOperator finish_operator(const Operator& chosen,
                                                 std::span<const Oid> inputs) const;

  [[nodiscard]] Ordering find_ordering(Oid type) const;

  struct Tables;
  std::unique_ptr<const Tables> tables_;
  std::unique_ptr<OperatorMemo> chosen_;
  const SqlFunctions* sql_functions_ = nullptr;
  std::unordered_map<Oid, Ordering> orderings_;  ///< of the types that columns have
};

}  // namespace quern::planner_model
