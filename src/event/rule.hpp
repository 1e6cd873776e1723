// SPDX-License-Identifier: LGPL-2.1-or-later
/// The rules of `check`: what must hold of a stream beyond X.690, the schema and the layout of QEMU's
/// elements. They are the same for both forms of a stream; tests/vectors/rules.vec breaks each in either.
#pragma once

#include <qember/advanced/core/error.hpp>

#include <span>

namespace qember::event {

enum class Rule : std::uint8_t {
  // The head, and the page size.
  configuration_first,  ///< the configuration comes before all else
  configuration_known,  ///< its subsections are such as have a known size
  configuration_once,   ///< each of them comes once
  machine_name,         ///< the machine's name is a text
  page_size_valid,      ///< a power of two from 256 to 65536
  page_size_agrees,     ///< configuration, POSTCOPY_ADVISE, pages and description have the same
  // Commands.
  command_payload,  ///< as long as QEMU asks for
  package_apart,    ///< PACKAGED comes in no package
  package_whole,    ///< a package ends between two elements
  package_ended,    ///< and before the end mark
  discard_form,     ///< POSTCOPY_RAM_DISCARD has a version, a block and ranges
  discard_block,    ///< of a block in the list
  discard_within,   ///< within the block
  discard_aligned,  ///< of whole pages
  // Sections.
  section_known,    ///< a PART or END has the id of a section that was started
  section_name,     ///< a section's name is a text
  ram_version,      ///< `ram` has version 4
  started_once,     ///< no START of a section that has not ended
  part_before_end,  ///< nothing more of a section behind its END
  every_end,        ///< an END for each START but that of `ram`, before the end mark
  end_known,        ///< without footers, iterative sections are such as have an end of their own
  record_known,     ///< the records of an iterative section are such as have a known size
  // RAM.
  blocks_once,          ///< a stream has one list of RAM blocks
  block_name,           ///< a block's name is a text
  block_names,          ///< blocks have different names
  block_lengths,        ///< their lengths add up
  block_known,          ///< a page is of a block in the list
  page_within,          ///< and in it
  page_aligned,         ///< at a multiple of the page size
  delta_fits,           ///< a delta is no longer than a page
  delta_sound,          ///< and decodes within one
  delta_base,           ///< of a page that was sent
  compressed_fits,      ///< a compressed page is no longer than zlib makes it
  compressed_inflates,  ///< and inflates to a page
  ram_included,         ///< RAM is in the stream, and went over no other connections (multifd)
  // The end.
  description_text,  ///< the description is JSON
  nothing_follows,   ///< behind the end mark and the description, but zeros
  end_mark,          ///< device state that nothing tells apart has the end mark in it
};

struct RuleInfo {
  Rule rule;
  std::string_view name;  ///< as above; stable
  Errc code;              ///< of what breaks it
};

std::span<const RuleInfo> rules() noexcept;

/// That a rule is broken; the place is for the caller to add.
Error broken(Rule rule, std::string expected, std::string found);

}  // namespace qember::event
