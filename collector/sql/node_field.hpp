#pragma once

#include "collector/sql/parse_tree.hpp"

namespace quern::collector {

/// The one field of a Node that is set, of some 230; null for an empty node. Whoever goes over all
/// of them spends most of his time there.
inline const ProtobufCFieldDescriptor* set_field(const PgQuery__Node& node) {
  const ProtobufCMessageDescriptor& descriptor = pg_query__node__descriptor;
  const auto number = static_cast<unsigned>(node.node_case);
  // Numbers run from 1 without a gap, as good as always.
  if (number >= 1 && number <= descriptor.n_fields && descriptor.fields[number - 1].id == number) {
    return &descriptor.fields[number - 1];
  }
  return number == 0 ? nullptr : protobuf_c_message_descriptor_get_field(&descriptor, number);
}

}  // namespace quern::collector
