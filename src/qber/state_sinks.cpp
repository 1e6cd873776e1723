// SPDX-License-Identifier: LGPL-2.1-or-later
#include "state_sinks.hpp"

#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/ber/writer.hpp>
#include <qember/advanced/core/text.hpp>

#include "../qber/tags.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::qber {

void MeasuringSink::primitive(std::size_t size) {
  ++tlvs_;
  size_ += 1 + ber::length_size(size) + size;
  deepest_ = std::max(deepest_, depth_ + 1);
}

void MeasuringSink::constructed(const ber::Identifier& identifier) {
  // In BER the byte 80 and end-of-contents; in DER a length, which grows with the contents.
  constexpr std::size_t most_length = 5;
  ++tlvs_;
  size_ += identifier.size + most_length;
  deepest_ = std::max(deepest_, ++depth_);
}

void MeasuringSink::integer(const device::Field&, Integer value) { primitive(ber::integer_size(value)); }
void MeasuringSink::begin_array(const device::Field&, const device::Structure*) {
  constructed(own_tags.array);
}
void MeasuringSink::begin_subsections() { constructed(own_tags.subsections); }

void MeasuringSink::begin_subsection(const device::Structure& structure) {
  constructed(own_tags.subsection);
  primitive(structure.name.size());
  primitive(ber::integer_size(structure.version));
  constructed(own_tags.subsection_contents);
  if (structure.name.empty() || !utf8_characters(as_bytes(structure.name))) bad_name_ = true;
}

Status MeasuringSink::check(const Limits& limits) const {
  const auto refuse = [](Errc code, std::string expected, std::string found) {
    return Error{code, 0, {}, std::move(expected), std::move(found)};
  };
  if (bad_name_) return refuse(Errc::constraint, "subsections with a text as their name", "other bytes");
  if (const std::size_t most = std::min(limits.max_depth, ber::deepest); deepest_ > most)
    return refuse(Errc::limit, fmt::format("values nested at most {} deep", most), "deeper");
  if (size_ > limits.max_section)
    return refuse(Errc::limit, fmt::format("values of at most {} bytes", limits.max_section), "more");
  return {};
}

Status check_values(const device::Device& device, ByteView body, const Limits& limits, std::size_t& tlvs) {
  MeasuringSink measured;
  if (auto status = read_state(device, body, measured); !status) return status;
  tlvs = measured.tlvs();
  return measured.check(limits);
}

}  // namespace qember::qber
