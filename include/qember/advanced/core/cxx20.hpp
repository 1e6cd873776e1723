// SPDX-License-Identifier: LGPL-2.1-or-later
/// Says in one line what an older standard would say in hundreds; every header of the face begins with it.
#pragma once

#if __cplusplus < 202002L
#error "qember needs C++20: -std=c++20"
#endif
