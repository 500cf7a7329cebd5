#include "collector/workload/workload_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/json_numbers.hpp"
#include "collector/input/byte_source.hpp"
#include "collector/workload/told_json.hpp"
#include "collector/workload/workload_json.hpp"

namespace quern {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "quern-workload";

// Documents are clean UTF-8 by construction; `replace` keeps even a broken one writable.
std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

/// One element a line, so that documents can be compared by eye and by diff.
template <class Item, class ToJson>
std::string lines_of(const std::vector<Item>& items, ToJson to_json) {
  std::string text = "[";
  for (std::size_t i = 0; i < items.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    text += text_of(to_json(items[i]));
  }
  return text + (items.empty() ? "]" : "\n]");
}

void check_header(const json& document, const std::string& name) {
  if (!document.is_object() || !document.contains("format") ||
      document["format"] != json(kFormat)) {
    const std::string found =
        document.is_object() && document.contains("format") && document["format"].is_string()
            ? fmt::format("a {} document", document["format"].get<std::string>())
            : "some other JSON";
    throw UserError{fmt::format(
        "{}: not a workload document but {}; `quern collect LOG... -o w.workload.json` makes one",
        name, found)};
  }
  const json version = document.value("version", json(0));
  if (!version.is_number_integer() || version.get<std::int64_t>() < 1) {
    throw UserError{fmt::format("{}: the workload document has no valid version", name)};
  }
  if (version.get<std::int64_t>() > Workload::kFormatVersion) {
    throw UserError{fmt::format(
        "{}: workload version {} is newer than this program understands ({}); use a newer quern",
        name, version.get<std::int64_t>(), Workload::kFormatVersion)};
  }
}

}  // namespace

std::string workload_text(const Workload& w, const std::string& ends) {
  const auto told_class = [&](const QueryClass& c) {
    json object = class_json(c);
    add_told(object, c, w.bucket_seconds);
    return object;
  };
  std::string text = "{\n";
  text += fmt::format("\"bucket_seconds\": {},\n", w.bucket_seconds);
  text += "\"chatty\": " + lines_of(w.chatty, chatty_json) + ",\n";
  text += "\"classes\": " + lines_of(w.classes, told_class) + ",\n";
  text += ends.empty() ? "" : "\"ends\": " + ends + ",\n";
  text += "\"events\": " + text_of(events_json(w.events)) + ",\n";
  text += fmt::format("\"format\": \"{}\",\n", kFormat);
  text += "\"formats\": " + text_of(json(w.formats)) + ",\n";
  text += fmt::format("\"from_us\": {},\n", w.from_us);
  text += "\"input\": " + text_of(input_json(w.input)) + ",\n";
  text += "\"patterns\": " + lines_of(w.patterns, pattern_json) + ",\n";
  text += "\"skipped\": " + text_of(skipped_json(w.skipped)) + ",\n";
  text += fmt::format("\"until_us\": {},\n", w.until_us);
  text += fmt::format("\"version\": {},\n", Workload::kFormatVersion);
  text += "\"writes\": " + text_of(writes_json(w)) + "\n}\n";
  return text;
}

std::string write_workload(const Workload& workload) {
  return workload_text(workload, {});
}

json workload_document(std::string_view text, const std::string& name) {
  json document;
  try {
    document = json::parse(text);
  } catch (const json::parse_error& error) {
    if (error.byte > text.size() && (text.empty() || text.front() == '{')) {
      throw UserError{fmt::format(
          "{}: the workload document ends in the middle (after {} bytes): the file was cut; copy "
          "or collect it again",
          name, text.size())};
    }
    throw UserError{
        fmt::format("{}: not a workload document (no JSON at byte {}); `quern collect LOG... -o "
                    "w.workload.json` makes one",
                    name, error.byte)};
  } catch (const json::exception& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  }
  check_header(document, name);
  if (!numbers_fit_64_bits(document)) {
    throw UserError{
        fmt::format("{}: the workload document is damaged: a number beyond 64 bits", name)};
  }
  return document;
}

Workload read_workload(std::string_view text, const std::string& name) {
  const json document = workload_document(text, name);
  try {
    return workload_of(document);
  } catch (const json::exception& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  } catch (const UserError& error) {
    throw UserError{fmt::format("{}: the workload document is damaged: {}", name, error.what())};
  }
}

Workload load_workload(const std::string& path) {
  return read_workload(collector::read_document(path), path);
}

}  // namespace quern
