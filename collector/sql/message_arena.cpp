#include "collector/sql/message_arena.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>
#include <vector>

#include <pg_query/pg_query.pb-c.h>

#include "collector/base/failure.hpp"
#include "collector/sql/node_field.hpp"

namespace quern::collector {

namespace {

constexpr std::size_t kUnit = sizeof(std::max_align_t);
constexpr std::size_t kFirstBlock = 4096 / kUnit;
constexpr std::size_t kLargestBlock = 64 * kFirstBlock;

template <class T>
T& member(ProtobufCMessage& message, unsigned offset) {
  return *reinterpret_cast<T*>(reinterpret_cast<char*>(&message) + offset);
}

bool is_pointer(const ProtobufCFieldDescriptor& field) {
  return field.type == PROTOBUF_C_TYPE_STRING || field.type == PROTOBUF_C_TYPE_MESSAGE;
}

/// Of one element of a repeated field.
std::size_t element_size(const ProtobufCFieldDescriptor& field) {
  switch (field.type) {
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
      return sizeof(void*);
    case PROTOBUF_C_TYPE_BYTES:
      return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
      return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
      return sizeof(std::uint64_t);
    default:
      return sizeof(std::uint32_t);
  }
}

using Fields = std::vector<const ProtobufCFieldDescriptor*>;

/// Of each message of the grammar, the fields that a copy has to follow.
class PointerFields {
 public:
  PointerFields() { add(pg_query__parse_result__descriptor); }

  [[nodiscard]] const Fields& of(const ProtobufCMessageDescriptor& descriptor) const {
    const auto found = fields_.find(&descriptor);
    ensure(found != fields_.end(), "a message of the grammar");
    return found->second;
  }

 private:
  void add(const ProtobufCMessageDescriptor& descriptor) {
    const auto [entry, fresh] = fields_.try_emplace(&descriptor);
    if (!fresh) {
      return;
    }
    Fields followed;
    for (unsigned i = 0; i < descriptor.n_fields; ++i) {
      const ProtobufCFieldDescriptor& field = descriptor.fields[i];
      if (field.label == PROTOBUF_C_LABEL_REPEATED || is_pointer(field)) {
        followed.push_back(&field);
      }
      ensure(field.type != PROTOBUF_C_TYPE_BYTES, "the grammar's messages hold no bytes");
      if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
        add(*static_cast<const ProtobufCMessageDescriptor*>(field.descriptor));
      }
    }
    fields_[&descriptor] = std::move(followed);
  }

  std::unordered_map<const ProtobufCMessageDescriptor*, Fields> fields_;
};

const Fields& pointer_fields(const ProtobufCMessageDescriptor& descriptor) {
  static const PointerFields all;
  return all.of(descriptor);
}

}  // namespace

void* MessageArena::allocate(std::size_t bytes) {
  const std::size_t units = bytes / kUnit + 1;
  if (units > room_) {
    const std::size_t grown = kFirstBlock << std::min<std::size_t>(blocks_.size(), 6);
    room_ = std::max(units, std::min(grown, kLargestBlock));
    blocks_.emplace_back(new std::max_align_t[room_]);
    position_ = blocks_.back().get();
  }
  void* const given = position_;
  position_ += units;
  room_ -= units;
  return given;
}

void* MessageArena::copied_pointer(const ProtobufCFieldDescriptor& field, void* pointer) {
  if (pointer == nullptr || pointer == field.default_value) {
    return pointer;
  }
  if (field.type == PROTOBUF_C_TYPE_MESSAGE) {
    return copy(*static_cast<const ProtobufCMessage*>(pointer));
  }
  const std::size_t size = std::strlen(static_cast<const char*>(pointer)) + 1;
  return std::memcpy(allocate(size), pointer, size);
}

void MessageArena::copy_list(const ProtobufCFieldDescriptor& field, ProtobufCMessage& copied) {
  const std::size_t count = member<std::size_t>(copied, field.quantifier_offset);
  void*& list = member<void*>(copied, field.offset);
  if (count == 0) {
    list = nullptr;
    return;
  }
  const std::size_t size = count * element_size(field);
  list = std::memcpy(allocate(size), list, size);
  if (is_pointer(field)) {
    void** const elements = static_cast<void**>(list);
    for (std::size_t i = 0; i < count; ++i) {
      elements[i] = copied_pointer(field, elements[i]);
    }
  }
}

void MessageArena::copy_field(const ProtobufCFieldDescriptor& field, ProtobufCMessage& copied) {
  if (field.label == PROTOBUF_C_LABEL_REPEATED) {
    copy_list(field, copied);
    return;
  }
  const bool one_of = (field.flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
  if (one_of && member<std::uint32_t>(copied, field.quantifier_offset) != field.id) {
    return;
  }
  if (is_pointer(field)) {
    void*& pointer = member<void*>(copied, field.offset);
    pointer = copied_pointer(field, pointer);
  }
}

ProtobufCMessage* MessageArena::copy(const ProtobufCMessage& message) {
  const ProtobufCMessageDescriptor& descriptor = *message.descriptor;
  auto* const copied = static_cast<ProtobufCMessage*>(
      std::memcpy(allocate(descriptor.sizeof_message), &message, descriptor.sizeof_message));
  copied->n_unknown_fields = 0;
  copied->unknown_fields = nullptr;
  if (&descriptor == &pg_query__node__descriptor) {
    if (const auto* field = set_field(reinterpret_cast<const PgQuery__Node&>(message))) {
      copy_field(*field, *copied);
    }
    return copied;
  }
  for (const ProtobufCFieldDescriptor* field : pointer_fields(descriptor)) {
    if (member<const void*>(*copied, field->offset) != nullptr) {
      copy_field(*field, *copied);
    }
  }
  return copied;
}

}  // namespace quern::collector
