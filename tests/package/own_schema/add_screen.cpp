// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: add_screen OLD SCREEN NODE: reads the stream OLD, writes it with a section more to SCREEN, and with
// a field more to NODE. Values that the schema does not allow are refused, all others come back.
#include <qember/advanced/asn1/value.hpp>
#include <vmm/types.hpp>

#include <iostream>

#include "files.hpp"

namespace {

using File = qember::asn1::Value<vmm::QemuFile>;

File decode(qember::ByteView bytes) {
  return qember::asn1::decode<vmm::QemuFile>(bytes, qember::Limits::trusted()).or_throw();
}

qember::Bytes encode(const File& file) {
  return qember::asn1::encode(*file, qember::Limits::trusted()).or_throw();
}

bool comes_back(const File& file) { return qember::asn1::equal(*file, *decode(encode(file))); }

bool add_screen(File& file) {
  vmm::Screen screen = file->top().append().make_screen();
  screen.set_width(0);
  screen.set_pixels(qember::as_bytes("pixels"));
  auto shown = screen.cursor().make_shown();
  shown.set_x(qember::Integer::from_signed(-1));
  shown.set_y(17);
  const bool refused = !qember::asn1::check(*file, qember::Limits::trusted());
  screen.set_width(6);
  return refused && comes_back(file);
}

bool screen_is_there(const File& file) {
  const vmm::Screen screen = file->top()[file->top().size() - 1].as_screen();
  return screen.width() == 6 && qember::as_text(screen.pixels()) == "pixels" &&
         screen.cursor().which() == vmm::Screen::Cursor::Which::shown &&
         screen.cursor().as_shown().x() == qember::Integer::from_signed(-1);
}

vmm::RAMBlockID first_block(const File& file) {
  for (const vmm::Sections section : file->top())
    if (const auto list = section.as_full().contents().as_ramblid()) return list.blocks()[0];
  return {};
}

/// Names that the library has too get a '_', or an Inner.
bool names_are_told_apart() {
  auto list = qember::asn1::Value<vmm::List_>::make();
  vmm::Node_ node = list->append();
  node.set_layout(5);
  vmm::Node_::InnerNode_ inside = node.node();
  inside.make_list().append().node().set_layout();
  const auto again = qember::asn1::decode<vmm::List_>(qember::asn1::encode(*list).or_throw()).or_throw();
  return (*again)[0].layout_() == 5 &&
         (*again)[0].node().as_list()[0].node().which() == vmm::Node_::InnerNode_::Which::layout_;
}

bool add_node(File& file) {
  vmm::RAMBlockID block = first_block(file);
  const bool absent = !block.has_node();
  block.set_node(64);
  const bool refused = !qember::asn1::check(*file, qember::Limits::trusted());
  block.set_node(3);
  return absent && refused && comes_back(file);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) return 2;
  const std::string old = read_file(argv[1]);
  File screen = decode(qember::as_bytes(old));
  File node = decode(qember::as_bytes(old));
  if (!add_screen(screen) || !add_node(node) || !names_are_told_apart()) return 1;
  const qember::Bytes with_screen = encode(screen);
  const qember::Bytes with_node = encode(node);
  write_file(argv[2], with_screen);
  write_file(argv[3], with_node);
  return screen_is_there(decode(with_screen)) && first_block(decode(with_node)).node() == 3 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
