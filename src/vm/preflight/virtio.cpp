// SPDX-License-Identifier: LGPL-2.1-or-later
// Virtio devices (hw/virtio/virtio.c virtio_load, hw/net/virtio-net.c, hw/char/virtio-serial-bus.c,
// hw/virtio/virtio-mem.c; feature bits are those of the Virtual I/O Device specification 1.3).
#include "findings.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

namespace qember::vm {
namespace {

using device::Field;

/// What of a device's state decides, by the last part of a value's path.
class Virtio final : public device::NamedStateSink {
 public:
  explicit Virtio(const StateSection& section) {
    // The caller knows that it fits.
    static_cast<void>(read(*section.device, section.body).ok());
  }

  std::optional<std::uint64_t> get(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }
  bool has(std::string_view subsection) const { return subsections_.contains(subsection); }
  const std::vector<std::uint64_t>& ports() const { return ports_; }
  /// The ports of a virtio-serial device that are there.
  const std::set<std::uint64_t>& active_ports() const { return active_ports_; }
  /// The size of each queue's ring.
  const std::vector<std::uint64_t>& rings() const { return rings_; }
  /// Of a display, whose outputs have this from machine types 9.0 on (hw/display/virtio-gpu.c).
  bool has_framebuffers() const { return has_framebuffers_; }
  bool is_virtio() const { return get("guest_features").has_value() && get("queue_count").has_value(); }
  /// With the number of its descriptors before it, where no QEMU looks for it.
  bool has_unreadable_request() const { return has_unreadable_request_; }
  /// What `is_virtio` has.
  const Field* features_field() const { return features_field_; }
  /// What the driver has taken.
  std::uint64_t features() const { return high_.value_or(get("guest_features").value_or(0)); }

 private:
  void value(const Field& field, const device::StateValue& value) override {
    const auto* const integer = std::get_if<Integer>(&value);
    if (integer == nullptr) return;
    if (field.name == "guest_features" && field.size == sizeof(std::uint64_t) && !high_)
      high_ = integer->bits();
    if (field.name == "guest_features" && features_field_ == nullptr) features_field_ = &field;
    if (field.name == "num" && path().find(".queues[") != std::string_view::npos)
      rings_.push_back(integer->bits());
    if (field.name == "ports_map") ports_.push_back(integer->bits());
    if (field.name == "ndescs") number_end_ = at() + field.size;
    if (field.name == "id" && path().find(".ports[") != std::string_view::npos)
      active_ports_.insert(integer->bits());
    values_.emplace(field.name, integer->bits());
  }
  void enter(const device::StateGroup& group) override {
    if (group.structure == nullptr) return;
    if (group.kind == device::StateGroup::Kind::subsection) subsections_.insert(group.structure->name);
    has_framebuffers_ |= group.structure->name == "scanouts with framebuffers";
    has_unreadable_request_ |= group.structure->name == "VirtQueueElement" && number_end_ == at();
  }
  void leave(const device::StateGroup&) override {}

  std::unordered_map<std::string_view, std::uint64_t> values_;  ///< the first of each name
  std::set<std::string_view> subsections_;
  std::vector<std::uint64_t> ports_;
  std::set<std::uint64_t> active_ports_;
  std::vector<std::uint64_t> rings_;
  std::optional<std::uint64_t> high_;
  std::optional<std::uint64_t> number_end_;  ///< of the descriptors of a request
  const Field* features_field_ = nullptr;
  bool has_framebuffers_ = false;
  bool has_unreadable_request_ = false;
};

constexpr std::uint64_t bit(unsigned number) { return std::uint64_t{1} << number; }
constexpr std::uint64_t version_1 = bit(32);
constexpr std::uint64_t ring_packed = bit(34);
constexpr unsigned first_high_bit = 32;

/// Features that lengthen the configuration of the device, so that a shorter one is not offered them.
struct Lengthening {
  std::string_view device;
  std::uint64_t features;
  std::uint64_t config_len;
};
constexpr std::array lengthening{
    Lengthening{"virtio-net", bit(22), 10},           Lengthening{"virtio-net", bit(3), 12},
    Lengthening{"virtio-net", bit(63), 17},           Lengthening{"virtio-net", bit(57) | bit(60), 24},
    Lengthening{"virtio-blk", bit(13) | bit(14), 57},
};

/// Features that the driver has taken and the machine does not offer, as far as its stream tells.
std::uint64_t not_offered(const SectionPair& pair, const Virtio& here, const Virtio& there) {
  const std::uint64_t taken = here.features();
  std::uint64_t missing = 0;
  if (!there.has("virtio/64bit_features")) missing |= taken >> first_high_bit << first_high_bit;
  if (!there.has("virtio/virtqueues")) missing |= taken & version_1;
  if (!there.has("virtio/packed_virtqueues")) missing |= taken & ring_packed;
  for (const Lengthening& each : lengthening)
    if (each.device == kind_of(pair.here) &&
        there.get("config_len").value_or(each.config_len) < each.config_len)
      missing |= taken & each.features;
  if (kind_of(pair.here) == "virtio-blk" && there.get("queue_count") == 1) missing |= taken & bit(12);
  return missing;
}

/// What the machine allows, where it was asked and there is no doubt about it.
std::string allowed(const std::optional<Offer>& offer, unsigned digits) {
  if (!offer || !offer->is_sure || !offer->is_of_all || offer->always != offer->ever) return "...";
  return fmt::format("0x{:0{}x}", offer->always, digits);
}

void add_not_offered(const SectionPair& pair, Certainty certainty, std::uint64_t taken, std::uint64_t missing,
                     const std::optional<Offer>& offer, const Findings& findings) {
  constexpr unsigned digits_from_11 = 32;
  findings.add(certainty, pair.name() + ":guest_features",
               fmt::format("{:#x} here, of which {:#x} is not offered there", taken, missing),
               {fmt::format("Features {:#x} unsupported. Allowed features: {}", taken, allowed(offer, 1)),
                fmt::format("Features 0x{:0{}x} unsupported. Allowed features: {}", taken & ~missing,
                            digits_from_11, allowed(offer, digits_from_11))},
               "start the target with the same machine type and properties of the device");
}

void check_features(const SectionPair& pair, const Virtio& here, const Virtio& there, Offers& offers,
                    const Findings& findings) {
  const std::uint64_t taken = here.features();
  const std::uint64_t missing = not_offered(pair, here, there);
  const auto offer = offers.of(pair.there, *there.features_field());
  const std::uint64_t unsaid = offer ? taken & ~offer->always : 0;
  const bool is_certain = offer && (taken & ~offer->ever) != 0 && offer->is_sure && offer->is_of_all;
  if (missing != 0 || is_certain)
    add_not_offered(pair, Certainty::certain, taken, missing | (is_certain ? taken & ~offer->ever : 0), offer,
                    findings);
  else if (unsaid != 0)
    add_not_offered(pair, Certainty::likely, taken, unsaid, offer, findings);
  else if (taken != 0 && !(offer && offer->is_of_all))
    findings.add(
        Certainty::untold, pair.name() + ":guest_features",
        fmt::format("whether the machine offers all of {:#x}: QMP x-query-virtio-status tells", taken));
}

/// Up to QEMU 10.0 a ring has the size that the stream gives it; 11 wants the machine to have room for it,
/// and has none for queues that it lacks.
void check_rings(const SectionPair& pair, const Virtio& here, const Virtio& there, const Findings& findings) {
  const auto& target = findings.options().target_qemu;
  for (std::size_t i = 0; i < here.rings().size(); ++i) {
    const std::uint64_t mine = here.rings()[i];
    const std::uint64_t most = i < there.rings().size() ? there.rings()[i] : 0;
    if (mine <= most) continue;
    const std::string what = fmt::format("a ring of {} here, of {} there", mine, most);
    const std::string where = fmt::format("{}:queues[{}].num", pair.name(), i);
    if (target && *target <= QemuVersion{10, 0})
      findings.add(Certainty::warning, where, what + ": the guest keeps its own");
    else
      findings.add(target >= QemuVersion{11, 0} ? Certainty::certain : Certainty::likely, where,
                   what + ", which QEMU refuses from 11 on",
                   {"", fmt::format("VQ {} vring.num {} exceeds allocated max {}", i, mine, most)},
                   "start the target with the same queue-size= and number of queues of that device");
    return;
  }
}

void check_net(const SectionPair& pair, const Virtio& here, const Virtio& there, const Findings& findings) {
  const auto needs = [&](std::string_view name, const std::string& message) {
    if (here.get(name).value_or(0) != 0 && there.get(name) == 0)
      findings.add(Certainty::certain, fmt::format("{}:{}", pair.name(), name), "on here, off there",
                   {"virtio-net: saved image requires " + message},
                   "give the target a network backend of the same kind");
  };
  needs("has_vnet_hdr", "vnet_hdr=on");
  needs("has_ufo", "TUN_F_UFO support");
  const auto pairs = here.get("max_queue_pairs").value_or(1);
  const auto local = there.get("max_queue_pairs").value_or(1);
  if (pairs != local)
    findings.add(Certainty::certain, pair.name() + ":max_queue_pairs",
                 fmt::format("{} here, {} there", pairs, local), {fmt::format("{:x} != {:x}", local, pairs)},
                 "start the target with the same queues= of the backend");
}

void check_memory(const SectionPair& pair, const Virtio& here, const Virtio& there,
                  const Findings& findings) {
  constexpr std::array properties{std::pair("addr", "memaddr"), std::pair("region_size", "size"),
                                  std::pair("block_size", "block-size"), std::pair("node", "node")};
  for (const auto& [name, property] : properties) {
    const auto mine = here.get(name);
    const auto its = there.get(name);
    if (mine && its && *mine != *its)
      findings.add(Certainty::certain, fmt::format("{}:{}", pair.name(), name),
                   fmt::format("{:#x} here, {:#x} there", *mine, *its),
                   {fmt::format("Property '{}' changed from {:#x} to {:#x}", property, *mine, *its)});
  }
}

/// A port has to be there on the target (hw/char/virtio-serial-bus.c), which may have more.
void check_ports(const SectionPair& pair, const Virtio& here, const Virtio& there, const Findings& findings) {
  const bool has_all = std::ranges::includes(there.active_ports(), here.active_ports());
  if (here.ports() == there.ports() && has_all) return;
  findings.add(
      Certainty::certain, pair.name() + (has_all ? ":ports_map" : ":ports"), "other ports here than there",
      {fmt::format("Failed to load {}:virtio", kind_of(pair.here)),
       fmt::format("error while loading state for instance {:#x} of device '{}': Failed to load element "
                   "of type virtio for virtio",
                   pair.here.instance, pair.here.name)},
      "give the target the same ports");
}

void check_gpu(const SectionPair& pair, const Virtio& here, const Virtio& there, const Findings& findings) {
  const auto mine = here.get("max_outputs");
  const auto its = there.get("max_outputs");
  if (mine && its && *mine != *its)
    findings.add(Certainty::certain, pair.name() + ":max_outputs",
                 fmt::format("{} here, {} there", *mine, *its), {fmt::format("{:x} != {:x}", *its, *mine)},
                 fmt::format("start the target with max_outputs={} of that device", *mine));
  if (here.has_framebuffers() == there.has_framebuffers()) return;
  const auto form = [](const Virtio& device) { return device.has_framebuffers() ? "64" : "40"; };
  findings.add(Certainty::certain, pair.name() + ":scanouts",
               fmt::format("{} bytes for each output here, {} there", form(here), form(there)),
               {fmt::format("Missing section footer for {}", pair.here.name)},
               fmt::format("start the target with a machine type {}",
                           here.has_framebuffers() ? "of 9.0 or later" : "before 9.0"));
}

}  // namespace

VirtioChange virtio_change(const SectionPair& pair) {
  const Virtio here(pair.here);
  VirtioChange change{0, here.has_unreadable_request()};
  if (!here.is_virtio()) return change;
  const Virtio there(pair.there);
  if (there.is_virtio()) change.not_offered = not_offered(pair, here, there);
  return change;
}

void check_virtio(const SectionPair& pair, Offers& offers, const Findings& findings) {
  const Virtio here(pair.here);
  const Virtio there(pair.there);
  if (kind_of(pair.here).starts_with("virtio-mem")) check_memory(pair, here, there, findings);
  if (!here.is_virtio() || !there.is_virtio()) return;
  check_rings(pair, here, there, findings);
  check_features(pair, here, there, offers, findings);
  if (kind_of(pair.here) == "virtio-gpu") check_gpu(pair, here, there, findings);
  if (kind_of(pair.here) == "virtio-net") check_net(pair, here, there, findings);
  check_ports(pair, here, there, findings);
  if (here.has_unreadable_request())
    findings.add(Certainty::certain, pair.name(),
                 "a request in flight of a packed ring, which no QEMU reads back",
                 {"virtio: unexpected memory split"});
}

}  // namespace qember::vm
