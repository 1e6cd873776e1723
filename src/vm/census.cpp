// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/census.hpp>

#include "../event/ram_records.hpp"
#include "../qber/state_sinks.hpp"

#include <qember/advanced/event/capabilities.hpp>

namespace qember::vm {
namespace {

/// Adds up what of a section has no values, by type; bytes in a buffer with a layout count as of the buffer.
class ShareSink final : public device::StateSink {
 public:
  explicit ShareSink(Summary& summary) : summary_(summary) {}

  void integer(const device::Field&, Integer) override {}
  void boolean(const device::Field&, bool) override {}
  void blob(const device::Field& field, ByteView value) override {
    const device::Field& counted = buffer_ == nullptr ? field : *buffer_;
    summary_.untyped_bytes[std::string(counted.type)] += value.size();
    blobs_ += value.size();
    if (buffer_ != nullptr) share(*buffer_).typed_bytes -= value.size();
  }
  void begin_array(const device::Field& field, const device::Structure* structure) override {
    ++depth_;
    // One without a structure is an array of such buffers.
    if (field.layout == nullptr || structure == nullptr || buffer_ != nullptr) return;
    buffer_ = &field;
    buffer_depth_ = depth_;
    note(field).typed_bytes += field.size;
  }
  void end_array() override {
    if (depth_-- == buffer_depth_) buffer_ = nullptr;
  }
  void begin_subsections() override {}
  void begin_subsection(const device::Structure&) override {}
  void end_subsection() override {}
  void end_subsections() override {}
  void unfit(const device::Field& field, std::string_view reason) override {
    LayoutShare& of = note(field);
    if (of.unfit++ == 0) of.reason = reason;
  }

  std::uint64_t blobs() const { return blobs_; }

 private:
  /// A buffer that its name tells of has no type of its own.
  LayoutShare& share(const device::Field& field) {
    return summary_.layouts[std::string(field.type == "buffer" ? field.name : field.type)];
  }
  LayoutShare& note(const device::Field& field) {
    LayoutShare& of = share(field);
    ++of.count;
    of.bytes += field.size;
    return of;
  }

  Summary& summary_;
  std::uint64_t blobs_ = 0;
  const device::Field* buffer_ = nullptr;  ///< the one whose layout is being read
  std::size_t depth_ = 0;
  std::size_t buffer_depth_ = 0;
};

}  // namespace

Status Census::take(const event::Event& event) {
  if (encoded_begin_ && !std::holds_alternative<event::Body>(event) &&
      !std::holds_alternative<event::SchemaValue>(event)) {
    // A section of BER is as long as from its first byte to that of the next one.
    summary_.device_bytes += context_.offset() - *encoded_begin_;
    encoded_begin_.reset();
  }
  std::visit([this](const auto& each) { on(each); }, event);
  if (context_.session().page_size()) summary_.page_size = context_.session().page_size();
  summary_.ram_sent_elsewhere = channels_.sent_elsewhere(context_.session());
  if (summary_.ram_sent_elsewhere) summary_.complete = false;
  return {};
}

void Census::on(const event::SectionEnd& end) {
  summary_.footers = end.footer;
  static_cast<void>(collector_.on(end));
}

void Census::on(const event::RamBlocks& list) {
  summary_.blocks.assign(list.blocks.begin(), list.blocks.end());
  summary_.ram_total = list.total;
}

void Census::on(const event::RamControl& control) {
  channels_.note(control);
  if (control.word == event::ram_flag::hook) ++summary_.hook;
}

void Census::on(const event::DescriptionText& text) {
  summary_.described = true;
  static_cast<void>(collector_.on(text));
  if (!summary_.page_size && collector_.description() != nullptr)
    summary_.page_size = collector_.description()->page_size();
}

void Census::on(const event::Eof&) {
  summary_.complete = true;
  settle(DeviceTyping::undescribed);
}

void Census::on(const event::TrailingData& rest) {
  if (!rest.device_state) return;
  summary_.device_bytes += rest.data.size();
  summary_.untyped_bytes[std::string(name_of(DeviceTyping::undescribed))] += rest.data.size();
  summary_.complete = true;
}

void Census::on(const event::Configuration& configuration) {
  summary_.machine = std::string(as_text(configuration.machine));
  for (const event::ConfigurationSubsection& sub : configuration.subsections) {
    if (sub.name != "configuration/capabilities") continue;
    if (const auto names = event::read_capabilities(sub.payload))
      summary_.capabilities.assign(names->begin(), names->end());
  }
}

void Census::on(const event::RamPage& page) {
  channels_.note(page);
  summary_.pages.add(page);
  if (!summary_.page_size) summary_.page_size = context_.session().page_size_or_default();
  rounds_.begins(page, page.addr / context_.session().page_size_or_default());
  summary_.rounds = rounds_.count();
  summary_.rounds_exact = rounds_.exact();
}

void Census::on(const event::SectionBegin& section) {
  channels_.note(section);
  collector_.on(section);
  form_ = context_.device_form();
  ++summary_.sections;
  const bool is_device = section.type == event::Element::section_full &&
                         body_kind(section.name, section.type) == event::BodyKind::device;
  if (!is_device) return settle(DeviceTyping::early);
  if (form_) encoded_begin_ = context_.offset();
}

/// Of one that is described.
DeviceTyping Census::typing_of(const event::CollectedSection& section, std::string& reason) {
  const auto fall_back = [&reason](const Error& error) {
    reason = "expected " + error.expected + ", found " + error.found;
    return DeviceTyping::fallback;
  };
  if (section.error) return fall_back(*section.error);
  if (section.fit != event::Fit::fits)
    return fall_back({Errc::limit, 0, {}, "a section of a size to be held", "a larger one"});
  std::size_t tlvs = 0;
  if (auto status = qber::check_values(*section.device, section.body, limits_, tlvs); !status)
    return fall_back(status.error());
  return form_ == event::DeviceForm::blob ? DeviceTyping::opaque : DeviceTyping::typed;
}

void Census::settle(const event::CollectedSection& section) {
  if (section.fit == event::Fit::in_parts) return;
  if (!form_) summary_.device_bytes += section.size;
  DeviceSummary device{section.name, section.instance,          section.version,
                       section.size, DeviceTyping::undescribed, {}};
  if (section.typed_size != 0) {
    device.bytes = section.typed_size;
    device.state = DeviceTyping::typed;
    summary_.typed_bytes += section.typed_size;
  } else if (section.device == nullptr) {
    unsettled_.push_back(summary_.devices.size());
  } else {
    device.state = typing_of(section, device.reason);
    if (device.state == DeviceTyping::typed)
      add_values(section);
    else
      summary_.untyped_bytes[std::string(name_of(device.state))] += section.size;
  }
  summary_.devices.push_back(std::move(device));
}

/// Names of subsections and the marks of lists are known as well as the values.
void Census::add_values(const event::CollectedSection& section) {
  ShareSink share(summary_);
  static_cast<void>(read_state(*section.device, section.body, share));
  summary_.typed_bytes += section.size - share.blobs();
}

void Census::settle(DeviceTyping state) {
  for (const std::size_t index : unsettled_) {
    summary_.devices[index].state = state;
    summary_.untyped_bytes[std::string(name_of(state))] += summary_.devices[index].bytes;
  }
  unsettled_.clear();
}

}  // namespace qember::vm
