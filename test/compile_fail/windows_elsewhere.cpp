// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: asyncinfo/windows.hpp is for Windows: include it only if _WIN32 is defined
#include <asyncinfo/asyncinfo.hpp>
#ifndef CONTROL
#include <asyncinfo/windows.hpp>
#endif

int main() {}
