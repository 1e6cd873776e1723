// SPDX-License-Identifier: LGPL-2.1-or-later
/// Changes to a saved VM, which what depends on them follows: sums, lengths, counts, the description.
///
///     vm::edit(source, drain, edits, {})   // edits: vm::parse_edit("set", "cpu/0:rip=0x1000"), ...
#pragma once

#include <qember/advanced/vm/convert.hpp>

#include <variant>

namespace qember::vm {

// Parts of a stream are named as selector.hpp has it. An edit that names nothing in the stream is an error.

/// Gives a field another value, which its type can hold: a number, `true` or `false`, an array of them in
/// brackets, the bytes of a buffer in hexadecimal, or a text in double quotes that zeros follow. An array of
/// numbers gets another length where the field of the device that counts its elements is set to that as well,
/// and so are all arrays beside it that are as long: no stream says which of them that field counts.
struct SetField {
  std::string field;  ///< [DEVICE:]FIELD
  std::string value;  ///< as above
};
/// Another machine type.
struct SetMachine {
  std::string name;  ///< of the machine type
};
/// Pages beyond the new length are left out; a machine that loads the stream keeps what it has there itself.
struct ResizeBlock {
  std::string block;         ///< its name
  std::uint64_t length = 0;  ///< bytes
};
/// Another name for a RAM block.
struct RenameBlock {
  std::string block;  ///< the name that it has
  std::string name;   ///< the new one
};
/// Leaves a RAM block out, with its pages.
struct DropBlock {
  std::string block;  ///< its name
};
/// Leaves sections out.
struct DropSection {
  std::string device;  ///< DEVICE
};
/// Another name for a section.
struct RenameSection {
  std::string device;                       ///< DEVICE
  std::string name;                         ///< the new one
  std::optional<std::uint32_t> instance{};  ///< as it was where there is none
};
/// Leaves subsections of a device out.
struct DropSubsection {
  std::string subsection;  ///< DEVICE:NAME
};
/// Takes a feature from those that a virtio device and its driver agreed on, wherever they are saved. A
/// driver that uses it keeps using it: that is fine for what it only reads, such as MTU.
struct ClearFeature {
  std::string feature;  ///< DEVICE:NAME, or its number
};
/// Other bytes in a device's section, for which the description describes as many: what has no field of its
/// own, such as all of a PCI configuration space. No other edit moves them, or leaves them out.
struct SetBytes {
  std::string where;  ///< DEVICE+OFFSET
  Bytes bytes;        ///< to be there
};
/// How many MSI-X vectors a virtio device on PCI has. New ones are masked, and nothing uses them; those that
/// go are not to be in use. What its configuration space says of them is `SetBytes`.
struct SetVectors {
  std::string device;       ///< DEVICE
  std::uint32_t count = 0;  ///< at most 2048
};
/// Adds a field that later versions of QEMU save, with the value that they give it where a stream has none.
struct AddDefault {
  std::string field;  ///< DEVICE:FIELD
};
/// Moves the number of descriptors of a request in flight to where QEMU looks for it. QEMU 4.2 to 11.1 write
/// it before the request where the ring is packed, and read it behind.
struct MendRequests {
  std::string device;  ///< DEVICE
};
/// Bytes that all lie in pages which the stream has.
struct SetMemory {
  std::string where;  ///< BLOCK+OFFSET
  Bytes bytes;        ///< to be there
};
/// All commands of that name, such as `switchover_start`.
struct DropCommand {
  std::string name;  ///< of the command
};
/// `configuration` for all of it, a subsection such as `uuid`, or a capability.
struct DropConfiguration {
  std::string name;  ///< of the part
};

/// A change to a saved VM.
using Edit = std::variant<SetField, SetMachine, ResizeBlock, RenameBlock, DropBlock, DropSection,
                          RenameSection, DropSubsection, ClearFeature, SetBytes, SetVectors, AddDefault,
                          MendRequests, SetMemory, DropCommand, DropConfiguration>;

/// The names of the kinds of edits, such as `resize-block`, in the order of `Edit`.
std::span<const std::string_view> edit_kinds() noexcept;
/// Makes an edit of its kind and `WHAT=TO`. `Errc::usage` where it is none.
Result<Edit> parse_edit(std::string_view kind, std::string_view argument);
/// The same of a line of a script: a JSON object such as `{"set": "cpu/0:rip", "to": 4096}`.
Result<Edit> parse_edit(std::string_view line);
/// Edits that one call does at most.
inline constexpr std::size_t most_edits = 4096;
/// The edits of a script, one a line, of at most `Limits::max_description` bytes; lines without one are
/// passed over. The error's offset is that of its line.
Result<std::vector<Edit>> read_script(io::ByteSource& script, const Limits& limits = {});
/// Its kind and its argument, of which `parse_edit` makes it again.
std::pair<std::string_view, std::string> to_words(const Edit& edit);
/// The same as a line of a script.
std::string to_line(const Edit& edit);

/// How edits are done.
struct EditOptions {
  /// How the stream is read; `before_wait` and `reorder` are the edit's own.
  StreamOptions read{};
  /// Called now and then with the number of bytes that were read.
  std::function<void(std::uint64_t)> progress{};
};

/// Writes the stream with `edits` done, in the form that it had. A libvirt save becomes one, compressed as it
/// was; its XML gets the machine type that `SetMachine` names, and its cookie stays as it is. Of what else a
/// stream is held in, nothing. Reads it once, in bounded memory, and works on pipes. Returns the first error,
/// and then what was passed on is to be thrown away: `Errc::usage` for an edit that names nothing, or that
/// the stream cannot have.
Status edit(io::ByteSource& source, const Drain& drain, std::span<const Edit> edits,
            const EditOptions& options = {});

}  // namespace qember::vm
