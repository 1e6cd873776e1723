// SPDX-License-Identifier: LGPL-2.1-or-later
// A description, and after a NUL device state for the devices in it: state that is measured is read to that
// very end, with as many values opened as closed.
#include "fuzz.hpp"

#include <qember/advanced/device/description.hpp>
#include <qember/advanced/device/state.hpp>

#include <algorithm>

namespace qember::fuzz {
namespace {

class Balance final : public device::StateSink {
 public:
  void integer(const device::Field& field, Integer) override {
    require(field.kind != device::FieldKind::boolean, "an integer is no boolean");
  }
  void boolean(const device::Field&, bool) override {}
  void blob(const device::Field&, ByteView) override {}
  void begin_array(const device::Field&, const device::Structure*) override { ++depth_; }
  void end_array() override { --depth_; }
  void begin_subsections() override { ++depth_; }
  void begin_subsection(const device::Structure&) override { ++depth_; }
  void end_subsection() override { --depth_; }
  void end_subsections() override { --depth_; }
  int depth() const { return depth_; }

 private:
  int depth_ = 0;
};

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  const auto end = std::ranges::find(in, std::uint8_t{0});
  const ByteView json(in.begin(), end);
  const ByteView state = in.subspan(std::min(json.size() + 1, in.size()));
  const auto description = device::Description::parse(json);
  if (!description) {
    require(!description.error().expected.empty(), "a refusal says what was expected");
    return;
  }
  for (const device::Device& device : description->devices()) {
    const auto size = device::measure_state(device, state);
    if (!size) continue;
    require(*size <= state.size(), "state is within the input");
    Balance balance;
    require(device::read_state(device, state.first(*size), balance).ok(), "what is measured is read");
    require(balance.depth() == 0, "all that is opened is closed");
  }
}

}  // namespace qember::fuzz
