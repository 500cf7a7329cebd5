#include "collector/workload/statement_classifier.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "collector/base/utf8.hpp"
#include "collector/sql/several_statements.hpp"
#include "collector/sql/statement_kind.hpp"
#include "collector/workload/canonical_order.hpp"

namespace quern::collector {

namespace {

constexpr const char* kTooMany = "statement beyond the limit of distinct statements";

std::uint64_t number_of(const std::string& fingerprint) {
  std::uint64_t number = 0;
  std::from_chars(fingerprint.data(), fingerprint.data() + fingerprint.size(), number, 16);
  return number;
}

/// Hosting services cut long messages, and say so in the text.
const char* why_unparsable(std::string_view sql, const char* unparsable) {
  if (sql.find("[Your log message was truncated]") != std::string_view::npos) {
    return "statement cut by the hosting service's log";
  }
  return is_empty_statement(sql) ? "empty statement" : unparsable;
}

/// A parse takes some sixty times the text's room. The text of its shape has the same
/// fingerprint, and of a long list one row; but `date $1` for one does not parse.
std::optional<StatementIdentity> identify_bounded(std::string_view sql) {
  constexpr std::size_t kLong = 256U << 10U;
  auto identity = sql.size() > kLong ? identify(normalized_text(sql)) : std::nullopt;
  return identity ? identity : identify(sql);
}

}  // namespace

ClassNumber StatementClassifier::classify(std::string_view sql, const TextPosition& where,
                                          std::uint64_t count, const char* unparsable) {
  const std::uint64_t text = text_hash_ = XXH3_64bits(sql.data(), sql.size());
  if (const RecentText* recent = recent_texts_.find(text)) {
    list_lengths_ = &recent->list_lengths;
    return counted(recent->number, sql, where, count, unparsable);
  }
  const auto bones = skeleton_.hash(sql);
  if (bones) {
    if (const RecentText* recent = recent_skeletons_.find(*bones)) {
      if (comes_again(text)) {
        recent_texts_.keep(text, recent->number, recent->list_lengths);
      }
      list_lengths_ = &recent->list_lengths;
      return counted(recent->number, sql, where, count, unparsable);
    }
  }
  const LexicalShape& shape = shaper_.shape(sql);
  auto known = by_shape_.find(shape.hash);
  if (known == by_shape_.end()) {
    if (by_shape_.size() >= held_.limits.shapes) {
      by_shape_.clear();  // only what was learned about them goes
    }
    known = by_shape_.emplace(shape.hash, new_shape(sql)).first;
  }
  // Texts that differ in their literals only would push out those that repeat to the byte.
  if (bones) {
    recent_skeletons_.keep(*bones, known->second, shape.list_lengths);
  } else {
    recent_texts_.keep(text, known->second, shape.list_lengths);
  }
  list_lengths_ = &shape.list_lengths;
  return counted(known->second, sql, where, count, unparsable);
}

/// The text came lately: with $n in place of literals texts repeat, else each comes once.
bool StatementClassifier::comes_again(std::uint64_t text) {
  std::uint64_t& last = lately_[text % lately_.size()];
  return std::exchange(last, text) == text;
}

ClassNumber StatementClassifier::counted(ClassNumber number, std::string_view sql,
                                         const TextPosition& where, std::uint64_t count,
                                         const char* unparsable) {
  if (number > kNoClass) {
    return number;
  }
  held_.workload.skipped.add(number == kNoClass ? why_unparsable(sql, unparsable) : kTooMany, where,
                             count);
  return kNoClass;
}

/// kNoClass: does not parse; below it: no room.
ClassNumber StatementClassifier::new_shape(std::string_view sql) {
  const auto identity = identify_bounded(sql);
  if (!identity) {
    return kNoClass;
  }
  const auto known = by_fingerprint_.find(identity->fingerprint);
  if (known == by_fingerprint_.end() && held_.classes.size() >= held_.limits.classes) {
    return kNoClass - 1;
  }
  std::string text = identity->holds_secret ? identity->text : normalized_text(sql);
  if (text.size() > held_.limits.text_bytes) {
    text.resize(end_of_utf8(text, held_.limits.text_bytes));
  }
  if (known != by_fingerprint_.end()) {
    QueryClass& query = held_.classes[static_cast<std::size_t>(known->second)]->query;
    query.sql = preferred_text(text, query.sql) ? std::move(text) : query.sql;
    return known->second;
  }
  if (held_.bytes + text.size() > held_.limits.bytes) {
    return kNoClass - 1;
  }
  const auto number = static_cast<ClassNumber>(held_.classes.size());
  auto fresh = std::make_unique<CountedClass>();
  fresh->query.fingerprint = identity->fingerprint;
  fresh->id = number_of(identity->fingerprint);
  fresh->query.kind = identity->kind;
  fresh->keeps_samples = !identity->holds_secret;
  held_.bytes += sizeof(CountedClass) + text.size();
  fresh->query.sql = std::move(text);
  held_.classes.push_back(std::move(fresh));
  by_fingerprint_.emplace(identity->fingerprint, number);
  return number;
}

}  // namespace quern::collector
