#include "collector/catalog/builtin_types.hpp"

namespace quern::collector {

namespace {

// SELECT typname, oid, typarray, typcollation, typcategory, typlen, typbyval, typalign FROM pg_type
// WHERE oid < 16384 AND typtype IN ('b', 'r', 'm') AND typcategory <> 'A' ORDER BY typname;
// clang-format off
constexpr BuiltinType kTypes[] = {
    {"aclitem", 1033, 1034, 0, 'U', 12, false, 'i'},
    {"bit", 1560, 1561, 0, 'V', -1, false, 'i'},
    {"bool", 16, 1000, 0, 'B', 1, true, 'c'},
    {"box", 603, 1020, 0, 'G', 32, false, 'd'},
    {"bpchar", 1042, 1014, 100, 'S', -1, false, 'i'},
    {"bytea", 17, 1001, 0, 'U', -1, false, 'i'},
    {"char", 18, 1002, 0, 'Z', 1, true, 'c'},
    {"cid", 29, 1012, 0, 'U', 4, true, 'i'},
    {"cidr", 650, 651, 0, 'I', -1, false, 'i'},
    {"circle", 718, 719, 0, 'G', 24, false, 'd'},
    {"date", 1082, 1182, 0, 'D', 4, true, 'i'},
    {"datemultirange", 4535, 6155, 0, 'R', -1, false, 'i'},
    {"daterange", 3912, 3913, 0, 'R', -1, false, 'i'},
    {"float4", 700, 1021, 0, 'N', 4, true, 'i'},
    {"float8", 701, 1022, 0, 'N', 8, true, 'd'},
    {"gtsvector", 3642, 3644, 0, 'U', -1, false, 'i'},
    {"inet", 869, 1041, 0, 'I', -1, false, 'i'},
    {"int2", 21, 1005, 0, 'N', 2, true, 's'},
    {"int4", 23, 1007, 0, 'N', 4, true, 'i'},
    {"int4multirange", 4451, 6150, 0, 'R', -1, false, 'i'},
    {"int4range", 3904, 3905, 0, 'R', -1, false, 'i'},
    {"int8", 20, 1016, 0, 'N', 8, true, 'd'},
    {"int8multirange", 4536, 6157, 0, 'R', -1, false, 'd'},
    {"int8range", 3926, 3927, 0, 'R', -1, false, 'd'},
    {"interval", 1186, 1187, 0, 'T', 16, false, 'd'},
    {"json", 114, 199, 0, 'U', -1, false, 'i'},
    {"jsonb", 3802, 3807, 0, 'U', -1, false, 'i'},
    {"jsonpath", 4072, 4073, 0, 'U', -1, false, 'i'},
    {"line", 628, 629, 0, 'G', 24, false, 'd'},
    {"lseg", 601, 1018, 0, 'G', 32, false, 'd'},
    {"macaddr", 829, 1040, 0, 'U', 6, false, 'i'},
    {"macaddr8", 774, 775, 0, 'U', 8, false, 'i'},
    {"money", 790, 791, 0, 'N', 8, true, 'd'},
    {"name", 19, 1003, 950, 'S', 64, false, 'c'},
    {"numeric", 1700, 1231, 0, 'N', -1, false, 'i'},
    {"nummultirange", 4532, 6151, 0, 'R', -1, false, 'i'},
    {"numrange", 3906, 3907, 0, 'R', -1, false, 'i'},
    {"oid", 26, 1028, 0, 'N', 4, true, 'i'},
    {"path", 602, 1019, 0, 'G', -1, false, 'd'},
    {"pg_brin_bloom_summary", 4600, 0, 100, 'Z', -1, false, 'i'},
    {"pg_brin_minmax_multi_summary", 4601, 0, 100, 'Z', -1, false, 'i'},
    {"pg_dependencies", 3402, 0, 100, 'Z', -1, false, 'i'},
    {"pg_lsn", 3220, 3221, 0, 'U', 8, true, 'd'},
    {"pg_mcv_list", 5017, 0, 100, 'Z', -1, false, 'i'},
    {"pg_ndistinct", 3361, 0, 100, 'Z', -1, false, 'i'},
    {"pg_node_tree", 194, 0, 100, 'Z', -1, false, 'i'},
    {"pg_snapshot", 5038, 5039, 0, 'U', -1, false, 'd'},
    {"point", 600, 1017, 0, 'G', 16, false, 'd'},
    {"polygon", 604, 1027, 0, 'G', -1, false, 'd'},
    {"refcursor", 1790, 2201, 0, 'U', -1, false, 'i'},
    {"regclass", 2205, 2210, 0, 'N', 4, true, 'i'},
    {"regcollation", 4191, 4192, 0, 'N', 4, true, 'i'},
    {"regconfig", 3734, 3735, 0, 'N', 4, true, 'i'},
    {"regdictionary", 3769, 3770, 0, 'N', 4, true, 'i'},
    {"regnamespace", 4089, 4090, 0, 'N', 4, true, 'i'},
    {"regoper", 2203, 2208, 0, 'N', 4, true, 'i'},
    {"regoperator", 2204, 2209, 0, 'N', 4, true, 'i'},
    {"regproc", 24, 1008, 0, 'N', 4, true, 'i'},
    {"regprocedure", 2202, 2207, 0, 'N', 4, true, 'i'},
    {"regrole", 4096, 4097, 0, 'N', 4, true, 'i'},
    {"regtype", 2206, 2211, 0, 'N', 4, true, 'i'},
    {"text", 25, 1009, 100, 'S', -1, false, 'i'},
    {"tid", 27, 1010, 0, 'U', 6, false, 's'},
    {"time", 1083, 1183, 0, 'D', 8, true, 'd'},
    {"timestamp", 1114, 1115, 0, 'D', 8, true, 'd'},
    {"timestamptz", 1184, 1185, 0, 'D', 8, true, 'd'},
    {"timetz", 1266, 1270, 0, 'D', 12, false, 'd'},
    {"tsmultirange", 4533, 6152, 0, 'R', -1, false, 'd'},
    {"tsquery", 3615, 3645, 0, 'U', -1, false, 'i'},
    {"tsrange", 3908, 3909, 0, 'R', -1, false, 'd'},
    {"tstzmultirange", 4534, 6153, 0, 'R', -1, false, 'd'},
    {"tstzrange", 3910, 3911, 0, 'R', -1, false, 'd'},
    {"tsvector", 3614, 3643, 0, 'U', -1, false, 'i'},
    {"txid_snapshot", 2970, 2949, 0, 'U', -1, false, 'd'},
    {"uuid", 2950, 2951, 0, 'U', 16, false, 'c'},
    {"varbit", 1562, 1563, 0, 'V', -1, false, 'i'},
    {"varchar", 1043, 1015, 100, 'S', -1, false, 'i'},
    {"xid", 28, 1011, 0, 'U', 4, true, 'i'},
    {"xid8", 5069, 271, 0, 'U', 8, true, 'd'},
    {"xml", 142, 143, 0, 'U', -1, false, 'i'},
};

// SELECT amname, opcname, o.oid, opcintype, opcdefault FROM pg_opclass o JOIN pg_am a ON a.oid = opcmethod
// WHERE o.oid < 16384 ORDER BY 1;
constexpr BuiltinOperatorClass kOperatorClasses[] = {
    {"brin", "bit_minmax_ops", 10151, 1560, true},
    {"brin", "box_inclusion_ops", 10163, 603, true},
    {"brin", "bpchar_bloom_ops", 10132, 1042, false},
    {"brin", "bpchar_minmax_ops", 10131, 1042, true},
    {"brin", "bytea_bloom_ops", 10093, 17, false},
    {"brin", "bytea_minmax_ops", 10092, 17, true},
    {"brin", "char_bloom_ops", 10095, 18, false},
    {"brin", "char_minmax_ops", 10094, 18, true},
    {"brin", "date_bloom_ops", 10138, 1082, false},
    {"brin", "date_minmax_multi_ops", 10137, 1082, false},
    {"brin", "date_minmax_ops", 10136, 1082, true},
    {"brin", "float4_bloom_ops", 10117, 700, false},
    {"brin", "float4_minmax_multi_ops", 10116, 700, false},
    {"brin", "float4_minmax_ops", 10115, 700, true},
    {"brin", "float8_bloom_ops", 10120, 701, false},
    {"brin", "float8_minmax_multi_ops", 10119, 701, false},
    {"brin", "float8_minmax_ops", 10118, 701, true},
    {"brin", "inet_bloom_ops", 10129, 869, false},
    {"brin", "inet_inclusion_ops", 10130, 869, true},
    {"brin", "inet_minmax_multi_ops", 10128, 869, false},
    {"brin", "inet_minmax_ops", 10127, 869, false},
    {"brin", "int2_bloom_ops", 10103, 21, false},
    {"brin", "int2_minmax_multi_ops", 10102, 21, false},
    {"brin", "int2_minmax_ops", 10101, 21, true},
    {"brin", "int4_bloom_ops", 10106, 23, false},
    {"brin", "int4_minmax_multi_ops", 10105, 23, false},
    {"brin", "int4_minmax_ops", 10104, 23, true},
    {"brin", "int8_bloom_ops", 10100, 20, false},
    {"brin", "int8_minmax_multi_ops", 10099, 20, false},
    {"brin", "int8_minmax_ops", 10098, 20, true},
    {"brin", "interval_bloom_ops", 10147, 1186, false},
    {"brin", "interval_minmax_multi_ops", 10146, 1186, false},
    {"brin", "interval_minmax_ops", 10145, 1186, true},
    {"brin", "macaddr8_bloom_ops", 10126, 774, false},
    {"brin", "macaddr8_minmax_multi_ops", 10125, 774, false},
    {"brin", "macaddr8_minmax_ops", 10124, 774, true},
    {"brin", "macaddr_bloom_ops", 10123, 829, false},
    {"brin", "macaddr_minmax_multi_ops", 10122, 829, false},
    {"brin", "macaddr_minmax_ops", 10121, 829, true},
    {"brin", "name_bloom_ops", 10097, 19, false},
    {"brin", "name_minmax_ops", 10096, 19, true},
    {"brin", "numeric_bloom_ops", 10155, 1700, false},
    {"brin", "numeric_minmax_multi_ops", 10154, 1700, false},
    {"brin", "numeric_minmax_ops", 10153, 1700, true},
    {"brin", "oid_bloom_ops", 10111, 26, false},
    {"brin", "oid_minmax_multi_ops", 10110, 26, false},
    {"brin", "oid_minmax_ops", 10109, 26, true},
    {"brin", "pg_lsn_bloom_ops", 10162, 3220, false},
    {"brin", "pg_lsn_minmax_multi_ops", 10161, 3220, false},
    {"brin", "pg_lsn_minmax_ops", 10160, 3220, true},
    {"brin", "range_inclusion_ops", 10159, 3831, true},
    {"brin", "text_bloom_ops", 10108, 25, false},
    {"brin", "text_minmax_ops", 10107, 25, true},
    {"brin", "tid_bloom_ops", 10113, 27, false},
    {"brin", "tid_minmax_multi_ops", 10114, 27, false},
    {"brin", "tid_minmax_ops", 10112, 27, true},
    {"brin", "time_bloom_ops", 10135, 1083, false},
    {"brin", "time_minmax_multi_ops", 10134, 1083, false},
    {"brin", "time_minmax_ops", 10133, 1083, true},
    {"brin", "timestamp_bloom_ops", 10141, 1114, false},
    {"brin", "timestamp_minmax_multi_ops", 10140, 1114, false},
    {"brin", "timestamp_minmax_ops", 10139, 1114, true},
    {"brin", "timestamptz_bloom_ops", 10144, 1184, false},
    {"brin", "timestamptz_minmax_multi_ops", 10143, 1184, false},
    {"brin", "timestamptz_minmax_ops", 10142, 1184, true},
    {"brin", "timetz_bloom_ops", 10150, 1266, false},
    {"brin", "timetz_minmax_multi_ops", 10149, 1266, false},
    {"brin", "timetz_minmax_ops", 10148, 1266, true},
    {"brin", "uuid_bloom_ops", 10158, 2950, false},
    {"brin", "uuid_minmax_multi_ops", 10157, 2950, false},
    {"brin", "uuid_minmax_ops", 10156, 2950, true},
    {"brin", "varbit_minmax_ops", 10152, 1562, true},
    {"btree", "array_ops", 10000, 2277, true},
    {"btree", "bit_ops", 10002, 1560, true},
    {"btree", "bool_ops", 10003, 16, true},
    {"btree", "bpchar_ops", 10004, 1042, true},
    {"btree", "bpchar_pattern_ops", 4219, 1042, false},
    {"btree", "bytea_ops", 10006, 17, true},
    {"btree", "char_ops", 10007, 18, true},
    {"btree", "cidr_ops", 10009, 869, false},
    {"btree", "date_ops", 3122, 1082, true},
    {"btree", "enum_ops", 10069, 3500, true},
    {"btree", "float4_ops", 10012, 700, true},
    {"btree", "float8_ops", 3123, 701, true},
    {"btree", "inet_ops", 10015, 869, true},
    {"btree", "int2_ops", 1979, 21, true},
    {"btree", "int4_ops", 1978, 23, true},
    {"btree", "int8_ops", 3124, 20, true},
    {"btree", "interval_ops", 10022, 1186, true},
    {"btree", "jsonb_ops", 10088, 3802, true},
    {"btree", "macaddr8_ops", 10026, 774, true},
    {"btree", "macaddr_ops", 10024, 829, true},
    {"btree", "money_ops", 10047, 790, true},
    {"btree", "multirange_ops", 10080, 4537, true},
    {"btree", "name_ops", 10028, 19, true},
    {"btree", "numeric_ops", 3125, 1700, true},
    {"btree", "oid_ops", 1981, 26, true},
    {"btree", "oidvector_ops", 10032, 30, true},
    {"btree", "pg_lsn_ops", 10067, 3220, true},
    {"btree", "range_ops", 10076, 3831, true},
    {"btree", "record_image_ops", 10036, 2249, false},
    {"btree", "record_ops", 10034, 2249, true},
    {"btree", "text_ops", 3126, 25, true},
    {"btree", "text_pattern_ops", 4217, 25, false},
    {"btree", "tid_ops", 10050, 27, true},
    {"btree", "time_ops", 10038, 1083, true},
    {"btree", "timestamp_ops", 3128, 1114, true},
    {"btree", "timestamptz_ops", 3127, 1184, true},
    {"btree", "timetz_ops", 10041, 1266, true},
    {"btree", "tsquery_ops", 10074, 3615, true},
    {"btree", "tsvector_ops", 10071, 3614, true},
    {"btree", "uuid_ops", 10065, 2950, true},
    {"btree", "varbit_ops", 10043, 1562, true},
    {"btree", "varchar_ops", 10044, 25, false},
    {"btree", "varchar_pattern_ops", 4218, 25, false},
    {"btree", "xid8_ops", 10053, 5069, true},
    {"gin", "array_ops", 10064, 2277, true},
    {"gin", "jsonb_ops", 10090, 3802, true},
    {"gin", "jsonb_path_ops", 10091, 3802, false},
    {"gin", "tsvector_ops", 10073, 3614, true},
    {"gist", "box_ops", 10060, 603, true},
    {"gist", "circle_ops", 10063, 718, true},
    {"gist", "inet_ops", 10017, 869, false},
    {"gist", "multirange_ops", 10082, 4537, true},
    {"gist", "point_ops", 10061, 600, true},
    {"gist", "poly_ops", 10062, 604, true},
    {"gist", "range_ops", 10078, 3831, true},
    {"gist", "tsquery_ops", 10075, 3615, true},
    {"gist", "tsvector_ops", 10072, 3614, true},
    {"hash", "aclitem_ops", 10059, 1033, true},
    {"hash", "array_ops", 10001, 2277, true},
    {"hash", "bool_ops", 10048, 16, true},
    {"hash", "bpchar_ops", 10005, 1042, true},
    {"hash", "bpchar_pattern_ops", 10058, 1042, false},
    {"hash", "bytea_ops", 10049, 17, true},
    {"hash", "char_ops", 10008, 18, true},
    {"hash", "cid_ops", 10054, 29, true},
    {"hash", "cidr_ops", 10010, 869, false},
    {"hash", "date_ops", 10011, 1082, true},
    {"hash", "enum_ops", 10070, 3500, true},
    {"hash", "float4_ops", 10013, 700, true},
    {"hash", "float8_ops", 10014, 701, true},
    {"hash", "inet_ops", 10016, 869, true},
    {"hash", "int2_ops", 10019, 21, true},
    {"hash", "int4_ops", 10020, 23, true},
    {"hash", "int8_ops", 10021, 20, true},
    {"hash", "interval_ops", 10023, 1186, true},
    {"hash", "jsonb_ops", 10089, 3802, true},
    {"hash", "macaddr8_ops", 10027, 774, true},
    {"hash", "macaddr_ops", 10025, 829, true},
    {"hash", "multirange_ops", 10081, 4537, true},
    {"hash", "name_ops", 10029, 19, true},
    {"hash", "numeric_ops", 10030, 1700, true},
    {"hash", "oid_ops", 10031, 26, true},
    {"hash", "oidvector_ops", 10033, 30, true},
    {"hash", "pg_lsn_ops", 10068, 3220, true},
    {"hash", "range_ops", 10077, 3831, true},
    {"hash", "record_ops", 10035, 2249, true},
    {"hash", "text_ops", 10037, 25, true},
    {"hash", "text_pattern_ops", 10056, 25, false},
    {"hash", "tid_ops", 10055, 27, true},
    {"hash", "time_ops", 10039, 1083, true},
    {"hash", "timestamp_ops", 10046, 1114, true},
    {"hash", "timestamptz_ops", 10040, 1184, true},
    {"hash", "timetz_ops", 10042, 1266, true},
    {"hash", "uuid_ops", 10066, 2950, true},
    {"hash", "varchar_ops", 10045, 25, false},
    {"hash", "varchar_pattern_ops", 10057, 25, false},
    {"hash", "xid8_ops", 10052, 5069, true},
    {"hash", "xid_ops", 10051, 28, true},
    {"spgist", "box_ops", 10083, 603, true},
    {"spgist", "inet_ops", 10018, 869, true},
    {"spgist", "kd_point_ops", 10085, 600, false},
    {"spgist", "poly_ops", 10087, 604, true},
    {"spgist", "quad_point_ops", 10084, 600, true},
    {"spgist", "range_ops", 10079, 3831, true},
    {"spgist", "text_ops", 10086, 25, true},
};
// clang-format on

constexpr Oid kAnyArray = 2277;
constexpr Oid kAnyEnum = 3500;
constexpr Oid kAnyRange = 3831;
constexpr Oid kText = 25;
constexpr Oid kVarchar = 1043;

}  // namespace

const BuiltinType* builtin_type(std::string_view name) {
  for (const BuiltinType& type : kTypes) {
    if (type.name == name) {
      return &type;
    }
  }
  return nullptr;
}

const BuiltinType* builtin_type(Oid oid) {
  for (const BuiltinType& type : kTypes) {
    if (type.oid == oid) {
      return &type;
    }
  }
  return nullptr;
}

const BuiltinOperatorClass* builtin_operator_class(std::string_view access_method,
                                                   std::string_view name) {
  for (const BuiltinOperatorClass& one : kOperatorClasses) {
    if (one.access_method == access_method && one.name == name) {
      return &one;
    }
  }
  return nullptr;
}

const BuiltinOperatorClass* default_operator_class(std::string_view access_method, Oid type,
                                                   char category) {
  // As GetDefaultOpClass(), src/backend/commands/indexcmds.c: exact, else binary-coercible.
  const Oid accepted = type == kVarchar                                   ? kText
                       : category == 'A'                                  ? kAnyArray
                       : category == 'E'                                  ? kAnyEnum
                       : category == 'R' && builtin_type(type) != nullptr ? kAnyRange
                                                                          : type;
  for (const BuiltinOperatorClass& one : kOperatorClasses) {
    if (one.access_method == access_method && one.is_default && one.input_type == accepted) {
      return &one;
    }
  }
  return nullptr;
}

}  // namespace quern::collector
