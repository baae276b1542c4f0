// SPDX-FileCopyrightText: The asyncinfo authors
// SPDX-License-Identifier: BSL-1.0

// expect: BOOST_ASIO_USE_TS_EXECUTOR_AS_DEFAULT makes
#ifndef CONTROL
#define BOOST_ASIO_USE_TS_EXECUTOR_AS_DEFAULT
#endif
#include <asyncinfo/asyncinfo.hpp>

int main() {}
