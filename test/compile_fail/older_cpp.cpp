// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: asyncinfo needs C\+\+20: -std=c\+\+20
// flag: -std=c++17
#include <asyncinfo/asyncinfo.hpp>

int main() {}
