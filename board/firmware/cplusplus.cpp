// SPDX-License-Identifier: MIT
// What C++'s library calls where it would throw: programs without exceptions say so, and end.
#include <new>
#include <string>

#include "machine.h"

namespace
{

[[noreturn]] void give_up(const char *exception, const char *what)
{
    firmware_say("std::");
    firmware_say(exception);
    firmware_say(what != nullptr ? ": " : "");
    firmware_say(what != nullptr ? what : "");
    firmware_say("\n");
    machine_exit(1);
}

std::new_handler current_handler;

} // namespace

// The names are those of GCC's library. Its own functions throw, and bring in what unwinds the stack,
// which is many times as large as a small program. Where there is no library, for RISC-V in Debian, vectors
// and strings come from its headers and these functions.
namespace std
{

// The library keeps this one class compiled; headers alone do not.
template class basic_string<char>;

const nothrow_t nothrow = nothrow_t{};

new_handler get_new_handler() noexcept
{
    return current_handler;
}

new_handler set_new_handler(new_handler handler) noexcept
{
    new_handler before = current_handler;

    current_handler = handler;
    return before;
}

// Each is declared as in the library's headers.
[[noreturn]] void __throw_bad_exception()
{
    give_up("bad_exception", nullptr);
}

[[noreturn]] void __throw_bad_alloc()
{
    give_up("bad_alloc", nullptr);
}

[[noreturn]] void __throw_bad_array_new_length()
{
    give_up("bad_array_new_length", nullptr);
}

[[noreturn]] void __throw_bad_cast()
{
    give_up("bad_cast", nullptr);
}

[[noreturn]] void __throw_bad_typeid()
{
    give_up("bad_typeid", nullptr);
}

[[noreturn]] void __throw_bad_function_call()
{
    give_up("bad_function_call", nullptr);
}

[[noreturn]] void __throw_logic_error(const char *what)
{
    give_up("logic_error", what);
}

[[noreturn]] void __throw_domain_error(const char *what)
{
    give_up("domain_error", what);
}

[[noreturn]] void __throw_invalid_argument(const char *what)
{
    give_up("invalid_argument", what);
}

[[noreturn]] void __throw_length_error(const char *what)
{
    give_up("length_error", what);
}

[[noreturn]] void __throw_out_of_range(const char *what)
{
    give_up("out_of_range", what);
}

// The figures that the text asks for are left out.
[[noreturn]] void __throw_out_of_range_fmt(const char *what, ...)
{
    give_up("out_of_range", what);
}

[[noreturn]] void __throw_runtime_error(const char *what)
{
    give_up("runtime_error", what);
}

[[noreturn]] void __throw_range_error(const char *what)
{
    give_up("range_error", what);
}

[[noreturn]] void __throw_overflow_error(const char *what)
{
    give_up("overflow_error", what);
}

[[noreturn]] void __throw_underflow_error(const char *what)
{
    give_up("underflow_error", what);
}

} // namespace std

// newlib wants it for destructors of static objects. A program here never comes to run them.
extern "C" {
__attribute__((weak)) void *__dso_handle = nullptr;
}

// Called where a class has no body for a virtual function.
extern "C" [[noreturn]] void __cxa_pure_virtual()
{
    give_up("(a pure virtual function was called)", nullptr);
}
