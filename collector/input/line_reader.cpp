#include "collector/input/line_reader.hpp"

#include <algorithm>
#include <utility>

#include "collector/base/failure.hpp"

namespace quern::collector {

bool LineReader::block(std::string& text, std::size_t wanted) {
  ensure(!at_start_, "a stream's first line is read before its blocks");
  text.clear();
  wanted = std::clamp<std::size_t>(wanted, 1, maximum_line_);  // only the last line can be too long
  const std::size_t most = wanted + maximum_line_;
  terminated_ = false;
  bool all_kept = true;
  while (!terminated_ && (!piece_.empty() || !(piece_ = source_.read()).empty())) {
    const std::size_t from = text.size() < wanted ? wanted - text.size() - 1 : 0;
    const std::size_t end = from < piece_.size() ? piece_.find('\n', from) : std::string_view::npos;
    terminated_ = end != std::string_view::npos;
    const std::size_t length = terminated_ ? end + 1 : piece_.size();
    const std::size_t kept = std::min(length, most - std::min(most, text.size()));
    all_kept = all_kept && kept == length;
    text.append(piece_.substr(0, kept));
    bytes_ += length;
    piece_.remove_prefix(length);
  }
  if (text.empty()) {
    return false;
  }
  terminated_ = terminated_ || (all_kept && text.back() == '\n');  // less than wanted was left
  if (terminated_ && all_kept) {
    text.pop_back();
  }
  const std::size_t last = text.rfind('\n') + 1;  // 0 for none
  cut_ = text.size() - last > maximum_line_;
  if (cut_) {
    text.resize(last + maximum_line_);
  }
  if (terminated_) {
    text.push_back('\n');
  }
  return true;
}

bool LineReader::skip_rest_of_line(std::uint64_t most) {
  bool ended = false;
  while (!ended && most > 0 && (!piece_.empty() || !(piece_ = source_.read()).empty())) {
    const std::string_view at_hand =
        piece_.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, piece_.size())));
    const std::size_t end = at_hand.find('\n');
    ended = end != std::string_view::npos;
    const std::size_t length = ended ? end + 1 : at_hand.size();
    piece_.remove_prefix(length);
    bytes_ += length;
    most -= length;
  }
  return ended;
}

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
  if (std::exchange(at_start_, false)) {
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
  trims_ = !crlf_known_ || crlf_;
}

}  // namespace quern::collector
