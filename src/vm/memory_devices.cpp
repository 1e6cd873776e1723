// SPDX-License-Identifier: LGPL-2.1-or-later
#include <qember/advanced/vm/ram_layout.hpp>

#include <qember/advanced/device/named_state.hpp>

#include <algorithm>
#include <array>

namespace qember::vm {
namespace {

constexpr std::size_t most_regions = 1024;
/// Those of pseries have some 16 KiB.
constexpr std::size_t most_of_tree = std::size_t{1} << 20U;

/// Takes the address and the size of a virtio-mem device's memory, the DIMMs of the memory hotplug registers
/// of ACPI, what the CMOS of a PC says of its RAM, and the device tree of pseries: the names are those of
/// QEMU's descriptions and of the layouts of virtio-mem and of the CMOS.
class MemorySink final : public device::NamedStateSink {
 public:
  std::optional<std::uint64_t> address, size;
  std::size_t dimms = 0;
  bool is_in_first_slot = false;
  std::uint64_t above_16_mib = 0;  ///< in 64 KiB, up to 4 GiB
  std::uint64_t above_4_gib = 0;   ///< in 64 KiB
  Bytes device_tree;

 private:
  void value(const device::Field&, const device::StateValue& value) override {
    const bool is_slot = label() == "is_enabled" && path().find("memhp") != std::string_view::npos;
    if (is_slot) {
      const bool* const flag = std::get_if<bool>(&value);
      const bool is_enabled = flag != nullptr && *flag;
      is_in_first_slot |= is_enabled && slots_ == 0;
      dimms += is_enabled ? 1U : 0U;
      ++slots_;
    }
    const auto* const bytes = std::get_if<ByteView>(&value);
    if (bytes != nullptr && label() == "fdt_blob" && bytes->size() <= most_of_tree)
      device_tree.assign(bytes->begin(), bytes->end());
    const auto* const integer = std::get_if<Integer>(&value);
    if (integer == nullptr || size) return;
    if (label() == "above_16_MiB") above_16_mib = integer->bits();
    if (path().find("above_4_GiB") != std::string_view::npos && index() && *index() < sizeof(std::uint64_t))
      above_4_gib |= integer->bits() << 8U * *index();
    if (label() == "addr")
      address = integer->bits();
    else if (label() == "region_size" && address)
      size = integer->bits();
  }
  void enter(const device::StateGroup&) override {}
  void leave(const device::StateGroup&) override {}

  std::size_t slots_ = 0;
};

}  // namespace

void MemoryDevices::note(std::string_view name, const device::Device& device, ByteView body) {
  is_told_ = true;
  const std::size_t slash = name.rfind('/');
  const std::string_view kind = name.substr(slash + 1);
  constexpr std::array shared{"ivshmem", "virtio-pmem", "cxl", "vhost-user-fs", "sgx"};
  has_shared_memory_ = has_shared_memory_ || std::ranges::any_of(shared, [kind](std::string_view each) {
                         return kind.find(each) != std::string_view::npos;
                       });
  constexpr std::array controllers{"ICH9LPC", "piix4_pm", "acpi-ged", "ich9_pm"};
  const bool is_region = kind.starts_with("virtio-mem");
  const bool is_clock = kind == "mc146818rtc";
  const bool has_tree = kind == "spapr";
  const bool is_controller = std::ranges::find(controllers, kind) != controllers.end();
  if (!is_region && !is_clock && !has_tree && !is_controller) return;
  MemorySink sink;
  if (!sink.read(device, body)) return;
  dimms_ += sink.dimms;
  is_in_first_slot_ |= sink.is_in_first_slot;
  constexpr std::uint64_t sixteen_mib = std::uint64_t{16} << 20U;
  constexpr unsigned unit_bits = 16;
  if (is_clock && sink.above_16_mib != 0)
    split_ = {sixteen_mib + (sink.above_16_mib << unit_bits), sink.above_4_gib << unit_bits};
  if (has_tree) device_tree_ = std::move(sink.device_tree);
  if (is_region && sink.size && regions_.size() < most_regions)
    regions_.push_back({std::string(name.substr(0, slash + 1)), *sink.address, *sink.size});
}

}  // namespace qember::vm
