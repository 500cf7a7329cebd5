#include "collector/pieces/piece_document.hpp"

#include <map>
#include <string_view>
#include <vector>

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

/// What the ends may have changed, but for classes and patterns.
json sums(const Workload& w) {
  return {{"events", events_json(w.events)},
          {"formats", w.formats},
          {"from_us", w.from_us},
          {"input", input_json(w.input)},
          {"skipped", skipped_json(w.skipped)},
          {"until_us", w.until_us}};
}

void append(json& patch, json more) {
  for (json& operation : more) {
    patch.push_back(std::move(operation));
  }
}

/// Turns the items of `whole` into those of `decided`, which are all among them by fingerprint.
template <class Item, class ToJson>
void append_changes(json& patch, const std::string& list, const std::vector<Item>& whole,
                    const std::vector<Item>& decided, ToJson to_json) {
  std::map<std::string_view, const Item*> places;
  for (const Item& item : decided) {
    places.emplace(item.fingerprint, &item);
  }
  for (const Item& item : whole) {
    const std::string path = "/" + list + "/" + item.fingerprint;
    const auto place = places.find(item.fingerprint);
    if (place == places.end()) {
      patch.push_back({{"op", "remove"}, {"path", path}});
    } else if (!(item == *place->second)) {
      append(patch, json::diff(to_json(item), to_json(*place->second), path));
    }
  }
}

json undo_of(const Workload& whole, Workload decided) {
  coarsen(decided, whole.bucket_seconds);
  json patch = json::diff(sums(whole), sums(decided));
  append_changes(patch, "classes", whole.classes, decided.classes, class_json);
  append_changes(patch, "patterns", whole.patterns, decided.patterns, pattern_json);
  return patch;
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
  if (piece.ends.start_layout.format == LogFormat::Auto) {
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
