#include "collector/pieces/piece_document.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/json_text.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/pieces/ends_json.hpp"
#include "collector/workload/class_text.hpp"
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

/// From `after` to `before`, item by item of lists.
template <class Item, class ToJson>
auto by_diff(ToJson to_json) {
  return [to_json](const Item& after, const Item& before, const std::string& path) {
    return json::diff(to_json(after), to_json(before), path);
  };
}

/// The same, whole member by member: classes are large.
json class_changes(const QueryClass& after, const QueryClass& before, const std::string& path) {
  auto now = class_members(after);
  json operations = json::array();
  for (const auto& [key, value] : class_members(before)) {
    const auto old = now.extract(key);
    if (old.empty() || old.mapped() != value) {
      operations.push_back({{"op", old.empty() ? "add" : "replace"},
                            {"path", path + "/" + key},
                            {"value", json::parse(value)}});
    }
  }
  for (const auto& [key, value] : now) {
    operations.push_back({{"op", "remove"}, {"path", path + "/" + key}});
  }
  return operations;
}

/// Turns the items of `whole` that the ends added to into what they were before.
template <class Item, class Changes>
void append_changes(json& patch, const std::string& list, const std::vector<Item>& whole,
                    const std::vector<Item>& ends, const std::vector<Item>& before,
                    Changes changes) {
  std::map<std::string_view, const Item*> places;
  for (const Item& item : ends) {
    places.emplace(item.fingerprint, nullptr);
  }
  for (const Item& item : before) {
    places[item.fingerprint] = &item;
  }
  for (const Item& item : whole) {
    const auto place = places.find(item.fingerprint);
    if (place == places.end()) {
      continue;
    }
    const std::string path = "/" + list + "/" + item.fingerprint;
    if (place->second == nullptr) {
      patch.push_back({{"op", "remove"}, {"path", path}});
    } else if (!(item == *place->second)) {
      append(patch, changes(item, *place->second, path));
    }
  }
}

/// Of `items`, copies of those that `ends` has too.
template <class Item>
std::vector<Item> shared_with(const std::vector<Item>& ends, const std::vector<Item>& items) {
  std::set<std::string_view> names;
  for (const Item& item : ends) {
    names.insert(item.fingerprint);
  }
  std::vector<Item> shared;
  std::copy_if(items.begin(), items.end(), std::back_inserter(shared),
               [&](const Item& item) { return names.count(item.fingerprint) > 0; });
  return shared;
}

void key(json& document, const char* list) {
  json object = json::object();
  if (!document.contains(list)) {  // a document of before
    document[list] = std::move(object);
    return;
  }
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

std::string write_piece(WorkloadPiece piece, Workload* settled_whole, std::size_t threads) {
  const Workload tail = ends_of_log(piece);
  // Copies only of what the ends touch: the whole may be large.
  Workload before;
  before.bucket_seconds = piece.decided.bucket_seconds;
  before.classes = shared_with(tail.classes, piece.decided.classes);
  before.patterns = shared_with(tail.patterns, piece.decided.patterns);
  before.chatty = shared_with(tail.chatty, piece.decided.chatty);
  const json sums_before = sums(piece.decided);
  Workload whole = merge(std::move(piece.decided), tail);
  std::string text;
  if (piece.ends.start_layout.format == LogFormat::Auto) {
    text = write_workload(whole, threads);
  } else {
    const auto ends_text = [&] {
      coarsen(before, whole.bucket_seconds);
      json ends = ends_json(piece.ends);
      json& undo = ends["undo"] = json::diff(sums(whole), sums_before);
      append_changes(undo, "classes", whole.classes, tail.classes, before.classes, class_changes);
      append_changes(undo, "patterns", whole.patterns, tail.patterns, before.patterns,
                     by_diff<SessionPattern>(pattern_json));
      append_changes(undo, "chatty", whole.chatty, tail.chatty, before.chatty,
                     by_diff<ChattyTransactions>(chatty_json));
      return json_text(ends);
    };
    text = workload_text(whole, ends_text, threads);
  }
  if (settled_whole != nullptr) {
    *settled_whole = std::move(whole);
  }
  return text;
}

WorkloadPiece read_piece(std::string_view text, const std::string& name) {
  json document = workload_document(text, name);
  try {
    WorkloadPiece piece;
    if (document.contains("ends")) {
      const json ends = std::move(document["ends"]);
      piece.ends = ends_of(ends);
      for (const char* list : {"classes", "patterns", "chatty"}) {
        key(document, list);
      }
      document = document.patch(ends.at("undo"));
      for (const char* list : {"classes", "patterns", "chatty"}) {
        unkey(document, list);
      }
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
