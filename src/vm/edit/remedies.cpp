// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/remedies.hpp>

#include <qember/advanced/device/named_state.hpp>

#include "../board_ram.hpp"
#include "../preflight/findings.hpp"
#include "added_fields.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

namespace qember::vm {
namespace {

using SectionKey = std::pair<std::string_view, std::uint32_t>;

/// Whether a device of memory hotplug has anything in its slots, and whether the section has such a part.
class MemoryHotplug final : public device::NamedStateSink {
 public:
  explicit MemoryHotplug(const StateSection& section) {
    if (section.device) static_cast<void>(read(*section.device, section.body).ok());
  }

  const std::string& subsection() const noexcept { return subsection_; }
  std::size_t slots() const noexcept { return slots_; }
  bool is_in_use() const noexcept { return is_in_use_; }

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const bool* const flag = std::get_if<bool>(&value);
    if (field.name != "is_enabled") return;
    ++slots_;
    is_in_use_ |= flag == nullptr || *flag;
  }
  void enter(const device::StateGroup& group) override {
    if (group.kind == device::StateGroup::Kind::subsection && group.structure->name.ends_with("/memhp"))
      subsection_ = group.structure->name;
  }
  void leave(const device::StateGroup&) override {}

  std::string subsection_;
  std::size_t slots_ = 0;
  bool is_in_use_ = false;
};

/// Whether a device has that timer, and it is armed.
class Timer final : public device::NamedStateSink {
 public:
  Timer(const StateSection& section, std::string_view name) : name_(name) {
    static_cast<void>(read(*section.device, section.body).ok());
  }
  bool is_armed() const noexcept { return is_armed_; }

 private:
  void value(const device::Field& field, const device::StateValue& value) override {
    const auto* const integer = std::get_if<Integer>(&value);
    if (field.name == name_ && integer != nullptr) is_armed_ |= integer->bits() != ~std::uint64_t{0};
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  std::string_view name_;
  bool is_armed_ = false;
};

class Search {
 public:
  Search(const MachineState& here, const MachineState& there)
      : here_(here), there_(there), roms_(rom_sizes(there)) {
    for (const event::RamBlock& block : there.blocks) blocks_.emplace(block.name, &block);
    for (const event::RamBlock& block : here.blocks) mine_.emplace(block.name, &block);
    candidates_ = unshared(there, mine_);
    rivals_ = unshared(here, blocks_);
    for (const StateSection& section : there.sections)
      sections_.emplace(SectionKey{section.name, section.instance}, &section);
  }

  std::vector<Remedy> run() && {
    head();
    for (const event::RamBlock& block : here_.blocks) this->block(block);
    for (const StateSection& section : here_.sections) this->section(section);
    return std::move(found_);
  }

 private:
  void add(std::string where, Edit edit, Safety safety, std::string reason) {
    found_.push_back({std::move(edit), safety, std::move(reason), std::move(where)});
  }

  void head() {
    const std::string_view machine = there_.machine();
    if (!machine.empty() && !here_.machine().empty() && machine != here_.machine())
      add("machine", SetMachine{std::string(machine)}, Safety::conditional,
          "the guest sees what the two types have differently, of which streams do not tell all");
    constexpr auto switchover = static_cast<std::uint16_t>(event::CommandId::switchover_start);
    const auto has = [&](const MachineState& state) {
      return std::ranges::find(state.commands, switchover, &StateCommand::id) != state.commands.end();
    };
    if (has(here_) && !has(there_))
      add("command SWITCHOVER_START", DropCommand{"switchover_start"}, Safety::safe,
          "it tells the target that the end is near, no more");
  }

  void block(const event::RamBlock& block) {
    const auto found = blocks_.find(block.name);
    if (found == blocks_.end()) return missing(block);
    const std::uint64_t length = found->second->length;
    if (length == block.length || is_resized_by_target(block, length)) return;
    const ResizeBlock edit{block.name, length};
    const std::string where = where_of(block);
    if (block.name.ends_with(".rom"))
      add(where, edit, Safety::safe,
          "the guest's firmware has read the ROM; of the rest the target keeps its own");
    else if (!is_device_memory(block.name) && length < block.length)
      add(where, edit, Safety::unsafe, "the guest uses memory that would be gone");
    else
      add(where, edit, Safety::conditional, "the guest sees the other size at its next start alone");
  }

  /// QEMU resizes these to what comes, up to what it has set aside.
  static bool is_resized_by_target(const event::RamBlock& block, std::uint64_t length) {
    return (block.name == "pc.bios" || block.name.starts_with("/rom@")) && block.length < length;
  }

  using BlocksByName = std::map<std::string_view, const event::RamBlock*>;
  /// Blocks of one length.
  struct Blocks {
    std::size_t count = 0;
    const event::RamBlock* first = nullptr;
  };
  using BlocksByLength = std::map<std::uint64_t, Blocks>;

  /// Blocks of memory that are not among the others. There may be many, all of one length.
  static BlocksByLength unshared(const MachineState& state, const BlocksByName& others) {
    BlocksByLength found;
    for (const event::RamBlock& each : state.blocks)
      if (!is_device_memory(each.name) && !others.contains(each.name))
        ++found.try_emplace(each.length, Blocks{0, &each}).first->second.count;
    return found;
  }

  static std::string where_of(const event::RamBlock& block) { return "RAM block " + block.name; }

  void missing(const event::RamBlock& block) {
    const std::string where = where_of(block);
    if (block.name.ends_with(".rom"))
      return add(where, DropBlock{block.name}, Safety::safe, "the guest's firmware has read the ROM");
    if (is_device_memory(block.name))
      return add(where, DropBlock{block.name}, Safety::conditional,
                 "the memory of a device that is not there");
    if (const auto* other = same_memory(block))
      return add(where, RenameBlock{block.name, other->name}, Safety::safe,
                 "the one memory of that length under another name");
    add(where, DropBlock{block.name}, Safety::unsafe, "the guest's memory would be gone");
  }

  /// The only block of that length that the machine has and the stream does not name; null where there is no
  /// such or several, or where another of the stream could be meant as well.
  const event::RamBlock* same_memory(const event::RamBlock& block) const {
    const auto candidate = candidates_.find(block.length);
    const auto rival = rivals_.find(block.length);
    if (candidate == candidates_.end() || rival == rivals_.end()) return nullptr;
    return candidate->second.count == 1 && rival->second.count == 1 ? candidate->second.first : nullptr;
  }

  void section(const StateSection& section) {
    const auto found = sections_.find({section.name, section.instance});
    // A name with what stands for other texts cannot be said.
    if (section.name.find_first_of("*?") != std::string::npos) return;
    if (found == sections_.end()) return too_much(section);
    const SectionPair pair{section, *found->second};
    if (!pair.is_described()) return;
    subsections(pair);
    hotplug(pair);
    additions(pair);
    configuration(pair);
    virtio(pair);
    registers(pair);
  }

  void too_much(const StateSection& section) {
    const std::string name = section.name + '/' + std::to_string(section.instance);
    const DropSection edit{name};
    constexpr std::array vital{"cpu", "cpu_common", "apic"};
    if (std::ranges::find(vital, section.name) != vital.end())
      add(name, edit, Safety::unsafe, "a CPU that the guest uses would be gone");
    else if (section.name == "block")
      add(name, edit, Safety::unsafe, "the contents of disks would be lost");
    else if (section.name == "slirp")
      add(name, edit, Safety::safe,
          "connections of QEMU's user network are lost, as they are on another host");
    else if (section.name == "kvmclock")
      add(name, edit, Safety::conditional, "fine unless the guest's clock source is kvm-clock");
    else
      add(name, edit, Safety::conditional,
          "fine where no driver is bound to the device, which is gone as if torn out");
  }

  void hotplug(const SectionPair& pair) {
    const MemoryHotplug mine(pair.here);
    // How many slots there are is the machine's own; without the part it keeps them empty.
    if (mine.subsection().empty() || mine.slots() == MemoryHotplug(pair.there).slots()) return;
    const std::string where = pair.name() + ':' + mine.subsection();
    add(where, DropSubsection{where}, mine.is_in_use() ? Safety::unsafe : Safety::safe,
        mine.is_in_use() ? "a module of memory is in a slot" : "no module of memory is in a slot");
  }

  /// Those that a machine may have no place for, and that a guest can do without.
  void subsections(const SectionPair& pair) {
    const auto is_only_here = [&pair](std::string_view name) {
      const auto has = [name](const StateSection& section) {
        const auto& all = section.device->state.subsections;
        return std::ranges::find(all, name, &device::Structure::name) != all.end();
      };
      return has(pair.here) && !has(pair.there);
    };
    const auto place = [&pair](std::string_view name) { return fmt::format("{}:{}", pair.name(), name); };
    constexpr std::string_view timer = "cpu/wfxt-timer";
    if (is_only_here(timer) && !Timer(pair.here, "wfxt_timer").is_armed())
      add(place(timer), DropSubsection{place(timer)}, Safety::safe, "the timer is not armed");
    // Those that a QEMU from before them does not know.
    for (const std::string_view name : {"cpu/tsc_khz", "kvmclock/clock_is_reliable"})
      if (is_only_here(name))
        found_.push_back({DropSubsection{place(name)}, Safety::conditional,
                          "an older QEMU does not know it, which no stream tells; the guest does without",
                          place(name), false});
  }

  /// Fields that the machine reads and a stream of an older type does not have.
  void additions(const SectionPair& pair) {
    const auto has = [](const StateSection& section, std::string_view field) {
      const auto& fields = section.device->state.fields;
      return std::ranges::find(fields, field, &device::Field::name) != fields.end();
    };
    for (const KnownAddition& each : known_additions()) {
      const std::string_view field = each.field.name;
      if (find_addition(pair.here.name, field) != &each || has(pair.here, field) || !has(pair.there, field))
        continue;
      const std::string where = fmt::format("{}:{}", pair.name(), field);
      add(where, AddDefault{where}, Safety::safe,
          "QEMU gives it that value itself where a machine of an older type saved the stream");
    }
  }

  /// Of PCI devices.
  void configuration(const SectionPair& pair) {
    const ConfigChange change = config_change(pair, roms_);
    const bool has_vectors = change.vectors_here != change.vectors_there;
    // The table of vectors would be of another length, which is known of virtio devices alone.
    if (has_vectors && !change.is_virtio) return;
    const Safety safety = change.has_identity || change.moves_interrupts ? Safety::unsafe
                          : change.has_more                              ? Safety::conditional
                                                                         : Safety::safe;
    const std::string_view reason =
        change.has_identity       ? "the driver is bound to another device"
        : change.moves_interrupts ? "the guest has interrupts by a capability that would be elsewhere"
        : change.has_more         ? "fine unless a driver looks at the device's capabilities again"
                                  : "what the device can do beyond what its driver has set up";
    const std::string where = pair.name() + ":pci config";
    if (has_vectors)
      add(where, SetVectors{pair.name(), change.vectors_there},
          safety == Safety::unsafe ? safety : Safety::conditional,
          "fine where the guest has its interrupts without MSI-X, and looks at that at its next start alone");
    for (const ConfigChange::Run& run : change.runs)
      add(where, SetBytes{fmt::format("{}+{:#x}", pair.name(), run.at), run.bytes}, safety,
          std::string(reason));
  }

  void virtio(const SectionPair& pair) {
    const VirtioChange change = virtio_change(pair);
    features(pair, change.not_offered);
    if (change.has_unreadable_request)
      add(pair.name(), MendRequests{pair.name()}, Safety::safe,
          "QEMU writes a number where it does not look for it");
  }

  /// Of an Arm CPU: the machine's list, with what the guest has in them.
  void registers(const SectionPair& pair) {
    const RegisterMerge merge = merge_registers(pair);
    if (!merge.is_needed) return;
    const Safety safety = merge.is_other_cpu ? Safety::unsafe : Safety::conditional;
    const std::string reason =
        merge.is_other_cpu ? "the CPU there has other caches, or lacks features"
                           : "fine where both have the same -cpu, which no stream tells; the guest may have "
                             "kept an identification register that differs";
    const auto set = [&](std::string_view field, std::string value) {
      const std::string where = fmt::format("{}:{}", pair.name(), field);
      add(where, SetField{where, std::move(value)}, safety, reason);
    };
    if (merge.indexes.size() != merge.count_here)
      set("cpreg_vmstate_array_len", fmt::to_string(merge.indexes.size()));
    set("cpreg_vmstate_indexes", fmt::format("[{:#x}]", fmt::join(merge.indexes, ",")));
    set("cpreg_vmstate_values", fmt::format("[{:#x}]", fmt::join(merge.values, ",")));
  }

  void features(const SectionPair& pair, std::uint64_t missing) {
    constexpr unsigned mtu = 3;
    constexpr unsigned event_index = 29;
    for (unsigned bit = 0; bit < 64; ++bit) {
      if ((missing >> bit & 1) == 0) continue;
      const bool is_hint = bit == mtu && pair.here.name.ends_with("/virtio-net");
      const Safety safety = is_hint              ? Safety::safe
                            : bit == event_index ? Safety::conditional
                                                 : Safety::unsafe;
      add(pair.name() + ":guest_features",
          ClearFeature{pair.name() + ':' + (is_hint ? "MTU" : std::to_string(bit))}, safety,
          is_hint ? "the driver has read its MTU, and keeps it" : "the driver keeps using it");
    }
  }

  const MachineState& here_;
  const MachineState& there_;
  RomSizes roms_;
  BlocksByName blocks_;
  BlocksByName mine_;
  BlocksByLength candidates_;  ///< for the name of another
  BlocksByLength rivals_;      ///< for them
  std::map<SectionKey, const StateSection*> sections_;
  std::vector<Remedy> found_;
};

}  // namespace

std::string_view name_of(Safety safety) noexcept {
  switch (safety) {
    case Safety::safe: return "safe";
    case Safety::conditional: return "conditional";
    case Safety::unsafe: return "unsafe";
  }
  return {};
}

std::vector<Remedy> find_remedies(const MachineState& here, const MachineState& there) {
  return Search(here, there).run();
}

}  // namespace qember::vm
