// SPDX-License-Identifier: LGPL-2.1-or-later
#include "mutate.hpp"

#include "support/tlv.hpp"

#include <qember/advanced/qevm/reader.hpp>

#include <algorithm>
#include <array>

namespace qember::fuzz {
namespace {

using test::Tlv;

std::size_t below(std::size_t count, Random& random) { return count == 0 ? 0 : random() % count; }

/// A TLV and the list that it is in.
struct Place {
  std::vector<Tlv>* list;
  std::size_t index;
};

void collect(std::vector<Tlv>& list, std::vector<Place>& places) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    places.push_back({&list, i});
    collect(list[i].children, places);
  }
}

/// Definite lengths are made again, since what is in them changes.
void forget_lengths(std::vector<Tlv>& list) {
  for (Tlv& tlv : list) {
    if (!tlv.ended && tlv.length != Bytes{0x80}) tlv.length.clear();
    forget_lengths(tlv.children);
  }
}

void change_value(Tlv& tlv, Random& random) {
  static const std::array<Bytes, 9> integers{Bytes{0x00},
                                             Bytes{0x7f},
                                             Bytes{0xff},
                                             Bytes{0x10, 0x00},
                                             Bytes{0x00, 0x80},
                                             Bytes{0x00, 0xff, 0xff, 0xff, 0xff},
                                             Bytes{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                                             Bytes{0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                                             Bytes{0x80, 0, 0, 0, 0, 0, 0, 0}};
  if (tlv.identifier == Bytes{0x02} && random() % 2 == 0) {
    tlv.value = integers[below(integers.size(), random)];
  } else {
    tlv.value = mutate_bytes(tlv.value, random);
  }
}

/// From a definite to an indefinite length, or back.
void change_form(Tlv& tlv) {
  if (!tlv.constructed()) return;
  tlv.ended = !tlv.ended;
  tlv.length = tlv.ended ? Bytes{0x80} : Bytes{};
}

/// A string becomes segments of one.
void cut_string(Tlv& tlv, Random& random) {
  if (tlv.identifier != Bytes{0x04}) return;
  const auto middle = tlv.value.begin() + static_cast<std::ptrdiff_t>(below(tlv.value.size(), random));
  Tlv first{{0x04}, {}, Bytes(tlv.value.begin(), middle), {}, false};
  Tlv second{{0x04}, {}, Bytes(middle, tlv.value.end()), {}, false};
  tlv = Tlv{{0x24}, {}, {}, {std::move(first), std::move(second)}, false};
}

}  // namespace

Bytes mutate_bytes(ByteView in, Random& random) {
  static constexpr std::array<std::uint8_t, 14> likely{0x00, 0x01, 0x02, 0x04, 0x05, 0x08, 0x0c,
                                                       0x20, 0x30, 0x7e, 0x7f, 0x80, 0x81, 0xff};
  Bytes bytes(in.begin(), in.end());
  for (auto count = 1 + random() % 4; count > 0; --count) {
    const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size(), random));
    const auto byte =
        static_cast<std::uint8_t>(random() % 3 == 0 ? random() : likely[random() % likely.size()]);
    switch (random() % 4) {
      case 0:
        if (!bytes.empty()) bytes.erase(at);
        break;
      case 1: bytes.insert(at, byte); break;
      default:
        if (!bytes.empty()) *at = byte;
    }
  }
  return bytes;
}

Bytes mutate_tlvs(ByteView in, Random& random) {
  std::vector<Tlv> root = test::read_tlvs(in);
  std::vector<Place> places;
  collect(root, places);
  if (places.empty()) return mutate_bytes(in, random);
  forget_lengths(root);
  const auto [list, index] = places[below(places.size(), random)];
  const auto here = list->begin() + static_cast<std::ptrdiff_t>(index);
  const Place& other = places[below(places.size(), random)];
  switch (random() % 9) {
    case 0: list->erase(here); break;
    case 1: list->insert(here, Tlv(*here)); break;
    case 2: std::swap(*here, (*list)[below(list->size(), random)]); break;
    case 3: list->insert(here, Tlv((*other.list)[other.index])); break;
    case 4: here->identifier = (*other.list)[other.index].identifier; break;
    case 5: change_form(*here); break;
    case 6: cut_string(*here, random); break;
    default: change_value(*here, random);
  }
  return test::write_tlvs(root);
}

Bytes mutate_records(ByteView in, Random& random) {
  // Where the reader sees something begin.
  std::vector<std::size_t> begins;
  auto input = io::Input::over(in);
  qevm::Reader reader(input);
  for (auto event = reader.next(); event && !std::holds_alternative<event::StreamEnd>(*event);
       event = reader.next())
    if (begins.empty() || reader.offset() > begins.back()) begins.push_back(reader.offset());
  if (begins.size() < 2) return mutate_bytes(in, random);
  begins.push_back(in.size());

  const auto piece = [&] {
    const std::size_t i = below(begins.size() - 1, random);
    const std::size_t more = below(std::min<std::size_t>(3, begins.size() - 1 - i), random);
    return in.subspan(begins[i], begins[i + 1 + more] - begins[i]);
  };
  const ByteView taken = piece();
  const auto at = static_cast<std::size_t>(taken.data() - in.data());
  const ByteView before = in.first(at);
  const ByteView after = in.subspan(at + taken.size());
  Bytes out(before.begin(), before.end());
  const auto put = [&out](ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
  switch (random() % 6) {
    case 0: break;
    case 1: put(taken), put(taken); break;
    case 2: put(piece()), put(taken); break;
    case 3: put(piece()); break;
    default: {
      // Most of what matters is in the first bytes.
      const std::size_t head = std::min<std::size_t>(taken.size(), 24);
      put(mutate_bytes(taken.first(head), random));
      put(taken.subspan(head));
    }
  }
  put(after);
  return out;
}

Bytes mutate_stream(ByteView in, Random& random) {
  const bool is_ber = !in.empty() && in[0] == 0x7f;
  return is_ber ? mutate_tlvs(in, random) : mutate_records(in, random);
}

}  // namespace qember::fuzz
