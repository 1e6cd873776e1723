// SPDX-License-Identifier: LGPL-2.1-or-later
#include "oracle.hpp"

#include "support/hex.hpp"

#include <algorithm>
#include <vector>

namespace qember::test {
namespace {

enum class Is { integer, boolean, null, bytes, text, sequence, list, choice };

struct Type;
struct Member {
  std::string name;
  const Type* type;
};
/// `identifier`: the bytes before the length, as X.690 8.1.2 spells them; none for a CHOICE.
struct Type {
  Is is;
  Bytes identifier;
  std::vector<Member> members = {};  ///< of a list, its element
  std::size_t least = 0;             ///< bytes of a string
  std::size_t most = SIZE_MAX;
};

/// The schema, from the inside out.
const Type& qemu_file() {
  static const Type integer{Is::integer, {0x02}};
  static const Type boolean{Is::boolean, {0x01}};
  static const Type bytes{Is::bytes, {0x04}};
  static const Type name{Is::text, {0x0c}, {}, 1, 255};
  static const Type zero{Is::integer, {0x40}};
  static const Type page{Is::bytes, {0x04}, {}, 256, 65536};
  static const Type delta{Is::bytes, {0x04}, {}, 0, 65536};
  static const Type full_page{Is::sequence, from_hex("7fc650"), {{"addr", &integer}, {"data", &page}}};
  static const Type xbzrle{Is::sequence, from_hex("7fd842"), {{"addr", &integer}, {"data", &delta}}};
  static const Type hook{Is::null, from_hex("5fc84f")};
  static const Type ram_page{
      Is::choice, {}, {{"compr", &zero}, {"fullpage", &full_page}, {"xbzrle", &xbzrle}, {"hook", &hook}}};
  static const Type page_list{Is::list, {0x30}, {{"", &ram_page}}};
  static const Type ram_block{Is::sequence, {0x30}, {{"name", &name}, {"pagelist", &page_list}}};
  static const Type ramsec{Is::list, from_hex("7fcc52"), {{"", &ram_block}}};
  static const Type min_contents{Is::choice, {}, {{"ramsec", &ramsec}}};
  static const Type block_id{Is::sequence, {0x30}, {{"name", &name}, {"len", &integer}}};
  static const Type block_ids{Is::list, {0x30}, {{"", &block_id}}};
  static const Type blocks{
      Is::sequence, from_hex("7fbe52"), {{"totalram", &integer}, {"blocks", &block_ids}}};
  static Type entry{Is::choice, {}};
  static const Type entries{Is::list, {0x30}, {{"", &entry}}};
  static const Type subsection{
      Is::sequence, from_hex("7fd353"), {{"name", &name}, {"versionid", &integer}, {"contents", &entries}}};
  static const Type subsections{Is::list, from_hex("7fd34c"), {{"", &subsection}}};
  entry.members = {{"array", &entries},
                   {"bool", &boolean},
                   {"int", &integer},
                   {"oldblob", &bytes},
                   {"subsecl", &subsections}};
  static const Type vmstate{Is::choice, {}, {{"vmstateentries", &entries}}};
  static const Type full_contents{
      Is::choice, {}, {{"ramblid", &blocks}, {"vmstate", &vmstate}, {"oldblob", &bytes}}};
  static const Type mark{Is::null, from_hex("5fd345")};
  static const Type full{Is::sequence,
                         from_hex("7f8f53"),
                         {{"name", &name},
                          {"sectionid", &integer},
                          {"instanceid", &integer},
                          {"versionid", &integer},
                          {"contents", &full_contents},
                          {"secendmark", &mark}}};
  static const Type min{Is::sequence,
                        from_hex("7f8153"),
                        {{"sectionid", &integer}, {"contents", &min_contents}, {"secendmark", &mark}}};
  static const Type section{Is::choice, {}, {{"full", &full}, {"min", &min}}};
  static const Type top{Is::list, {0x30}, {{"", &section}}};
  static const Type version{Is::integer, {0x02}};
  static const Type file{Is::sequence, from_hex("7fcdc551"), {{"version", &version}, {"top", &top}}};
  return file;
}

bool is_minimal(ByteView value) {
  return value.size() < 2 ||
         !((value[0] == 0x00 && value[1] < 0x80) || (value[0] == 0xff && value[1] >= 0x80));
}

/// RFC 3629, without NUL.
bool is_text(ByteView text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::uint8_t lead = text[at];
    const std::size_t more = lead < 0x80   ? 0
                             : lead < 0xc2 ? 9
                             : lead < 0xe0 ? 1
                             : lead < 0xf0 ? 2
                             : lead < 0xf5 ? 3
                                           : 9;
    if (lead == 0 || more > text.size() - at - 1) return false;
    for (std::size_t i = 1; i <= more; ++i)
      if ((text[at + i] & 0xc0U) != 0x80) return false;
    if ((lead == 0xe0 && text[at + 1] < 0xa0) || (lead == 0xed && text[at + 1] > 0x9f) ||
        (lead == 0xf0 && text[at + 1] < 0x90) || (lead == 0xf4 && text[at + 1] > 0x8f))
      return false;
    at += more + 1;
  }
  return true;
}

class Judge {
 public:
  explicit Judge(ByteView in) : in_(in) {}

  Verdict verdict() {
    value(qemu_file(), {SIZE_MAX, false}, "QemuFile");
    if (!verdict_.refusal && at_ != in_.size()) refuse(at_, "QemuFile");
    return std::move(verdict_);
  }

 private:
  struct Frame {
    std::size_t end;
    bool indefinite;
  };
  struct Head {
    Bytes identifier;
    std::size_t size;    ///< of the header
    std::size_t length;  ///< of the contents
    bool indefinite;
    bool constructed() const { return (identifier[0] & 0x20U) != 0; }
  };

  bool refuse(std::size_t at, const std::string& path) {
    if (!verdict_.refusal) verdict_.refusal = Refusal{at, path};
    return false;
  }

  /// X.690 8.1.2 and 8.1.3. Nothing where the bytes in the frame make no header.
  std::optional<Head> head(const Frame& frame) const {
    std::size_t at = at_;
    const std::size_t end = std::min(frame.end, in_.size());
    const auto take = [&]() -> int { return at < end ? in_[at++] : -1; };
    const int lead = take();
    if (lead < 0) return std::nullopt;
    if ((lead & 0x1f) == 0x1f) {
      std::uint64_t number = 0;
      int byte = 0x80;
      for (std::size_t i = 0; (byte & 0x80) != 0; ++i) {
        byte = take();
        if (byte < 0 || (i == 0 && byte == 0x80) || i > 5) return std::nullopt;
        number = number << 7U | static_cast<unsigned>(byte & 0x7f);
      }
      if (number < 31 || number >= 1U << 30U) return std::nullopt;
    }
    Head head{{in_.begin() + static_cast<std::ptrdiff_t>(at_), in_.begin() + static_cast<std::ptrdiff_t>(at)},
              0,
              0,
              false};
    const int length = take();
    if (length < 0 || length == 0xff) return std::nullopt;
    if (length == 0x80) {
      if (!head.constructed()) return std::nullopt;
      head.indefinite = true;
    } else if (length < 0x80) {
      head.length = static_cast<std::size_t>(length);
    } else {
      if (length > 0x88) return std::nullopt;
      for (int i = 0; i < (length & 0x7f); ++i) {
        const int byte = take();
        if (byte < 0) return std::nullopt;
        head.length = head.length << 8U | static_cast<unsigned>(byte);
      }
      if (head.length >> 63U != 0) return std::nullopt;
    }
    head.size = at - at_;
    if (head.length > frame.end - at) return std::nullopt;
    return head;
  }

  bool at_end(const Frame& frame) const {
    if (!frame.indefinite) return at_ == frame.end;
    return std::min(frame.end, in_.size()) - at_ >= 2 && in_[at_] == 0 && in_[at_ + 1] == 0;
  }

  Frame enter(const Head& head, const Frame& outer) {
    at_ += head.size;
    return {head.indefinite ? outer.end : at_ + head.length, head.indefinite};
  }
  bool leave(const Frame& frame, const std::string& path) {
    if (!at_end(frame)) return refuse(at_, path);
    verdict_.places.emplace(at_, path);
    at_ += frame.indefinite ? 2 : 0;
    return true;
  }

  /// The alternative of a CHOICE, or the type itself, that has that identifier but for the bit that says
  /// constructed.
  static const Type* match(const Type& type, const Bytes& identifier, std::string& path) {
    if (type.is == Is::choice) {
      for (const Member& member : type.members) {
        std::string inner = path + "." + member.name;
        if (const Type* found = match(*member.type, identifier, inner)) return path = inner, found;
      }
      return nullptr;
    }
    Bytes plain = identifier;
    Bytes wanted = type.identifier;
    plain[0] &= 0xdfU;
    wanted[0] &= 0xdfU;
    return plain == wanted ? &type : nullptr;
  }

  bool value(const Type& declared, const Frame& frame, std::string path) {
    const std::size_t begin = at_;
    const auto found = head(frame);
    if (!found) return refuse(begin, path);
    const Type* type = match(declared, found->identifier, path);
    if (type == nullptr) return refuse(begin, path);
    verdict_.places.emplace(begin, path);
    switch (type->is) {
      case Is::sequence: return sequence(*type, *found, frame, path);
      case Is::list: return list(*type, *found, frame, path);
      case Is::bytes: {
        std::size_t size = 0;
        if (!segments(*found, frame, size, path)) return false;
        return (size >= type->least && size <= type->most) || refuse(begin, path);
      }
      default: return primitive(*type, *found, path);
    }
  }

  bool sequence(const Type& type, const Head& head, const Frame& outer, const std::string& path) {
    if (!head.constructed()) return refuse(at_, path);
    const Frame frame = enter(head, outer);
    for (const Member& member : type.members) {
      const std::string inner = path + "." + member.name;
      if (at_end(frame)) return refuse(at_, inner);
      const std::size_t begin = at_;
      if (!value(*member.type, frame, inner)) return false;
      if (inner == "QemuFile.version" && (at_ != value_at_ + 1 || in_[value_at_] != 3))
        return refuse(begin, inner);
    }
    return leave(frame, path);
  }

  bool list(const Type& type, const Head& head, const Frame& outer, const std::string& path) {
    if (!head.constructed()) return refuse(at_, path);
    const Frame frame = enter(head, outer);
    for (std::size_t i = 0; !at_end(frame); ++i)
      if (!value(*type.members[0].type, frame, path + "[" + std::to_string(i) + "]")) return false;
    return leave(frame, path);
  }

  /// X.690 8.7.3.
  bool segments(const Head& outer_head, const Frame& outer, std::size_t& size, const std::string& path) {
    if (!outer_head.constructed()) {
      if (outer_head.length > in_.size() - at_ - outer_head.size) return refuse(at_, path);
      at_ += outer_head.size + outer_head.length;
      size += outer_head.length;
      return true;
    }
    const Frame frame = enter(outer_head, outer);
    while (!at_end(frame)) {
      const auto inner = head(frame);
      if (!inner || (inner->identifier != Bytes{0x04} && inner->identifier != Bytes{0x24}))
        return refuse(at_, path);
      if (!segments(*inner, frame, size, path)) return false;
    }
    return leave(frame, path);
  }

  bool primitive(const Type& type, const Head& head, const std::string& path) {
    const std::size_t begin = at_;
    if (head.constructed() || head.length > in_.size() - begin - head.size) return refuse(begin, path);
    value_at_ = begin + head.size;
    const ByteView value = in_.subspan(value_at_, head.length);
    at_ += head.size + head.length;
    const auto sound = [&] {
      switch (type.is) {
        case Is::null: return value.empty();
        case Is::boolean: return value.size() == 1;
        case Is::integer:
          // 64 bits, unsigned or not.
          return !value.empty() && is_minimal(value) &&
                 (value.size() <= 8 || (value.size() == 9 && value[0] == 0));
        default: return !value.empty() && value.size() <= type.most && is_text(value);
      }
    };
    return sound() || refuse(begin, path);
  }

  ByteView in_;
  std::size_t at_ = 0;
  std::size_t value_at_ = 0;  ///< of the last primitive
  Verdict verdict_;
};

}  // namespace

Verdict judge(ByteView in) { return Judge(in).verdict(); }

}  // namespace qember::test
