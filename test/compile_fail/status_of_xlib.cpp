// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: Status is a macro here \(X11/Xlib.h defines it\): #undef Status
#ifndef CONTROL
#define Status int
#endif
#include <asyncinfo/asyncinfo.hpp>

int main() {}
