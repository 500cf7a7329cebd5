#!/bin/sh
# Records the facts of PostgreSQL's own catalog that planning needs, as tab-separated text, one file
# a catalog. Run against a plain server of the version to record (no extension installed):
#   planner-model/query/record_builtins.sh "host=/tmp port=5432 user=postgres dbname=postgres"
set -eu
cd "$(dirname "$0")/builtins"
connection=${1:?usage: record_builtins.sh CONNECTION}

record() {  # record FILE QUERY: rows in the query's order; NULL is the empty field
  psql -X -q -d "$connection" -v ON_ERROR_STOP=1 -c "copy ($2) to stdout with (null '')" >"$1.tsv"
}

# oid name length by_value kind category preferred element array base typmod collation align storage
record type "
  select oid, typname, typlen, typbyval::int, typtype, typcategory, typispreferred::int, typelem,
         typarray, typbasetype, typtypmod, typcollation, typalign, typstorage,
         (typsubscript = 'array_subscript_handler'::regproc)::int
  from pg_type where oid < 16384 and typrelid = 0 order by oid"

# oid name kind volatility strict retset leakproof parallel cost rows result variadic ndefaults arguments support
record function "
  select p.oid, p.proname, p.prokind, p.provolatile, p.proisstrict::int, p.proretset::int,
         p.proleakproof::int, p.proparallel, p.procost, p.prorows, p.prorettype, p.provariadic,
         p.pronargdefaults, replace(p.proargtypes::text, ' ', ','),
         case when p.prosupport = 0 then '' else p.prosupport::text end
  from pg_proc p where p.oid < 16384 and p.pronamespace = 'pg_catalog'::regnamespace order by p.oid"

# function kind direct_args transition final combine serial deserial transition_type space sort_operator
# initial_value_is_null mtransition mfinal final_extra
record aggregate "
  select aggfnoid::oid, aggkind, aggnumdirectargs, aggtransfn::oid, aggfinalfn::oid, aggcombinefn::oid,
         aggserialfn::oid, aggdeserialfn::oid, aggtranstype, aggtransspace, aggsortop,
         (agginitval is null)::int, aggmtransfn::oid, aggmfinalfn::oid
  from pg_aggregate where aggfnoid::oid < 16384 order by aggfnoid::oid"

# oid name left right result function commutator negator merges hashes restriction join
record operator "
  select oid, oprname, oprleft, oprright, oprresult, oprcode::oid, oprcom, oprnegate, oprcanmerge::int,
         oprcanhash::int, case when oprrest = 0 then '' else oprrest::text end,
         case when oprjoin = 0 then '' else oprjoin::text end
  from pg_operator where oid < 16384 and oprnamespace = 'pg_catalog'::regnamespace order by oid"

# source target function context method
record cast "
  select castsource, casttarget, castfunc, castcontext, castmethod
  from pg_cast where oid < 16384 order by castsource, casttarget"

# oid name access_method family input_type default key_type
record operator_class "
  select c.oid, c.opcname, m.amname, c.opcfamily, c.opcintype, c.opcdefault::int, c.opckeytype
  from pg_opclass c join pg_am m on m.oid = c.opcmethod where c.oid < 16384 order by c.oid"

# family access_method left right strategy purpose operator
record operator_family_member "
  select o.amopfamily, m.amname, o.amoplefttype, o.amoprighttype, o.amopstrategy, o.amoppurpose, o.amopopr
  from pg_amop o join pg_am m on m.oid = o.amopmethod where o.oid < 16384
  order by o.amopfamily, o.amoplefttype, o.amoprighttype, o.amopstrategy, o.amopopr"

# oid name provider deterministic collate ctype; those the installation's locales decide are left out
record collation "
  select oid, collname, collprovider, collisdeterministic::int, coalesce(collcollate, ''), coalesce(collctype, '')
  from pg_collation where oid < 12000 order by oid"

# range_type subtype multirange_type collation
record range "
  select rngtypid, rngsubtype, rngmultitypid, rngcollation from pg_range where rngtypid < 16384 order by rngtypid"
