#include "collector/logs/prefix_matcher.hpp"

#include <array>
#include <cstring>
#include <functional>

namespace quern::collector {

namespace {

/// The process id, or most of the session id, stands in the first bytes after the time.
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kLongestRemembered = 512;

}  // namespace

PrefixMatcher::PrefixMatcher(LogLinePrefix prefix)
    : prefix_{std::move(prefix)},
      time_first_{prefix_.text().substr(0, 2) == "%m" || prefix_.text().substr(0, 2) == "%t"} {}

const PrefixFields* PrefixMatcher::match(std::string_view line) {
  const auto time = time_first_ ? times_.read(line) : std::nullopt;
  if (!time || line.size() < time->length + kKeyBytes) {
    fields_ = PrefixFields{};
    return prefix_.match(line, fields_) ? &fields_ : nullptr;
  }
  const std::string_view rest = line.substr(time->length);
  Remembered& place = place_of(rest);
  const std::size_t length = place.text.size();
  if (length != 0 && rest.substr(0, length) == place.text) {
    if (const auto tag = message_tag(rest.substr(length))) {
      PrefixFields& fields = place.fields;
      fields.at_us = time->at_us;
      fields.zone_known = time->zone_known;
      fields.tag = *tag;
      fields.text_from = time->length + length + tag->length;
      return &fields;
    }
  }
  fields_ = PrefixFields{};
  if (!prefix_.match(line, fields_)) {
    return nullptr;
  }
  const std::size_t tag_at = fields_.text_from - fields_.tag.length;
  if (tag_at > time->length && tag_at <= kLongestRemembered) {
    remember(place, line.substr(time->length, tag_at - time->length));
  }
  return &fields_;
}

PrefixMatcher::Remembered& PrefixMatcher::place_of(std::string_view rest) {
  std::array<std::uint64_t, 2> key{};
  std::memcpy(key.data(), rest.data(), kKeyBytes);
  const std::uint64_t mixed = (key[0] ^ (key[1] * 0x9E3779B97F4A7C15U)) * 0xC2B2AE3D27D4EB4FU;
  return places_[(mixed >> 48U) % places_.size()];
}

void PrefixMatcher::remember(Remembered& place, std::string_view text) {
  PrefixFields fields = fields_;
  place.text.assign(text);
  for (std::string_view* value :
       {&fields.session, &fields.user, &fields.database, &fields.application, &fields.sqlstate}) {
    if (value->empty()) {
      continue;
    }
    const bool inside = !std::less<>{}(value->data(), text.data()) &&
                        !std::less<>{}(text.data() + text.size(), value->data() + value->size());
    if (!inside) {
      place.text.clear();
      return;
    }
    const auto offset = static_cast<std::size_t>(value->data() - text.data());
    *value = std::string_view{place.text}.substr(offset, value->size());
  }
  fields.same = ++remembered_;
  place.fields = fields;
}

}  // namespace quern::collector
