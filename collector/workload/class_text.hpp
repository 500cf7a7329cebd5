#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "collector/workload/workload.hpp"

namespace quern {

/// Adds a class to `out` as the Workload document has it: one JSON object, keys sorted. With
/// `told_by`, the seconds of a time bucket, also what told_json.hpp tells. Most of a document is
/// classes, so they are written as text and not through a tree.
void append_class(const QueryClass& c, std::optional<std::int32_t> told_by, std::string& out);

/// The values by their keys, as append_class() writes them without what is told.
[[nodiscard]] std::map<std::string, std::string> class_members(const QueryClass& c);

/// By the word of the document; throws UserError for one that is none.
[[nodiscard]] StatementKind kind_of(const std::string& word);

}  // namespace quern
