// SPDX-License-Identifier: LGPL-2.1-or-later
/// Device state on its way to BER: measured, and written.
#pragma once

#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/device/state.hpp>
#include <qember/advanced/qber/section_writer.hpp>

namespace qember::qber {

/// Measures the section that values become, against the limits of what reads it.
class MeasuringSink final : public device::StateSink {
 public:
  void integer(const device::Field&, Integer value) override;
  void boolean(const device::Field&, bool) override { primitive(1); }
  void blob(const device::Field&, ByteView value) override { primitive(value.size()); }
  void choice(const device::Field&, std::uint64_t which) override { primitive(ber::integer_size(which)); }
  void begin_array(const device::Field&, const device::Structure*) override;
  void end_array() override { --depth_; }
  void begin_subsections() override;
  void begin_subsection(const device::Structure& structure) override;
  void end_subsection() override { depth_ -= 2; }
  void end_subsections() override { --depth_; }

  /// TLVs of the whole section.
  std::size_t tlvs() const { return tlvs_; }
  /// That it is one which a reader with these limits takes.
  Status check(const Limits& limits) const;

 private:
  void primitive(std::size_t size);
  void constructed(const ber::Identifier& identifier);

  /// The section and its list of entries, the other components of it, and their bytes with the longest name.
  static constexpr std::size_t fixed_depth = 2;
  static constexpr std::size_t fixed_tlvs = 7;
  static constexpr std::size_t fixed_size = 1100;

  std::size_t tlvs_ = fixed_tlvs;
  std::size_t size_ = fixed_size;  ///< with the longest of the forms that lengths are written in
  std::size_t depth_ = fixed_depth;
  std::size_t deepest_ = fixed_depth;
  bool bad_name_ = false;  ///< a subsection has a name that the schema can't hold
};

/// Whether `body` can be a section of values: the description fits it, and a reader with these limits takes
/// what it becomes. `tlvs`: of the section.
Status check_values(const device::Device& device, ByteView body, const Limits& limits, std::size_t& tlvs);

/// Writes values as they come.
class WriterSink final : public device::StateSink {
 public:
  explicit WriterSink(SectionWriter& writer) : writer_(writer) {}

  void integer(const device::Field&, Integer value) override { writer_.integer(value); }
  void boolean(const device::Field&, bool value) override { writer_.boolean(value); }
  void blob(const device::Field&, ByteView value) override { writer_.blob(value); }
  void choice(const device::Field&, std::uint64_t which) override { writer_.integer(which); }
  void begin_array(const device::Field&, const device::Structure*) override { writer_.begin_array(); }
  void end_array() override { writer_.end_list(); }
  void begin_subsections() override { writer_.begin_subsections(); }
  void begin_subsection(const device::Structure& structure) override {
    writer_.begin_subsection(structure.name, structure.version);
  }
  void end_subsection() override { writer_.end_subsection(); }
  void end_subsections() override { writer_.end_list(); }

 private:
  SectionWriter& writer_;
};

}  // namespace qember::qber
