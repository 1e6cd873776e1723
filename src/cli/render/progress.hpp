// SPDX-License-Identifier: LGPL-2.1-or-later
/// How far a verb is in what it reads: a line on standard error where that is a terminal, or a JSON object
/// now and then.
#pragma once

#include <qember/advanced/io/byte_source.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace qember::cli {

enum class ProgressMode : std::uint8_t { automatic, json, never };

/// How far it is, at some time.
struct Reached {
  std::string name;                     ///< of the file
  std::uint64_t position = 0;           ///< bytes of the file up to where it is read
  std::optional<std::uint64_t> size{};  ///< of the file; nothing where only reading it tells
  double rate = 0;                      ///< bytes a second, of late
  double stalled = 0;                   ///< seconds since something was read; 0 for less than 2

  /// Of the seconds that the rest takes at that rate; nothing where that can't be said.
  std::optional<double> seconds_left() const;
};

/// `vm.mig: 45 % of 8.0 GiB, 1.2 GiB/s, 0:04 left`, in at most `width` columns.
std::string progress_text(const Reached& reached, std::size_t width);
/// The same as an object on a line.
std::string progress_json(const Reached& reached);

class MeteredSource;

/// There is one, as there is one standard error. A thread looks at what is read, and sees so that nothing is.
class Progress {
 public:
  static Progress& of_process();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void set_mode(ProgressMode mode) noexcept { mode_ = mode; }
  /// Whether anyone is to see it.
  bool is_wanted() const noexcept;
  /// Nothing is drawn while the lock is held; a line that was drawn is gone.
  std::unique_lock<std::mutex> erase();
  /// The same for text on standard output. Where a program reads that which may share the terminal, there is
  /// no line from here on.
  std::unique_lock<std::mutex> give_way();
  /// Of the text that was written under that lock: a line that is not at its end is not drawn over.
  void wrote(bool ends_line) noexcept { is_at_line_begin_ = ends_line; }
  /// No line is drawn from here on.
  void end_line();
  /// Nothing is told of what is read from here on: the thread has ended.
  void finish();
  /// What is read are the clusters of that many bytes, at places all over the file.
  void expect_scattered(std::uint64_t size);

 private:
  friend class MeteredSource;
  struct Sample {
    std::chrono::steady_clock::time_point time;
    std::uint64_t read;
  };

  Progress() = default;
  void add(MeteredSource& source);
  void remove(MeteredSource& source);
  void run();
  Reached look(std::chrono::steady_clock::time_point now);
  void tell(std::chrono::steady_clock::time_point now);
  void erase_line();
  bool may_draw() const;

  ProgressMode mode_ = ProgressMode::automatic;
  std::mutex mutex_;
  std::condition_variable stop_;
  std::thread thread_;
  std::vector<MeteredSource*> sources_;
  std::optional<std::uint64_t> scattered_;
  std::deque<Sample> samples_;  ///< of the last seconds
  std::chrono::steady_clock::time_point last_change_;
  bool is_drawn_ = false;
  bool is_line_ended_ = false;
  bool is_at_line_begin_ = true;
};

/// Counts what is read of a file that a verb was given.
class MeteredSource final : public io::ByteSource {
 public:
  MeteredSource(std::unique_ptr<io::ByteSource> file, std::string name);
  ~MeteredSource() override;
  MeteredSource(const MeteredSource&) = delete;
  MeteredSource& operator=(const MeteredSource&) = delete;

  std::optional<std::uint64_t> size() const override { return file_->size(); }
  bool is_seekable() const override { return file_->is_seekable(); }
  Result<std::size_t> read_some(std::uint64_t offset, MutableBytes to) override;

  const std::string& name() const noexcept { return name_; }
  /// Bytes that were read in all.
  std::uint64_t read() const noexcept { return read_; }
  /// The furthest byte that was read since the last call.
  std::uint64_t position() noexcept;

 private:
  std::unique_ptr<io::ByteSource> file_;
  std::string name_;
  std::atomic<std::uint64_t> read_ = 0;
  std::atomic<std::uint64_t> furthest_ = 0;
  std::uint64_t position_ = 0;
};

}  // namespace qember::cli
