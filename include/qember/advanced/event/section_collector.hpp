// SPDX-License-Identifier: LGPL-2.1-or-later
/// The one place that gathers the bodies of sections and matches them to the description of the stream.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/context.hpp>
#include <qember/advanced/event/sink.hpp>

#include <deque>
#include <functional>
#include <memory>

namespace qember::event {

/// How a section relates to the description.
enum class Fit : std::uint8_t {
  fits,                  ///< `device` describes all of the body
  does_not_fit,          ///< `device` describes another body; `error` says where
  undescribed,           ///< the description does not list it
  before_description,    ///< no description that can be read had come
  beyond_section_limit,  ///< the body is larger than `Limits::max_section`
  beyond_held_limit,     ///< with it, more than `Limits::max_held` would be held
  in_parts,              ///< START, PART or END: no description is used for it
};

/// A section whose end has come.
struct CollectedSection {
  std::uint32_t id = 0;
  std::string name;
  std::uint32_t instance = 0;
  std::uint32_t version = 0;
  Element type = Element::section_full;
  std::uint64_t offset = 0;  ///< of its first byte in the input
  std::string path;          ///< of the same
  std::uint64_t size = 0;    ///< bytes of its body
  Digest digest;             ///< of its body
  /// All of the body, or nothing where it was not kept.
  Bytes body;
  /// Keeps its description alive. Null where none describes the section.
  std::shared_ptr<const device::Device> device;
  Fit fit = Fit::in_parts;
  /// Bytes of the `SchemaValue` that is its state, which came as an event of its own; the body is empty then.
  std::size_t typed_size = 0;
  std::optional<Error> error;  ///< of `does_not_fit`: its offset counts from the first byte of the body
};

/// Hands out every section of a stream but those of RAM, once, when its end has come: those FULL in their
/// order, unless more than twice `Limits::max_held` would wait, and a START, PART or END at once. A FULL
/// behind the description takes the next device of its name and instance. Where there are several
/// descriptions the last that can be read counts.
class SectionCollector final : public Handler<SectionCollector> {
 public:
  struct Options {
    /// Bodies are kept of sections FULL that nothing describes, or not as they are; else of those that a
    /// device describes.
    bool keeps_all = false;
    /// A FULL ahead of the description waits for it, up to the end mark or that of the stream. What waits is
    /// described before the sections that follow.
    bool early_waits = false;
    /// The taker keeps the bodies: they count as held after they were handed out.
    bool taker_keeps = false;
  };
  using Take = std::function<Status(CollectedSection&& section)>;

  /// `context`, of the events, outlives this. What `take` returns is returned by the call that hands out.
  SectionCollector(const Context& context, const Limits& limits, Options options, Take take)
      : context_(context), limits_(limits), options_(options), take_(std::move(take)) {}
  SectionCollector(const SectionCollector&) = delete;
  SectionCollector& operator=(const SectionCollector&) = delete;

  using Sink::take;
  /// Pages are nothing to it.
  Status take(std::span<const RamPage>) override { return {}; }
  bool takes_batches() const noexcept override { return true; }

  void on(const SectionBegin& section);
  void on(const Body& piece);
  void on(const SchemaValue& value) {
    if (open_) open_->typed_size = value.encoded.size();
  }
  Status on(const SectionEnd&);
  Status on(const DescriptionText& text);
  Status on(const Eof&) { return finish(); }
  Status on(const StreamEnd&) { return finish(); }
  void on(const AnyOf<StreamBegin, Configuration, Command, RamBlocks, RamControl, RamPage, MappedBitmap,
                      MappedStale, TrailingData> auto&) {}

  /// Hands out what waits: no description comes any more.
  Status finish();

  /// The limit that the section at hand has gone beyond, which may be seen ahead of its end.
  std::optional<Fit> exceeded() const noexcept { return exceeded_; }
  /// The last that could be read; null before that. Valid until the next one.
  const device::Description* description() const noexcept { return description_.get(); }
  /// Why the last description could not be read.
  const std::optional<Error>& description_error() const noexcept { return description_error_; }

 private:
  std::shared_ptr<const device::Device> match(const CollectedSection& section);
  bool may_wait(const CollectedSection& section);
  bool is_held() const noexcept { return waits_ || options_.taker_keeps; }
  void check_limits();
  Fit fit_of(CollectedSection& section) const;
  Status hand_out(CollectedSection section);

  const Context& context_;
  Limits limits_;
  Options options_;
  Take take_;

  std::shared_ptr<const device::Description> description_;
  std::optional<device::DeviceMatcher> matcher_;
  std::optional<Error> description_error_;
  bool may_be_described_ = true;  ///< neither a description nor the end has come
  std::deque<CollectedSection> waiting_;
  std::size_t held_beyond_ = 0;  ///< bytes of those that wait and are beyond a limit
  std::size_t held_ = 0;         ///< bytes of what waits, and of what a taker keeps

  std::optional<CollectedSection> open_;
  bool keeps_body_ = false;
  bool waits_ = false;
  std::optional<Fit> exceeded_;
  Digester digester_;
};

}  // namespace qember::event
