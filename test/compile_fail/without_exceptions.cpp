// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: asyncinfo needs exceptions: compile without -fno-exceptions
// flag: -fno-exceptions
#include <asyncinfo/asyncinfo.hpp>

int main() {}
