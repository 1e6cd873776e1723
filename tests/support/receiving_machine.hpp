// SPDX-License-Identifier: LGPL-2.1-or-later
/// A machine that receives.
#pragma once

#include "unit/ram/guarded.hpp"

#include <qember/advanced/live/ram_receiver.hpp>

namespace qember::test {

inline constexpr std::size_t page_size = 256;
inline constexpr std::size_t ram_pages = 8;

/// Its regions can't be left without a fault.
struct Machine {
  explicit Machine(std::size_t pages = ram_pages, std::uint8_t fill = 0xee)
      : ram(pages * page_size, fill), vga(page_size, fill) {}
  Bytes memory() const {
    Bytes all = ram.copy();
    all.insert(all.end(), vga.view().begin(), vga.view().end());
    return all;
  }
  live::Regions regions() { return {{"ram", ram.bytes()}, {"vga", vga.bytes()}}; }

  Guarded ram;
  Guarded vga;
};

inline Status receive(Machine& machine, ByteView ber, const Limits& limits = Limits::untrusted()) {
  io::Input input = io::Input::over(ber);
  live::RamReceiver receiver(input, machine.regions(), limits);
  return receiver.receive();
}

}  // namespace qember::test
