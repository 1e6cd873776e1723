// SPDX-License-Identifier: LGPL-2.1-or-later
/// What `show` has to say, in whatever form.
#pragma once

#include <qember/advanced/core/digest.hpp>
#include "../output.hpp"
#include "style.hpp"

#include <qember/advanced/ber/schema.hpp>
#include <qember/advanced/core/result.hpp>
#include <qember/advanced/device/description.hpp>
#include <qember/advanced/event/event.hpp>

namespace qember::cli {

/// A section, and its first byte in the input.
struct PlacedSection {
  event::SectionBegin section;
  std::uint64_t offset = 0;
};

/// The records of a RAM block, as they were sent: a page sent twice counts twice.
struct RamTally {
  std::uint64_t full = 0;
  std::uint64_t zero = 0;
  std::uint64_t xbzrle = 0;
  std::uint64_t compressed = 0;
  std::uint64_t bytes = 0;  ///< of pages, deltas and zlib streams
  Digest digest;            ///< of all of it, in order

  void add(const event::RamPage& page);
};

/// A section in parts, after the last of them.
struct Iterated {
  PlacedSection place;  ///< of its START
  std::string name;
  std::uint64_t parts = 0;  ///< START and END included
  std::uint64_t bytes = 0;  ///< of bodies; 0 for RAM
  Digest digest;
  bool ended = false;
  std::span<const event::RamBlock> blocks{};
  std::span<const RamTally> tallies{};  ///< of RAM, one a block
  std::uint64_t page_size = 0;
};

struct Opaque {
  std::uint64_t size = 0;
  Digest digest;
  std::string reason;  ///< why there are no fields
};

/// A value with the type that it is of.
struct SchemaPart {
  const event::SchemaValue& value;
  const ber::Schema& schema;
  const ber::Type& type;  ///< the CHOICE that it is an alternative of
};

class ShowOutput {
 public:
  virtual ~ShowOutput() = default;
  virtual void begin() = 0;
  virtual void configuration(std::uint64_t offset, const event::Configuration& configuration) = 0;
  virtual void command(std::uint64_t offset, const event::Command& command) = 0;
  virtual void start(const PlacedSection& place, std::span<const event::RamBlock> blocks) = 0;
  virtual void iterated(const Iterated& section) = 0;
  /// The body fits the device. False where nothing of it is at or below the path `selected`.
  virtual bool device(const PlacedSection& place, const device::Device& device, ByteView body,
                      const std::string& selected) = 0;
  /// `device`: what its description says, though the body does not fit it; null without one.
  virtual void opaque(const PlacedSection& place, const Opaque& body, const device::Device* device) = 0;
  /// A value of a type that the stream's schema adds: by itself, or the state of the device whose section
  /// `place` is, which is null otherwise.
  virtual void added(std::uint64_t offset, const PlacedSection* place, const SchemaPart& part) = 0;
  virtual void end(std::uint64_t offset) = 0;
  virtual void description(std::uint64_t offset, const Opaque& text) = 0;
  virtual void rest(std::uint64_t offset, const Opaque& rest) = 0;
};

/// A subsection of the configuration: a number, names, or bytes.
std::variant<std::uint64_t, std::vector<std::string_view>, ByteView> value_of(
    const event::ConfigurationSubsection& subsection);

/// The same for people.
std::string text_of(const event::ConfigurationSubsection& subsection);

/// The name of a command; empty where the id is not known.
std::string_view name_of_command(std::uint16_t id) noexcept;

std::unique_ptr<ShowOutput> make_show_tree(Lines& out, const Style& style, bool offsets);
std::unique_ptr<ShowOutput> make_show_json(Lines& out, bool offsets);

}  // namespace qember::cli
