#include "collector/logs/server_messages.hpp"

#include <catch2/catch.hpp>

using namespace quern;
using namespace quern::collector;

TEST_CASE("checkpoints with their figures") {
  ServerEvents events;
  count_checkpoint(
      "checkpoint complete: wrote 71 buffers (0.4%); 0 WAL file(s) added, 0 removed, 1 recycled; "
      "write=0.512 s, sync=0.010 s, total=0.530 s; sync files=12, longest=0.004 s, average=0.001 "
      "s; distance=16384 kB, estimate=16384 kB",
      events);
  count_checkpoint(  // PostgreSQL 17 and later
      "checkpoint complete: wrote 5 buffers (0.0%), wrote 2 SLRU buffers; 0 WAL file(s) added, 0 "
      "removed, 0 recycled; write=1.000 s, sync=0.001 s, total=1.1 s; sync files=1, longest=0.001 "
      "s, average=0.001 s; distance=10 kB, estimate=99 kB; lsn=0/1, redo lsn=0/1",
      events);
  count_checkpoint("checkpoint complete (212): wrote 1 buffers (0.0%)", events);  // Azure
  CHECK(events.checkpoints == 3);
  CHECK(events.checkpoint_work.buffers == 77);
  CHECK(events.checkpoint_work.wal_kb == 16394);
  CHECK(events.checkpoint_work.write == Microseconds{1'512'000});
  CHECK(events.checkpoint_work.sync == Microseconds{11'000});
}

TEST_CASE("autovacuum by table, in the layouts of several versions") {
  ServerEvents events;
  const char* const kRuns[] = {
      // 15
      "automatic vacuum of table \"shop.public.orders\": index scans: 1\n"
      "pages: 0 removed, 100 remain, 100 scanned (100.00% of total)\n"
      "tuples: 30 removed, 5000 remain, 7 are dead but not yet removable\n"
      "removable cutoff: 800, which was 0 XIDs old when operation ended\n"
      "system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 0.25 s",
      // 9.6
      "automatic vacuum of table \"shop.public.orders\": index scans: 0\n"
      "\tpages: 0 removed, 10 remain, 0 skipped due to pins, 0 skipped frozen\n"
      "\ttuples: 12 removed, 50 remain, 0 are dead but not yet removable\n"
      "\tsystem usage: CPU 0.00s/0.01u sec elapsed 0.50 sec",
      "automatic analyze of table \"shop.public.orders\" system usage: CPU: user: 0.00 s, system: "
      "0.00 s, elapsed: 0.05 s",
      "automatic aggressive vacuum to prevent wraparound of table \"shop.public.old\": index "
      "scans: 0"};
  for (const char* run : kRuns) {
    CHECK(count_autovacuum(run, events));
  }
  CHECK(events.autovacuums == 4);
  REQUIRE(events.tables.size() == 2);
  const TableMaintenance& orders = events.tables.at("shop.public.orders");
  CHECK(orders.vacuums == 2);
  CHECK(orders.analyzes == 1);
  CHECK(orders.index_scans == 1);
  CHECK(orders.tuples_removed == 42);
  CHECK(orders.dead_kept == 7);
  CHECK(orders.elapsed == Microseconds{800'000});
  CHECK(events.tables.at("shop.public.old").vacuums == 1);
}
