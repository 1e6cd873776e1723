// SPDX-License-Identifier: LGPL-2.1-or-later
// The ten devices of the small VMM, each with a type of its own in machine.schema.
#pragma once

#include <machine/types.hpp>
#include <qember/advanced/asn1/value.hpp>
#include <qember/advanced/live/ram_sender.hpp>

#include <string>
#include <vector>

using Contents = machine::SecFull::Contents;
using State = qember::asn1::Value<Contents>;

inline std::vector<qember::live::TypedDevice> all_devices() {
  std::vector<qember::live::TypedDevice> devices;
  const auto add = [&devices](std::string name, auto fill) {
    State state = State::make();
    fill(*state);
    devices.push_back({"vmm/" + name, 0, 1, name, qember::asn1::encode(*state).or_throw()});
  };
  add("cpu", [](Contents to) {
    auto cpu = to.make_cpu();
    cpu.set_pc(0xfff0);
    cpu.set_halted(true);
    for (std::uint64_t i = 0; i < 16; ++i) cpu.regs().append().set(i << 56U);
  });
  add("pic", [](Contents to) {
    auto pic = to.make_pic();
    pic.set_pending(3);
    pic.set_mask(65535);
  });
  add("timer", [](Contents to) {
    auto timer = to.make_timer();
    timer.set_deadline(qember::Integer::from_signed(-1));
    timer.set_periodic(true);
  });
  add("uart", [](Contents to) {
    auto uart = to.make_uart();
    uart.set_divisor(12);
    uart.set_fifo(qember::as_bytes("login: "));
  });
  add("rtc", [](Contents to) { to.make_rtc().set_seconds(1764195300); });
  add("disk", [](Contents to) {
    auto disk = to.make_disk();
    disk.set_name("vda");
    disk.set_sectors(1U << 21U);
    auto request = disk.requests().append();
    request.set_sector(7);
    request.what().set_write(qember::as_bytes("sector 7"));
  });
  add("nic", [](Contents to) {
    auto nic = to.make_nic();
    nic.set_mac(qember::as_bytes("\x52\x54\x03\x04\x05\x06"));
    auto queue = nic.queues().append();
    queue.set_index(1);
    queue.set_used(2);
  });
  add("gpu", [](Contents to) {
    auto gpu = to.make_gpu();
    gpu.set_width(64);
    gpu.set_pixels(qember::Bytes(std::size_t{1} << 20U, 0x33));
  });
  add("rng", [](Contents to) { to.make_rng().set_seed(qember::Bytes(32, 0x44)); });
  add("keyboard", [](Contents to) {
    auto keyboard = to.make_keyboard();
    keyboard.set_leds(5);
    keyboard.held().append().set(0x1d);
  });
  return devices;
}
