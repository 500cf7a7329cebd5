#pragma once

#include <string_view>
#include <vector>

#include "collector/catalog/snapshot.hpp"

namespace quern::planner_model {

// The rows of PostgreSQL's own catalogs that planning reads, by the server's column names
// unwrapped. Text points into the library's embedded tables or into the CatalogSnapshot.

/// pg_type
struct Type {
  Oid oid = 0;
  std::string_view schema = "pg_catalog";
  std::string_view name;
  std::int16_t length = -1;  ///< typlen; -1: varlena, -2: C string
  bool by_value = false;
  char kind = 'b';  ///< typtype: b c d e p r m
  char category = 'U';
  bool preferred = false;
  Oid element = 0;  ///< typelem
  Oid array = 0;
  Oid base = 0;  ///< of a domain
  std::int32_t typmod = -1;
  Oid collation = 0;
  char alignment = 'i';
  char storage = 'p';
  bool is_array = false;  ///< a true array: element type in the sense of get_element_type()
  const std::vector<std::string>* labels = nullptr;  ///< of an enum, in sort order
  const std::vector<TypeField>* fields = nullptr;    ///< of a composite type
};

/// pg_proc
struct Function {
  Oid oid = 0;
  std::string_view schema = "pg_catalog";
  std::string_view name;
  char kind = 'f';        ///< f function, p procedure, a aggregate, w window
  char volatility = 'v';  ///< i s v
  bool strict = false;
  bool returns_set = false;
  bool leakproof = false;
  char parallel = 'u';  ///< s r u
  double cost = 1;
  double rows = 0;
  Oid result = 0;
  Oid variadic = 0;  ///< element type of the variadic parameter
  std::int16_t defaults = 0;
  std::vector<Oid> arguments = {};
  std::string_view support = {};
  const std::vector<std::string>* argument_names = nullptr;     ///< null: not known
  const std::vector<std::string>* argument_defaults = nullptr;  ///< SQL, of the last; null: none
};

/// pg_aggregate
struct Aggregate {
  Oid function = 0;
  char kind = 'n';  ///< n plain, o ordered-set, h hypothetical-set
  std::int16_t direct_arguments = 0;
  Oid transition = 0;
  Oid final = 0;
  Oid combine = 0;
  Oid serialize = 0;
  Oid deserialize = 0;
  Oid transition_type = 0;
  std::int32_t transition_space = 0;
  Oid sort_operator = 0;  ///< min(), max(): the operator whose order finds the answer
  bool initial_value_is_null = true;
  Oid moving_transition = 0;
  Oid moving_final = 0;
};

/// pg_operator; left is 0 for prefix operators.
struct Operator {
  Oid oid = 0;
  std::string_view schema = "pg_catalog";
  std::string_view name;
  Oid left = 0;
  Oid right = 0;
  Oid result = 0;
  Oid function = 0;
  Oid commutator = 0;
  Oid negator = 0;
  bool merges = false;
  bool hashes = false;
  std::string_view restriction = {};  ///< oprrest: "eqsel"
  std::string_view join = {};         ///< oprjoin: "eqjoinsel"
};

/// pg_cast
struct Cast {
  Oid source = 0;
  Oid target = 0;
  Oid function = 0;
  char context = 'e';  ///< i implicit, a assignment, e explicit
  char method = 'f';   ///< f function, i through text, b binary-coercible
};

/// pg_opclass
struct OpClass {
  Oid oid = 0;
  std::string_view schema = "pg_catalog";
  std::string_view name;
  std::string_view access_method;
  Oid family = 0;
  Oid input_type = 0;
  bool is_default = false;
  Oid key_type = 0;
};

/// pg_amop
struct FamilyMember {
  Oid family = 0;
  std::string_view access_method;
  Oid left = 0;
  Oid right = 0;
  int strategy = 0;
  char purpose = 's';  ///< s search, o order by
  Oid op = 0;
};

/// pg_range
struct Range {
  Oid range = 0;
  Oid subtype = 0;
  Oid multirange = 0;
  Oid collation = 0;
};

/// pg_collation
struct Collation {
  Oid oid = 0;
  std::string_view name;
  char provider = 'c';
  bool deterministic = true;
  std::string_view collate = {};
  std::string_view ctype = {};
};

/// What every server of the recorded version holds in pg_catalog (see record_builtins.sh). Ordered
/// by OID or by the columns in front.
struct BuiltinCatalog {
  std::vector<Type> types;
  std::vector<Function> functions;
  std::vector<Aggregate> aggregates;
  std::vector<Operator> operators;
  std::vector<Cast> casts;
  std::vector<OpClass> operator_classes;
  std::vector<FamilyMember> family_members;
  std::vector<Range> ranges;
  std::vector<Collation> collations;
};

/// Parsed on first use; safe to call from several threads.
[[nodiscard]] const BuiltinCatalog& builtin_catalog();

}  // namespace quern::planner_model
