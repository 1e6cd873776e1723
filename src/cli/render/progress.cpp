// SPDX-License-Identifier: LGPL-2.1-or-later
#include "progress.hpp"

#include "style.hpp"

#include <qember/advanced/io/fd.hpp>
#include <qember/advanced/io/unfinished.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

namespace qember::cli {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto first_after = 500ms;
constexpr auto line_every = 200ms;
constexpr auto json_every = 500ms;
constexpr auto rate_over = 5s;
constexpr double least_stall = 2;  ///< seconds

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// `4:05`, or `1:04:05`
std::string clock_text(double seconds) {
  constexpr double most = 99 * 3600;
  const auto whole = static_cast<std::uint64_t>(std::min(seconds + 0.5, most));
  const std::uint64_t minutes = whole / 60;
  return minutes < 60 ? fmt::format("{}:{:02}", minutes, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, whole % 60);
}

std::string amount_text(const Reached& reached) {
  if (!reached.size || *reached.size == 0) return binary_size(reached.position);
  const std::uint64_t part = std::min(reached.position, *reached.size);
  const double share = 100 * static_cast<double>(part) / static_cast<double>(*reached.size);
  return fmt::format("{:.0f} % of {}", std::floor(share), binary_size(*reached.size));
}

std::string pace_text(const Reached& reached) {
  if (reached.stalled > 0) return fmt::format("nothing read for {}", clock_text(reached.stalled));
  std::string text = fmt::format("{}/s", binary_size(static_cast<std::uint64_t>(reached.rate)));
  if (const auto left = reached.seconds_left()) text += fmt::format(", {} left", clock_text(*left));
  return text;
}

bool is_terminal(int fd) { return ::isatty(fd) == 1; }

/// What runs in the background draws nothing over what its user does meanwhile.
bool is_in_foreground() {
  const pid_t group = ::tcgetpgrp(STDERR_FILENO);
  return group < 0 || group == ::getpgrp();
}

void put(std::string_view text) { (void)io::write_all(STDERR_FILENO, as_bytes(text), "standard error"); }

}  // namespace

std::optional<double> Reached::seconds_left() const {
  if (!size || position > *size || rate < 1 || stalled > 0) return std::nullopt;
  return static_cast<double>(*size - position) / rate;
}

std::string progress_text(const Reached& reached, std::size_t width) {
  const std::string rest = fmt::format("{}, {}", amount_text(reached), pace_text(reached));
  const std::string name = reached.name == "-" ? "standard input" : printable(reached.name);
  const std::size_t room = width > rest.size() + 2 ? width - rest.size() - 2 : 0;
  return room < 4 ? rest.substr(0, width) : fmt::format("{}: {}", fitted_end(name, room), rest);
}

std::string progress_json(const Reached& reached) {
  nlohmann::ordered_json object{{"record", "progress"}, {"file", reached.name}, {"bytes", reached.position}};
  object["size"] = reached.size ? nlohmann::ordered_json(*reached.size) : nullptr;
  object["bytes_per_second"] = static_cast<std::uint64_t>(reached.rate);
  const auto left = reached.seconds_left();
  object["seconds_left"] =
      left ? nlohmann::ordered_json(static_cast<std::uint64_t>(std::ceil(*left))) : nullptr;
  object["seconds_stalled"] = static_cast<std::uint64_t>(reached.stalled);
  return object.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

Progress& Progress::of_process() {
  static Progress progress;
  return progress;
}

Progress::~Progress() {
  if (thread_.joinable()) thread_.join();
}

bool Progress::is_wanted() const noexcept {
  if (mode_ == ProgressMode::json) return true;
  return mode_ == ProgressMode::automatic && is_terminal(STDERR_FILENO) && !is_dumb_terminal();
}

void Progress::erase_line() {
  if (is_drawn_) put("\r\033[K");
  is_drawn_ = false;
}

std::unique_lock<std::mutex> Progress::erase() {
  std::unique_lock lock(mutex_);
  erase_line();
  return lock;
}

std::unique_lock<std::mutex> Progress::give_way() {
  std::unique_lock lock(mutex_);
  if (is_terminal(STDOUT_FILENO)) {
    erase_line();
    return lock;
  }
  struct stat found{};
  is_line_ended_ = is_line_ended_ || (::fstat(STDOUT_FILENO, &found) == 0 && !S_ISREG(found.st_mode));
  if (is_line_ended_) erase_line();
  return lock;
}

void Progress::end_line() {
  const auto lock = erase();
  is_line_ended_ = true;
}

void Progress::expect_scattered(std::uint64_t size) {
  const std::lock_guard lock(mutex_);
  scattered_ = size;
}

void Progress::add(MeteredSource& source) {
  const std::lock_guard lock(mutex_);
  sources_.push_back(&source);
  if (sources_.size() > 1) return;
  scattered_.reset();
  last_change_ = Clock::now();
  samples_.assign(1, {last_change_, 0});
  const io::SignalsHeld held;
  thread_ = std::thread([this] { run(); });
}

void Progress::finish() {
  while (!sources_.empty()) remove(*sources_.back());
}

void Progress::remove(MeteredSource& source) {
  {
    const auto lock = erase();
    if (!std::ranges::count(sources_, &source)) return;  // `finish` has removed it
    if (sources_.size() == 1 && mode_ == ProgressMode::json) tell(Clock::now());
    std::erase(sources_, &source);
    if (!sources_.empty()) return;
  }
  stop_.notify_all();
  thread_.join();
}

void Progress::run() {
  std::unique_lock lock(mutex_);
  auto next = Clock::now() + first_after;
  while (!stop_.wait_until(lock, next, [this] { return sources_.empty(); })) {
    next = Clock::now() + (mode_ == ProgressMode::json ? json_every : line_every);
    tell(Clock::now());
  }
}

Reached Progress::look(Clock::time_point now) {
  Reached reached{sources_.front()->name(), 0, 0, 0, 0};
  std::uint64_t read = 0;
  for (MeteredSource* const source : sources_) {
    const auto size = source->size();
    reached.size = size && reached.size ? std::optional(*size + *reached.size) : std::nullopt;
    reached.position += source->position();
    read += source->read();
  }
  if (scattered_) {
    reached.position = read;
    reached.size = read > *scattered_ ? std::nullopt : scattered_;
  }
  if (samples_.back().read != read) last_change_ = now;
  samples_.push_back({now, read});
  while (samples_.size() > 2 && now - samples_.front().time > rate_over) samples_.pop_front();
  if (const double seconds = seconds_between(samples_.front().time, now); seconds > 0)
    reached.rate = static_cast<double>(read - samples_.front().read) / seconds;
  const double still = seconds_between(last_change_, now);
  reached.stalled = still < least_stall ? 0 : still;
  return reached;
}

bool Progress::may_draw() const { return !is_line_ended_ && is_at_line_begin_ && is_in_foreground(); }

void Progress::tell(Clock::time_point now) {
  const Reached reached = look(now);
  if (mode_ == ProgressMode::json) return put(progress_json(reached) + '\n');
  if (!may_draw()) return;
  // The last column is left free: a terminal may go on to the next line there.
  const std::size_t width = std::max<std::size_t>(terminal_width(STDERR_FILENO, 80), 2) - 1;
  put("\r\033[K" + progress_text(reached, width));
  is_drawn_ = true;
}

MeteredSource::MeteredSource(std::unique_ptr<io::ByteSource> file, std::string name)
    : file_(std::move(file)), name_(std::move(name)) {
  Progress::of_process().add(*this);
}

MeteredSource::~MeteredSource() { Progress::of_process().remove(*this); }

Result<std::size_t> MeteredSource::read_some(std::uint64_t offset, MutableBytes to) {
  auto count = file_->read_some(offset, to);
  if (!count) return count;
  read_ += *count;
  const std::uint64_t end = offset + *count;
  std::uint64_t furthest = furthest_;
  while (furthest < end && !furthest_.compare_exchange_weak(furthest, end)) {
  }
  return count;
}

std::uint64_t MeteredSource::position() noexcept {
  const std::uint64_t furthest = furthest_.exchange(0);
  if (furthest != 0) position_ = furthest;
  return position_;
}

}  // namespace qember::cli
