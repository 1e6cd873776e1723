// SPDX-License-Identifier: LGPL-2.1-or-later
// Values of the schema, by accessor, under a schema that may have changed. See changes.sh.
#include "probe.hpp"

#include <fstream>
#include <iterator>

namespace probe {

asn1::Value<asn1::QemuFile> old_value() {
  auto file = asn1::Value<asn1::QemuFile>::make();
  file->set_version(3);
  auto ram = file->top().append().make_full();
  ram.set_name("ram");
  ram.set_sectionid(2);
  ram.set_instanceid(0);
  ram.set_versionid(4);
  auto list = ram.contents().make_ramblid();
  list.set_totalram(16384);
  auto block = list.blocks().append();
  block.set_name("pc.ram");
  block.set_len(16384);
  auto part = file->top().append().make_min();
  part.set_sectionid(2);
  auto pages = part.contents().make_ramsec().append();
  pages.set_name("pc.ram");
  auto page = pages.pagelist().append().make_fullpage();
  page.set_addr(0);
  page.set_data(qember::Bytes(16384, 0x5a));
  pages.pagelist().append().set_compr(16384);
  auto device = file->top().append().make_full();
  device.set_name("dev");
  device.set_sectionid(3);
  device.set_instanceid(0);
  device.set_versionid(1);
  auto entries = device.contents().make_vmstate().make_vmstateentries();
  entries.append().set_int(~std::uint64_t{0});
  auto subsection = entries.append().make_subsecl().append();
  subsection.set_name("dev/more");
  subsection.set_versionid(1);
  subsection.contents().append().set_bool(true);
  return file;
}

Change __attribute__((weak)) change() { return {}; }

}  // namespace probe

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto value = probe::old_value();
  if (!probe::comes_back(*value)) return 1;
  if (std::string(argv[1]) == "write") {
    const auto der = asn1::encode(*value);
    std::ofstream(argv[2], std::ios::binary)
        .write(reinterpret_cast<const char*>(der->data()), std::streamsize(der->size()));
    return 0;
  }
  std::ifstream in(argv[2], std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto old = asn1::decode<asn1::QemuFile>(qember::as_bytes(bytes));
  const probe::Change change = probe::change();
  if (!old.ok()) std::cerr << to_string(old.error()) << '\n';
  const bool agrees = old.ok() ? asn1::equal(**old, *value) : old.error().path == change.refused_at;
  return agrees && (!change.new_values || change.new_values()) ? 0 : 1;
}
