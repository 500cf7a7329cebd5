#include "collector/input/line_reader.hpp"

namespace quern::collector {

bool LineReader::assemble(std::string_view& line) {
  partial_.clear();
  cut_ = false;
  bool any = false;
  for (;;) {
    if (piece_.empty()) {
      piece_ = source_.read();
      if (piece_.empty()) {
        if (!any) {
          return false;
        }
        break;
      }
    }
    any = true;
    const void* end = std::memchr(piece_.data(), '\n', piece_.size());
    const std::size_t length =
        end == nullptr ? piece_.size()
                       : static_cast<std::size_t>(static_cast<const char*>(end) - piece_.data());
    const std::size_t room = maximum_line_ - partial_.size();
    partial_.append(piece_.substr(0, length < room ? length : room));
    cut_ = cut_ || length > room;
    bytes_ += length + (end == nullptr ? 0 : 1);
    piece_.remove_prefix(length + (end == nullptr ? 0 : 1));
    if (end != nullptr) {
      terminated_ = true;
      break;
    }
    terminated_ = false;
  }
  line = partial_;
  ++number_;
  trim(line);
  return true;
}

void LineReader::trim(std::string_view& line) {
  if (number_ == 1) {
    if (line.substr(0, 3) == "\xEF\xBB\xBF") {
      line.remove_prefix(3);
    }
  }
  if (!crlf_known_ && !line.empty()) {
    crlf_known_ = true;
    crlf_ = line.back() == '\r';
  }
  if (crlf_ && !line.empty() && line.back() == '\r') {
    line.remove_suffix(1);
  }
  trims_ = number_ == 1 || !crlf_known_ || crlf_;
}

}  // namespace quern::collector
