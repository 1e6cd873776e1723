// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a domain's XML says of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qember::container {

struct DomainNames {
  std::string name;
  std::string uuid;
};

/// The texts of `<name>` and `<uuid>` right below the root, with the five entities and the references of XML
/// 1.0 (4.1, 4.6) replaced; empty where there are none. Of what is no XML, what there is of it.
DomainNames names_of_domain(std::string_view xml);

/// A memory device that has an address.
struct DomainMemory {
  std::string alias;  ///< as libvirt names it, such as `dimm0`: by its model and slot where the XML has none
  std::uint64_t base = 0;
};

/// The `<memory>` devices whose `<address>` has a `base`.
std::vector<DomainMemory> memory_of_domain(std::string_view xml);

/// The same domain with another machine type, `machine` of the `<type>` in its `<os>`; nothing where there is
/// not one such, or the name cannot stand in XML.
std::optional<std::string> with_machine(std::string_view xml, std::string_view machine);

}  // namespace qember::container
