// SPDX-License-Identifier: LGPL-2.1-or-later
#include "editing_source.hpp"

#include <qember/advanced/device/state.hpp>

#include "refusal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::vm {
namespace {

using event::CommandId;
using event::Element;

bool is_command(const event::Command& command, CommandId id) {
  return command.id == static_cast<std::uint16_t>(id);
}

bool may_change_sizes(const Edit& edit) {
  return std::holds_alternative<DropSection>(edit) || std::holds_alternative<RenameSection>(edit) ||
         std::holds_alternative<DropCommand>(edit) || changes_description(edit) ||
         std::holds_alternative<RenameBlock>(edit) || std::holds_alternative<DropBlock>(edit);
}

}  // namespace

EditingSource::EditingSource(event::Source& source, std::span<const Edit> edits, const Limits& limits,
                             Format format)
    : source_(source),
      limits_(limits),
      format_(format),
      session_(limits),
      head_(edits),
      blocks_(edits),
      memory_(edits, limits),
      sections_(edits),
      devices_(edits, limits),
      changes_sizes_(std::ranges::any_of(edits, may_change_sizes)) {}

Result<event::Event> EditingSource::next() {
  if (failed_) return *failed_;
  memory_.forget();
  for (;;) {
    current_.reset();
    if (!held_.empty() && !is_holding()) {
      held_size_ -= held_.front().size();
      current_ = std::move(held_.front());
      held_.pop_front();
      return emit(current_->view());
    }
    auto event = source_.next();
    if (!event) return event;
    if (!std::holds_alternative<event::RamPage>(*event)) read_.pass(*event);
    auto status = std::visit([this](const auto& each) { return on(each); }, *event);
    if (status && package_) status = end_package();
    if (!status) {
      failed_ = std::move(status.error());
      return *failed_;
    }
    if (!direct_) continue;
    const event::Event given = *std::exchange(direct_, std::nullopt);
    return emit(given);
  }
}

std::size_t EditingSource::next_pages(std::span<event::RamPage> room) {
  if (failed_ || !held_.empty() || is_holding()) return 0;
  current_.reset();
  memory_.forget();
  const std::size_t count = source_.next_pages(room);
  note_page_size();
  std::size_t kept = 0;
  for (event::RamPage& page : room.first(count)) {
    if (!memory_.empty() && !failed_)
      if (auto status = memory_.apply(source_, page); !status) failed_ = std::move(status.error());
    if (failed_ || !has_place(page)) continue;
    // A page of the stream is one of the new list, too.
    static_cast<void>(session_.note(page));
    room[kept++] = page;
  }
  return kept;
}

/// Of a stream that does not name it, the source has found it out.
void EditingSource::note_page_size() {
  if (const auto size = source_.session().page_size(); size && !session_.page_size())
    session_.set_page_size(*size);
}

/// Takes note of what is given, by the rules by which a reader of it would.
Status EditingSource::note(const event::Event& event) {
  note_page_size();
  if (const auto* configuration = std::get_if<event::Configuration>(&event))
    return session_.note(*configuration);
  if (const auto* command = std::get_if<event::Command>(&event)) return session_.note(*command);
  if (const auto* section = std::get_if<event::SectionBegin>(&event)) return session_.note(*section);
  if (const auto* page = std::get_if<event::RamPage>(&event)) return session_.note(*page);
  const auto* const list = std::get_if<event::RamBlocks>(&event);
  return list == nullptr ? Status() : session_.open_blocks(list->total, list_);
}

Result<event::Event> EditingSource::emit(const event::Event& event) {
  if (auto status = note(event); !status) {
    // The source has passed the same rules: it is an edit that breaks one.
    failed_ = refuse_edit("edit", std::move(status.error().expected), std::move(status.error().found));
    return *failed_;
  }
  return event;
}

Error EditingSource::beyond_held() const {
  return {Errc::limit, source_.offset(), source_.path(),
          fmt::format("max_held: at most {} bytes of sections that wait for an edit", limits_.max_held),
          "more"};
}

Status EditingSource::give(const event::Event& event) {
  if (package_) made_.pass(event);
  if (!is_holding() && held_.empty() && !direct_) {
    direct_ = event;
    return {};
  }
  if (std::holds_alternative<event::RamPage>(event) || std::holds_alternative<event::MappedBitmap>(event) ||
      std::holds_alternative<event::MappedStale>(event))
    return Error{Errc::unsupported, source_.offset(), source_.path(),
                 "no pages among the devices, for such an edit", "a page"};
  // What would have been given at once goes first.
  hold_direct();
  hold(event);
  return held_size_ <= limits_.max_held ? Status() : beyond_held();
}

void EditingSource::hold(const event::Event& event) {
  held_.emplace_back(event, source_.offset(), source_.path());
  held_size_ += held_.back().size();
}

void EditingSource::hold_direct() {
  if (direct_) hold(*std::exchange(direct_, std::nullopt));
}

Status EditingSource::on(const event::Configuration& configuration) {
  event::Configuration changed = configuration;
  const auto is_left = head_.apply(changed);
  if (!is_left) return is_left.error();
  return *is_left ? give(std::move(changed)) : Status();
}

Status EditingSource::on(const event::Command& command) {
  const auto keeps = head_.keeps(command);
  if (!keeps) return keeps.error();
  if (!*keeps) return {};
  if (is_command(command, CommandId::packaged) && changes_sizes_) return begin_package(command);
  if (blocks_.empty() || !is_command(command, CommandId::postcopy_ram_discard)) return give(command);
  auto payload = blocks_.apply_discard(source_.session(), command.payload);
  if (!payload) return std::move(payload.error());
  if (!*payload) return {};
  discard_ = std::move(**payload);
  return give(event::Command{command.id, discard_});
}

Status EditingSource::begin_package(const event::Command& command) {
  if (command.payload.size() != sizeof(std::uint32_t)) return give(command);
  auto status = give(command);
  hold_direct();
  package_ = {load_be<std::uint32_t>(command.payload.data()), read_.bytes(), made_.bytes(), &held_.back()};
  return status;
}

Status EditingSource::end_package() {
  if (read_.bytes() - package_->begin < package_->size) return {};
  store_be(package_->command->bytes.data(), static_cast<std::uint32_t>(made_.bytes() - package_->made_begin));
  package_.reset();
  return {};
}

Status EditingSource::on(const event::RamBlocks& list) {
  if (auto status = memory_.begin(list.blocks); !status) return status;
  auto changed = blocks_.apply(list.blocks, source_.session().page_size_or_default());
  if (!changed) return std::move(changed.error());
  list_ = std::move(*changed);
  std::uint64_t total = 0;
  for (const event::RamBlock& block : list_) total += block.length;
  return give(event::RamBlocks{blocks_.empty() ? list.total : total, list_});
}

Status EditingSource::on(const event::RamPage& page) {
  event::RamPage changed = page;
  if (!memory_.empty())
    if (auto status = memory_.apply(source_, changed); !status) return status;
  const bool is_given = has_place(changed);
  if (failed_) return *failed_;
  return is_given ? give(changed) : Status();
}

/// Changes the page to one of the new list; false where it has no place there, or `failed_` says why not.
bool EditingSource::has_place(event::RamPage& page) {
  if (blocks_.empty()) return true;
  auto placed = blocks_.apply(page, source_.session().page_size_or_default());
  if (!placed) failed_ = std::move(placed.error());
  return placed && *placed;
}

Status EditingSource::on(const event::SectionBegin& section) {
  event::SectionBegin changed = section;
  if (section.type == Element::section_part || section.type == Element::section_end) {
    skips_ = dropped_.contains(section.id);
    if (const auto name = renamed_.find(section.id); name != renamed_.end()) {
      changed.name = name->second.name;
      changed.instance = name->second.instance;
    }
    return skips_ ? Status() : give(changed);
  }
  auto fate = sections_.fate_of(section);
  if (!fate) return std::move(fate.error());
  skips_ = fate->is_dropped;
  if (section.type == Element::section_full) return begin_full(section, *fate);
  dropped_.erase(section.id);
  renamed_.erase(section.id);
  if (skips_) return dropped_.insert(section.id), Status();
  if (!fate->renamed) return give(changed);
  const SectionName& name = renamed_[section.id] = std::move(*fate->renamed);
  changed.name = name.name;
  changed.instance = name.instance;
  return give(changed);
}

/// What an edit makes of a section, its description says too.
void EditingSource::note_fate(const device::Device& device, const SectionEdits::Fate& fate) {
  if (fate.is_dropped) {
    changes_.dropped.insert(&device);
  } else if (fate.renamed) {
    changes_.renamed[&device] = *fate.renamed;
  }
}

Status EditingSource::begin_full(const event::SectionBegin& section, const SectionEdits::Fate& fate) {
  const device::Device* const device = matcher_ ? matcher_->match(section.name, section.instance) : nullptr;
  if (device != nullptr) {
    note_fate(*device, fate);
  } else if (!description_ && !sections_.empty() && !has_ended_) {
    early_.push_back({{std::string(section.name), section.instance}, fate});
    early_size_ += sizeof(EarlySection) + section.name.size();
    if (early_size_ > limits_.max_held) return beyond_held();
  }
  if (skips_) return {};
  event::SectionBegin changed = section;
  if (fate.renamed) {
    changed.name = fate.renamed->name;
    changed.instance = fate.renamed->instance;
  }
  collected_.reset();
  if (device == nullptr || !devices_.concerns(*device)) {
    // The name is the edit's, which stays; that of `fate` does not.
    if (!fate.renamed || is_holding()) return give(changed);
    hold(changed);
    return {};
  }
  collected_.emplace(changed, source_.offset(), source_.path());
  collected_device_ = device;
  body_.clear();
  return {};
}

Status EditingSource::on(const event::Body& body) {
  if (skips_) return {};
  if (!collected_) return give(body);
  if (body.data.size() > limits_.max_section - body_.size())
    return Error{Errc::limit, collected_->offset, collected_->path,
                 fmt::format("max_section: a section of at most {} bytes to edit", limits_.max_section),
                 "more"};
  body_.insert(body_.end(), body.data.begin(), body.data.end());
  return {};
}

Status EditingSource::on(const event::SchemaValue& value) {
  if (skips_) return {};
  if (!collected_) return give(value);
  return Error{Errc::unsupported, collected_->offset, collected_->path,
               "state that the description describes, for an edit of a device",
               "a type that the schema adds"};
}

Status EditingSource::on(const event::SectionEnd& end) {
  if (std::exchange(skips_, false)) return {};
  return collected_ ? end_collected(end) : give(end);
}

Status EditingSource::end_collected(const event::SectionEnd& end) {
  if (auto status = device::check_state(*collected_device_, body_); !status) {
    status.error().offset = collected_->offset;
    // It may be sound all the same, as a blob.
    status.error().code = Errc::unsupported;
    return std::move(status.error()).within(collected_->path);
  }
  if (auto status = devices_.apply(*collected_device_, body_, changes_); !status) return status;
  sizes_[collected_device_] = body_.size();
  held_size_ += collected_->size();
  held_.push_back(std::move(*collected_));
  if (package_) made_.pass(held_.back().view());
  collected_.reset();
  if (!body_.empty())
    if (auto status = give(event::Body{body_}); !status) return status;
  return give(end);
}

Status EditingSource::missed() const {
  for (auto status :
       {head_.missed(), blocks_.missed(), memory_.missed(), sections_.missed(), devices_.missed()})
    if (!status) return status;
  return {};
}

/// No device comes any more.
Status EditingSource::finish() {
  if (std::exchange(has_ended_, true)) return {};
  if (auto status = missed(); !status) return status;
  if (std::exchange(is_held_for_description_, false)) {
    auto text = described();
    if (!text) return std::move(text.error());
    const auto held = std::ranges::find_if(held_, [](const event::HeldEvent& each) {
      return std::holds_alternative<event::DescriptionText>(each.event);
    });
    held_size_ -= held->size();
    *held = event::HeldEvent(event::DescriptionText{*text}, held->offset, std::move(held->path));
    held_size_ += held->size();
  }
  return std::exchange(is_pending_, false) ? give_description() : Status();
}

Status EditingSource::on(const event::Eof& eof) {
  auto status = finish();
  return status ? give(eof) : status;
}

Status EditingSource::on(const event::StreamEnd& end) {
  package_.reset();
  auto status = finish();
  return status ? give(end) : status;
}

}  // namespace qember::vm
