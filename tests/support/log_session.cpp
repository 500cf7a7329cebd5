#include "tests/support/log_session.hpp"

#include <pqxx/pqxx>

namespace quern::testing {

namespace {

void simple_protocol(LogDriver& d) {
  d.simple("select count(*) from item");
  for (int i = 1; i <= 5; ++i) {
    d.simple("select name from item where id = " + std::to_string(i));
  }
  d.simple(
      "select i.name,\n\t\ti.price -- the \"price\"\n  from item i\n where i.name = 'it''s, a \\ "
      "\xC3\xBC'\n\n");
  d.simple(
      "insert into item(name, price) values ('LOG:  duration: 1.0 ms  statement: select 1', 3)");
  d.simple("update item set price = price + 1 where id = 3");
  d.simple("delete from item where id = 77");
  d.simple("with t as (select id from item where price > 5) select count(*) from t");
}

void extended_protocol(LogDriver& d) {
  const std::string by_name = "select id from item where name = $1 or price = $2";
  d.extended(by_name, {"O'Brien, $2 = '", std::nullopt});
  d.extended(by_name, {"two\nlines\tand a tab", "7"});
  d.extended(by_name, {std::string(300, 'x'), "8"});
  d.extended("select 42::int4 + 1");
  d.prepare("by id", "select name from item where id = $1");
  for (const char* id : {"1", "2", "3"}) {
    d.execute("by id", {id});
  }
  d.fetch_portal("select id, name from item order by id", 2, 4);
}

void transactions(LogDriver& d) {
  d.simple("begin");
  d.simple("insert into item(name, price) values ('a', 1)");
  d.simple("savepoint s");
  d.simple_fails("insert into item(id, name) values (1, 'twice')");
  d.simple("rollback to savepoint s");
  d.simple("release savepoint s");
  d.simple("declare c cursor for select id from item order by id desc");
  d.simple("fetch 3 from c");
  d.simple("fetch 3 from c");
  d.simple("close c");
  d.simple("commit");
  d.simple("begin");
  d.simple("update item set price = 0");
  d.simple("rollback");
}

void failures(LogDriver& d) {
  d.simple_fails("select price / 0 from item");
  d.simple_fails("selec 1");
  d.simple_fails("select no_such_column from item");
  d.extended_fails("select id from item where id = $1", {"not a number"});
  d.extended_fails("select 10 / $1::int", {"0"});
  d.cancelled("select pg_sleep(60)");
  d.times_out("select pg_sleep(61), 1");
}

void several_at_a_time(LogDriver& d) {
  d.several({"begin", "update item set price = 4 where id = 4", "commit"});
  d.several({"select 1 as \";\"", "select name from item where name = ';' and id = 6", "select 7"});
  d.pipeline("select price / (id - $1::int) from item where id = 3", {"1", "2", "3", "4"}, 2);
}

void functions(LogDriver& d) {
  d.simple("select within(3)");
  d.ran_within("select count(*) from item where price < $1");
  d.ran_within("insert into item_log values (r)");
  d.extended("select within($1) + 1", {"4"});
  d.ran_within("select count(*) from item where price < $1");
  d.ran_within("insert into item_log values (r)");
  d.simple("select sum(below(2)) from (values (1), (2)) v(n)");
  d.ran_within("select count(*) from item where price <= $1", 2);
  d.simple("insert into triggered values (1), (2), (3)");
  d.ran_within("insert into item_log values (new.n)", 3);
}

void lock_wait(LogDriver& d, const std::string& dsn, const std::string& quiet_dsn, Sent& sent) {
  LogDriver other{dsn, sent};
  d.simple("begin");
  d.simple("update item set price = 9 where id = 2");
  other.send("update item set price = 10 where id = 2");
  // The wait is logged after deadlock_timeout; it has begun once the other shows it.
  pqxx::connection watcher{quiet_dsn};
  pqxx::nontransaction watch{watcher};
  const std::string waiting =
      "select wait_event_type is not distinct from 'Lock' and "
      "clock_timestamp() > query_start + interval '15 ms' from pg_stat_activity where pid = " +
      std::to_string(other.process());
  while (!watch.exec(waiting)[0][0].as<bool>(false)) {
  }
  d.simple("commit");
  other.finish();
}

void heavy(LogDriver& d) {
  d.simple("set work_mem = '64kB'");
  d.simple("set jit_above_cost = 0");
  d.simple("select g from generate_series(1, 20000) g order by md5(g::text) limit 1");
  d.simple("reset all");
}

}  // namespace

std::string log_session_schema() {
  return "drop table if exists item; create table item(id serial primary key, name text, price "
         "int);"
         "insert into item(name, price) select 'item ' || g, g % 17 from generate_series(1, 100) g;"
         "drop table if exists item_log, triggered;"
         "create table item_log(n int); create table triggered(n int);"
         "create or replace function within(int) returns int language plpgsql as $$ declare r int; "
         "begin select count(*) into r from item where price < $1; insert into item_log values "
         "(r); "
         "return r; end $$;"
         "create or replace function below(int) returns bigint language sql volatile as "
         "'select count(*) from item where price <= $1';"
         "create or replace function on_insert() returns trigger language plpgsql as $$ begin "
         "insert into item_log values (new.n); return new; end $$;"
         "create trigger on_insert before insert on triggered for each row "
         "execute function on_insert();"
         "analyze item";
}

Sent run_log_session(const std::string& dsn, const std::string& quiet_dsn) {
  Sent sent;
  LogDriver driver{dsn, sent};
  simple_protocol(driver);
  extended_protocol(driver);
  transactions(driver);
  several_at_a_time(driver);
  functions(driver);
  failures(driver);
  lock_wait(driver, dsn, quiet_dsn, sent);
  heavy(driver);
  return sent;
}

}  // namespace quern::testing
