#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace quern {

/// The text of a JSON value on one line, byte for byte that of nlohmann's
/// dump(-1, ' ', false, error_handler_t::replace), at several times its speed: a Workload document
/// is mostly text that needs no escape, and short integers.
[[nodiscard]] std::string json_text(const nlohmann::json& value);

/// The same, added to `out`.
void append_json(const nlohmann::json& value, std::string& out);
void append_json(std::string_view text, std::string& out);
void append_json(std::uint64_t number, std::string& out);
void append_json(std::int64_t number, std::string& out);

/// An object or a list that is written without a tree in between. Of an object, the caller gives
/// the keys in their order.
class JsonWriter {
 public:
  enum class Kind : std::uint8_t { Object, List };

  /// Where in the text the value of a key stands.
  struct Member {
    std::string name;
    std::size_t from;
    std::size_t to;
  };

  /// `members`, if given, is told each.
  JsonWriter(Kind kind, std::string& out, std::vector<Member>* members = nullptr);
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  /// To be followed by a value in the text.
  void item();
  void key(std::string_view name);

  [[nodiscard]] std::string& out() { return out_; }

 private:
  std::string& out_;
  Kind kind_;
  std::vector<Member>* members_;
  bool first_ = true;
};

}  // namespace quern
