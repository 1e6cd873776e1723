// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream_end.hpp"

#include <qember/advanced/device/state.hpp>

#include "../event/ram_records.hpp"
#include "../qevm/split.hpp"

#include <algorithm>
#include <optional>

namespace qember::vm {
namespace {

using event::Element;

constexpr std::size_t footer_size = 1 + 4;
/// The end mark of the pages, then the footer of their section.
constexpr std::size_t ram_end_size = 8 + footer_size;
/// Of the header of a section, without its name.
constexpr std::size_t header_size = 1 + 4 + 1 + 4 + 4;

/// Bytes of the source from an offset on; fewer than asked for where it has become shorter.
Result<Bytes> read(io::ByteSource& source, std::uint64_t offset, std::uint64_t size) {
  Bytes bytes(static_cast<std::size_t>(size));
  const auto count = bytes.empty() ? Result<std::size_t>(0) : source.read_at(offset, bytes);
  if (!count) return count.error();
  bytes.resize(*count);
  return bytes;
}

struct FoundDescription {
  std::shared_ptr<const device::Description> description;
  std::uint64_t end_mark = 0;  ///< where the end mark before it stands
};

/// A text that could be read cannot hold the header of another.
std::optional<FoundDescription> find_description(ByteView tail, std::uint64_t offset, const Limits& limits) {
  for (std::size_t at = qevm::find_description(tail, tail.size()); at < tail.size();
       at = qevm::find_description(tail, at)) {
    auto text = device::Description::parse(tail.subspan(at + qevm::description_header), limits);
    if (text)
      return FoundDescription{std::make_shared<const device::Description>(std::move(*text)), offset + at};
  }
  return std::nullopt;
}

/// Looks at more of the end until it is there.
Result<std::optional<FoundDescription>> find_description(io::ByteSource& source, std::uint64_t size,
                                                         const Limits& limits) {
  constexpr std::uint64_t first = std::uint64_t{256} << 10U;
  const std::uint64_t most = std::min<std::uint64_t>(size, limits.max_description + qevm::description_header);
  for (std::uint64_t some = std::min(first, most);; some = std::min(8 * some, most)) {
    auto tail = read(source, size - some, some);
    if (!tail) return std::move(tail.error());
    auto found = tail->size() == some ? find_description(*tail, size - some, limits) : std::nullopt;
    if (found || some == most) return found;
  }
}

/// Takes sections off the front of `bytes`.
class Sections {
 public:
  Sections(ByteView bytes, std::uint64_t offset) : bytes_(bytes), offset_(offset) {}

  /// The footer of that section of RAM, behind the end of its pages.
  bool pass_ram_end(std::uint32_t id) {
    if (bytes_.size() < ram_end_size || load_be<std::uint64_t>(bytes_.data()) != event::ram_flag::eos)
      return false;
    take(ram_end_size - footer_size);
    return pass_footer(id);
  }

  /// The section of that device, whose body has `size` bytes.
  std::optional<EndDevice> next(std::shared_ptr<const device::Device> device, std::size_t size) {
    EndDevice section{std::move(device), 0, offset_, {}};
    const std::size_t name = section.device->name.size();
    if (bytes_.size() < header_size + name + size + footer_size) return std::nullopt;
    const ByteView header = take(header_size + name);
    const auto id = load_be<std::uint32_t>(header.data() + 1);
    if (header[0] != static_cast<std::uint8_t>(Element::section_full) || header[5] != name ||
        as_text(header.subspan(6, name)) != section.device->name ||
        load_be<std::uint32_t>(header.data() + 6 + name) != section.device->instance)
      return std::nullopt;
    section.version = load_be<std::uint32_t>(header.data() + 10 + name);
    const ByteView body = take(size);
    if (!pass_footer(id) || !device::check_state(*section.device, body)) return std::nullopt;
    section.body.assign(body.begin(), body.end());
    return section;
  }

 private:
  ByteView take(std::size_t size) {
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    offset_ += size;
    return taken;
  }
  bool pass_footer(std::uint32_t id) {
    const ByteView footer = take(footer_size);
    return footer[0] == static_cast<std::uint8_t>(Element::section_footer) &&
           load_be<std::uint32_t>(footer.data() + 1) == id;
  }

  ByteView bytes_;
  std::uint64_t offset_;
};

/// The section of RAM that is open.
std::optional<std::uint32_t> find_ram(const event::Session& session) {
  for (const auto& [id, section] : session.sections())
    if (section.kind == event::BodyKind::ram) return id;
  return std::nullopt;
}

/// Sizes of the bodies, with which all sections take `total` bytes; nothing where that is more than `most`.
std::optional<std::vector<std::size_t>> measure(const device::Description& description, const Limits& limits,
                                                std::uint64_t most, std::uint64_t& total) {
  std::vector<std::size_t> sizes;
  total = 0;
  for (const device::Device& device : description.devices()) {
    const std::uint64_t size = device::described_size(device);
    if (size > limits.max_section) return std::nullopt;
    total += header_size + device.name.size() + size + footer_size;
    if (total > std::min<std::uint64_t>(most, limits.max_held)) return std::nullopt;
    sizes.push_back(static_cast<std::size_t>(size));
  }
  return sizes;
}

}  // namespace

Result<std::vector<EndDevice>> read_stream_end(io::ByteSource& source, const event::Session& session,
                                               const Limits& limits) {
  std::vector<EndDevice> devices;
  const std::uint64_t size = source.size().value_or(0);
  const auto ram = find_ram(session);
  if (!ram) return devices;
  auto found = find_description(source, size, limits);
  if (!found) return std::move(found.error());
  if (!*found) return devices;
  const auto& [description, end_mark] = **found;
  const std::uint64_t page_size = description->page_size().value_or(session.page_size_or_default());
  if (description->devices().size() > limits.max_sections || !session.check_described_page_size(page_size))
    return devices;
  std::uint64_t total = 0;
  const auto sizes = measure(*description, limits, end_mark, total);
  if (!sizes || total + ram_end_size > end_mark) return devices;
  const std::uint64_t begin = end_mark - total - ram_end_size;
  auto bytes = read(source, begin, total + ram_end_size);
  if (!bytes) return std::move(bytes.error());
  Sections sections(*bytes, begin);
  if (!sections.pass_ram_end(*ram)) return devices;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    auto device = sections.next({description, &description->devices()[i]}, (*sizes)[i]);
    if (!device) return std::vector<EndDevice>();
    devices.push_back(std::move(*device));
  }
  return devices;
}

}  // namespace qember::vm
