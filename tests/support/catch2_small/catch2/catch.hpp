// SPDX-License-Identifier: LGPL-2.1-or-later
/// What the tests of the kernels use of Catch2, for a processor that no Catch2 was compiled for.
///
/// Without arguments the program runs every test whose tag does not begin with a dot; with one, the test of
/// that name. The first assertion that does not hold ends it.
#pragma once

#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace small_catch {

struct Test {
  std::string_view name, tag;
  void (*run)();

  bool is_hidden() const { return tag.starts_with("[."); }
};

inline std::vector<Test>& tests() {
  static std::vector<Test> all;
  return all;
}

inline int add(Test test) {
  tests().push_back(test);
  return 0;
}

/// What the last INFO said, for an assertion that does not hold.
inline std::string& info() {
  static std::string text;
  return text;
}

inline void expect(bool holds, const char* file, int line, std::string_view message) {
  if (holds) return;
  std::cerr << file << ':' << line << ": " << message << " (" << info() << ")\n";
  std::exit(1);
}

inline int run(std::string_view name) {
  std::size_t count = 0;
  for (const Test& test : tests()) {
    if (name.empty() ? test.is_hidden() : test.name != name) continue;
    std::cerr << test.name << '\n';
    info().clear();
    test.run();
    ++count;
  }
  return count != 0 ? 0 : 1;
}

}  // namespace small_catch

#define SMALL_CATCH_JOIN2(a, b) a##b
#define SMALL_CATCH_JOIN(a, b) SMALL_CATCH_JOIN2(a, b)
#define SMALL_CATCH_TEST(function, name, ...)                            \
  static void function();                                                \
  static const int SMALL_CATCH_JOIN(function, _added) =                  \
      small_catch::add({name, std::string_view(__VA_ARGS__), function}); \
  static void function()
#define TEST_CASE(...) SMALL_CATCH_TEST(SMALL_CATCH_JOIN(test_, __LINE__), __VA_ARGS__)
#define REQUIRE(...) small_catch::expect(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__)
#define REQUIRE_FALSE(...) REQUIRE(!(__VA_ARGS__))
#define CHECK(...) REQUIRE(__VA_ARGS__)
#define CHECK_FALSE(...) REQUIRE_FALSE(__VA_ARGS__)
#define SMALL_CATCH_TEXT(...) (std::ostringstream() << __VA_ARGS__).str()
#define INFO(...) small_catch::info() = SMALL_CATCH_TEXT(__VA_ARGS__)
#define FAIL(...) small_catch::expect(false, __FILE__, __LINE__, SMALL_CATCH_TEXT(__VA_ARGS__))

#ifdef CATCH_CONFIG_MAIN
int main(int argc, char** argv) { return small_catch::run(argc > 1 ? argv[1] : ""); }
#endif
