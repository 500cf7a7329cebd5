#include "collector/incremental/collect_state.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/json_numbers.hpp"
#include "collector/pieces/piece_document.hpp"

namespace quern::collector {

namespace {

using nlohmann::json;

constexpr const char* kFormat = "quern-collect-state";

json piece_json(const std::optional<WorkloadPiece>& piece) {
  return piece ? json(write_piece(*piece)) : json(nullptr);
}

std::optional<WorkloadPiece> piece_of(const json& text, const std::string& name) {
  return text.is_null() ? std::nullopt : std::optional{read_piece(text.get<std::string>(), name)};
}

}  // namespace

std::string write_state(const CollectState& state) {
  json files = json::array();
  for (const FileProgress& file : state.files) {
    files.push_back({{"head_bytes", file.head_bytes},
                     {"head_hash", file.head_hash},
                     {"inode", file.inode},
                     {"offset", file.offset},
                     {"path", file.path},
                     {"piece", piece_json(file.piece)},
                     {"tail_hash", file.tail_hash}});
  }
  const json document = {{"before", piece_json(state.before)},
                         {"files", std::move(files)},
                         {"format", kFormat},
                         {"version", CollectState::kFormatVersion}};
  return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

CollectState read_state(std::string_view text, const std::string& name) {
  try {
    const json document = json::parse(text);
    if (!document.is_object() || document.value("format", "") != kFormat) {
      throw UserError{fmt::format("{}: not a state file of `quern collect --state`", name)};
    }
    if (document.at("version").get<int>() != CollectState::kFormatVersion) {
      throw UserError{fmt::format("{}: a state file of another version of quern", name)};
    }
    if (!numbers_fit_64_bits(document)) {
      throw UserError{fmt::format(
          "{}: the state file is damaged (a number beyond 64 bits); remove it to collect from the "
          "beginning",
          name)};
    }
    CollectState state;
    state.before = piece_of(document.at("before"), name);
    for (const json& object : document.at("files")) {
      FileProgress file;
      object.at("head_bytes").get_to(file.head_bytes);
      object.at("head_hash").get_to(file.head_hash);
      object.at("inode").get_to(file.inode);
      object.at("offset").get_to(file.offset);
      object.at("path").get_to(file.path);
      object.at("tail_hash").get_to(file.tail_hash);
      file.piece = piece_of(object.at("piece"), name);
      state.files.push_back(std::move(file));
    }
    return state;
  } catch (const json::exception& error) {
    throw UserError{
        fmt::format("{}: the state file is damaged ({}); remove it to collect from the beginning",
                    name, error.what())};
  }
}

}  // namespace quern::collector
