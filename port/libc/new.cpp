// SPDX-License-Identifier: MIT
// C++'s operator new and delete on a ledgered heap: all forms, with exceptions or without.
#include <cstddef>
#include <cstdlib>
#include <new>

#include "heapledger_libc.h"

namespace
{

// Compilers count on it: more than HL_ALIGN where pointers have 64 bits.
#ifdef __STDCPP_DEFAULT_NEW_ALIGNMENT__
constexpr std::size_t plain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
#else
constexpr std::size_t plain = alignof(std::max_align_t);
#endif

void *try_to_allocate(std::size_t size, std::size_t alignment)
{
    if (size == 0) {
        size = 1; // every object has an address of its own
    }
    if (alignment <= HL_ALIGN) {
        return hl_malloc(hl_libc_instance(), size, HL_LIBC_CAPS);
    }
    return hl_aligned_alloc(hl_libc_instance(), alignment, size, HL_LIBC_CAPS);
}

// As C++ has it: while there is a new-handler it may make room. A null pointer: nobody can.
void *allocate(std::size_t size, std::size_t alignment)
{
    for (;;) {
        void *ptr = try_to_allocate(size, alignment);
        std::new_handler handler;

        if (ptr != nullptr) {
            return ptr;
        }
        handler = std::get_new_handler();
        if (handler == nullptr) {
            return nullptr;
        }
        handler();
    }
}

void *allocate_or_fail(std::size_t size, std::size_t alignment)
{
    void *ptr = allocate(size, alignment);

    if (ptr != nullptr) {
        return ptr;
    }
#ifdef __cpp_exceptions
    throw std::bad_alloc();
#else
    std::abort();
#endif
}

void *allocate_or_null(std::size_t size, std::size_t alignment) noexcept
{
#ifdef __cpp_exceptions
    try { // a new-handler may throw
        return allocate(size, alignment);
    } catch (...) {
        return nullptr;
    }
#else
    return allocate(size, alignment);
#endif
}

void release(void *ptr) noexcept
{
    hl_free(hl_libc_instance(), ptr);
}

} // namespace

void *operator new(std::size_t size)
{
    return allocate_or_fail(size, plain);
}

void *operator new[](std::size_t size)
{
    return allocate_or_fail(size, plain);
}

void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    return allocate_or_null(size, plain);
}

void *operator new[](std::size_t size, const std::nothrow_t &) noexcept
{
    return allocate_or_null(size, plain);
}

void operator delete(void *ptr) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr) noexcept
{
    release(ptr);
}

void operator delete(void *ptr, const std::nothrow_t &) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr, const std::nothrow_t &) noexcept
{
    release(ptr);
}

// The block knows its size by itself.
#ifdef __cpp_sized_deallocation
void operator delete(void *ptr, std::size_t) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr, std::size_t) noexcept
{
    release(ptr);
}
#endif

#ifdef __cpp_aligned_new
void *operator new(std::size_t size, std::align_val_t alignment)
{
    return allocate_or_fail(size, static_cast<std::size_t>(alignment));
}

void *operator new[](std::size_t size, std::align_val_t alignment)
{
    return allocate_or_fail(size, static_cast<std::size_t>(alignment));
}

void *operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t &) noexcept
{
    return allocate_or_null(size, static_cast<std::size_t>(alignment));
}

void *operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t &) noexcept
{
    return allocate_or_null(size, static_cast<std::size_t>(alignment));
}

void operator delete(void *ptr, std::align_val_t) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr, std::align_val_t) noexcept
{
    release(ptr);
}

void operator delete(void *ptr, std::align_val_t, const std::nothrow_t &) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr, std::align_val_t, const std::nothrow_t &) noexcept
{
    release(ptr);
}

void operator delete(void *ptr, std::size_t, std::align_val_t) noexcept
{
    release(ptr);
}

void operator delete[](void *ptr, std::size_t, std::align_val_t) noexcept
{
    release(ptr);
}
#endif
