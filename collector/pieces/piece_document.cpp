#include "collector/pieces/piece_document.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/input/byte_source.hpp"
#include "collector/pieces/ends_json.hpp"
#include "collector/workload/time_buckets.hpp"
#include "collector/workload/workload_document.hpp"
#include "collector/workload/workload_json.hpp"

namespace quern::collector {

namespace {

using nlohmann::json;

/// What the ends may have changed, with classes and patterns keyed by fingerprint.
json keyed(const Workload& w) {
  json classes = json::object();
  for (const QueryClass& c : w.classes) {
    classes[c.fingerprint] = class_json(c);
  }
  json patterns = json::object();
  for (const SessionPattern& pattern : w.patterns) {
    patterns[pattern.fingerprint] = pattern_json(pattern);
  }
  return {{"classes", std::move(classes)},
          {"events", events_json(w.events)},
          {"formats", w.formats},
          {"from_us", w.from_us},
          {"input", input_json(w.input)},
          {"patterns", std::move(patterns)},
          {"skipped", skipped_json(w.skipped)},
          {"until_us", w.until_us}};
}

/// Leaves out of both what they have in common.
template <class Item>
void drop_equal(std::vector<Item>& a, std::vector<Item>& b) {
  const auto by_fingerprint = [](const Item& x, const Item& y) {
    return x.fingerprint < y.fingerprint;
  };
  std::sort(a.begin(), a.end(), by_fingerprint);
  std::sort(b.begin(), b.end(), by_fingerprint);
  std::vector<Item> only_a;
  std::vector<Item> only_b;
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() || k < b.size()) {
    if (k == b.size() || (i < a.size() && by_fingerprint(a[i], b[k]))) {
      only_a.push_back(std::move(a[i++]));
    } else if (i == a.size() || by_fingerprint(b[k], a[i])) {
      only_b.push_back(std::move(b[k++]));
    } else {
      if (!(a[i] == b[k])) {
        only_a.push_back(std::move(a[i]));
        only_b.push_back(std::move(b[k]));
      }
      ++i;
      ++k;
    }
  }
  a = std::move(only_a);
  b = std::move(only_b);
}

json undo_of(Workload whole, Workload decided) {
  coarsen(decided, whole.bucket_seconds);
  drop_equal(whole.classes, decided.classes);
  drop_equal(whole.patterns, decided.patterns);
  return json::diff(keyed(whole), keyed(decided));
}

void key(json& document, const char* list) {
  json object = json::object();
  for (json& item : document.at(list)) {
    const std::string fingerprint = item.at("fingerprint").get<std::string>();
    object[fingerprint] = std::move(item);
  }
  document[list] = std::move(object);
}

void unkey(json& document, const char* list) {
  json items = json::array();
  for (auto& [fingerprint, item] : document.at(list).items()) {
    items.push_back(std::move(item));
  }
  document[list] = std::move(items);
}

}  // namespace

std::string write_piece(const WorkloadPiece& piece) {
  const Workload whole = settled(piece);
  if (piece.ends.start_format == LogFormat::Auto) {
    return write_workload(whole);
  }
  json ends = ends_json(piece.ends);
  ends["undo"] = undo_of(whole, piece.decided);
  return workload_text(whole, ends.dump(-1, ' ', false, json::error_handler_t::replace));
}

WorkloadPiece read_piece(std::string_view text, const std::string& name) {
  json document = workload_document(text, name);
  try {
    WorkloadPiece piece;
    if (document.contains("ends")) {
      const json ends = std::move(document["ends"]);
      piece.ends = ends_of(ends);
      key(document, "classes");
      key(document, "patterns");
      document = document.patch(ends.at("undo"));
      unkey(document, "classes");
      unkey(document, "patterns");
    }
    piece.decided = workload_of(document);
    return piece;
  } catch (const json::exception& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  } catch (const UserError& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  }
}

WorkloadPiece load_piece(const std::string& path) {
  return read_piece(read_document(path), path);
}

}  // namespace quern::collector
