// SPDX-License-Identifier: LGPL-2.1-or-later
#include "guest_tree.hpp"

#include "render/device_json.hpp"
#include "render/map_svg.hpp"
#include "rendered_texts.hpp"

#include <qember/advanced/container/open.hpp>
#include <qember/advanced/event/sink.hpp>
#include <qember/advanced/vm/block_file_name.hpp>
#include <qember/advanced/vm/page_map.hpp>

#include <fmt/ranges.h>

#include <algorithm>

namespace qember::cli {
namespace {

/// Notes what is in a stream beside its devices and the places of its pages, as it is read.
class Watch final : public event::Sink {
 public:
  struct Seen {
    std::string description;
    std::string svg;  ///< empty where RAM went over other connections
  };
  /// `context`, of the events, and `seen`, which is complete when the stream has ended, outlive this.
  Watch(const event::Context& context, const Limits& limits, const std::string& title, Seen& seen)
      : map_(context, limits), title_(title), seen_(seen) {}

  using Sink::take;
  Status take(const event::Event& event) override {
    if (const auto* text = std::get_if<event::DescriptionText>(&event))
      seen_.description = as_text(text->json);
    if (auto status = map_.take(event); !status) return status;
    if (std::holds_alternative<event::StreamEnd>(event) && !map_.sent_elsewhere())
      seen_.svg = map_svg(map_, title_);
    return {};
  }

 private:
  vm::PageMap map_;
  const std::string& title_;
  Seen& seen_;
};

class Builder {
 public:
  Builder(const vm::SavedVm& vm, const GuestTreeOptions& options) : vm_(vm), options_(options), memory_(vm) {}

  Status read();
  Status add_all();
  GuestTree take() { return std::move(tree_); }

 private:
  void add(const std::string& path, FileTree::File file);
  void add(const std::string& path, Result<FileTree::File> file);
  void add_core();
  void add_image();
  Status add_devices();

  const vm::SavedVm& vm_;
  const GuestTreeOptions& options_;
  RenderedTexts texts_;
  dump::GuestFiles memory_;
  GuestTree tree_;
};

void Builder::add(const std::string& path, FileTree::File file) {
  if (!tree_.files.add(path, std::move(file)))
    tree_.missing.push_back({Errc::unsupported, 0, path, "one of that name", "another"});
}

void Builder::add(const std::string& path, Result<FileTree::File> file) {
  if (file)
    add(path, std::move(*file));
  else
    tree_.missing.push_back(std::move(file.error()));
}

/// The one pass over the stream.
Status Builder::read() {
  Watch::Seen seen;
  std::optional<Watch> watch;
  const auto make = [&](const event::Context& context) -> event::Sink& {
    return watch.emplace(context, vm_.options().limits, options_.title, seen);
  };
  if (auto status = vm_.read_with(make); !status) return status;
  if (!seen.svg.empty()) add("map.svg", texts_.file(seen.svg));
  if (!seen.description.empty()) add("description.json", texts_.file(seen.description));
  return {};
}

void Builder::add_core() {
  const bool is_mapped = std::ranges::any_of(
      vm_.blocks(), [](const event::RamBlock& block) { return block.mapped.has_value(); });
  const bool searches = !is_mapped || options_.searches_mapped_ram;
  auto core = memory_.core(searches ? dump::VmcoreinfoSearch::memory : dump::VmcoreinfoSearch::told);
  if (!core) return tree_.missing.push_back(std::move(core.error()));
  if (!core->left_out.empty())
    tree_.notes.push_back(fmt::format("blocks that are not in core: {}", fmt::join(core->left_out, ", ")));
  if (!core->has_registers)
    tree_.notes.emplace_back("no registers in core: the stream does not describe its CPUs");
  if (!searches)
    tree_.notes.emplace_back(
        "core has VMCOREINFO only where the guest told QEMU its place (--search looks for it)");
  add("core", std::move(core->bytes));
}

void Builder::add_image() {
  auto image = memory_.image();
  if (!image) return tree_.missing.push_back(std::move(image.error()));
  add("physical.raw", std::move(*image));
  if (const auto unsent = memory_.count_unsent(); unsent && *unsent != 0)
    tree_.notes.push_back(fmt::format("{} pages that the stream does not hold are zeros", *unsent));
}

Status Builder::add_devices() {
  const auto devices = vm_.devices();
  if (!devices) return devices.error();
  for (const device::SavedDevice& each : *devices)
    add(fmt::format("devices/{}.{}.json", vm::block_file_name(each.name()), each.instance()),
        texts_.file([each](const device::WriteText& write) { write_device_json(write, each); }));
  return {};
}

Status Builder::add_all() {
  if (const auto& save = vm_.contents().libvirt; save && !save->xml.empty())
    add("domain.xml", texts_.file(as_text(save->xml)));
  for (std::uint32_t i = 0; i < vm_.blocks().size(); ++i)
    if (vm_.blocks()[i].length != 0)
      add("ram/" + vm::block_file_name(vm_.blocks()[i].name), memory_.block(i));
  add_core();
  add_image();
  return add_devices();
}

}  // namespace

Result<GuestTree> make_guest_tree(const vm::SavedVm& vm, const GuestTreeOptions& options) {
  Builder builder(vm, options);
  if (auto status = builder.read(); !status) return std::move(status.error());
  if (auto status = builder.add_all(); !status) return std::move(status.error());
  return builder.take();
}

}  // namespace qember::cli
