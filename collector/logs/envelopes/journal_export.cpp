#include <string>
#include <utility>

#include "collector/logs/envelopes/entry.hpp"

namespace quern::collector {

namespace {

/// systemd's journal export format: `FIELD=value` lines, an empty line after each entry; a value
/// with control characters as the field's name alone, then its length in eight bytes (the least
/// first), its bytes and a line feed.
class JournalUnwrapper final : public Unwrapper {
 public:
  void line(std::string_view text, UnwrappedSink& sink) override {
    waiting_.append(text).push_back('\n');
    if (in_binary_) {
      binary(text);
    } else if (text.empty()) {
      end_entry(sink);
    } else if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
      fields_.push_back(
          {std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}});
    } else {
      name_ = text;
      bytes_.clear();
      in_binary_ = true;
    }
    if (waiting_.size() > kMaximumRecord) {
      reset();
      sink.foreign("journal entry longer than 16 MiB");
    }
  }

  void finish(UnwrappedSink& sink) override { end_entry(sink); }

  [[nodiscard]] bool begins_entry(std::string_view text) const override {
    return text.substr(0, 9) == "__CURSOR=";
  }

  [[nodiscard]] std::string suspend() override {
    std::string held = waiting_;
    reset();
    return held;
  }

  [[nodiscard]] std::unique_ptr<Unwrapper> fresh() const override {
    return std::make_unique<JournalUnwrapper>();
  }

 private:
  void binary(std::string_view text) {
    constexpr std::size_t kLengthBytes = 8;
    bytes_.append(text).push_back('\n');
    if (bytes_.size() < kLengthBytes) {
      return;
    }
    std::uint64_t length = 0;
    for (std::size_t i = kLengthBytes; i > 0; --i) {
      length = length << 8U | static_cast<unsigned char>(bytes_[i - 1]);
    }
    if (length > kMaximumRecord || bytes_.size() > kLengthBytes + length) {
      const std::size_t size = std::min<std::size_t>(length, bytes_.size() - kLengthBytes);
      fields_.push_back({name_, bytes_.substr(kLengthBytes, size)});
      in_binary_ = false;
    }
  }

  void end_entry(UnwrappedSink& sink) {
    if (!fields_.empty()) {
      const EntryFields fields = std::exchange(fields_, {});
      entries_.read(fields, sink);
    }
    reset();
  }

  void reset() {
    waiting_.clear();
    fields_.clear();
    in_binary_ = false;
  }

  EntryFields fields_;
  std::string waiting_, name_, bytes_;
  bool in_binary_ = false;
  EntryReader entries_;
};

}  // namespace

std::unique_ptr<Unwrapper> make_journal_unwrapper() {
  return std::make_unique<JournalUnwrapper>();
}

}  // namespace quern::collector
