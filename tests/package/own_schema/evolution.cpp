// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: evolution: what readers of the schema before a change make of streams of the one after it, and the
// reverse, a line each. The changes are the rows of "Changing the schema" in schema/README.md.
#include "devices.hpp"

#include <after/schema.hpp>
#include <after/types.hpp>
#include <broken/schema.hpp>
#include <broken/types.hpp>
#include <machine/schema.hpp>
#include <qember/advanced/live/ram_receiver.hpp>
#include <qember/advanced/qber/wire_format.hpp>

#include <iostream>

namespace {

namespace live = qember::live;
using Devices = std::vector<live::TypedDevice>;

/// A build of the VMM: its name here, and its schema.
struct Before {
  static constexpr std::string_view name = "old";
  static constexpr const auto& schema = machine::data::schema;
  using Contents = machine::SecFull::Contents;
  using Sections = machine::Sections;
};
struct After {
  static constexpr std::string_view name = "new";
  static constexpr const auto& schema = after::data::schema;
  using Contents = after::SecFull::Contents;
  using Sections = after::Sections;
};
struct Broken {
  static constexpr std::string_view name = "new";
  static constexpr const auto& schema = broken::data::schema;
  using Contents = broken::SecFull::Contents;
  using Sections = broken::Sections;
};

template <class Build>
const qember::qber::WireFormat& format() {
  static const auto format = qember::qber::WireFormat::of(Build::schema).or_throw();
  return format;
}

/// A device of that build, whose state `fill` sets.
template <class Build>
Devices device(const std::string& name, void (*fill)(typename Build::Contents)) {
  auto state = qember::asn1::Value<typename Build::Contents>::make();
  fill(*state);
  return {{"vmm/" + name, 0, 1, name, qember::asn1::encode(*state).or_throw()}};
}

/// A page of zeros, a section if one is given, the devices.
template <class Build>
qember::Bytes stream(const Devices& devices, std::string_view section = {},
                     void (*fill)(typename Build::Sections) = nullptr) {
  const qember::Bytes page(4096);
  qember::io::Output output;
  live::RamSender sender(output, {{{"ram", page.size()}}, page.size(), 0, &format<Build>()});
  sender.begin_round().or_throw();
  sender.page(0, 0, page).or_throw();
  sender.end_round().or_throw();
  if (fill != nullptr) {
    auto value = qember::asn1::Value<typename Build::Sections>::make();
    fill(*value);
    sender.section(section, qember::asn1::encode(*value).or_throw()).or_throw();
  }
  sender.finish({}, devices).or_throw();
  qember::Bytes all;
  for (const iovec& piece : output.pieces()) {
    const auto* const begin = static_cast<const std::uint8_t*>(piece.iov_base);
    all.insert(all.end(), begin, begin + piece.iov_len);
  }
  return all;
}

/// The error, with the name of the reader in place of its schema's fingerprint.
template <class Build>
std::string told(const qember::Error& error) {
  qember::Error shown = error;
  if (shown.schema == Build::schema.fingerprint) shown.schema = Build::name;
  return std::string(name_of(error.code)) + " at " + to_string(shown);
}

/// What a reader of that build makes of the stream.
template <class Build>
std::string read(qember::ByteView stream) {
  qember::Bytes memory(4096, 1);
  auto input = qember::io::Input::over(stream);
  live::RamReceiver receiver(input, {{"ram", memory}}, qember::Limits::untrusted(), &format<Build>());
  if (auto status = receiver.receive(); !status) return told<Build>(status.error());
  std::string values = "takes";
  for (const live::ReceivedValue& value : receiver.values()) {
    if (value.device) {
      const auto state =
          qember::asn1::decode<typename Build::Contents>(value.encoded, {}, value.offset, value.path);
      if (!state) return told<Build>(state.error());
      values += ' ' + qember::asn1::print_json(**state);
    } else {
      values += ' ' + value.alternative;
    }
  }
  return values;
}

/// Streams with the change, of build `New`, and without it, of the one before.
template <class New>
void row(const char* change, const qember::Bytes& with, const qember::Bytes& without) {
  std::cout << change << "\n  old, of new: " << read<Before>(with) << "\n  new, of new: " << read<New>(with)
            << "\n  new, of old: " << read<New>(without) << '\n';
}

/// With a section named `qember` before all others: the INTEGER of its kind, and its contents.
qember::Bytes with_section(qember::Bytes stream, const qember::Bytes& kind, const qember::Bytes& contents) {
  constexpr std::size_t head = 10;  // up to the first section
  qember::Bytes fields{0x0c, 6, 'q', 'e', 'm', 'b', 'e', 'r', 2, 1, 0};
  fields.insert(fields.end(), kind.begin(), kind.end());
  fields.insert(fields.end(), {2, 1, 1});
  fields.insert(fields.end(), contents.begin(), contents.end());
  fields.insert(fields.end(), {0x5f, 0xd3, 0x45, 0});
  fields.insert(fields.begin(), {0x7f, 0x8f, 0x53, static_cast<std::uint8_t>(fields.size())});
  stream.insert(stream.begin() + head, fields.begin(), fields.end());
  return stream;
}

/// The contents of a note with one key, and TRUE for it.
qember::Bytes note(const qember::Bytes& key) {
  qember::Bytes entries = key;
  entries.insert(entries.end(), {1, 1, 0xff});
  entries.insert(entries.begin(), {0x30, static_cast<std::uint8_t>(entries.size())});
  return entries;
}

void added_types() {
  const auto uart = [](auto to) {
    auto state = to.make_uart();
    state.set_divisor(12);
    state.set_fifo(qember::as_bytes("login: "));
  };
  const qember::Bytes old = stream<Before>(device<Before>("uart", uart));
  row<After>("a new type that nothing refers to", stream<After>(device<After>("uart", uart)), old);
  row<After>("a new alternative of Sections with a private tag",
             stream<After>({}, "stats",
                           [](after::Sections to) {
                             auto stats = to.make_stats();
                             stats.set_dirty(17);
                             stats.set_rate(100);
                           }),
             stream<Before>({}));
  row<After>("another new alternative of Sections",
             stream<After>({}, "clock", [](after::Sections to) { to.make_clock().set_nanoseconds(5); }),
             stream<Before>({}));
  row<After>("a new alternative of SecFull.contents",
             stream<After>(
                 device<After>("tpm", [](auto to) { to.make_tpm().set_nvram(qember::as_bytes("owner")); })),
             old);
}

void added_to_devices() {
  const auto disk = [](auto to) {
    auto state = to.make_disk();
    state.set_name("vda");
    state.set_sectors(8);
    auto request = state.requests().append();
    request.set_sector(7);
    request.what().set_flush();
  };
  const auto discarding = [](auto to) {
    auto state = to.make_disk();
    state.set_name("vda");
    state.set_sectors(8);
    auto request = state.requests().append();
    request.set_sector(7);
    request.what().set_discard();
  };
  row<After>("a new alternative of another CHOICE", stream<After>(device<After>("disk", discarding)),
             stream<Before>(device<Before>("disk", disk)));
  const auto rtc = [](auto to) { to.make_rtc().set_seconds(1); };
  const auto zoned = [](auto to) {
    auto state = to.make_rtc();
    state.set_seconds(1);
    state.set_zone(qember::Integer::from_signed(-60));
  };
  const qember::Bytes old_rtc = stream<Before>(device<Before>("rtc", rtc));
  row<After>("a new OPTIONAL member at the end, present", stream<After>(device<After>("rtc", zoned)),
             old_rtc);
  row<After>("a new OPTIONAL member at the end, absent", stream<After>(device<After>("rtc", rtc)), old_rtc);
  const auto full = [](auto to) {
    auto state = to.make_uart();
    state.set_divisor(12);
    state.set_fifo(qember::Bytes(16, 'x'));
  };
  const auto fuller = [](auto to) {
    auto state = to.make_uart();
    state.set_divisor(12);
    state.set_fifo(qember::Bytes(17, 'x'));
  };
  row<After>("a wider SIZE, within the old one", stream<After>(device<After>("uart", full)),
             stream<Before>(device<Before>("uart", full)));
  row<After>("a wider SIZE, beyond the old one", stream<After>(device<After>("uart", fuller)),
             stream<Before>(device<Before>("uart", full)));
}

/// Both builds send the same values, as far as they have them.
void broken_row(const char* change, const std::string& name, void (*of_new)(Broken::Contents),
                void (*of_old)(Before::Contents)) {
  row<Broken>(change, stream<Broken>(device<Broken>(name, of_new)),
              stream<Before>(device<Before>(name, of_old)));
}

void broken_types() {
  const auto pic = [](auto to) {
    auto state = to.make_pic();
    state.set_pending(3);
    state.set_mask(4);
    if constexpr (requires { state.set_level(1); }) state.set_level(1);
  };
  broken_row("a new member that is not OPTIONAL", "pic", pic, pic);
  const auto cpu = [](auto to) {
    auto state = to.make_cpu();
    state.set_pc(0xfff0);
    state.set_halted(1);
  };
  broken_row("another kind", "cpu", cpu, cpu);
  const auto keyboard = [](auto to) { to.make_keyboard().set_leds(5); };
  broken_row("another tag", "keyboard", keyboard, keyboard);
  const auto timer = [](auto to) {
    auto state = to.make_timer();
    state.set_deadline(7);
    state.set_periodic(true);
  };
  broken_row("another order, of other kinds", "timer", timer, timer);
  const auto nic = [](auto to) {
    auto state = to.make_nic();
    state.set_mac(qember::Bytes(6));
    auto queue = state.queues().append();
    queue.set_index(1);
    queue.set_used(2);
  };
  broken_row("another order, of the same kinds and tags", "nic", nic, nic);
}

void qember_sections() {
  const qember::Bytes old = stream<Before>({});
  const qember::Bytes with_bit{2, 5, 0, 0x80, 0, 0, 42}, without{2, 1, 42}, notes{2, 1, 0}, blob{4, 1, 0xaa};
  const auto put = [&](const char* change, const qember::Bytes& kind, const qember::Bytes& contents) {
    row<After>(change, with_section(stream<After>({}), kind, contents), old);
  };
  put("a new qember section with bit 31", with_bit, blob);
  put("a new key with bit 31", notes, note(with_bit));
  put("a new qember section without bit 31", without, blob);
  put("a new key without bit 31", notes, note(without));
}

}  // namespace

int main() try {
  added_types();
  added_to_devices();
  broken_types();
  qember_sections();
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
