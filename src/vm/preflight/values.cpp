// SPDX-License-Identifier: LGPL-2.1-or-later
// Values that the machine compares with its own: the types of such fields say so (migration/vmstate-types.c),
// and the run state is one of QEMU's own (system/runstate.c).
#include "findings.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace qember::vm {
namespace {

bool is_equal_type(std::string_view type) { return type.ends_with(" equal"); }
/// "le" says "less or equal", and the value is not negative.
bool is_bounded_type(std::string_view type) { return type == "int32 le"; }

using Values = std::unordered_map<std::string, Integer>;

/// Calls `each(path, field, value)` for the integers that are compared.
template <class Each>
class Compared final : public device::NamedStateSink {
 public:
  explicit Compared(Each each) : each_(std::move(each)) {}

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const auto* const integer = std::get_if<Integer>(&value);
    if (integer != nullptr && (is_equal_type(field.type) || is_bounded_type(field.type)))
      each_(path(), field, *integer);
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  Each each_;
};

template <class Each>
void visit(const StateSection& section, Each each) {
  Compared<Each> compared(std::move(each));
  // The caller knows that it fits.
  static_cast<void>(compared.read(*section.device, section.body).ok());
}

void check_compared(const SectionPair& pair, const Findings& findings) {
  Values there;
  visit(pair.there,
        [&](std::string_view path, const device::Field&, Integer value) { there.emplace(path, value); });
  visit(pair.here, [&](std::string_view path, const device::Field& field, Integer here) {
    const auto found = there.find(std::string(path));
    if (found == there.end()) return;
    const Integer local = found->second;
    const std::string where = fmt::format("{}:{}", pair.name(), path);
    const std::string what = fmt::format("{} here, {} there", to_string(here), to_string(local));
    if (is_equal_type(field.type) && here != local)
      findings.add(Certainty::certain, where, what, {fmt::format("{:x} != {:x}", local.bits(), here.bits())});
    if (is_bounded_type(field.type) && (here.negative() || here.bits() > local.bits()))
      findings.add(Certainty::certain, where, what,
                   {fmt::format("Invalid value {} expecting positive value <= {}", to_string(here),
                                to_string(local))});
  });
}

class RunState final : public device::NamedStateSink {
 public:
  std::optional<std::string> name;

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const auto* const bytes = std::get_if<ByteView>(&value);
    if (field.name != "runstate" || bytes == nullptr || name) return;
    const std::string_view text = as_text(*bytes);
    name = text.substr(0, text.find('\0'));
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}
};

void check_run_state(const SectionPair& pair, const Findings& findings) {
  constexpr std::array known{"debug",       "inmigrate", "internal-error", "io-error",   "paused",
                             "postmigrate", "prelaunch", "finish-migrate", "restore-vm", "running",
                             "save-vm",     "shutdown",  "suspended",      "watchdog",   "guest-panicked",
                             "colo",        "preconfig"};
  if (pair.here.name != "globalstate") return;
  RunState state;
  static_cast<void>(state.read(*pair.here.device, pair.here.body).ok());
  if (state.name && std::ranges::find(known, *state.name) == known.end())
    findings.add(Certainty::certain, pair.name() + ":runstate",
                 fmt::format("{:?} is no state of QEMU's", *state.name),
                 {fmt::format("invalid parameter value: {}", *state.name)});
}

}  // namespace

void check_values(const SectionPair& pair, const Findings& findings) {
  check_compared(pair, findings);
  check_run_state(pair, findings);
}

}  // namespace qember::vm
