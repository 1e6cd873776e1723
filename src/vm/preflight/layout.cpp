// SPDX-License-Identifier: LGPL-2.1-or-later
// How the machine would divide the bytes of a section: by its own fields, whose presence and number it
// decides (migration/vmstate.c), without a look at the stream's description. What it reads otherwise ends in
// `Missing section footer`, or worse.
#include "findings.hpp"

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

namespace qember::vm {
namespace {

using device::Field;
using device::FieldKind;
using device::Structure;

/// The integers of a device by their paths. A count that is one of them comes with the stream, so that the
/// machine follows it.
class Integers final : public device::NamedStateSink {
 public:
  explicit Integers(const StateSection& section) {
    // The caller knows that it fits.
    static_cast<void>(read(*section.device, section.body).ok());
  }
  const std::unordered_map<std::string, std::uint64_t>& values() const { return values_; }

 private:
  static constexpr std::size_t most = 1U << 16U;

  void value(const Field&, const device::StateValue& value) override {
    const auto* const integer = std::get_if<Integer>(&value);
    if (integer != nullptr && values_.size() < most) values_.emplace(path(), integer->bits());
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  std::unordered_map<std::string, std::uint64_t> values_;
};

/// What integers of both sections tell of sizes: as they are, or of elements of some bytes.
class ToldSizes {
 public:
  explicit ToldSizes(const SectionPair& pair) {
    const Integers mine(pair.here);
    const Integers its(pair.there);
    constexpr std::array<std::uint64_t, 5> sizes{1, 2, 4, 8, 16};
    for (const auto& [path, value] : mine.values()) {
      const auto other = its.values().find(path);
      if (other == its.values().end()) continue;
      for (const std::uint64_t size : sizes) told_.emplace(value * size, other->second * size);
    }
  }
  bool are(std::uint64_t here, std::uint64_t there) const { return told_.contains({here, there}); }

 private:
  std::set<std::pair<std::uint64_t, std::uint64_t>> told_;
};

/// The size of these comes with their contents, or with a field before them (target/arm/machine.c,
/// hw/ppc/spapr.c).
bool ends_itself(const Field& field) {
  if (field.kind == FieldKind::list || field.name.starts_with("cpreg_vmstate_")) return true;
  if (field.name == "fdt_blob") return true;
  constexpr std::array types{"virtio",
                             "virtio-gpu",
                             "scsi-requests",
                             "qtailq",
                             "gtree",
                             "qlist",
                             "msix state",
                             "virtio-net vhost-user backend",
                             "s390_css",
                             "tlb_entry",
                             "virtio-fs back-end state"};
  return std::ranges::find(types, field.type) != types.end() || field.type.starts_with("usb-redir");
}

std::uint64_t size_of(const Field& field) { return field.size * field.array_len.value_or(1); }

/// Where the two first differ.
struct Mismatch {
  std::string path;
  std::string what;
  bool is_told = false;  ///< the stream may tell it
};

/// Of one section, and of its subsections.
class Comparison {
 public:
  explicit Comparison(const SectionPair& pair) : pair_(pair) {}

  std::optional<Mismatch> structures(const Structure& here, const Structure& there, const std::string& path);

 private:
  std::optional<Mismatch> fields(const Field& here, const Field& there, const std::string& path);
  std::optional<Mismatch> runs(std::span<const Field> here, std::span<const Field> there,
                               const std::string& path);
  Mismatch sizes(std::string path, std::string_view unit, std::uint64_t here, std::uint64_t there) {
    if (!told_) told_.emplace(pair_);
    return {std::move(path), fmt::format("{} {} here, {} there", here, unit, there), told_->are(here, there)};
  }

  const SectionPair& pair_;
  std::optional<ToldSizes> told_;  ///< once they are asked for
};

/// Fields that stand in one's place and not in the other's.
std::optional<Mismatch> Comparison::runs(std::span<const Field> here, std::span<const Field> there,
                                         const std::string& path) {
  const auto total = [](std::span<const Field> all) {
    std::uint64_t size = 0;
    for (const Field& field : all) size += size_of(field);
    return size;
  };
  // The same bytes under other names are no obstacle.
  if (total(here) == total(there)) return std::nullopt;
  const auto names = [](std::span<const Field> all) {
    constexpr std::size_t most_named = 8;
    std::string text;
    for (const Field& field : all.first(std::min(all.size(), most_named)))
      text += fmt::format("{}{}", text.empty() ? "" : ", ", field.name);
    if (all.size() > most_named) text += fmt::format(" and {} more", all.size() - most_named);
    return text.empty() ? std::string("no such field") : text;
  };
  const Field& first = here.empty() ? there.front() : here.front();
  return Mismatch{path + std::string(first.name),
                  fmt::format("{} here ({} bytes), {} there ({} bytes)", names(here), total(here),
                              names(there), total(there))};
}

std::optional<Mismatch> Comparison::fields(const Field& here, const Field& there, const std::string& path) {
  if (ends_itself(here) && ends_itself(there)) return std::nullopt;
  if (here.array_len.value_or(1) != there.array_len.value_or(1) && size_of(here) != size_of(there))
    return sizes(path, "elements", here.array_len.value_or(1), there.array_len.value_or(1));
  if (here.kind == FieldKind::structure && there.kind == FieldKind::structure && !here.groups.empty() &&
      !there.groups.empty())
    return structures(here.groups[0], there.groups[0], path + ".");
  if (here.kind == FieldKind::pointer && there.kind == FieldKind::pointer) {
    if (here.groups.empty() == there.groups.empty()) return std::nullopt;
    return Mismatch{path, here.groups.empty() ? "null here, not there" : "null there, not here"};
  }
  return size_of(here) == size_of(there) ? std::nullopt
                                         : std::optional(sizes(path, "bytes", size_of(here), size_of(there)));
}

/// Goes along both, and over what only one has up to the next field that both have.
std::optional<Mismatch> Comparison::structures(const Structure& here, const Structure& there,
                                               const std::string& path) {
  // An older version's fields are read as such.
  if (here.version < there.version) return std::nullopt;
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = there.fields.size(); i-- > 0;) places[there.fields[i].name] = i;
  std::size_t i = 0;
  std::size_t j = 0;
  const std::span<const Field> mine = here.fields;
  const std::span<const Field> its = there.fields;
  while (i < mine.size() || j < its.size()) {
    std::optional<Mismatch> differs;
    const bool are_both = i < mine.size() && j < its.size() && mine[i].name == its[j].name;
    if (are_both) {
      differs = fields(mine[i], its[j], path + std::string(mine[i].name));
      // A buffer may have been divided: the fields behind it have the rest.
      const bool may_be_divided = mine[i].kind == FieldKind::buffer && its[j].kind == FieldKind::buffer;
      if (differs && !may_be_divided) return differs;
      if (!differs) {
        ++i, ++j;
        continue;
      }
    }
    std::size_t next = are_both ? i + 1 : i;
    std::size_t place = its.size();
    for (; next < mine.size(); ++next) {
      const auto found = places.find(mine[next].name);
      if (found == places.end() || found->second < j + (are_both ? 1 : 0)) continue;
      place = found->second;
      break;
    }
    if (auto found = runs(mine.subspan(i, next - i), its.subspan(j, place - j), path))
      return differs ? differs : found;
    i = next, j = place;
  }
  return std::nullopt;
}

/// A subsection whose size is a property of the machine (slots=), which also decides whether it is sent: one
/// that sends none has none of its elements (hw/acpi/memory_hotplug.c).
bool is_sized_by_machine(std::string_view name) { return name.ends_with("/memhp"); }

constexpr std::string_view slots_advice =
    "start the target with as many slots for memory (-m slots=,maxmem=)";

/// Subsections that QEMU does not know up to these versions: its programs of 5.2 and 7.2 do not name them;
/// the timer came with 9.1.
struct Unknown {
  std::string_view name;
  QemuVersion last;
};
constexpr std::array unknown_subsections{
    Unknown{"cpu/wfxt-timer", {9, 0}}, Unknown{"qemu-s390-flic-full", {7, 2}},
    Unknown{"ich9_pm/pcihp", {5, 2}}, Unknown{"pckbd/extended_state", {5, 2}}};

bool is_unknown(std::string_view name, const std::optional<QemuVersion>& target) {
  const auto found = std::ranges::find(unknown_subsections, name, &Unknown::name);
  return target && found != unknown_subsections.end() && *target <= found->last;
}

/// One that a machine sends whenever it has the object whose state this is (target/arm/machine.c): one that
/// sends none has no place for it, and its QEMU ends.
bool is_sent_by_all_that_have_it(std::string_view name) { return name == "cpu/wfxt-timer"; }

/// A subsection that the machine does not send. Whether its QEMU knows it.
bool check_unsent(const SectionPair& pair, std::string_view name, const Findings& findings) {
  const std::string where = fmt::format("{}:{}", pair.name(), name);
  if (is_unknown(name, findings.options().target_qemu))
    findings.add(Certainty::certain, where, "the target's QEMU does not know this subsection",
                 {fmt::format("error while loading state for instance {:#x} of device '{}'",
                              pair.here.instance, pair.here.name)},
                 "load with a QEMU as new");
  else if (is_sent_by_all_that_have_it(name))
    findings.add(Certainty::certain, where, "the machine's CPU has no such timer",
                 {"Assertion `first_elem || !n_elems || !size' failed"},
                 "start the target with a CPU that has it (-cpu max)");
  else
    return findings.add(Certainty::untold, where, "whether the target's QEMU knows this subsection"), true;
  return false;
}

/// A subsection is known to the machine's QEMU or not, whatever it sends itself.
bool check_subsections(const SectionPair& pair, Comparison& comparison, const Findings& findings) {
  const Structure& here = pair.here.device->state;
  std::unordered_map<std::string_view, const Structure*> others;
  for (const Structure& its : pair.there.device->state.subsections) others.emplace(its.name, &its);
  bool is_read = true;
  for (const Structure& mine : here.subsections) {
    const auto found = others.find(mine.name);
    const std::string where = fmt::format("{}:{}", pair.name(), mine.name);
    if (found != others.end() && mine.version > found->second->version) {
      const auto message = fmt::format("{}: incoming version_id {} is too new for local version_id {}",
                                       mine.name, mine.version, found->second->version);
      findings.add(Certainty::certain, where,
                   fmt::format("version {} here, {} there", mine.version, found->second->version), {message},
                   "load with a QEMU as new, or start both with an older machine type");
      is_read = false;
    } else if (found != others.end()) {
      if (const auto mismatch = comparison.structures(mine, *found->second, "")) {
        const bool is_sized = is_sized_by_machine(mine.name);
        findings.add(mismatch->is_told ? Certainty::untold : Certainty::certain,
                     is_sized ? where : where + "." + mismatch->path,
                     is_sized ? fmt::format("{}: {}", mismatch->path, mismatch->what) : mismatch->what,
                     {fmt::format("Missing section footer for {}", pair.here.name)},
                     is_sized ? std::string(slots_advice) : "");
        is_read = false;
      }
    } else if (is_sized_by_machine(mine.name) && !mine.fields.empty()) {
      findings.add(Certainty::certain, where, "the machine has none of it",
                   {fmt::format("Missing section footer for {}", pair.here.name)}, std::string(slots_advice));
      is_read = false;
    } else {
      is_read &= check_unsent(pair, mine.name, findings);
    }
  }
  return is_read;
}

/// A state that QEMU's own code writes, whose description has no more than its size (migration/savevm.c): its
/// reader knows where it ends.
bool is_written_by_code(const StateSection& section) {
  const Structure& state = section.device->state;
  return state.name.empty() && state.fields.size() == 1 && state.fields[0].kind == FieldKind::buffer;
}

/// The channel subsystem of s390, which QEMU describes in part alone up to 8.2 and by its fields later; what
/// it writes is the same.
bool is_channel_subsystem(const StateSection& section) {
  const auto& fields = section.device->state.fields;
  return fields.size() == 1 && fields[0].type == "s390_css";
}

}  // namespace

bool check_layout(const SectionPair& pair, const Findings& findings) {
  if (is_channel_subsystem(pair.here) != is_channel_subsystem(pair.there)) return true;
  if (is_written_by_code(pair.here) && is_written_by_code(pair.there)) return true;
  Comparison comparison(pair);
  bool is_read = true;
  if (const auto mismatch = comparison.structures(pair.here.device->state, pair.there.device->state, "")) {
    findings.add(mismatch->is_told ? Certainty::untold : Certainty::certain,
                 fmt::format("{}:{}", pair.name(), mismatch->path), mismatch->what,
                 {fmt::format("Missing section footer for {}", pair.here.name)},
                 type_means(pair, mismatch->path, findings,
                            "start the target with the same machine type and device properties"));
    is_read = mismatch->is_told;
  }
  return check_subsections(pair, comparison, findings) && is_read;
}

}  // namespace qember::vm
