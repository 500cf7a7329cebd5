#pragma once

#include <cstddef>
#include <cstdint>

#include "collector/sql/node_field.hpp"

namespace quern::collector {

template <class Visit>
void visit_messages(const ProtobufCMessage& message, const Visit& visit);

/// What hangs below one field of a message.
template <class Visit>
void visit_field(const ProtobufCMessage& message, const ProtobufCFieldDescriptor& field,
                 const Visit& visit) {
  if (field.type != PROTOBUF_C_TYPE_MESSAGE) {
    return;
  }
  const auto* bytes = reinterpret_cast<const char*>(&message);
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    const auto count = *reinterpret_cast<const std::size_t*>(bytes + field.quantifier_offset);
    const auto* items = *reinterpret_cast<ProtobufCMessage* const* const*>(bytes + field.offset);
    for (std::size_t i = 0; i < count; ++i) {
      visit_messages(*items[i], visit);
    }
    return;
  }
  const bool one_of = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
  if (one_of &&
      *reinterpret_cast<const std::uint32_t*>(bytes + field.quantifier_offset) != field.id) {
    return;
  }
  if (const auto* child = *reinterpret_cast<ProtobufCMessage* const*>(bytes + field.offset)) {
    visit_messages(*child, visit);
  }
}

/// Every message below one that the library made, itself first, parents before their children.
template <class Visit>
void visit_messages(const ProtobufCMessage& message, const Visit& visit) {
  visit(message);
  if (message.descriptor == &pg_query__node__descriptor) {
    if (const auto* field = set_field(reinterpret_cast<const PgQuery__Node&>(message))) {
      visit_field(message, *field, visit);
    }
    return;
  }
  for (unsigned f = 0; f < message.descriptor->n_fields; ++f) {
    visit_field(message, message.descriptor->fields[f], visit);
  }
}

}  // namespace quern::collector
