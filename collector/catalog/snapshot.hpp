#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace quern {

/// Object identifiers as the server numbers them. Below 16384: built in, the same on every server
/// of a version (see planner-model/query/builtin_catalog.hpp). A snapshot read from schema.sql
/// numbers its objects from 16384 up in the order of the file.
using Oid = std::uint32_t;

/// One row of pg_stats (or the half of pg_stats_ext_exprs that speaks of an expression). Values are
/// the server's text output; parallel vectors have equal length.
struct ColumnStatistics {
  double null_fraction = 0;
  std::int32_t average_width = 0;  ///< bytes
  /// pg_stats.n_distinct as it stands: > 0 a number of values, < 0 minus a fraction of the rows,
  /// 0 unknown.
  double n_distinct = 0;
  std::vector<std::string> most_common_values;
  std::vector<double> most_common_frequencies;
  std::vector<std::string> histogram_bounds;
  std::optional<double> correlation;
  std::vector<std::string> most_common_elements;        ///< arrays, tsvector
  std::vector<double> most_common_element_frequencies;  ///< one a value, then min, max (, null)
  std::vector<double> element_count_histogram;
  /// Of range types, where the server lets this user read them: pg_stats has them from 17 on.
  std::vector<std::string> range_bounds_histogram;  ///< lower and upper bounds sorted apart
  std::vector<std::string> range_length_histogram;  ///< float8 texts: "Infinity" is one
  double range_empty_fraction = 0;                  ///< of the values that are not null
  /// The ends of the values when the catalog was taken, where an index tells them (the server asks
  /// it when it plans).
  std::optional<std::string> lowest;
  std::optional<std::string> highest;
  bool operator==(const ColumnStatistics&) const = default;
};

/// Keys of a column that a sample of the table shows alike often, in like stretches.
struct SampledKeys {
  std::int64_t keys = 0;        ///< how many
  std::int64_t stretches = 0;   ///< of the sample, that hold such a key, each
  std::int64_t rows = 0;        ///< of the sample, that hold them, all keys together
  std::int64_t near = 0;        ///< of these, those behind another one with the key in its stretch
  std::int64_t near_apart = 0;  ///< of these, rows from that one, summed up
  std::int64_t near_bytes = 0;  ///< of these, as a posting list stores how far they are behind it
  std::int64_t key_bytes = 0;   ///< stored, all keys together
  bool operator==(const SampledKeys&) const = default;
};

/// What stretches of neighbouring pages, evenly over the table, tell of the keys that an operator
/// class takes out of a column. Figures, no values.
struct ColumnSample {
  std::string keys_of;        ///< operator class, by name; "values": each value is its own key
  std::int64_t pages = 0;     ///< looked at
  std::int64_t of_pages = 0;  ///< of the table
  std::int64_t stretches = 0;
  std::int64_t rows = 0;                   ///< on these pages
  std::int64_t null_rows = 0;              ///< where the column is NULL
  std::int64_t empty_rows = 0;             ///< where it is not, and has no key
  std::int64_t null_key_rows = 0;          ///< that have a NULL among their keys
  std::optional<double> correlation = {};  ///< of the values' order and the rows'
  std::optional<double> falling = {};  ///< share of rows whose value is less than the row's before
  std::vector<SampledKeys> keys = {};
  bool operator==(const ColumnSample&) const = default;
};

struct Column {
  std::string name;
  std::int16_t number = 0;  ///< attnum, from 1
  Oid type = 0;
  std::int32_t type_modifier = -1;
  Oid collation = 0;
  bool not_null = false;
  std::string default_expression = {};  ///< or generated from; empty: none
  char identity = '\0';                 ///< 'a', 'd' or none
  char generated = '\0';                ///< 's' or none
  char storage = '\0';      ///< pg_attribute.attstorage where not the type's own: p e m x
  char compression = '\0';  ///< pg_attribute.attcompression where not the default: p l
  std::optional<ColumnStatistics> statistics = {};            ///< of this table alone
  std::optional<ColumnStatistics> inherited_statistics = {};  ///< of this table and its children
  std::vector<ColumnSample> samples = {};                     ///< where the table was sampled
  bool operator==(const Column&) const = default;
};

/// pg_stat_user_tables counters since the statistics were last reset.
struct TableActivity {
  std::int64_t sequential_scans = 0;
  std::int64_t index_scans = 0;
  std::int64_t inserts = 0;
  std::int64_t updates = 0;
  std::int64_t hot_updates = 0;
  std::int64_t deletes = 0;
  std::int64_t live_rows = 0;
  std::int64_t dead_rows = 0;
  std::int64_t modified_since_analyze = 0;
  std::string last_vacuum = {};   ///< the later of manual and automatic; empty: never
  std::string last_analyze = {};  ///< likewise
  bool operator==(const TableActivity&) const = default;
};

/// Where a table keeps its values out of line.
struct ToastTable {
  std::int64_t pages = 0;        ///< physical blocks now
  std::int64_t index_pages = 0;  ///< of its index
  std::int64_t relpages = 0;     ///< blocks at the last vacuum
  double reltuples = -1;         ///< chunks at the last vacuum; -1: never
  std::int64_t live_rows = 0;    ///< chunks, as the statistics counters have them
  std::int64_t dead_rows = 0;
  bool operator==(const ToastTable&) const = default;
};

/// pg_policy: which rows of a table with row-level security a role may see or write.
struct RowPolicy {
  std::string name;
  bool permissive = true;               ///< false: restrictive, it must hold beside the others
  char command = '*';                   ///< pg_policy.polcmd: r a w d, * all
  std::vector<std::string> roles = {};  ///< empty: PUBLIC
  std::string using_expression = {};    ///< pg_get_expr(polqual); empty: none
  std::string check_expression = {};    ///< pg_get_expr(polwithcheck); empty: USING stands for it
  bool operator==(const RowPolicy&) const = default;
};

/// CREATE RULE (pg_rewrite), a view's own SELECT rule apart. Disabled ones are left out.
struct RewriteRule {
  std::string name;
  char event = '1';  ///< pg_rewrite.ev_type: 2 UPDATE, 3 INSERT, 4 DELETE
  bool instead = false;
  std::string definition;  ///< pg_get_ruledef
  bool operator==(const RewriteRule&) const = default;
};

/// A table, partitioned table, materialized view, foreign table or view.
struct Table {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'r';               ///< pg_class.relkind: r p m f v
  char persistence = 'p';        ///< pg_class.relpersistence: p u t
  std::int64_t pages = 0;        ///< physical blocks now: pg_relation_size / block size
  std::int64_t relpages = 0;     ///< blocks at the last vacuum or analyze
  double reltuples = -1;         ///< rows at the last vacuum or analyze; -1: never
  std::int64_t all_visible = 0;  ///< pg_class.relallvisible
  /// In another file than the first one (pg_class.relfilenode): VACUUM FULL, CLUSTER, TRUNCATE or
  /// ALTER TABLE has written its rows anew. Also where it is not known.
  bool rewritten = true;
  std::map<std::string, std::string> options = {};  ///< reloptions: fillfactor, parallel_workers...
  std::vector<Column> columns;                      ///< live columns only, by attnum
  std::optional<ToastTable> toast = {};             ///< none while it holds nothing
  std::vector<Oid> parents = {};                    ///< pg_inherits, in order
  std::string partition_key = {};    ///< pg_get_partkeydef: "RANGE (created_at)"; empty: none
  std::string partition_bound = {};  ///< "FOR VALUES FROM (...) TO (...)" or "DEFAULT"
  std::string view_definition = {};  ///< relkind v and m
  char replica_identity = 'd';       ///< pg_class.relreplident
  std::string owner = {};  ///< a role; empty: not known (a snapshot from before, a schema)
  bool row_security = false;
  bool force_row_security = false;         ///< its policies hold for its owner too
  std::vector<RowPolicy> policies = {};    ///< by name
  std::vector<RewriteRule> rules = {};     ///< by name
  std::vector<std::string> triggers = {};  ///< pg_get_triggerdef of user triggers
  std::optional<TableActivity> activity = {};
  bool operator==(const Table&) const = default;
};

struct IndexKey {
  std::int16_t column = 0;      ///< attnum in the table; 0: an expression
  std::string expression = {};  ///< pg_get_indexdef(oid, n): without enclosing CREATE INDEX
  Oid operator_class = 0;
  std::string operator_class_name = {};  ///< unqualified, as "text_pattern_ops"
  Oid collation = 0;
  bool descending = false;
  bool nulls_first = false;
  std::optional<ColumnStatistics> statistics = {};  ///< of the expression, pg_stats of the index
  bool operator==(const IndexKey&) const = default;
};

struct Index {
  Oid oid = 0;
  Oid table = 0;
  std::string schema;
  std::string name;
  std::string access_method = "btree";
  std::string definition;  ///< pg_get_indexdef(oid)
  std::vector<IndexKey> keys;
  std::vector<std::int16_t> included = {};  ///< attnums of INCLUDE columns
  std::string predicate = {};               ///< pg_get_expr(indpred): "(deleted_at IS NULL)"
  bool unique = false;
  bool primary = false;
  bool exclusion = false;
  bool nulls_not_distinct = false;
  bool valid = true;
  bool ready = true;
  bool replica_identity = false;
  bool clustered = false;
  bool immediate = true;
  std::string constraint = {};  ///< name of the constraint it backs; empty: none
  Oid parent = 0;               ///< the partitioned index it is attached to
  std::map<std::string, std::string> options = {};
  std::int64_t pages = 0;     ///< physical blocks
  std::int64_t relpages = 0;  ///< at the last vacuum or analyze
  double reltuples = -1;
  std::optional<int> tree_height =
      {};  ///< levels above the leaves (btree fast root); unknown: none
  std::optional<std::int64_t> scans = {};  ///< pg_stat_user_indexes.idx_scan
  bool operator==(const Index&) const = default;
};

struct Constraint {
  std::string name;
  Oid table = 0;
  char kind = 'c';  ///< pg_constraint.contype: p u f c x
  std::vector<std::int16_t> columns = {};
  Oid referenced_table = 0;
  std::vector<std::int16_t> referenced_columns = {};
  char on_delete = 'a';
  char on_update = 'a';
  bool validated = true;
  bool deferrable = false;
  std::string index = {};       ///< name of the backing (or referenced) index
  std::string definition = {};  ///< pg_get_constraintdef
  bool operator==(const Constraint&) const = default;
};

/// CREATE STATISTICS objects with their data.
struct ExtendedStatistics {
  Oid oid = 0;
  std::string schema;
  std::string name;
  Oid table = 0;
  std::vector<std::int16_t> columns = {};
  std::vector<std::string> expressions = {};
  std::string kinds = {};  ///< pg_statistic_ext.stxkind letters: d f m e
  bool inherited = false;
  std::string n_distinct = {};    ///< pg_ndistinct text: {"1, 2": 55}
  std::string dependencies = {};  ///< pg_dependencies text: {"1 => 2": 0.9}
  std::vector<std::vector<std::optional<std::string>>> most_common_values = {};
  std::vector<double> most_common_frequencies = {};
  std::vector<double> most_common_base_frequencies = {};
  std::vector<ColumnStatistics> expression_statistics = {};
  bool operator==(const ExtendedStatistics&) const = default;
};

/// A field of a composite type.
struct TypeField {
  std::string name;
  Oid type = 0;
  std::int32_t type_modifier = -1;
  Oid collation = 0;
  bool operator==(const TypeField&) const = default;
};

/// User-defined types (oid >= 16384), arrays of them included.
struct TypeDefinition {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'b';      ///< pg_type.typtype: b c d e p r m
  char category = 'U';  ///< pg_type.typcategory
  bool preferred = false;
  std::int16_t length = -1;
  bool by_value = false;
  char alignment = 'i';
  char storage = 'p';
  Oid element = 0;  ///< typelem
  Oid array = 0;    ///< typarray
  Oid base = 0;     ///< typbasetype of a domain
  std::int32_t type_modifier = -1;
  Oid collation = 0;
  bool not_null = false;
  std::vector<std::string> labels = {};  ///< of an enum, in sort order
  std::vector<TypeField> fields = {};    ///< of a composite type, in order
  bool operator==(const TypeDefinition&) const = default;
};

/// pg_aggregate.
struct AggregateDefinition {
  char kind = 'n';  ///< n plain, o ordered-set, h hypothetical-set
  std::int16_t direct_arguments = 0;
  Oid transition = 0;
  Oid final = 0;
  Oid combine = 0;
  Oid serialize = 0;
  Oid deserialize = 0;
  Oid transition_type = 0;
  std::int32_t transition_space = 0;
  Oid sort_operator = 0;  ///< the operator whose order finds the answer
  bool starts_null = false;
  Oid moving_transition = 0;
  Oid moving_final = 0;
  bool operator==(const AggregateDefinition&) const = default;
};

/// User-defined functions and aggregates (oid >= 16384; extensions included).
struct FunctionDefinition {
  Oid oid = 0;
  std::string schema;
  std::string name;
  char kind = 'f';        ///< pg_proc.prokind: f p a w
  char volatility = 'v';  ///< i s v
  bool strict = false;
  bool returns_set = false;
  bool leakproof = false;
  char parallel = 'u';  ///< s r u
  double cost = 100;    ///< procost
  double rows = 0;      ///< prorows
  Oid result = 0;
  Oid variadic = 0;
  std::int16_t defaults = 0;
  std::vector<Oid> arguments = {};
  std::string language = {};
  std::string support = {};  ///< planner support function
  std::string body = {};     ///< of a function in SQL that the planner may put in the call's place
  std::vector<std::string> argument_names = {};     ///< of the input arguments; empty: none has one
  std::vector<std::string> argument_defaults = {};  ///< SQL, of the last `defaults` arguments

  /// An OUT parameter, or a column of RETURNS TABLE or of the table or type whose rows it returns.
  struct ResultColumn {
    std::string name;
    Oid type = 0;
    bool operator==(const ResultColumn&) const = default;
  };

  std::vector<ResultColumn> result_columns = {};
  std::optional<AggregateDefinition> aggregate = {};  ///< of kind a
  bool operator==(const FunctionDefinition&) const = default;
};

struct OperatorDefinition {
  Oid oid = 0;
  std::string schema;
  std::string name;
  Oid left = 0;
  Oid right = 0;
  Oid result = 0;
  Oid function = 0;
  Oid commutator = 0;
  Oid negator = 0;
  bool merges = false;
  bool hashes = false;
  std::string restriction = {};  ///< oprrest by name: eqsel, scalarltsel, ...
  std::string join = {};         ///< oprjoin by name
  bool operator==(const OperatorDefinition&) const = default;
};

/// User-defined casts (from extensions: citext to text).
struct CastDefinition {
  Oid source = 0;
  Oid target = 0;
  Oid function = 0;    ///< 0: none is called
  char context = 'e';  ///< pg_cast.castcontext: i implicit, a assignment, e explicit
  char method = 'f';   ///< castmethod: f function, i through text, b binary-coercible
  bool operator==(const CastDefinition&) const = default;
};

/// User-defined operator classes with the operators of their family (from extensions).
struct OperatorClass {
  Oid oid = 0;
  std::string schema;
  std::string name;
  std::string access_method;
  Oid family = 0;
  Oid input_type = 0;
  Oid key_type = 0;
  bool is_default = false;

  struct Member {
    Oid left = 0;
    Oid right = 0;
    std::int16_t strategy = 0;
    Oid operator_ = 0;
    bool operator==(const Member&) const = default;
  };

  std::vector<Member> members = {};
  bool operator==(const OperatorClass&) const = default;
};

/// A role as far as row-level security asks (pg_roles).
struct Role {
  std::string name;
  bool superuser = false;
  bool bypasses_row_security = false;
  /// Other roles whose privileges it has, by itself or through others: pg_has_role(..., 'USAGE').
  /// Of a superuser none: it has all.
  std::vector<std::string> privileges_of = {};
  bool operator==(const Role&) const = default;
};

/// All that offline planning needs to know of one database: a value, never changed after reading.
/// Vectors are ordered by (schema, name) so that equal databases give equal bytes; relation OIDs
/// stand in each element because the planner breaks ties by them.
struct CatalogSnapshot {
  static constexpr int kFormatVersion = 1;

  std::int32_t server_version = 150000;  ///< server_version_num
  std::int32_t block_size = 8192;
  std::string database = {};
  std::string encoding = "UTF8";
  std::string collate = "C";          ///< datcollate (or the ICU locale)
  std::string ctype = "C";            ///< datctype
  char locale_provider = 'c';         ///< c libc, i icu, b builtin
  std::string taken_at = {};          ///< ISO 8601, UTC; empty when made from a schema file
  std::string statistics_since = {};  ///< pg_stat_database.stats_reset
  bool is_replica = false;
  bool has_statistics = true;  ///< false: made from a schema file alone
  /// pg_settings in their base units, by name: planner costs and enable flags, work_mem, ...
  std::map<std::string, std::string> settings = {};
  std::vector<std::string> search_path = {"public"};
  std::vector<std::string> extensions = {};
  std::vector<Table> tables = {};
  std::vector<Index> indexes = {};
  std::vector<Constraint> constraints = {};
  std::vector<ExtendedStatistics> extended_statistics = {};
  std::vector<TypeDefinition> types = {};
  std::vector<FunctionDefinition> functions = {};
  std::vector<OperatorDefinition> operators = {};
  std::vector<CastDefinition> casts = {};
  std::vector<OperatorClass> operator_classes = {};
  std::vector<Role> roles = {};  ///< by name; none where no table has row-level security
  /// What could not be read (permission denied, a newer server's column), for the reports.
  std::vector<std::string> caveats = {};
  bool operator==(const CatalogSnapshot&) const = default;
};

}  // namespace quern
