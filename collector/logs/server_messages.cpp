#include "collector/logs/server_messages.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace quern::collector {

namespace {

constexpr std::size_t kMostTables = 10'000;

/// What follows a label, up to the first character that is no part of a number.
std::string_view number_after(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) {
    return {};
  }
  text.remove_prefix(at + label.size());
  text.remove_prefix(std::min(text.find_first_not_of(" :"), text.size()));
  return text.substr(0, std::min(text.find_first_not_of("0123456789."), text.size()));
}

std::uint64_t count_after(std::string_view text, std::string_view label) {
  const std::string_view digits = number_after(text, label);
  std::uint64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

/// `0.512` seconds.
Microseconds seconds_after(std::string_view text, std::string_view label) {
  const std::string_view digits = number_after(text, label);
  std::int64_t us = 0;
  std::int64_t unit = 1'000'000;
  bool fraction = false;
  for (const char c : digits) {
    if (c == '.') {
      fraction = true;
    } else if (fraction) {
      unit /= 10;
      us += unit * (c - '0');
    } else if (us < 1'000'000'000'000'000) {
      us = us * 10 + std::int64_t{c - '0'} * 1'000'000;
    }
  }
  return Microseconds{us};
}

/// The number before a word: `3 removed`.
std::uint64_t count_before(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) {
    return 0;
  }
  const std::size_t from = text.find_last_not_of("0123456789", at == 0 ? 0 : at - 1) + 1;
  std::uint64_t count = 0;
  std::from_chars(text.data() + from, text.data() + at, count);
  return count;
}

}  // namespace

void count_checkpoint(std::string_view message, ServerEvents& events) {
  ++events.checkpoints;
  CheckpointWork& work = events.checkpoint_work;
  work.buffers += count_after(message, "wrote ");
  work.write += seconds_after(message, "write=");
  work.sync += seconds_after(message, "sync=");
  work.wal_kb += count_after(message, "distance=");
}

bool count_autovacuum(std::string_view message, ServerEvents& events) {
  ++events.autovacuums;
  const std::size_t open = message.find(" of table \"");
  const std::size_t name = open + 11;
  const std::size_t close = open == std::string_view::npos ? open : message.find('"', name);
  if (close == std::string_view::npos) {
    return true;
  }
  const std::string table{message.substr(name, close - name)};
  if (events.tables.size() >= kMostTables && events.tables.count(table) == 0) {
    return false;
  }
  TableMaintenance& its = events.tables[table];
  const bool analyze = message.substr(0, open).find(" analyze") != std::string_view::npos;
  ++(analyze ? its.analyzes : its.vacuums);
  its.index_scans += count_after(message, "index scans:");
  const std::size_t tuples = message.find("tuples: ");
  if (tuples != std::string_view::npos) {
    const std::string_view text = message.substr(tuples, message.find('\n', tuples) - tuples);
    its.tuples_removed += count_before(text, " removed");
    its.dead_kept += count_before(text, " are dead");
  }
  const std::size_t usage = message.find("system usage:");
  if (usage != std::string_view::npos) {
    its.elapsed += seconds_after(message.substr(usage), "elapsed");
  }
  return true;
}

}  // namespace quern::collector
