// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: link asyncinfo::header_only instead
// lines: 5
#ifndef CONTROL
#define ASYNCINFO_DYN_LINK
#include <asyncinfo/src.hpp>
#endif

int main() {}
