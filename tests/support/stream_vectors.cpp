// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stream_vectors.hpp"

#include "hex.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace qember::test {
namespace {

/// Bytes, and where in them the mark `^` stood.
struct Piece {
  Bytes bytes;
  std::optional<std::size_t> mark;

  void append(const Piece& more) {
    if (more.mark) mark = bytes.size() + *more.mark;
    bytes.insert(bytes.end(), more.bytes.begin(), more.bytes.end());
  }
  void append(ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }
};

class PieceParser {
 public:
  PieceParser(std::string_view text, const std::map<std::string, Piece>& named)
      : text_(text), named_(named) {}

  Piece parse() {
    Piece piece = sequence();
    if (at_ < text_.size()) throw std::runtime_error("unbalanced: " + std::string(text_));
    return piece;
  }

 private:
  Piece sequence() {
    Piece piece;
    for (skip_spaces(); at_ < text_.size(); skip_spaces()) {
      const char c = text_[at_];
      if (c == '}' || c == '>') break;
      ++at_;
      switch (c) {
        case '^': piece.mark = piece.bytes.size(); break;
        case '"': piece.append(as_bytes(until('"'))); break;
        case '\'': {
          const std::string_view text = until('\'');
          piece.bytes.push_back(static_cast<std::uint8_t>(text.size()));
          piece.append(as_bytes(text));
          break;
        }
        case '{': piece.append(tlv('}')); break;
        case '<': piece.append(tlv('>')); break;
        case '@': piece.append(named(word())); break;
        default: --at_; piece.append(bytes(word()));
      }
    }
    return piece;
  }

  /// The first word is the identifier; what is before the closing bracket the contents.
  Piece tlv(char close) {
    Piece piece{from_hex(word()), {}};
    const Piece contents = sequence();
    if (at_ == text_.size() || text_[at_++] != close)
      throw std::runtime_error("unbalanced: " + std::string(text_));
    if (close == '>') {
      piece.bytes.push_back(0x80);
      piece.append(contents);
      piece.append(Bytes{0, 0});
      return piece;
    }
    const std::size_t size = contents.bytes.size();
    if (size > 0xffff) throw std::runtime_error("too long: " + std::string(text_));
    if (size > 0xff)
      piece.append(Bytes{0x82, static_cast<std::uint8_t>(size >> 8U)});
    else if (size > 0x7f)
      piece.bytes.push_back(0x81);
    piece.bytes.push_back(static_cast<std::uint8_t>(size));
    piece.append(contents);
    return piece;
  }

  const Piece& named(const std::string& name) const {
    const auto found = named_.find(name);
    if (found == named_.end()) throw std::runtime_error("no piece @" + name);
    return found->second;
  }

  /// Hex, or `HEX*COUNT`.
  static Bytes bytes(const std::string& word) {
    const auto star = word.find('*');
    const Bytes unit = from_hex(word.substr(0, star));
    Bytes bytes;
    for (auto count = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1)); count > 0; --count)
      bytes.insert(bytes.end(), unit.begin(), unit.end());
    return bytes;
  }

  void skip_spaces() { at_ = std::min(text_.find_first_not_of(' ', at_), text_.size()); }
  std::string_view until(char close) {
    const auto end = text_.find(close, at_);
    if (end == std::string_view::npos) throw std::runtime_error("open quote: " + std::string(text_));
    const auto inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }
  std::string word() {
    const auto end = std::min(text_.find_first_of(" {}<>^\"'@", at_), text_.size());
    const std::string word(text_.substr(at_, end - at_));
    if (word.empty())
      throw std::runtime_error("no word at " + std::to_string(at_) + ": " + std::string(text_));
    at_ = end;
    return word;
  }

  std::string_view text_;
  const std::map<std::string, Piece>& named_;
  std::size_t at_ = 0;
};

StreamVector parse_line(const std::string& line, const std::map<std::string, Piece>& named) {
  StreamVector vector;
  vector.line = line;
  const auto sign = line.find_first_of("=!");
  if (sign == std::string::npos) throw std::runtime_error("neither = nor !: " + line);
  const Piece in = PieceParser(line.substr(0, sign), named).parse();
  vector.in = in.bytes;
  vector.offset = in.mark.value_or(in.bytes.size());
  vector.accepted = line[sign] == '=';
  const std::string rest = line.substr(sign + 1);
  if (vector.accepted) {
    vector.out = PieceParser(rest, named).parse().bytes;
  } else {
    std::istringstream words(rest);
    if (!(words >> vector.code >> vector.path)) throw std::runtime_error("no code and path: " + line);
    if (!vector.path.ends_with(':')) return vector;
    vector.path.pop_back();
    std::getline(words >> std::ws, vector.text);
  }
  return vector;
}

}  // namespace

std::vector<StreamVector> read_stream_vectors(const std::string& name) {
  std::ifstream in(std::string(QEMBER_TEST_VECTORS) + "/" + name);
  if (!in) throw std::runtime_error("no vectors in " + name);
  std::map<std::string, Piece> named;
  std::vector<StreamVector> vectors;
  std::string rule;
  for (std::string line, more; std::getline(in, line);) {
    for (; line.ends_with('\\') && std::getline(in, more); line += more) line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[' && line.back() == ']') {
      rule = line.substr(1, line.size() - 2);
      continue;
    }
    const auto colon = line.find(" : ");
    if (line[0] == '@' && colon != std::string::npos)
      named[line.substr(1, colon - 1)] = PieceParser(line.substr(colon + 3), named).parse();
    else
      vectors.push_back(parse_line(line, named)), vectors.back().rule = rule;
  }
  return vectors;
}

}  // namespace qember::test
