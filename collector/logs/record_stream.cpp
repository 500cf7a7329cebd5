#include "collector/logs/record_stream.hpp"

#include <algorithm>
#include <utility>

#include "collector/logs/message_text.hpp"
#include "collector/sql/statement_kind.hpp"

namespace quern::collector {

namespace {

/// More text than this is not held back at an end: it stands as it is.
constexpr std::size_t kMostText = 1U << 20U;

template <class Use>
void for_each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const bool terminated = end != std::string_view::npos;
    use(text.substr(0, end), terminated);
    text.remove_prefix(terminated ? end + 1 : text.size());
  }
}

bool message_may_hold_secret(const OpenMessage& open) {
  const HeldRecord& record = open.record;
  const std::string_view sql = read_message(record.message).text;
  return may_hold_secret(sql.empty() ? std::string_view{record.message} : sql) ||
         may_hold_secret(record.detail) || may_hold_secret(record.statement) ||
         may_hold_secret(open.text);
}

}  // namespace

void RecordStream::open(const LogLayout& layout, Handover where) {
  chunk_ = where == Handover::WithinProcess;
  if (chunk_ && reader_ != nullptr && next_layout_ == layout) {
    next_ = std::move(reader_);  // of the chunk before, suspended: it knows the log's prefixes
  } else {
    next_ = make_reader(layout, *this, tally_);
  }
  next_layout_ = layout;
  waiting_ = true;
  if (!end_.begun) {
    end_.start_layout = layout;
    if (text_.empty()) {
      end_.start_file = tally_.file;
    }
  }
}

std::uint64_t RecordStream::lines(std::string_view text, std::uint64_t first) {
  std::uint64_t number = first;
  while (waiting_ && !text.empty()) {
    const std::size_t length = text.find('\n');
    line_at_end(text.substr(0, length), number++, false, true);
    text.remove_prefix(length + 1);
  }
  if (!text.empty()) {
    const std::uint64_t rest = reader_->lines(text, number);
    tally_.counts.lines += rest;
    number += rest;
  }
  return number - first;
}

/// At either end of the stream.
void RecordStream::line_at_end(std::string_view text, std::uint64_t number, bool cut,
                               bool terminated) {
  if (waiting_) {
    wait(text, number, cut, terminated);
  } else if (terminated || cut || text.size() > kMostText) {
    feed(*reader_, text, number, cut);
  } else {
    end_.end_line.assign(text);
    end_.end_line_number = number;
  }
}

void RecordStream::wait(std::string_view text, std::uint64_t number, bool cut, bool terminated) {
  std::string joined;
  if (!text_.empty() && text_.back() != '\n') {
    const std::size_t last = text_.rfind('\n') + 1;
    joined = text_.substr(last).append(text);
    text_.erase(last);
    text = joined;
  }
  const bool begins = next_->begins_record(text);
  const bool decided = chunk_ ? begins && terminated  // else it may go on with the chunk before
                              : begins || cut || text_.size() + text.size() > kMostText;
  if (decided) {
    begin(begins);
    line(text, number, cut, terminated);
    return;
  }
  if (cut) {
    end_.start_cut.push_back(number);
  }
  text_number_ = text_.empty() ? number : text_number_;
  text_.append(text);
  if (terminated) {
    text_.push_back('\n');
  }
}

/// The stream at hand has come to its first record. `joins`: the lines before it may belong to what
/// came before.
void RecordStream::begin(bool joins) {
  waiting_ = false;
  if (end_.begun) {
    stitch(joins);
  } else {
    end_.begun = true;
    if (joins) {
      end_.start_text = std::exchange(text_, {});
      end_.start_line_number = text_number_;
    } else {
      feed_lines(*next_, std::exchange(text_, {}), text_number_);
      next_->finish();
    }
  }
  reader_ = std::move(next_);
  count_ = nullptr;
  end_.end_layout = next_layout_;
  end_.end_file = tally_.file;
}

void RecordStream::stitch(bool joins) {
  if (!joins || !same_format()) {
    finish_end();
    feed_lines(*next_, std::exchange(text_, {}), text_number_);
    next_->finish();
    return;
  }
  reader_->resume(std::exchange(end_.open, {}));
  feed_lines(*reader_, std::exchange(end_.end_line, {}) + std::exchange(text_, {}), text_number_);
  reader_->finish();
}

void RecordStream::finish_end() {
  reader_->resume(std::exchange(end_.open, {}));
  if (const std::string last = std::exchange(end_.end_line, {}); !last.empty()) {
    feed(*reader_, last, end_.end_line_number, false);
  }
  reader_->finish();
}

bool RecordStream::close() {
  if (!waiting_) {
    end_.open = reader_->suspend();
    return true;
  }
  if (chunk_) {
    return true;
  }
  waiting_ = false;
  const bool known = fragment();
  if (!end_.begun) {
    if (!known) {
      feed_lines(*next_, std::exchange(text_, {}), text_number_);
      next_->finish();
    }
    return known;
  }
  if (!known || !same_format()) {
    begin(false);
    end_.open = reader_->suspend();
    return known;
  }
  reader_->resume(std::exchange(end_.open, {}));
  std::uint64_t number = text_number_;
  for_each_line(std::exchange(end_.end_line, {}) + std::exchange(text_, {}),
                [&](std::string_view text, bool terminated) {
                  if (terminated) {
                    feed(*reader_, text, number++, false);
                  } else {
                    end_.end_line = text;
                    end_.end_line_number = number;
                  }
                });
  end_.open = reader_->suspend();
  return true;
}

/// All lines that wait may be parts of a record, or there are none.
bool RecordStream::fragment() const {
  bool all = true;
  for_each_line(text_, [&](std::string_view text, bool) {
    all = all && (text.empty() || next_->continues_record(text));
  });
  return all;
}

void RecordStream::finish() {
  if (!end_.begun) {
    if (next_ != nullptr) {
      feed_lines(*next_, std::exchange(text_, {}), text_number_);
      next_->finish();
    }
    return;
  }
  const std::string file = std::exchange(tally_.file, end_.start_file);
  if (!end_.start_text.empty()) {
    const auto reader = make_reader(end_.start_layout, *this, tally_);
    feed_lines(*reader, std::exchange(end_.start_text, {}), end_.start_line_number);
    reader->finish();
  }
  tally_.file = end_.end_file;
  finish_end();
  tally_.file = file;
}

LogEnds RecordStream::suspend(Handover where) {
  if (end_.begun) {
    if (where == Handover::IntoDocument) {
      let_secrets_stand();
    }
  } else {
    end_.start_text = std::exchange(text_, {});
    end_.start_line_number = text_number_;
  }
  if (end_.end_line.empty()) {
    end_.end_line_number = 0;  // of a line that was joined with its rest meanwhile
  }
  return std::exchange(end_, {});
}

/// Nor is too much text handed over.
void RecordStream::let_secrets_stand() {
  const OpenMessage& open = end_.open;
  if (message_may_hold_secret(open) || may_hold_secret(end_.end_line) ||
      std::max(open.record.size(), open.text.size()) > kMostText) {
    finish_end();
  }
  if (may_hold_secret(end_.start_text)) {
    const auto reader = make_reader(end_.start_layout, *this, tally_);
    feed_lines(*reader, std::exchange(end_.start_text, {}), end_.start_line_number);
    reader->finish();
  }
}

void RecordStream::resume(const LogEnds& ends) {
  end_ = ends;
  end_.sessions.clear();
  count_ = nullptr;
  if (ends.begun) {
    reader_ = make_reader(ends.end_layout, *this, tally_);
  } else if (ends.start_layout.format != LogFormat::Auto) {
    text_ = std::exchange(end_.start_text, {});
    text_number_ = ends.start_line_number;
    next_ = make_reader(ends.start_layout, *this, tally_);
  }
}

void RecordStream::follow(const LogEnds& ends) {
  if (ends.start_layout.format == LogFormat::Auto) {
    return;
  }
  if (end_.start_layout.format == LogFormat::Auto) {
    resume(ends);
    return;
  }
  // Pieces of one log follow each other; its processes write within moments of each other.
  constexpr std::int64_t kSlack = 60'000'000;
  const bool in_time =
      ends.first_us == 0 || end_.last_us == 0 || ends.first_us + kSlack >= end_.last_us;
  tally_.file = ends.start_file;
  open(ends.start_layout);
  std::uint64_t number = ends.start_line_number;
  for_each_line(ends.start_text, [&](std::string_view text, bool terminated) {
    line(text, number++, false, terminated);
  });
  if (!ends.begun) {
    close();
  } else {
    if (waiting_) {
      begin(in_time);
    } else {
      finish_end();
    }
    take_end(ends);
  }
  end_.first_us = end_.first_us == 0 ? ends.first_us : end_.first_us;
  end_.last_us = ends.last_us == 0 ? end_.last_us : ends.last_us;
}

/// The end of `ends` is now the end.
void RecordStream::take_end(const LogEnds& ends) {
  reader_ = make_reader(ends.end_layout, *this, tally_);
  count_ = nullptr;
  end_.open = ends.open;
  end_.end_line = ends.end_line;
  end_.end_line_number = ends.end_line_number;
  end_.end_layout = ends.end_layout;
  end_.end_file = ends.end_file;
}

void RecordStream::follow_chunk(const LogEnds& ends) {
  std::uint64_t number = ends.start_line_number;
  const auto cut = [&] {
    return std::find(ends.start_cut.begin(), ends.start_cut.end(), number) != ends.start_cut.end();
  };
  for_each_line(ends.start_text, [&](std::string_view text, bool terminated) {
    line(text, number, cut(), terminated);
    ++number;
  });
  if (ends.begun) {
    if (waiting_) {
      begin(true);
    }
    reader_->finish();
    take_end(ends);
    reader_->resume(std::exchange(end_.open, {}));
  }
  end_.first_us = end_.first_us == 0 ? ends.first_us : end_.first_us;
  end_.last_us = std::max(end_.last_us, ends.last_us);
}

void RecordStream::take(const LogRecord& record) {
  end_.first_us = end_.first_us == 0 ? record.at_us : end_.first_us;
  end_.last_us = std::max(end_.last_us, record.at_us);
  if (count_ == nullptr) {
    count_ = &formats_[layout_name(end_.end_layout)];
  }
  ++*count_;
  sink_.take(record);
}

void RecordStream::feed_lines(LogReader& reader, std::string_view text, std::uint64_t number) {
  for_each_line(text, [&](std::string_view line, bool) { feed(reader, line, number++, false); });
}

}  // namespace quern::collector
