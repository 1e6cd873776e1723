// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/event/section_collector.hpp>

#include <qember/advanced/device/state.hpp>

#include "../device/known_sections.hpp"
#include "description_text.hpp"

namespace qember::event {
namespace {

/// Bytes that a section takes while it is held.
std::size_t cost_of(const CollectedSection& section) {
  return sizeof(section) + section.name.size() + section.path.size() + section.body.size();
}

/// A limit was met ahead of its end, so that it has no body.
bool is_beyond(const CollectedSection& section) {
  return section.fit == Fit::beyond_section_limit || section.fit == Fit::beyond_held_limit;
}

}  // namespace

void SectionCollector::on(const SectionBegin& section) {
  open_.reset();
  exceeded_.reset();
  if (body_kind(section.name, section.type) == BodyKind::ram) return;
  open_.emplace();
  open_->id = section.id;
  open_->name = section.name;
  open_->instance = section.instance;
  open_->version = section.version;
  open_->type = section.type;
  open_->offset = context_.offset();
  open_->path = context_.path();
  digester_.reset();
  const bool is_whole = section.type == Element::section_full;
  if (is_whole) open_->device = match(*open_);
  waits_ = is_whole && options_.early_waits && may_be_described_;
  const bool is_known = device::is_known_section(section.name);
  keeps_body_ = is_whole && (open_->device != nullptr || is_known || waits_ || options_.keeps_all);
  check_limits();
}

std::shared_ptr<const device::Device> SectionCollector::match(const CollectedSection& section) {
  if (!matcher_) return nullptr;
  return {description_, matcher_->match(section.name, section.instance)};
}

void SectionCollector::on(const Body& piece) {
  if (!open_) return;
  digester_.update(piece.data);
  open_->size += piece.data.size();
  if (!keeps_body_) return;
  open_->body.insert(open_->body.end(), piece.data.begin(), piece.data.end());
  check_limits();
}

/// Beyond a limit the body is given up.
void SectionCollector::check_limits() {
  if (!keeps_body_) return;
  if (open_->size > limits_.max_section)
    exceeded_ = Fit::beyond_section_limit;
  else if (is_held() && cost_of(*open_) > limits_.max_held - held_)
    exceeded_ = Fit::beyond_held_limit;
  if (!exceeded_) return;
  keeps_body_ = false;
  open_->body = {};
}

Status SectionCollector::on(const SectionEnd&) {
  if (!open_) return {};
  CollectedSection section = *std::exchange(open_, std::nullopt);
  section.digest = digester_.digest();
  if (const auto limit = std::exchange(exceeded_, std::nullopt))
    section.fit = *limit;
  else if (is_held() && keeps_body_)
    held_ += cost_of(section);
  if (!waits_ || !may_wait(section)) return hand_out(std::move(section));
  waiting_.push_back(std::move(section));
  return {};
}

/// One without a body waits for its turn, as long as there is room for what is left of it.
bool SectionCollector::may_wait(const CollectedSection& section) {
  if (!is_beyond(section)) return true;
  const std::size_t cost = cost_of(section);
  if (cost > limits_.max_held - held_beyond_) return false;
  held_beyond_ += cost;
  return true;
}

Fit SectionCollector::fit_of(CollectedSection& section) const {
  if (section.type != Element::section_full) return Fit::in_parts;
  if (is_beyond(section)) return section.fit;
  Status described;
  if (section.device != nullptr) {
    described = device::check_state(*section.device, section.body);
    if (described) return Fit::fits;
  }
  if (auto known =
          device::find_known_section(section.name, section.instance, section.version, section.body)) {
    section.device = std::move(known);
    return Fit::fits;
  }
  if (section.device == nullptr) return matcher_ ? Fit::undescribed : Fit::before_description;
  section.error = std::move(described.error());
  return Fit::does_not_fit;
}

Status SectionCollector::hand_out(CollectedSection section) {
  section.fit = fit_of(section);
  if (section.fit == Fit::does_not_fit && options_.taker_keeps && !options_.keeps_all) {
    held_ -= cost_of(section);
    section.body = {};
  }
  return take_(std::move(section));
}

Status SectionCollector::on(const DescriptionText& text) {
  // One that can't be read describes nothing.
  auto description = description_of(text, limits_);
  if (description) {
    description_ = std::move(*description);
    matcher_.emplace(*description_);
    description_error_.reset();
  } else {
    description_error_ = std::move(description.error());
  }
  return finish();
}

Status SectionCollector::finish() {
  may_be_described_ = false;
  held_beyond_ = 0;
  while (!waiting_.empty()) {
    CollectedSection section = std::move(waiting_.front());
    waiting_.pop_front();
    if (!options_.taker_keeps && !is_beyond(section)) held_ -= cost_of(section);
    section.device = match(section);
    if (auto status = hand_out(std::move(section)); !status) return status;
  }
  return {};
}

}  // namespace qember::event
