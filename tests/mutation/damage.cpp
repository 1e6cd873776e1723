// SPDX-License-Identifier: LGPL-2.1-or-later
#include "damage.hpp"

#include <stdexcept>

namespace qember::test {
namespace {

/// The list that a TLV is in, and the way to it from the top.
struct Way {
  std::vector<Tlv>* list;
  std::size_t at;
  std::vector<Tlv*> around;
};

bool find(std::vector<Tlv>& list, std::size_t& index, Way& way) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (index-- == 0) return way.list = &list, way.at = i, true;
    way.around.push_back(&list[i]);
    if (find(list[i].children, index, way)) return true;
    way.around.pop_back();
  }
  return false;
}

std::size_t contents_size(const Tlv& tlv) {
  Bytes bytes;
  for (const Tlv& child : tlv.children) write_tlv(child, bytes);
  return tlv.value.size() + bytes.size();
}

void set_length(Tlv& tlv, std::size_t length) {
  tlv.length = length_bytes(length);
  tlv.ended = false;
}

/// A length, or where there is none a tag, in more bytes than it needs.
void pad(Tlv& tlv) {
  if (!tlv.ended) {
    Bytes bytes = length_bytes(contents_size(tlv));
    if (bytes.size() == 1) bytes.insert(bytes.begin(), 0x80);
    bytes.insert(bytes.begin() + 1, 0x00);
    bytes[0] = static_cast<std::uint8_t>(0x80U | (bytes.size() - 1));
    tlv.length = bytes;
  } else if ((tlv.identifier[0] & 0x1fU) == 0x1f) {
    tlv.identifier.insert(tlv.identifier.begin() + 1, 0x80);
  } else {
    tlv.identifier.push_back(tlv.identifier[0] & 0x1fU);
    tlv.identifier[0] |= 0x1fU;
  }
}

void cut(Tlv& tlv) {
  if (!tlv.constructed() && !tlv.value.empty()) tlv.value.pop_back();
  if (tlv.constructed() && !tlv.children.empty()) tlv.children.pop_back();
}

void grow(Tlv& tlv) {
  if (tlv.constructed())
    tlv.children.push_back({{0x05}, {0x00}, {}, {}, false});
  else
    tlv.value.push_back(0x41);
}

}  // namespace

std::size_t count_tlvs(const std::vector<Tlv>& tree) {
  std::size_t count = tree.size();
  for (const Tlv& tlv : tree) count += count_tlvs(tlv.children);
  return count;
}

void damage(std::vector<Tlv>& tree, std::size_t index, std::size_t kind,
            const std::function<void(const Bytes&)>& take) {
  Way way{};
  if (!find(tree, index, way)) throw std::out_of_range("no such TLV");
  std::vector<Tlv>& list = *way.list;
  const Tlv whole = list[way.at];
  const auto here = [&] { return list.begin() + static_cast<std::ptrdiff_t>(way.at); };
  std::vector<Bytes> lengths;
  for (Tlv* outer : way.around) {
    lengths.push_back(outer->length);
    if (!outer->ended) outer->length.clear();
  }
  const auto take_if_changed = [&](const Tlv& tlv, const auto& change) {
    Tlv changed = tlv;
    change(changed);
    if (!changed.ended &&
        changed.value.size() + changed.children.size() != tlv.value.size() + tlv.children.size())
      changed.length.clear();
    Bytes before;
    write_tlv(tlv, before);
    Bytes after;
    write_tlv(changed, after);
    *here() = std::move(changed);
    if (before != after) take(write_tlvs(tree));
    *here() = tlv;
  };
  switch (kind) {
    case 0: take_if_changed(whole, [](Tlv& tlv) { tlv.identifier.back() ^= 0x01U; }); break;
    case 1: take_if_changed(whole, [](Tlv& tlv) { tlv.identifier.front() ^= 0x40U; }); break;
    case 2: take_if_changed(whole, [](Tlv& tlv) { tlv.identifier.front() ^= 0x20U; }); break;
    case 3:
      take_if_changed(whole, [](Tlv& tlv) { set_length(tlv, contents_size(tlv) + 1); });
      if (contents_size(whole) > 0)
        take_if_changed(whole, [](Tlv& tlv) { set_length(tlv, contents_size(tlv) - 1); });
      break;
    case 4: take_if_changed(whole, [](Tlv& tlv) { set_length(tlv, SIZE_MAX >> 1U); }); break;
    case 5: take_if_changed(whole, pad); break;
    case 6: take_if_changed(whole, cut); break;
    case 7: take_if_changed(whole, grow); break;
    case 8:
      list.insert(here(), Tlv(whole));
      take(write_tlvs(tree));
      list.erase(here());
      break;
    case 9:
      if (way.at + 1 == list.size()) break;
      std::swap(list[way.at], list[way.at + 1]);
      take(write_tlvs(tree));
      std::swap(list[way.at], list[way.at + 1]);
      break;
    case 10:
      list.erase(here());
      take(write_tlvs(tree));
      list.insert(here(), Tlv(whole));
      break;
    default:
      list.insert(here(), Tlv{{0x00}, {0x00}, {}, {}, false});
      take(write_tlvs(tree));
      list.erase(here());
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) way.around[i]->length = lengths[i];
}

}  // namespace qember::test
