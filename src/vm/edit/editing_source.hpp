// SPDX-License-Identifier: LGPL-2.1-or-later
/// A stream with edits done, as events.
#pragma once

#include <qember/advanced/event/held_event.hpp>
#include <qember/advanced/event/source.hpp>

#include "../../event/native_position.hpp"
#include "block_edits.hpp"
#include "device_edits.hpp"
#include "head_edits.hpp"
#include "memory_edits.hpp"
#include "section_edits.hpp"

#include <deque>
#include <set>

namespace qember::vm {

/// Where what is edited needs to be described, the description comes before it: see
/// `event::ReorderingBuffer`. What the description has to say of edits is known behind the devices; a native
/// stream has it there, and before those of BER all of them are held, at most `Limits::max_held` bytes.
class EditingSource final : public event::Source {
 public:
  /// `source` and `edits` outlive this.
  EditingSource(event::Source& source, std::span<const Edit> edits, const Limits& limits, Format format);

  Result<event::Event> next() override;
  std::size_t next_pages(std::span<event::RamPage> room) override;
  const event::Session& session() const override { return session_; }
  std::uint64_t offset() const override { return current_ ? current_->offset : source_.offset(); }
  std::string path() const override { return current_ ? current_->path : source_.path(); }
  std::optional<event::DeviceForm> device_form() const override { return source_.device_form(); }
  bool is_description_first() const override { return source_.is_description_first(); }

 private:
  /// A section ahead of its description.
  struct EarlySection {
    SectionName name;
    SectionEdits::Fate fate;
  };
  /// The elements of a PACKAGED command, which says how long they are.
  struct Package {
    std::uint64_t size = 0;        ///< as it was
    std::uint64_t begin = 0;       ///< of what is read
    std::uint64_t made_begin = 0;  ///< of what is given
    event::HeldEvent* command = nullptr;
  };

  Status on(const event::AnyOf<event::StreamBegin, event::RamControl, event::MappedBitmap, event::MappedStale,
                               event::TrailingData> auto& event) {
    return give(event);
  }
  Status on(const event::Configuration& configuration);
  Status on(const event::Command& command);
  Status on(const event::SectionBegin& section);
  Status on(const event::RamBlocks& list);
  Status on(const event::RamPage& page);
  bool has_place(event::RamPage& page);
  Status on(const event::Body& body);
  Status on(const event::SchemaValue& value);
  Status on(const event::SectionEnd& end);
  Status on(const event::DescriptionText& text);
  Status on(const event::Eof& eof);
  Status on(const event::StreamEnd& end);

  Status begin_full(const event::SectionBegin& section, const SectionEdits::Fate& fate);
  void note_fate(const device::Device& device, const SectionEdits::Fate& fate);
  Status end_collected(const event::SectionEnd& end);
  Status finish();
  Status missed() const;
  Result<Bytes> described() const;
  Status give_description();
  Status begin_package(const event::Command& command);
  Status end_package();
  bool is_holding() const noexcept { return is_held_for_description_ || package_; }
  void hold(const event::Event& event);
  void hold_direct();
  void note_page_size();
  Status give(const event::Event& event);
  Result<event::Event> emit(const event::Event& event);
  Status note(const event::Event& event);
  Error beyond_held() const;

  event::Source& source_;
  Limits limits_;
  Format format_;
  event::Session session_;  ///< of what is given
  HeadEdits head_;
  BlockEdits blocks_;
  MemoryEdits memory_;
  SectionEdits sections_;
  DeviceEdits devices_;
  bool changes_sizes_;  ///< elements may go, or become longer or shorter

  // Sections.

  bool skips_ = false;                            ///< the section that is being read was dropped
  std::set<std::uint32_t> dropped_;               ///< ids of what was started
  std::map<std::uint32_t, SectionName> renamed_;  ///< by id, of what was started
  std::optional<event::HeldEvent> collected_;     ///< the begin of the section whose body is collected
  const device::Device* collected_device_ = nullptr;
  Bytes body_;

  // The description.

  Bytes text_;     ///< as it was
  Bytes discard_;  ///< of the command that was given last
  std::optional<device::Description> description_;
  std::optional<device::DeviceMatcher> matcher_;
  std::vector<EarlySection> early_;
  std::size_t early_size_ = 0;  ///< bytes
  DescriptionChanges changes_;
  std::map<const device::Device*, std::uint64_t> sizes_;  ///< of the bodies that were changed
  bool has_ended_ = false;                                ///< the end of all devices has come
  bool is_held_for_description_ = false;                  ///< the first that is held is the description
  bool is_pending_ = false;                               ///< the description is given behind the devices

  // What is given.

  std::optional<Package> package_;
  event::NativePosition read_;  ///< but for pages
  event::NativePosition made_;  ///< of what is in a package
  std::deque<event::HeldEvent> held_;
  std::size_t held_size_ = 0;
  std::optional<event::Event> direct_;       ///< what `give` hands on without holding it
  std::optional<event::HeldEvent> current_;  ///< whose views were given out
  std::vector<event::RamBlock> list_;
  std::optional<Error> failed_;
};

}  // namespace qember::vm
