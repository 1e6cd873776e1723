// SPDX-License-Identifier: LGPL-2.1-or-later
#include "../source/src/qber/entry_source.hpp"
#include "probe.hpp"

namespace probe {
namespace {

/// Where a device's state is read, what is new is neither a string nor the end.
bool is_told_apart() {
  auto section = asn1::Value<asn1::SecFull>::make();
  section->set_name("dev");
  section->set_sectionid(3);
  section->set_instanceid(0);
  section->set_versionid(1);
  section->contents().make_vmstate().make_vmstateentries().append().set_new(7);
  const auto der = asn1::encode(*section);
  using qember::qber::EntrySource;
  return der.ok() && EntrySource(*der, 0, {}).peek() == EntrySource::Kind::other;
}

}  // namespace

Change change() {
  return {{}, [] {
            auto entry = asn1::Value<asn1::VMStateEntries>::make();
            auto array = entry->make_array();
            array.append().set_note("new");
            array.append().set_new(7);
            array.append().set_int(8);
            return array[0].which() == asn1::VMStateEntries::Which::note &&
                   array[1].as_new() == qember::Integer(7) && comes_back(*entry) && is_told_apart();
          }};
}

}  // namespace probe
