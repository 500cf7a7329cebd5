#include "tests/support/wal_oracle.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <ostream>

#include <fmt/format.h>

#include "planner-model/query/type_system.hpp"
#include "planner-model/writes/heap_row.hpp"
#include "planner-model/writes/vacuum.hpp"
#include "planner-model/writes/write_ahead_log.hpp"
#include "planner-model/writes/write_time.hpp"

#include "tests/support/wal_facts.hpp"
#include "tests/support/wal_server.hpp"

namespace quern::testing {

namespace {

using planner_model::RowWal;
using planner_model::WalBytes;

const Table& find_table(const CatalogSnapshot& catalog, const std::string& name) {
  return *std::find_if(catalog.tables.begin(), catalog.tables.end(),
                       [&](const Table& table) { return table.name == name; });
}

std::vector<const Index*> indexes_of(const CatalogSnapshot& catalog, const Table& table) {
  std::vector<const Index*> found;
  for (const Index& index : catalog.indexes) {
    if (index.table == table.oid) {
      found.push_back(&index);
    }
  }
  return found;
}

std::string kinds_of(const std::vector<RecordsOfKind>& records, const std::string& relation) {
  std::string text;
  for (const RecordsOfKind& one : records) {
    if (one.relation == relation) {
      text += fmt::format(" {} {:.4f}x {:.1f}+{:.1f};", one.kind, one.count, one.bytes - one.images,
                          one.images);
    }
  }
  return text;
}

/// The model's bytes of one relation, and the server's beside them by kind of record.
std::string relation_detail(const WalFacts& facts, const std::string& relation,
                            const WalBytes& model, const std::string& what) {
  WalBytes real;
  for (const RecordsOfKind& one : facts.records) {
    if (one.relation == relation) {
      real.records += one.bytes - one.images;
      real.images += one.images;
    }
  }
  return fmt::format("\n      {:.1f} + {:.1f} for {:.1f} + {:.1f}: {}\n           {}",
                     model.records, model.images, real.records, real.images, what,
                     kinds_of(facts.records, relation));
}

WalCase compare(const WalFacts& facts) {
  const Table& table = find_table(facts.catalog, facts.table);
  const auto indexes = indexes_of(facts.catalog, table);
  const RowWal model = row_wal(facts.catalog, table, indexes, facts.shape);
  WalCase one{.table = table.name, .operation = facts.operation, .indexes = indexes.size()};
  one.rows = facts.shape.rows;
  one.real = facts.bytes;
  one.model = model.total();
  one.model_images = model.heap.images;
  for (const RecordsOfKind& kind : facts.records) {
    one.real_images += kind.images;
  }
  const planner_model::TypeSystem types{facts.catalog};
  const planner_model::HeapRow heap = planner_model::heap_row(table, types);
  one.detail = fmt::format(
      "    rows of {:.1f} bytes ({:.1f}), {:.1f} on each of {} pages, {:.0f} bytes free, {:.1f} "
      "holes; HOT "
      "{:.2f}",
      heap.length, heap.item, heap.rows_per_page, table.pages, heap.free_bytes, heap.holes,
      facts.shape.hot_share.value_or(-1));
  one.detail += relation_detail(facts, "", {model.commit, 0}, "transactions");
  one.detail += relation_detail(facts, table.name, model.heap, "heap");
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    one.model_images += model.indexes[i].images;
    one.detail += relation_detail(facts, indexes[i]->name, model.indexes[i],
                                  fmt::format("{} [{} pages, {:.0f} rows]", indexes[i]->definition,
                                              indexes[i]->pages, indexes[i]->reltuples));
  }
  return one;
}

Slowdown compare(const SlowdownFacts& facts) {
  const Table& table = find_table(facts.catalog, facts.table);
  const auto indexes = indexes_of(facts.catalog, table);
  const planner_model::RowTime time = row_time(facts.catalog, table, indexes, facts.shape);
  Slowdown one{.table = facts.table,
               .operation = "insert",
               .real = facts.with / facts.without,
               .model = time.total() / time.heap,
               .real_without = facts.without,
               .real_with = facts.with,
               .model_without = time.heap,
               .model_with = time.total()};
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    one.detail += fmt::format("           {:.1f}: {} [{} pages, {:.0f} rows]\n", time.indexes[i],
                              indexes[i]->definition, indexes[i]->pages, indexes[i]->reltuples);
  }
  return one;
}

std::vector<VacuumCase> compare(const VacuumFacts& facts) {
  const Table& table = find_table(facts.catalog, facts.table);
  const planner_model::TypeSystem types{facts.catalog};
  std::vector<VacuumCase> cases;
  for (const Index* index : indexes_of(facts.catalog, table)) {
    VacuumCase one{.table = facts.table,
                   .index = index->definition,
                   .method = index->access_method,
                   .dead_rows = facts.dead_rows};
    for (const RecordsOfKind& kind : facts.records) {
      one.real += kind.relation == index->name ? kind.bytes : 0;
    }
    const auto pass = vacuum_pass(types, table, *index, facts.dead_rows);
    one.model = pass.wal.records / facts.dead_rows;
    one.detail =
        fmt::format("{} pages, {:.0f} rows, {:.0f} changed: {}", index->pages, index->reltuples,
                    pass.pages_changed, kinds_of(facts.records, index->name));
    if (one.real > 0 || one.model > 0) {
      cases.push_back(one);
    }
  }
  return cases;
}

std::vector<double> ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> rank(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    rank[order[i]] = static_cast<double>(i);
  }
  return rank;
}

}  // namespace

WalResults run_wal(const WalRun& run, std::ostream& progress) {
  const std::string stem = run.facts + fmt::format("/wal_{}", run.seed);
  std::optional<WrittenTables> written = run.facts.empty() ? std::nullopt : read_wal_facts(stem);
  if (!written) {
    written = write_tables(run, progress);
    if (!run.facts.empty()) {
      write_wal_facts(stem, *written);
    }
  }
  WalResults results;
  for (const WalFacts& one : written->writes) {
    results.cases.push_back(compare(one));
  }
  for (const SlowdownFacts& one : written->slowdowns) {
    results.slowdowns.push_back(compare(one));
  }
  for (const VacuumFacts& one : written->vacuums) {
    for (VacuumCase& index : compare(one)) {
      results.vacuums.push_back(std::move(index));
    }
  }
  return results;
}

double rank_correlation(const std::vector<Slowdown>& slowdowns) {
  std::vector<double> real;
  std::vector<double> model;
  for (const Slowdown& one : slowdowns) {
    real.push_back(one.real);
    model.push_back(one.model);
  }
  const auto a = ranks(real);
  const auto b = ranks(model);
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    squares += (a[i] - b[i]) * (a[i] - b[i]);
  }
  const auto n = static_cast<double>(a.size());
  return n < 2 ? 1 : 1 - 6 * squares / (n * (n * n - 1));
}

namespace {

void print_vacuums(std::ostream& out, const std::vector<VacuumCase>& cases, std::size_t worst) {
  std::vector<const VacuumCase*> order;
  std::vector<std::string> methods;
  for (const VacuumCase& one : cases) {
    order.push_back(&one);
    if (std::find(methods.begin(), methods.end(), one.method) == methods.end()) {
      methods.push_back(one.method);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const VacuumCase* a, const VacuumCase* b) {
    return std::abs(a->error()) > std::abs(b->error());
  });
  for (std::size_t i = 0; i < std::min(worst, order.size()); ++i) {
    const VacuumCase& one = *order[i];
    out << fmt::format(
        "{:+.1f} % {} VACUUM: {:.0f} dead, {:.2f} bytes each, model {:.2f}: {} [{}]\n",
        100 * one.error(), one.table, one.dead_rows, one.real, one.model, one.index, one.detail);
  }
  out << fmt::format("\n{:<42} {:>6} {:>9} {:>8} {:>8} {:>8}\n", "VACUUM's WAL of an index",
                     "cases", "real sum", "model", "<= 15 %", "<= 30 %");
  for (const std::string& method : methods) {
    double count = 0;
    double real = 0;
    double model = 0;
    int near = 0;
    int nearly = 0;
    for (const VacuumCase* one : order) {
      if (one->method == method) {
        ++count;
        real += one->real * one->dead_rows;
        model += one->model * one->dead_rows;
        near += std::abs(one->error()) <= 0.15 ? 1 : 0;
        nearly += std::abs(one->error()) <= 0.30 ? 1 : 0;
      }
    }
    out << fmt::format("{:<42} {:>6} {:>9.0f} {:>8.0f} {:>8} {:>8}\n", method, count, real, model,
                       near, nearly);
  }
}

}  // namespace

void print_wal(std::ostream& out, const WalResults& results, std::size_t worst) {
  std::vector<const WalCase*> order;
  std::vector<std::string> names;
  for (const WalCase& one : results.cases) {
    order.push_back(&one);
    if (std::find(names.begin(), names.end(), one.operation) == names.end()) {
      names.push_back(one.operation);
    }
  }
  std::stable_sort(order.begin(), order.end(), [](const WalCase* a, const WalCase* b) {
    return std::abs(a->error()) > std::abs(b->error());
  });
  for (std::size_t i = 0; i < std::min(worst, order.size()); ++i) {
    const WalCase& one = *order[i];
    out << fmt::format(
        "{:+.1f} %  {} {}: {:.0f} rows, {:.1f} bytes a row ({:.1f} images), model "
        "{:.1f} ({:.1f})\n{}\n",
        100 * one.error(), one.table, one.operation, one.rows, one.real, one.real_images, one.model,
        one.model_images, one.detail);
  }
  out << fmt::format("\n{:<42} {:>6} {:>9} {:>8} {:>8} {:>8} {:>8}\n", "WAL bytes a row", "cases",
                     "real mean", "<= 5 %", "<= 15 %", "median", "worst");
  for (const std::string& name : names) {
    std::vector<double> errors;
    double sum = 0;
    for (const WalCase& one : results.cases) {
      if (one.operation == name) {
        errors.push_back(one.error());
        sum += one.real;
      }
    }
    std::sort(errors.begin(), errors.end(),
              [](double a, double b) { return std::abs(a) < std::abs(b); });
    const auto within = [&](double bound) {
      return std::count_if(errors.begin(), errors.end(),
                           [&](double error) { return std::abs(error) <= bound; });
    };
    out << fmt::format("{:<42} {:>6} {:>9.1f} {:>8} {:>8} {:>6.1f} % {:>+6.1f} %\n", name,
                       errors.size(), sum / static_cast<double>(errors.size()), within(0.05),
                       within(0.15), 100 * std::abs(errors[errors.size() / 2]),
                       100 * errors.back());
  }
  if (!results.vacuums.empty()) {
    print_vacuums(out, results.vacuums, worst);
  }
  if (!results.slowdowns.empty()) {
    out << fmt::format("\nslowdown by the indexes: rank correlation {:.3f} over {} tables\n",
                       rank_correlation(results.slowdowns), results.slowdowns.size());
    for (const Slowdown& one : results.slowdowns) {
      out << fmt::format(
          "  {:<6} {:<8} measured {:6.2f} ({:.1f} us, {:.1f} without them)  model {:6.2f} ({:.1f}, "
          "{:.1f})\n{}",
          one.table, one.operation, one.real, one.real_with, one.real_without, one.model,
          one.model_with, one.model_without, worst > 0 ? one.detail : "");
    }
  }
}

}  // namespace quern::testing
