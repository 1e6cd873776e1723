// SPDX-License-Identifier: LGPL-2.1-or-later
// The order of a loader, and what is said of sections as such (migration/savevm.c).
#include <qember/advanced/event/pump.hpp>
#include <qember/advanced/vm/opened_stream.hpp>
#include <qember/advanced/vm/saved_vm.hpp>

#include "findings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace qember::vm {
namespace {

using Key = std::pair<std::string_view, std::uint32_t>;
/// Null where a section comes several times, as no QEMU writes it.
using Sections = std::map<Key, const StateSection*>;

Sections by_name(const MachineState& state) {
  Sections all;
  for (const StateSection& section : state.sections) {
    const auto [place, is_new] = all.emplace(Key(section.name, section.instance), &section);
    if (!is_new) place->second = nullptr;
  }
  return all;
}

/// A machine that sends none of these knows them all the same: they are sent when there is need.
bool is_known_unsent(std::string_view name) {
  constexpr std::array names{"globalstate", "audio", "dirty-bitmap"};
  return std::ranges::find(names, name) != names.end();
}

/// Block migration, which QEMU up to 9.0 reads whatever it sends itself.
constexpr std::string_view disks = "block";

void add_unknown(const StateSection& section, const Findings& findings) {
  const auto message = [&section](std::string_view word) {
    return fmt::format(
        "Unknown {}section or instance '{}' {}. Make sure that your current VM setup matches your "
        "saved VM setup, including any hotplugged devices",
        word, section.name, section.instance);
  };
  const std::string name = fmt::format("{}/{}", section.name, section.instance);
  if (section.name != disks)
    return findings.add(Certainty::certain, name, "is not there", {message("savevm "), message("")},
                        "give the target the same device in the same place");
  constexpr QemuVersion last_that_reads{9, 0};
  const auto& target = findings.options().target_qemu;
  if (!target || *target > last_that_reads)
    findings.add(target ? Certainty::certain : Certainty::likely, name,
                 "contents of disks, which QEMU reads up to 9.0", {message("savevm "), message("")},
                 "load with a QEMU up to 9.0");
}

/// Returns whether the machine reads what the section holds.
bool check_version(const SectionPair& pair, const Findings& findings) {
  const std::uint32_t here = pair.here.version;
  const std::uint32_t there = pair.there.version;
  if (here > there) {
    const auto message = fmt::format("unsupported version {} for '{}' v{}", here, pair.here.name, there);
    findings.add(Certainty::certain, pair.name(), fmt::format("version {} here, {} there", here, there),
                 {"savevm: " + message, message});
  } else if (here < there) {
    findings.add(Certainty::untold, pair.name(),
                 fmt::format("version {} here, {} there: whether it still reads that one", here, there));
  }
  return here == there;
}

void check_block_nodes(const StateSection& section, const Findings& findings) {
  if (section.name == "dirty-bitmap" || section.name == disks)
    findings.add(Certainty::untold, fmt::format("{}/{}", section.name, section.instance),
                 section.name == disks ? "the names and sizes of the target's disks"
                                       : "the names of the target's block nodes and bitmaps");
}

void check_section(const SectionPair& pair, const RomSizes& roms, Offers& offers, const Findings& findings) {
  if (!check_version(pair, findings) || pair.here.is_iterative) return;
  if (!pair.is_described()) return;
  // A device's PCI configuration and what is virtio's come first; that a section is not at its end, last.
  check_pci(pair, roms, findings);
  check_virtio(pair, offers, findings);
  if (!check_layout(pair, findings)) return;
  check_values(pair, findings);
  check_registers(pair, findings);
}

/// One line for all that nothing describes, here or there.
class Undescribed {
 public:
  void note(const SectionPair& pair) {
    if (pair.is_described() || pair.here.is_iterative) return;
    if (++count_ <= most_named) names_ += (count_ > 1 ? ", " : "") + pair.name();
  }
  void report(const Findings& findings) const {
    if (count_ > 0)
      findings.add(Certainty::untold, "device state",
                   fmt::format("what is in sections that nothing describes: {}{}", names_,
                               count_ > most_named ? fmt::format(", and {} more", count_ - most_named) : ""));
  }

 private:
  static constexpr std::size_t most_named = 20;
  std::size_t count_ = 0;
  std::string names_;
};

Result<MachineState> read_state(const SavedVm& vm, std::string_view name) {
  const auto read = [&vm]() -> Result<MachineState> {
    StreamOptions options = vm.stream_options();
    options.reorder = false;
    auto stream = OpenedStream::open(vm.bytes(), std::move(options));
    if (!stream) return std::move(stream.error());
    MachineReader reader(**stream, vm.options().limits);
    if (auto status = event::pump(**stream, reader); !status) return std::move(status.error());
    return reader.take_state();
  };
  auto state = read();
  if (!state) return std::move(state.error()).within(name);
  return state;
}

}  // namespace

std::string_view name_of(Certainty certainty) noexcept {
  switch (certainty) {
    case Certainty::certain: return "certain";
    case Certainty::likely: return "likely";
    case Certainty::warning: return "warning";
    case Certainty::untold: return "untold";
  }
  return {};
}

std::optional<QemuVersion> parse_qemu_version(std::string_view text) noexcept {
  std::array<unsigned, 3> parts{};
  std::size_t count = 0;
  while (count < parts.size()) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts[count]);
    if (error != std::errc()) return std::nullopt;
    ++count;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return QemuVersion{parts[0], parts[1]};
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

Result<Verdict> preflight(const SavedVm& here, const SavedVm& there, const TakeObstacle& take,
                          const PreflightOptions& options) {
  const auto state = read_state(here, "here");
  if (!state) return state.error();
  const auto other = read_state(there, "there");
  if (!other) return other.error();
  return preflight(*state, *other, options, take);
}

Verdict preflight(const MachineState& here, const MachineState& there, const PreflightOptions& options,
                  const TakeObstacle& take) {
  Verdict verdict;
  const TakeObstacle note = [&verdict, &take](const Obstacle& obstacle) {
    verdict.certain |= obstacle.certainty == Certainty::certain;
    verdict.likely |= obstacle.certainty == Certainty::likely;
    verdict.untold |= obstacle.certainty == Certainty::untold;
    take(obstacle);
  };
  Findings findings(options, note, here, there);
  check_head(here, there, findings);
  check_blocks(here, there, findings);
  const Sections others = by_name(there);
  const RomSizes roms = rom_sizes(there);
  Offers offers(options.virtio, there);
  Undescribed undescribed;
  for (const StateSection& section : here.sections) {
    findings.at(section.offset);
    const auto found = others.find(Key(section.name, section.instance));
    if (found == others.end()) {
      if (!is_known_unsent(section.name)) add_unknown(section, findings);
    } else if (found->second == nullptr) {
      findings.add(Certainty::untold, fmt::format("{}/{}", section.name, section.instance),
                   "several sections there: which of them the machine reads it by");
    } else {
      check_section({section, *found->second}, roms, offers, findings);
      undescribed.note({section, *found->second});
    }
    check_block_nodes(section, findings);
  }
  findings.at(0);
  undescribed.report(findings);
  const Sections mine = by_name(here);
  for (const StateSection& section : there.sections)
    if (!mine.contains(Key(section.name, section.instance)) && !is_known_unsent(section.name))
      findings.add(Certainty::warning, fmt::format("{}/{}", section.name, section.instance),
                   "is not in the stream: the device keeps the state of a reset");
  return verdict;
}

}  // namespace qember::vm
