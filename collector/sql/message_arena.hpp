#pragma once

// Memory for trees of protobuf-c messages that live and end together.
#include <cstddef>
#include <memory>
#include <vector>

#include <protobuf-c/protobuf-c.h>

namespace quern::collector {

/// Blocks of growing size, given out front to back and freed all at once. Not for two threads.
class MessageArena {
 public:
  MessageArena() = default;
  MessageArena(const MessageArena&) = delete;
  MessageArena& operator=(const MessageArena&) = delete;

  /// Aligned for anything; not zeroed; lives as long as the arena.
  [[nodiscard]] void* allocate(std::size_t bytes);

  /// A deep copy of a message of the grammar, one pass over the descriptors. Fields that are not
  /// set, and the members of a oneof that are not the chosen one, are not followed. Recurses as
  /// deep as the message nests.
  [[nodiscard]] ProtobufCMessage* copy(const ProtobufCMessage& message);

 private:
  void copy_field(const ProtobufCFieldDescriptor& field, ProtobufCMessage& copied);
  void copy_list(const ProtobufCFieldDescriptor& field, ProtobufCMessage& copied);
  [[nodiscard]] void* copied_pointer(const ProtobufCFieldDescriptor& field, void* pointer);

  std::vector<std::unique_ptr<std::max_align_t[]>> blocks_;
  std::max_align_t* position_ = nullptr;  ///< the next free place
  std::size_t room_ = 0;                  ///< left in the last block, in max_align_t
};

}  // namespace quern::collector
