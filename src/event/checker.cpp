// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/core/text.hpp>
#include <qember/advanced/event/checker.hpp>

#include <qember/advanced/ber/validate.hpp>
#include <qember/advanced/event/channels.hpp>
#include <qember/advanced/event/page_ledger.hpp>

#include "../ram/xbzrle.hpp"
#include "description_text.hpp"
#include "discard.hpp"
#include "inflate.hpp"
#include "ram_records.hpp"
#include "rule.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace qember::event {
namespace {

/// Bytes that a finding shows.
constexpr std::size_t most_shown = 8;

/// Whether something can be the base of a delta.
enum class Base : std::uint8_t { none, sent };

/// Bytes that QEMU wants in the payload of a command; nothing where they differ or are not known.
std::optional<std::size_t> payload_size(CommandId id) {
  switch (id) {
    case CommandId::open_return_path:
    case CommandId::postcopy_listen:
    case CommandId::postcopy_run:
    case CommandId::enable_colo:
    case CommandId::postcopy_resume:
    case CommandId::switchover_start: return 0;
    case CommandId::ping: return 4;
    case CommandId::packaged:  // which no source passes with another
    case CommandId::postcopy_advise:
    case CommandId::postcopy_ram_discard:
    case CommandId::recv_bitmap: break;
  }
  return std::nullopt;
}

}  // namespace

struct Checker::State {
  State(const Context& context, const Limits& limits, OnFinding on_finding)
      : context(context), limits(limits), on_finding(std::move(on_finding)), bases(context, limits) {}

  const Context& context;
  Limits limits;
  OnFinding on_finding;
  std::vector<Error> findings;  ///< of the event at hand

  PageLedger<Base> bases;
  bool misses_pages = false;  ///< of those that came
  Channels channels;
  /// What follows the end: zeros, since what holds a stream may be larger, such as a volume; then as much of
  /// the rest as a finding shows, and where it all begins.
  struct Trailing {
    std::uint64_t offset;
    std::string path;
    std::uint64_t zeros = 0;
    Bytes front{};
  };
  std::optional<Trailing> trailing;
  std::optional<std::uint8_t> last_of_devices;  ///< of device state that nothing tells apart
  Bytes inflated;

  void report(Error error) {
    error.offset = context.offset();
    error.path = context.path();
    findings.push_back(std::move(error));
  }
  void report(Rule rule, std::string expected, std::string found) {
    report(broken(rule, std::move(expected), std::move(found)));
  }
  void check_name(Rule rule, ByteView name, std::string_view of) {
    if (!is_name(name)) report(rule, fmt::format("a text as the name of {}", of), shown(name));
  }
  static std::string shown(ByteView name) { return fmt::format("{:?}", as_text(name)); }

  void on(const Configuration& configuration) {
    check_name(Rule::machine_name, configuration.machine, "the machine");
  }
  void on(const Command& command);
  void on(const SectionBegin& section);
  void on(const RamBlocks& list);
  void on(const RamPage& page);
  void on(const DescriptionText& description);
  void on(const Eof&);
  void on(const TrailingData& rest);
  void on(const StreamEnd&);
  void on(const RamControl& control) { channels.note(control); }
  void on(const AnyOf<StreamBegin, MappedBitmap, MappedStale, Body, SectionEnd, SchemaValue> auto&) {}

  void report_trailing();
  bool knows_all();
  void check_delta(const RamPage& page);
  void check_compressed(ByteView data);
  std::uint64_t page_size() const { return bases.page_size(); }
};

void Checker::State::on(const Command& command) {
  const auto id = static_cast<CommandId>(command.id);
  const std::size_t size = command.payload.size();
  if (const auto wanted = payload_size(id); wanted && size != *wanted)
    report(Rule::command_payload, fmt::format("a payload of {} bytes", *wanted), fmt::to_string(size));
  if (id == CommandId::postcopy_advise && size != 0 && size != 16)
    report(Rule::command_payload, "a payload of 0 or 16 bytes", fmt::to_string(size));
  if (id == CommandId::recv_bitmap && (size == 0 || command.payload[0] != size - 1))
    report(Rule::command_payload, "the name of a block as the payload", fmt::format("{} bytes", size));
  if (id != CommandId::postcopy_ram_discard) return;
  auto discard = read_discard(context.session(), command.payload);
  if (!discard) return report(std::move(discard.error()));
  if (!bases.has(discard->block)) return;
  for (const auto& [begin, end] : discard->ranges)
    bases.clear(discard->block, begin / page_size(), (end + page_size() - 1) / page_size(),
                [](std::uint64_t, std::uint64_t, Base) {});
}

void Checker::State::on(const SectionBegin& section) {
  channels.note(section);
  if (section.type == Element::section_start || section.type == Element::section_full)
    check_name(Rule::section_name, as_bytes(section.name), "a section");
}

void Checker::State::on(const RamBlocks& list) {
  bases.note(list);
  misses_pages = false;
  for (const RamBlock& block : list.blocks) check_name(Rule::block_name, as_bytes(block.name), "a RAM block");
}

void Checker::State::on(const RamPage& page) {
  channels.note(page);
  if (!bases.has(page.block))
    return report(Rule::block_known, "a RAM block of the list", fmt::to_string(page.block));
  if (page.kind == RamPageKind::compressed) check_compressed(page.data);
  if (page.kind == RamPageKind::xbzrle) return check_delta(page);
  if (knows_all()) bases.exchange(page.block, bases.number_of(page), Base::sent);
}

/// Once a page was not noted, there may always be one that came, though a discard makes room again.
bool Checker::State::knows_all() {
  misses_pages |= bases.is_full();
  return !misses_pages;
}

void Checker::State::check_delta(const RamPage& page) {
  if (knows_all() && bases.get(page.block, bases.number_of(page)) == Base::none)
    report(Rule::delta_base, "a page that was sent before its delta",
           fmt::format("none at {:#x}", page.addr));
  auto status = ram::xbzrle_check(page.data, page_size());
  if (status) return;
  Error& error = status.error();
  report(Rule::delta_sound, fmt::format("{} at byte {} of the delta", error.expected, error.offset),
         error.found);
}

void Checker::State::check_compressed(ByteView data) {
  inflated.resize(page_size());
  auto status = inflate(data, inflated);
  if (!status)
    report(Rule::compressed_inflates, std::move(status.error().expected), std::move(status.error().found));
}

void Checker::State::on(const DescriptionText& description) {
  const auto read = description_of(description, limits);
  if (!read) {
    const Error& error = read.error();
    if (error.code == Errc::limit) return report(error);
    return report(Rule::description_text, fmt::format("{} at its byte {}", error.expected, error.offset),
                  error.found);
  }
  const auto page_size = (*read)->page_size();
  if (!page_size) return;
  if (auto status = context.session().check_described_page_size(*page_size); !status)
    report(std::move(status.error()));
}

void Checker::State::on(const Eof&) {
  for (const auto& [id, section] : context.session().sections()) {
    // QEMU's background snapshots have no END of RAM, and Proxmox' `pbs-state` has a START alone.
    if (!section.ended && section.kind != BodyKind::ram && section.name != "pbs-state")
      report(Rule::every_end, fmt::format("the END of section {}", id), "the end mark of the stream");
  }
  if (channels.sent_elsewhere(context.session()))
    report(Rule::ram_included, "RAM in the stream", std::string(sent_elsewhere_text));
}

void Checker::State::on(const TrailingData& rest) {
  if (rest.data.empty()) return;
  if (rest.device_state) {
    last_of_devices = rest.data.back();
    return;
  }
  if (!trailing) trailing = {context.offset(), context.path()};
  ByteView data = rest.data;
  Bytes& front = trailing->front;
  if (front.empty()) {
    const auto other = std::ranges::find_if(data, [](std::uint8_t byte) { return byte != 0; });
    const auto zeros = static_cast<std::size_t>(other - data.begin());
    trailing->zeros += zeros;
    data = data.subspan(zeros);
  }
  // One byte more than is shown tells that there are more. The finding waits for it, and is the same for any
  // pieces.
  if (data.empty() || front.size() > most_shown) return;
  const ByteView taken = data.first(std::min(data.size(), most_shown + 1 - front.size()));
  front.insert(front.end(), taken.begin(), taken.end());
  if (front.size() > most_shown) report_trailing();
}

void Checker::State::report_trailing() {
  const auto& [offset, path, zeros, front] = *trailing;
  Error error = broken(
      Rule::nothing_follows, "the end of the stream",
      zeros == 0 ? hex_excerpt(front, most_shown) : fmt::format("{} zeros, then {:02x}", zeros, front[0]));
  error.offset = offset;
  error.path = path;
  findings.push_back(std::move(error));
}

void Checker::State::on(const StreamEnd&) {
  if (trailing && !trailing->front.empty() && trailing->front.size() <= most_shown) report_trailing();
  // Such device state has the end mark in it, and maybe a description behind that.
  if (last_of_devices && *last_of_devices != static_cast<std::uint8_t>(Element::eof) &&
      *last_of_devices != '}')
    report(Rule::end_mark, "the end mark",
           fmt::format("{:02x}, then the end of the input", *last_of_devices));
}

Checker::Checker(const Context& context, const Limits& limits, OnFinding on_finding)
    : state_(std::make_unique<State>(context, limits, std::move(on_finding))) {}
Checker::~Checker() = default;

Status Checker::take(const Event& event) {
  state_->findings.clear();
  std::visit([this](const auto& each) { state_->on(each); }, event);
  for (const Error& finding : state_->findings)
    if (!state_->on_finding(finding))
      return Error{Errc::cancelled, finding.offset, finding.path, "more findings to be wanted", "enough"};
  return {};
}

}  // namespace qember::event
