// SPDX-License-Identifier: MIT
// C++'s new and delete take from the chip's heaps, in the program as in the C++ library.
#include <cstddef>
#include <new>

extern "C" {
void *sim_new(std::size_t alignment, std::size_t size); // ends the program when there is no memory
void *sim_try_new(std::size_t alignment, std::size_t size);
void sim_free(void *ptr);
}

// Compilers count on it.
static const std::size_t plain = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

void *operator new(std::size_t size)
{
    return sim_new(plain, size);
}

void *operator new[](std::size_t size)
{
    return sim_new(plain, size);
}

void *operator new(std::size_t size, std::align_val_t alignment)
{
    return sim_new(static_cast<std::size_t>(alignment), size);
}

void *operator new[](std::size_t size, std::align_val_t alignment)
{
    return sim_new(static_cast<std::size_t>(alignment), size);
}

void *operator new(std::size_t size, const std::nothrow_t &) noexcept
{
    return sim_try_new(plain, size);
}

void *operator new[](std::size_t size, const std::nothrow_t &) noexcept
{
    return sim_try_new(plain, size);
}

void operator delete(void *ptr) noexcept
{
    sim_free(ptr);
}

void operator delete[](void *ptr) noexcept
{
    sim_free(ptr);
}

void operator delete(void *ptr, std::size_t) noexcept
{
    sim_free(ptr);
}

void operator delete[](void *ptr, std::size_t) noexcept
{
    sim_free(ptr);
}

void operator delete(void *ptr, std::align_val_t) noexcept
{
    sim_free(ptr);
}

void operator delete[](void *ptr, std::align_val_t) noexcept
{
    sim_free(ptr);
}

void operator delete(void *ptr, std::size_t, std::align_val_t) noexcept
{
    sim_free(ptr);
}

void operator delete[](void *ptr, std::size_t, std::align_val_t) noexcept
{
    sim_free(ptr);
}
