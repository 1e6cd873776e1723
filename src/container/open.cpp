// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/container/open.hpp>

#include "../io/slice_source.hpp"
#include "../io/spooled_source.hpp"
#include "fault.hpp"
#include "magic.hpp"
#include "unpacked_source.hpp"

#include <qember/advanced/core/text.hpp>
#include <qember/advanced/io/descriptor_source.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace qember::container {
namespace {

/// A container may be compressed in a compressed one; each takes `max_unpack_memory`.
constexpr std::size_t most_compressed = 2;

Kind kind_of(SaveFormat format) {
  switch (format) {
    case SaveFormat::gzip: return Kind::gzip;
    case SaveFormat::bzip2: return Kind::bzip2;
    case SaveFormat::xz: return Kind::xz;
    case SaveFormat::lzop: return Kind::lzop;
    case SaveFormat::zstd: return Kind::zstd;
    case SaveFormat::raw:
    case SaveFormat::sparse: break;
  }
  return Kind::qevm;
}

}  // namespace

/// Goes from one container into the next.
class Opening {
 public:
  Opening(io::ByteSource& source, const Options& options, Contents& contents)
      : options_(options), contents_(contents), file_(source) {}

  Result<std::unique_ptr<Opened>> run();

 private:
  Status enter();
  Result<Kind> tell();
  Result<std::uint64_t> count_zeros();
  Status find_in_zeros();
  Status enter_libvirt();
  Status enter_qcow2();
  Status unpack(Kind kind);
  Status refuse(Kind kind) const;
  Status refuse_stream() const;
  bool is_goal(Kind kind) const {
    return options_.wants_channel ? kind == Kind::multifd : kind == Kind::qevm || kind == Kind::ber;
  }
  std::string magic_path() const;
  Status make_seekable();
  void push(std::unique_ptr<io::ByteSource> layer);
  Status slice(std::uint64_t begin);
  io::PeekedSource& top() const { return *top_; }
  /// What is looked at ends within a magic.
  bool is_cut() const { return head_.size() < most_head && may_begin_magic(head_); }

  const Options& options_;
  Contents& contents_;
  io::ByteSource& file_;
  std::unique_ptr<Opened> opened_{new Opened};
  io::PeekedSource* top_ = nullptr;
  ByteView head_;
  std::size_t compressed_ = 0;
  std::optional<SaveFormat> wanted_;  ///< what the header around it says that the data is
};

/// What is read from now on; its first bytes can be looked at.
void Opening::push(std::unique_ptr<io::ByteSource> layer) {
  auto peeked = std::make_unique<io::PeekedSource>(layer ? *layer : file_);
  top_ = peeked.get();
  if (layer) opened_->layers_.push_back(std::move(layer));
  opened_->layers_.push_back(std::move(peeked));
}

/// Goes on from `begin`, up to where what comes in order is passed over.
Status Opening::slice(std::uint64_t begin) {
  Bytes passed(top().is_seekable() ? 0 : std::size_t{64} << 10U);
  for (std::uint64_t at = 0; !passed.empty() && at < begin;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(passed.size(), begin - at));
    const auto count = top().read_some(at, MutableBytes(passed).first(most));
    if (!count) return count.error();
    if (*count == 0)
      return ends_early(opened_->base_ + at, magic_path(), fmt::format("a stream at {}", begin));
    at += *count;
  }
  opened_->base_ += begin;
  if (opened_->extent_ != nullptr) {
    opened_->layers_.push_back(std::make_unique<io::SliceSource>(*opened_->extent_, begin));
    opened_->extent_ = opened_->layers_.back().get();
  }
  push(std::make_unique<io::SliceSource>(top(), begin));
  return {};
}

Result<Kind> Opening::tell() {
  constexpr std::size_t first = 4;
  for (std::size_t size = first;; size *= 2) {
    auto head = top().peek(size);
    if (!head) return head.error();
    head_ = *head;
    if (const auto kind = container::kind_of(head_)) return *kind;
    if (head_.size() < size || size >= most_head) return Kind::unknown;
  }
}

/// What is looked at, and in what.
std::string Opening::magic_path() const {
  return contents_.way.empty() ? "magic" : to_string(contents_.way) + " > magic";
}

Status Opening::refuse(Kind kind) const {
  const std::string expected = "51 45 56 4d (QEVM) or 7f cd c5 51 (BER)";
  constexpr std::size_t shown = 4;
  const bool is_other = kind != Kind::unknown && kind != Kind::zeros;
  if (options_.wants_channel && !is_other) return refuse_stream();
  if (kind != Kind::unknown) {
    Error error = refusal_of(kind);
    error.offset = opened_->base_;
    error.path = magic_path();
    return error;
  }
  return fault(is_cut() ? Errc::truncated : Errc::unknown_magic, opened_->base_, magic_path(), expected,
               hex_excerpt(head_, shown));
}

/// What is no channel, or ends before that is known.
Status Opening::refuse_stream() const {
  constexpr std::string_view hello("\x11\x22\x33\x44\0\0\0\x01", 8);
  return fault(hello.starts_with(as_text(head_)) ? Errc::truncated : Errc::unknown_magic, opened_->base_,
               magic_path(), "11 22 33 44 (a multifd channel)", hex_excerpt(head_, 4));
}

/// How many zeros the top has before anything else; as many as are looked for, where there are more.
Result<std::uint64_t> Opening::count_zeros() {
  constexpr std::uint64_t most = std::uint64_t{64} << 20U;
  constexpr std::size_t most_held = std::size_t{1} << 20U;
  const auto zeros_in = [](ByteView bytes) {
    const auto other = std::ranges::find_if(bytes, [](std::uint8_t byte) { return byte != 0; });
    return static_cast<std::size_t>(other - bytes.begin());
  };
  if (!top().is_seekable()) {
    for (std::size_t size = most_head;; size *= 2) {
      const auto head = top().peek(size);
      if (!head) return head.error();
      const std::size_t zeros = zeros_in(*head);
      if (zeros < size || size >= most_held) return zeros;
    }
  }
  Bytes piece(std::size_t{256} << 10U);
  for (std::uint64_t at = 0; at < most; at += piece.size()) {
    const auto count = top().read_at(at, piece);
    if (!count) return count.error();
    if (const std::size_t zeros = zeros_in(ByteView(piece).first(*count)); zeros < piece.size())
      return at + zeros;
  }
  return most;
}

/// A hole before the stream, which QEMU leaves where it is told `offset=`.
Status Opening::find_in_zeros() {
  const auto zeros = count_zeros();
  if (!zeros) return zeros.error();
  constexpr std::size_t magic_size = 4;
  Bytes magic(magic_size);
  if (top().is_seekable()) {
    const auto count = top().read_at(*zeros, magic);
    if (!count) return count.error();
    magic.resize(*count);
  } else {
    const auto head = top().peek(static_cast<std::size_t>(*zeros) + magic_size);
    if (!head) return head.error();
    const ByteView rest = head->subspan(std::min(static_cast<std::size_t>(*zeros), head->size()));
    magic.assign(rest.begin(), rest.end());
  }
  if (container::kind_of(magic) != Kind::qevm) {
    Error error =
        fault(Errc::unsupported, opened_->base_, magic_path(), "a stream, which may begin at another offset",
              fmt::format("{} zeros, then {}", *zeros, hex_excerpt(magic)));
    error.rule = "stream_offset";
    return error;
  }
  contents_.way.push_back(fmt::format("offset {}", *zeros));
  return slice(*zeros);
}

Status Opening::enter_libvirt() {
  contents_.libvirt.emplace();
  contents_.libvirt->is_marked_complete = as_text(head_).starts_with("LibvirtQemudSave");
  auto save = read_libvirt_save(top(), options_.limits, opened_->base_);
  if (!save) return std::move(save.error());
  wanted_ = save->format;
  contents_.way.push_back(save->format == SaveFormat::raw
                              ? std::string(name_of(Kind::libvirt))
                              : fmt::format("{} ({})", name_of(Kind::libvirt), name_of(save->format)));
  const std::uint64_t begin = save->data_offset;
  contents_.libvirt = std::move(*save);
  return slice(begin);
}

/// Puts what is read in order into a temporary file.
Status Opening::make_seekable() {
  if (top().is_seekable()) return {};
  auto spooled = io::SpooledSource::read(top(), 0, {}, options_.limits.max_spooled);
  if (!spooled) return std::move(spooled.error());
  push(std::move(*spooled));
  return {};
}

Status Opening::enter_qcow2() {
  if (auto status = make_seekable(); !status) return status;
  auto read = read_qcow2(top(), options_.limits);
  if (!read) return std::move(read.error());
  const Qcow2Image& image = contents_.qcow2.emplace(std::move(*read));
  contents_.way.emplace_back(name_of(Kind::qcow2));
  if (auto status = check_clusters(image); !status) return status;
  const auto index = choose_snapshot(image, options_.snapshot);
  if (!index) return index.error();
  auto state = open_state(top(), image, *index);
  if (!state) return std::move(state.error());
  contents_.snapshot = *index;
  contents_.way.back() = fmt::format("{} snapshot {}", name_of(Kind::qcow2), image.snapshots[*index].id);
  opened_->base_ = 0;
  opened_->is_in_file_ = false;
  opened_->is_unpacked_ = true;
  opened_->extent_ = state->extent.get();
  opened_->layers_.push_back(std::move(state->extent));
  push(std::move(state->bytes));
  return {};
}

Status Opening::unpack(Kind kind) {
  if (compressed_++ == most_compressed)
    return fault(Errc::limit, opened_->base_, magic_path(),
                 fmt::format("at most {} compressions", most_compressed), "another one");
  std::unique_ptr<io::ByteSource> layer;
  if (kind != Kind::lzop) {
    layer = std::make_unique<UnpackedSource>(top(), kind, options_.limits, opened_->base_,
                                             options_.allow_trailing);
  } else if (options_.unpack_lzop) {
    auto unpacked = options_.unpack_lzop(top());
    if (!unpacked) return std::move(unpacked.error());
    layer = std::move(*unpacked);
  } else {
    return refuse(kind);
  }
  // libvirt's header has said it.
  if (!wanted_) contents_.way.emplace_back(name_of(kind));
  opened_->base_ = 0;
  opened_->is_in_file_ = false;
  opened_->is_unpacked_ = true;
  opened_->extent_ = nullptr;
  push(std::move(layer));
  return {};
}

/// Into the next container; nothing is left to enter where the kind is that of a stream.
Status Opening::enter() {
  auto kind = tell();
  if (!kind) return std::move(kind.error());
  if (wanted_ && *kind != kind_of(*wanted_)) {
    return fault(*kind == Kind::unknown && is_cut() ? Errc::truncated : Errc::bad_value, opened_->base_,
                 "libvirt save.data", fmt::format("{} data, as the header says", name_of(*wanted_)),
                 hex_excerpt(head_, 4));
  }
  opened_->kind_ = *kind;
  if (is_goal(*kind)) return {};
  switch (*kind) {
    case Kind::qevm:
    case Kind::ber: return refuse_stream();
    case Kind::libvirt: return enter_libvirt();
    case Kind::qcow2: return enter_qcow2();
    case Kind::gzip:
    case Kind::bzip2:
    case Kind::xz:
    case Kind::zstd:
    case Kind::lzop: {
      auto status = unpack(*kind);
      wanted_.reset();
      return status;
    }
    case Kind::zeros: return options_.wants_channel ? refuse_stream() : find_in_zeros();
    default: return refuse(*kind);
  }
}

Result<std::unique_ptr<Opened>> Opening::run() {
  push(nullptr);
  if (options_.offset) {
    contents_.way.push_back(fmt::format("offset {}", *options_.offset));
    if (auto status = slice(*options_.offset); !status) return std::move(status.error());
  }
  for (std::size_t depth = 0;; ++depth) {
    if (auto status = enter(); !status) return std::move(status.error());
    if (is_goal(opened_->kind_)) break;
    if (depth == options_.limits.max_containers)
      return fault(Errc::limit, opened_->base_, magic_path(),
                   fmt::format("max_containers: at most {} containers", options_.limits.max_containers),
                   "another one");
  }
  if (!options_.snapshot.empty() && !contents_.qcow2)
    return fault(Errc::usage, 0, "magic", "a qcow2 image, to choose a snapshot of", to_string(contents_.way));
  contents_.way.emplace_back(name_of(opened_->kind_));
  opened_->bytes_ = &top();
  return std::move(opened_);
}

Error refusal_of(Kind kind) {
  return fault(Errc::unsupported, 0, "magic", "a stream of QEMU's",
               fmt::format("{}: {}", name_of(kind), advice_for(kind)));
}

Result<std::unique_ptr<io::ByteSource>> open_file(const std::string& path) {
  if (const auto kind = kind_of_directory(path); kind != Kind::unknown) return refusal_of(kind);
  return io::open_source(path);
}

std::string to_string(const std::vector<std::string>& way) {
  return fmt::format("{}", fmt::join(way, " > "));
}

Result<std::unique_ptr<Opened>> Opened::open(io::ByteSource& source, const Options& options,
                                             Contents& contents) {
  return Opening(source, options, contents).run();
}

Opened::~Opened() {
  while (!layers_.empty()) layers_.pop_back();
}

}  // namespace qember::container
