// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace qember::describe {
namespace {

struct Token {
  std::string text;  ///< of a comment, what is inside
  bool comment = false;
  std::size_t line = 0;  ///< where it begins
  std::size_t column = 0;
  std::size_t last = 0;  ///< the line where it ends
};

/// X.680 clause 12, as far as it takes to tell comments, words and strings from each other.
class Lexer {
 public:
  explicit Lexer(std::string text) : text_(std::move(text)) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        take(1);
      } else if (starts("--")) {
        comment(std::min(text_.find("--", at_ + 2), text_.find('\n', at_)), 2);
      } else if (starts("/*")) {
        comment(text_.find("*/", at_ + 2), 2);
      } else if (c == '"' || c == '\'') {
        token(std::min(text_.find(c, at_ + 1), text_.size() - 1) + 1 - at_);
      } else {
        token(std::max<std::size_t>(word_size(), 1));
      }
    }
    return std::move(tokens_);
  }

 private:
  bool starts(std::string_view with, std::size_t from = 0) const {
    return std::string_view(text_).substr(at_ + from, with.size()) == with;
  }

  std::size_t word_size() const {
    std::size_t size = 0;
    while (at_ + size < text_.size() && !starts("--", size) &&
           (std::isalnum(static_cast<unsigned char>(text_[at_ + size])) != 0 || text_[at_ + size] == '-'))
      ++size;
    return size;
  }

  std::string take(std::size_t size) {
    std::string taken = text_.substr(at_, size);
    at_ += taken.size();
    line_ += static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
    if (const auto end = taken.rfind('\n'); end != std::string::npos)
      line_begin_ = at_ - taken.size() + end + 1;
    return taken;
  }

  void token(std::size_t size) {
    const std::size_t line = line_;
    const std::size_t column = at_ - line_begin_;
    std::string text = take(size);
    tokens_.push_back({std::move(text), false, line, column, line_});
  }

  void comment(std::size_t end, std::size_t mark) {
    const std::size_t line = line_;
    const std::size_t column = at_ - line_begin_;
    take(mark);
    std::string text = take(end - at_);
    tokens_.push_back({std::move(text), true, line, column, line_});
    if (starts("--") || starts("*/")) take(mark);
  }

  std::string text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t line_begin_ = 0;
  std::vector<Token> tokens_;
};

/// A line for each of the comment's, without the space and the stars around it.
std::string lines_of(const std::string& comment) {
  std::string lines;
  std::istringstream in(comment);
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find_first_not_of(" \t*");
    // A backslash at the end would take the next line of C++ into the comment.
    const auto last = line.find_last_not_of(" \t\r*\\");
    if (first != std::string::npos && last != std::string::npos && first <= last)
      lines += line.substr(first, last + 1 - first) + '\n';
  }
  return lines;
}

/// Goes through the tokens and finds what each comment is about.
class Attacher {
 public:
  explicit Attacher(const std::vector<Token>& tokens) : tokens_(tokens) {}

  std::map<std::string, std::string> run() {
    for (at_ = 0; at_ < tokens_.size(); ++at_) {
      if (tokens_[at_].comment)
        comment(tokens_[at_]);
      else
        token(tokens_[at_]);
    }
    return std::move(comments_);
  }

 private:
  void comment(const Token& comment) {
    const bool beside = comment.line == code_line_;
    const bool goes_on = comment.line == beside_.last + 1 && comment.column == beside_.column;
    if (beside || goes_on) {
      if (!about_.empty()) comments_[about_] += lines_of(comment.text);
      beside_ = comment;
      return;
    }
    if (comment.line != before_line_ + 1) before_.clear();
    before_ += lines_of(comment.text);
    before_line_ = comment.last;
  }

  void token(const Token& token) {
    if (begins_type(token)) {
      around_.clear();
      begin(token.text, token);
    } else if (!around_.empty() && begins_component(token)) {
      begin(around_.back() + '.' + token.text, token);
    } else if (token.text == "{") {
      around_.push_back(about_);
    } else if (token.text == "}" && !around_.empty()) {
      about_ = around_.back();
      around_.pop_back();
    }
    before_.clear();
    beside_ = {};
    code_line_ = token.last;
    previous_ = token.text;
  }

  void begin(const std::string& what, const Token& token) {
    about_ = what;
    if (!before_.empty() && token.line == before_line_ + 1) comments_[about_] = before_;
  }

  bool begins_type(const Token& token) const {
    return std::isupper(static_cast<unsigned char>(token.text[0])) != 0 && at_ + 1 < tokens_.size() &&
           tokens_[at_ + 1].text == ":";
  }

  bool begins_component(const Token& token) const {
    return std::islower(static_cast<unsigned char>(token.text[0])) != 0 &&
           (previous_ == "{" || previous_ == ",");
  }

  const std::vector<Token>& tokens_;
  std::size_t at_ = 0;
  std::map<std::string, std::string> comments_;
  std::vector<std::string> around_;  ///< what the open braces belong to
  std::string about_;                ///< what the last tokens belong to
  std::string previous_;             ///< the last token
  std::size_t code_line_ = 0;        ///< where it ends
  std::string before_;               ///< comments on lines of their own
  std::size_t before_line_ = 0;      ///< where the last of them ends
  Token beside_{};                   ///< the last comment beside code
};

/// FNV-1a: it tells schemas apart, and is no guard against anyone.
std::string fingerprint_of(const std::vector<Token>& tokens) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const Token& token : tokens) {
    if (token.comment) continue;
    for (const char c : token.text + ' ') hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  std::ostringstream out;
  out.width(16);
  out.fill('0');
  out << std::hex << hash;
  return out.str();
}

}  // namespace

SourceText read_source_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + ": cannot be read");
  const std::vector<Token> tokens = Lexer({std::istreambuf_iterator<char>(in), {}}).run();
  return {Attacher(tokens).run(), fingerprint_of(tokens)};
}

}  // namespace qember::describe
