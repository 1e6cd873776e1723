// SPDX-License-Identifier: LGPL-2.1-or-later
/// The native section that began last: until another element ends it, it may go on.
#pragma once

#include "../device/known_sections.hpp"
#include "../event/records.hpp"

namespace qember::qber {

class CurrentSection {
 public:
  /// `device`: which the description has for it, or null. `offset`: of it in the input.
  void begin(const event::SectionBegin& begin, event::BodyKind kind, const device::Device* device,
             std::uint64_t offset) {
    name_ = begin.name;
    begin_ = begin;
    begin_.name = name_;
    kind_ = kind;
    is_device_ = begin.type == event::Element::section_full && kind != event::BodyKind::ram;
    device_ = device;
    known_.reset();
    is_open_ = true;
    records.begin(kind, begin_.name, offset);
  }
  void end() { is_open_ = false; }
  void set_device(const device::Device* device) { device_ = device; }
  /// Its values are those of the layout that is known by its name.
  void set_known(std::shared_ptr<const device::Device> known) {
    known_ = std::move(known);
    device_ = known_.get();
  }
  bool is_known() const { return known_ != nullptr; }

  bool is_open() const { return is_open_; }
  bool is_ram() const { return is_open_ && kind_ == event::BodyKind::ram; }
  /// Device state, whether or not it has ended.
  bool is_device() const { return is_device_; }
  /// Its name is valid until another section begins.
  const event::SectionBegin& header() const { return begin_; }
  event::BodyKind kind() const { return kind_; }
  const device::Device* device() const { return device_; }

  event::Records records;  ///< of its body

 private:
  std::string name_;
  event::SectionBegin begin_;
  event::BodyKind kind_ = event::BodyKind::device;
  const device::Device* device_ = nullptr;
  std::shared_ptr<const device::Device> known_;
  bool is_open_ = false;
  bool is_device_ = false;
};

}  // namespace qember::qber
