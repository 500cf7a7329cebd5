#pragma once

#include <cstddef>
#include <cstdint>

#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// Every message below one that the library made, itself first, parents before their children.
template <class Visit>
void visit_messages(const ProtobufCMessage& message, const Visit& visit) {
  visit(message);
  const auto* bytes = reinterpret_cast<const char*>(&message);
  for (unsigned f = 0; f < message.descriptor->n_fields; ++f) {
    const ProtobufCFieldDescriptor& field = message.descriptor->fields[f];
    if (field.type != PROTOBUF_C_TYPE_MESSAGE) {
      continue;
    }
    if (field.label == PROTOBUF_C_LABEL_REPEATED) {
      const auto count = *reinterpret_cast<const std::size_t*>(bytes + field.quantifier_offset);
      const auto* items = *reinterpret_cast<ProtobufCMessage* const* const*>(bytes + field.offset);
      for (std::size_t i = 0; i < count; ++i) {
        visit_messages(*items[i], visit);
      }
      continue;
    }
    const bool one_of = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (one_of &&
        *reinterpret_cast<const std::uint32_t*>(bytes + field.quantifier_offset) != field.id) {
      continue;
    }
    if (const auto* child = *reinterpret_cast<ProtobufCMessage* const*>(bytes + field.offset)) {
      visit_messages(*child, visit);
    }
  }
}

}  // namespace quern::collector
