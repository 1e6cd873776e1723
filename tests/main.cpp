// SPDX-License-Identifier: LGPL-2.1-or-later
// Of Catch2 2, whose main this makes; Catch2 3 brings its own.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
