#include <array>
#include <iostream>

#include <catch2/catch.hpp>

#include "planner-model/query/type_system.hpp"

#include "tests/support/cluster.hpp"

using namespace quern;
using namespace quern::planner_model;

TEST_CASE("Operators resolve as the server resolves them", "[types]") {
  auto& cluster = testing::Cluster::instance();
  cluster.query("drop database if exists resolution", "postgres");
  cluster.query("create database resolution", "postgres");
  cluster.query(R"(create function result_type(expression text) returns text language plpgsql as $$
    declare answer text;
    begin
      execute 'select pg_typeof(' || expression || ')' into answer;
      return answer;
    exception when others then
      return 'error';
    end $$)",
                "resolution");
  const std::string types_list =
      "'int2','int4','int8','numeric','float4','float8','text','varchar','bpchar','name','date',"
      "'timestamp','timestamptz','interval','time','bool','uuid','jsonb','int4[]','text[]','inet',"
      "'bytea','oid','unknown'";
  const auto rows = cluster.query(
      "select o, a, b, result_type(case a when 'unknown' then 'null' else 'null::' || a end || ' ' "
      "|| o || ' ' || case b when 'unknown' then 'null' else 'null::' || b end) from "
      "unnest(array['=', '<', '+', '-', '*', '||', '@>', '~~', '->']) o, unnest(array[" +
          types_list + "]) a, unnest(array[" + types_list + "]) b",
      "resolution");
  const CatalogSnapshot catalog;
  const TypeSystem types{catalog};
  const auto oid = [&](const std::string& name) {
    return types.type_by_name(name == "unknown" ? "pg_catalog" : "", name)->oid;
  };
  std::size_t equal = 0;
  for (const auto& row : rows) {
    const auto answer = types.resolve_binary_operator(*row[0], oid(*row[1]), oid(*row[2]));
    std::string model = "error";
    if (answer.resolution == Resolution::Found) {
      model = types.format_type(answer.result);
      // With a modifier in mind, as EXPLAIN prints it, the type is bpchar; without, character.
      if (model.starts_with("bpchar")) {
        model.replace(0, 6, "character");
      }
    }
    equal += model == *row[3] ? 1 : 0;
    if (model != *row[3]) {
      std::cout << "  " << *row[1] << " " << *row[0] << " " << *row[2] << ": server " << *row[3]
                << ", model " << model << "\n";
    }
  }
  std::cout << "operators: " << equal << " of " << rows.size() << " resolved alike\n";
  CHECK(equal == rows.size());
}
