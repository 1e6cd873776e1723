// SPDX-License-Identifier: LGPL-2.1-or-later
/// What a domain's XML says of it.
#pragma once

#include <string>
#include <string_view>

namespace qember::container {

struct DomainNames {
  std::string name;
  std::string uuid;
};

/// The texts of `<name>` and `<uuid>` right below the root, with the five entities and the references of XML
/// 1.0 (4.1, 4.6) replaced; empty where there are none. Of what is no XML, what there is of it.
DomainNames names_of_domain(std::string_view xml);

}  // namespace qember::container
