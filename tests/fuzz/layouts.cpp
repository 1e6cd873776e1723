// SPDX-License-Identifier: LGPL-2.1-or-later
// Buffers of types that have a layout: the first byte of the input is the type, the second the section's
// name, the rest is what is in the buffer.
#include "conversions.hpp"

#include "support/native_builder.hpp"

#include <array>

namespace qember::fuzz {
namespace {

constexpr std::array<std::string_view, 14> types{"virtio",
                                                 "pci config",
                                                 "pci irq state",
                                                 "msix state",
                                                 "shpc",
                                                 "virtio-gpu",
                                                 "blob",
                                                 "scsi-requests",
                                                 "usb-redir-bufpq",
                                                 "usb-redir-packet-id-q",
                                                 "usb-redir-parser",
                                                 "tlb_entry",
                                                 "virtio-fs back-end state",
                                                 "fpreg"};
constexpr std::array<std::string_view, 10> names{"0000:00:03.0/virtio-net",
                                                 "0000:00:03.0/virtio-blk",
                                                 "virtio-mmio@0/virtio-console",
                                                 "/fe.0.0001/virtio-balloon",
                                                 "virtio-mem",
                                                 "virtio-mmio@0/virtio-iommu",
                                                 "0000:00:04.0/virtio-nsm",
                                                 "virtio-mmio@0/virtio-net",
                                                 "virtio-rng",
                                                 "cpu"};

}  // namespace

const Mutate structure = nullptr;

void fuzz(ByteView in) {
  if (in.size() < 2) return;
  const std::string name(names[in[1] % names.size()]);
  const std::string type(types[in[0] % types.size()]);
  const ByteView body = in.subspan(2);
  test::NativeBuilder native;
  native.ram(1, {"r"}, 0x1000).ended(1).device(2, name, body).eof();
  native.description(R"({"page_size":4096,"devices":[{"name":")" + name +
                     R"(","instance_id":0,"vmsd_name":"v","version":2,"fields":[{"name":"f","type":")" +
                     type + R"(","size":)" + std::to_string(body.size()) + "}]}]}");
  for (const bool der : {false, true}) comes_back(native.bytes(), {der, false, small_limits()});
}

}  // namespace qember::fuzz
