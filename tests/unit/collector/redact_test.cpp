#include <catch2/catch.hpp>

#include "collector/redact/redact_documents.hpp"
#include "collector/redact/redact_sql.hpp"

using namespace quern;
using namespace quern::collector;

namespace {

const ValueMapping kMapping{"test"};

std::string text(std::string_view value) {
  return kMapping.map(value, {ValueKind::Text});
}

std::string number(std::string_view value) {
  return kMapping.map(value, {ValueKind::Number});
}

std::string time(std::string_view value) {
  return kMapping.map(value, {ValueKind::Time});
}

Column column(const char* name, Oid type, std::int16_t place) {
  Column c;
  c.name = name;
  c.type = type;
  c.number = place;
  return c;
}

CatalogSnapshot orders() {
  constexpr Oid kInt4 = 23, kText = 25, kTimestampTz = 1184, kTextArray = 1009;
  Table table;
  table.oid = 20000;
  table.schema = "public";
  table.name = "orders";
  table.columns = {column("id", kInt4, 1), column("status", kText, 2),
                   column("placed_at", kTimestampTz, 3), column("tags", kTextArray, 4)};
  ColumnStatistics statuses;
  statuses.most_common_values = {"open", "12"};
  table.columns[1].statistics = statuses;
  CatalogSnapshot catalog;
  catalog.tables = {table};
  Index index;
  index.table = table.oid;
  index.definition =
      "CREATE INDEX i ON public.orders USING btree (id) WHERE (status = 'open'::text)";
  index.predicate = "(status = 'open'::text)";
  catalog.indexes = {index};
  return catalog;
}

}  // namespace

TEST_CASE("mapped values keep their order and distances", "[redact]") {
  CHECK(text("adler") < text("b"));
  CHECK(text("Vienna") < text("Vienne"));
  CHECK(text("Vienna").find("Vienna") == std::string::npos);
  CHECK(text("a!b") != text("a\"b"));
  CHECK(text("žena") != "žena");
  const auto moved = [](const char* value) { return std::stod(number(value)) - std::stod(value); };
  CHECK(moved("-5") == Approx(moved("29625")));
  CHECK(moved("49.90") == Approx(moved("29625")));
  CHECK(number("-0.5").find('.') != std::string::npos);
  CHECK(number("NaN") == "NaN");
  CHECK(time("2025-05-30 10:11:12+00") < time("2025-05-31"));
  CHECK(time("2025-05-30").substr(4) == "-05-30");
  CHECK(time("infinity") == "infinity");
}

TEST_CASE("a pattern matches what it matched", "[redact]") {
  const ValueType pattern{ValueKind::Text, false, true};
  CHECK(kMapping.map("%guitar_1%", pattern) == "%" + text("guitar") + "_" + text("1") + "%");
  CHECK(kMapping.map("5\\%", pattern) == text("5%"));
  CHECK(kMapping.map("a&b", pattern) == text("a") + "\\%" + text("b"));
}

TEST_CASE("a literal is what the column is that it is compared with", "[redact]") {
  const CatalogSnapshot catalog = orders();
  const SqlRedactor redactor{kMapping, catalog};
  const auto redacted = [&](const char* sql) { return redactor.statement(sql).text; };
  CHECK(redacted("SELECT id FROM orders WHERE status = '12' AND id = 12 LIMIT 12") ==
        "SELECT id FROM orders WHERE status = '" + text("12") + "' AND id = " + number("12") +
            " LIMIT 12");
  CHECK(redacted("SELECT 1 FROM orders o WHERE o.id IN (7, -8)") ==
        "SELECT 1 FROM orders o WHERE o.id IN (" + number("7") + ", " + number("-8") + ")");
  CHECK(redacted("SELECT 1 FROM orders WHERE id = ANY ('{7,8}')") ==
        "SELECT 1 FROM orders WHERE id = ANY ('{\"" + number("7") + "\",\"" + number("8") +
            "\"}')");
  CHECK(redacted("SELECT date_trunc('month', placed_at) FROM orders WHERE placed_at > '2025-05-30' "
                 "-- bob") ==
        "SELECT date_trunc('month', placed_at) FROM orders WHERE placed_at > '" +
            time("2025-05-30") + "'  ");
  CHECK(redacted("UPDATE orders SET id = id + 10, status = E'it\\'s' WHERE id = 4") ==
        "UPDATE orders SET id = id + 10, status = '" + text("it's") +
            "' WHERE id = " + number("4"));
  CHECK(redacted("SELECT 1 FROM orders WHERE status LIKE 'Sm%'") ==
        "SELECT 1 FROM orders WHERE status LIKE '" + text("Sm") + "%'");
  CHECK(redacted("SELECT 1 FROM orders WHERE placed_at > now() - interval '7 days 2 hours'") ==
        "SELECT 1 FROM orders WHERE placed_at > now() - interval '7d 2h'");
  CHECK(redacted("SELECT 1 FROM orders WHERE placed_at > now() - '90 minutes'") ==
        "SELECT 1 FROM orders WHERE placed_at > now() - '90m'");
  CHECK(redacted("SELECT 1 FROM orders WHERE placed_at > now() - interval '1 day -02:30:05'") ==
        "SELECT 1 FROM orders WHERE placed_at > now() - interval '1d -2h -30m -5s'");
  CHECK(redacted("SELECT 1 FROM orders WHERE status = ' s'") ==
        "SELECT 1 FROM orders WHERE status = '" + text(" s") + "'");
  CHECK(kMapping.map(" s", {ValueKind::Guess}) == text(" s"));  // a unit of nothing is a word
  CHECK(redacted("this is 'not' SQL").find("not") == std::string::npos);
}

TEST_CASE("what the planner computes with stays, other numbers of four digits do not", "[redact]") {
  const CatalogSnapshot catalog = orders();
  const SqlRedactor redactor{kMapping, catalog};
  const auto redacted = [&](const char* sql) { return redactor.statement(sql).text; };
  CHECK(redacted("SELECT id / 1000 FROM orders LIMIT 20 OFFSET 4000") ==
        "SELECT id / " + number("1000") + " FROM orders LIMIT 20 OFFSET 4002");
  CHECK(redacted("SELECT 1 FROM orders WHERE id < 5000 + 1000") ==
        "SELECT 1 FROM orders WHERE id < " + number("5000") + " + 1000");
  CHECK(redacted("SELECT generate_series(1, 1000)") ==
        "SELECT generate_series(" + number("1") + ", " + number("1000") + ")");  // as many rows
  CHECK(redacted("SELECT power(2, 1000)") == "SELECT power(2, 1000)");
  CHECK(redacted("SET work_mem = '64MB'") == "SET work_mem = '64MB'");
  CHECK(redacted("SELECT 1 FROM orders ORDER BY 1 LIMIT '10'::bigint") ==
        "SELECT 1 FROM orders ORDER BY 1 LIMIT '10'::bigint");
}

TEST_CASE("integers move beyond a billion, other numbers stay small", "[redact]") {
  CHECK(std::stoll(number("0")) >= 1'000'000'000);
  CHECK(std::stoll(number("900000000")) <= 2'147'483'647);
  CHECK(std::stod(kMapping.map("29999", {ValueKind::Small})) < 65'536);
  CHECK(std::stod(kMapping.map("9999999.99", {ValueKind::Real})) < 100'000'000);
  CHECK(kMapping.map("09:30", {ValueKind::TimeOfDay}) == "04:45:00");
  CHECK(kMapping.map("23:59:59.5+02", {ValueKind::TimeOfDay}) == "11:59:59.750000+02");
  CHECK(kMapping.map("fe80::1", {ValueKind::Network}) == "ff80::1");
  CHECK(kMapping.map("10.1.91.65", {ValueKind::Network}) == "17.1.91.65");
}

TEST_CASE("dates in any form move by their year", "[redact]") {
  const std::string year = time("2024-03-17").substr(0, 4);
  CHECK(time("17/03/2024") == "17/03/" + year);
  CHECK(time("20240317") == year + "0317");
  CHECK(time("March 17, 2024 10:00:00.2024+0100") == "March 17, " + year + " 10:00:00.2024+0100");
  CHECK(time("today") == "today");
  CHECK(time("17.03.24") == text("17.03.24"));  // which of them is the year?
}

TEST_CASE("values that are written in other ways than a plain literal move as well", "[redact]") {
  const auto map = [](const char* value, ValueKind kind) { return kMapping.map(value, {kind}); };
  CHECK(map("10110011", ValueKind::Bits) == "01011001");
  CHECK(map("secret", ValueKind::Hex) == text("secret"));  // bytea in its escape format
  CHECK(map("08:00:2b:01:02:03", ValueKind::Hex) == "04:00:15:80:81:01");
  CHECK(map("[50125,50199)", ValueKind::Range) ==
        "[" + number("50125") + "," + number("50199") + ")");
  CHECK(map("$1,234.50", ValueKind::Real) == "$" + map("1234.50", ValueKind::Real));
  CHECK(map("1_234", ValueKind::Number) == number("1234"));
  CHECK(map("no number", ValueKind::Number) == text("no number"));
  const ValueType regex{ValueKind::Text, false, false, true};
  CHECK(kMapping.map("^ab\\.[c-d]{2,3}\\d+$", regex) ==
        "^" + text("ab.") + "[" + text("c") + "-" + text("d") + "]{2,3}\\d+$");
}

TEST_CASE("arguments are what their function takes", "[redact]") {
  CatalogSnapshot catalog = orders();
  FunctionDefinition balance;
  balance.name = "balance";
  balance.arguments = {23, 25};  // int4, text
  catalog.functions = {balance};
  const SqlRedactor redactor{kMapping, catalog};
  const auto redacted = [&](const char* sql) { return redactor.statement(sql).text; };
  const std::string year = time("2024-03-17").substr(0, 4);
  CHECK(redacted("SELECT balance(7, '8')") ==
        "SELECT balance(" + number("7") + ", '" + text("8") + "')");
  CHECK(redacted("SELECT to_date('17/03/2024', 'DD/MM/YYYY'), make_date(2024, 3, 17)") ==
        "SELECT to_date('17/03/" + year + "', 'DD/MM/YYYY'), make_date(" + year + ", 3, 17)");
  CHECK(redacted("SELECT date_trunc('month', timestamp '2024-03-17')") ==
        "SELECT date_trunc('month', timestamp '" + year + "-03-17')");
  CHECK(redacted("SELECT set_config('app.tenant', 'acme', true)") ==
        "SELECT set_config('app.tenant', '" + text("acme") + "', true)");
  CHECK(redacted("SET app.tenant = 'acme'") == "SET app.tenant = '" + text("acme") + "'");
  CHECK(redacted("EXECUTE balance(7)") == "EXECUTE balance(" + number("7") + ")");
  CHECK(redacted("SELECT unnest(ARRAY[7, 8])") ==
        "SELECT unnest(ARRAY[" + number("7") + ", " + number("8") + "])");
  CHECK(redacted("SELECT CASE status WHEN 'x' THEN 'y' END, coalesce(id, 7) FROM orders") ==
        "SELECT CASE status WHEN '" + text("x") + "' THEN '" + text("y") + "' END, coalesce(id, " +
            number("7") + ") FROM orders");
  CHECK(redacted("SELECT 1 FROM elsewhere WHERE unknown = 7") ==
        "SELECT 1 FROM elsewhere WHERE unknown = " + number("7"));
  CHECK(redacted("INSERT INTO elsewhere VALUES (7)") ==
        "INSERT INTO elsewhere VALUES (" + number("7") + ")");
  CHECK(redacted("SELECT id FROM orders o WHERE (SELECT count(*) FROM orders) > 0") ==
        "SELECT id FROM orders o WHERE (SELECT count(*) FROM orders) > 0");
}

TEST_CASE("an epoch moves as times do", "[redact]") {
  const CatalogSnapshot catalog;
  const std::string moved =
      SqlRedactor{kMapping, catalog}.statement("SELECT to_timestamp(1748599872)").text;
  const std::string year = time("2025-05-30").substr(0, 4);
  const std::int64_t years = std::stoll(year) - 2025;
  CHECK(moved ==
        "SELECT to_timestamp(" + std::to_string(1748599872 + years / 28 * 10227 * 86400) + ")");
}

TEST_CASE("parameters are what their place says", "[redact]") {
  const CatalogSnapshot catalog = orders();
  Workload workload;
  QueryClass c;
  c.sql = "INSERT INTO orders (status, id) VALUES ($1, $2)";
  SampleExecution sample;
  sample.sql = c.sql;
  sample.parameters = {"12", "12"};
  c.samples = {sample};
  ObservedPlan plan;
  plan.example = R"json({"Plan":{"Node Type":"Seq Scan","Filter":"(status = 'open'::text)"}})json";
  c.plans = {plan};
  workload.classes = {c};
  const QueryClass done = redacted(workload, catalog, kMapping).classes.front();
  CHECK(done.samples.front().parameters == ParameterValues{text("12"), number("12")});
  CHECK(done.plans.front().example.find("open") == std::string::npos);
  CHECK(done.plans.front().example.find("Seq Scan") != std::string::npos);
}

TEST_CASE("a catalog's statistics and predicates go through the same mapping", "[redact]") {
  const CatalogSnapshot done = redacted(orders(), kMapping);
  CHECK(done.tables.front().columns[1].statistics->most_common_values ==
        std::vector<std::string>{text("open"), text("12")});
  CHECK(done.indexes.front().predicate == "(status = '" + text("open") + "'::text)");
  CHECK(done.indexes.front().definition.find("'open'") == std::string::npos);
}
