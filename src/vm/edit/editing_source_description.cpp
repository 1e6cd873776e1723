// SPDX-License-Identifier: LGPL-2.1-or-later
// The part of the source that edits the description, after what is edited in the devices.
#include "editing_source.hpp"

#include <utility>

namespace qember::vm {
namespace {

/// As two descriptions are in memory at a time, and what is held.
Limits half_of(Limits limits) {
  limits.max_description /= 2;
  return limits;
}

}  // namespace

Status EditingSource::on(const event::DescriptionText& text) {
  const bool may_change = !sections_.empty() || devices_.may_change_description();
  const bool is_needed = may_change || !devices_.empty();
  auto parsed = device::Description::parse(text.json, may_change ? half_of(limits_) : limits_);
  if (!parsed) {
    if (!is_needed || parsed.error().code == Errc::bad_value) return give(text);
    return std::move(parsed.error());
  }
  text_.assign(text.json.begin(), text.json.end());
  description_ = std::move(*parsed);
  matcher_.emplace(*description_);
  sections_.consider(*description_);
  devices_.consider(*description_);
  for (const EarlySection& each : std::exchange(early_, {}))
    if (const auto* device = matcher_->match(each.name.name, each.name.instance))
      note_fate(*device, each.fate);
  if (!may_change) return give(text);
  if (has_ended_) return give_description();
  if (format_ == Format::native) return is_pending_ = true, Status();
  auto status = give(text);
  hold_direct();
  is_held_for_description_ = true;
  return status;
}

/// The text of the description, which says what the edits left.
Result<Bytes> EditingSource::described() const {
  if (changes_.empty()) return text_;
  const std::string text = rewrite(text_, *description_, changes_);
  const Error other{Errc::unsupported, source_.offset(), source_.path(),
                    "a description that edits can follow", "another"};
  auto made = device::Description::parse(as_bytes(text), half_of(limits_));
  if (!made) return other;
  auto next = made->devices().begin();
  for (const device::Device& device : description_->devices()) {
    if (changes_.dropped.contains(&device)) continue;
    const auto size = sizes_.find(&device);
    const std::uint64_t wanted = size == sizes_.end() ? device::described_size(device) : size->second;
    if (next == made->devices().end() || device::described_size(*next) != wanted) return other;
    ++next;
  }
  if (next != made->devices().end()) return other;
  return Bytes(text.begin(), text.end());
}

Status EditingSource::give_description() {
  auto text = described();
  if (!text) return std::move(text.error());
  hold(event::DescriptionText{*text});
  return {};
}

}  // namespace qember::vm
