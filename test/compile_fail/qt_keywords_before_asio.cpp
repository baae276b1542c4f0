// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: emit.* is a macro of Qt: define QT_NO_KEYWORDS
#ifndef CONTROL // which needs no Qt
#define emit
#include <asyncinfo/loop/qt.hpp>
#endif

int main() {}
