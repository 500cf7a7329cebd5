#include "collector/base/json_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "collector/base/utf8.hpp"

namespace quern {

namespace {

using nlohmann::json;

bool stands_for_itself(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

/// A control character, a quote or a backslash.
void append_escaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

}  // namespace

void append_json(std::string_view text, std::string& out) {
  if (!is_clean_utf8(text)) {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  for (auto at = text.begin(); at != text.end();) {
    const auto end = std::find_if_not(at, text.end(), stands_for_itself);
    out.append(at, end);
    at = end;
    if (at != text.end()) {
      append_escaped(*at++, out);
    }
  }
  out += '"';
}

void append_json(std::uint64_t number, std::string& out) {
  const fmt::format_int digits{number};
  out.append(digits.data(), digits.size());
}

void append_json(std::int64_t number, std::string& out) {
  const fmt::format_int digits{number};
  out.append(digits.data(), digits.size());
}

void append_json(const json& value, std::string& out) {
  switch (value.type()) {
    case json::value_t::object: {
      JsonWriter object{JsonWriter::Kind::Object, out};
      for (const auto& [name, member] : value.get_ref<const json::object_t&>()) {
        object.key(name);
        append_json(member, out);
      }
      return;
    }
    case json::value_t::array: {
      JsonWriter list{JsonWriter::Kind::List, out};
      for (const json& item : value) {
        list.item();
        append_json(item, out);
      }
      return;
    }
    case json::value_t::string:
      append_json(std::string_view{value.get_ref<const std::string&>()}, out);
      return;
    case json::value_t::number_integer:
      append_json(value.get<std::int64_t>(), out);
      return;
    case json::value_t::number_unsigned:
      append_json(value.get<std::uint64_t>(), out);
      return;
    default:
      out += value.dump();
  }
}

JsonWriter::JsonWriter(Kind kind, std::string& out, std::vector<Member>* members)
    : out_{out}, kind_{kind}, members_{members} {
  out_ += kind_ == Kind::Object ? '{' : '[';
}

JsonWriter::~JsonWriter() {
  if (members_ != nullptr && !first_) {
    members_->back().to = out_.size();
  }
  out_ += kind_ == Kind::Object ? '}' : ']';
}

void JsonWriter::item() {
  if (!first_) {
    if (members_ != nullptr) {
      members_->back().to = out_.size();
    }
    out_ += ',';
  }
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  item();
  append_json(name, out_);
  out_ += ':';
  if (members_ != nullptr) {
    members_->push_back({std::string{name}, out_.size(), 0});
  }
}

std::string json_text(const json& value) {
  std::string text;
  append_json(value, text);
  return text;
}

}  // namespace quern
