/* SPDX-License-Identifier: MIT */
/* Division, and what takes 64 bits, for lx106: it has no instructions for them, and Debian's compiler for it comes
 * without the functions that it calls instead. The core needs none of them; printf and tests do. */
#include <stdint.h>

/* The names are the compiler's. */
uint32_t __udivsi3(uint32_t dividend, uint32_t divisor);
uint32_t __umodsi3(uint32_t dividend, uint32_t divisor);
int32_t __divsi3(int32_t dividend, int32_t divisor);
int32_t __modsi3(int32_t dividend, int32_t divisor);
uint64_t __muldi3(uint64_t a, uint64_t b);
uint64_t __udivdi3(uint64_t dividend, uint64_t divisor);
uint64_t __umoddi3(uint64_t dividend, uint64_t divisor);

/* Bit by bit, as on paper. A divisor of 0 gives all ones. */
static uint64_t divide(uint64_t dividend, uint64_t divisor, unsigned bits, uint64_t *rest)
{
    uint64_t quotient = 0;

    *rest = 0;
    while (bits-- > 0) {
        *rest = *rest << 1 | (dividend >> bits & 1);
        quotient <<= 1;
        if (*rest >= divisor) {
            *rest -= divisor;
            quotient |= 1;
        }
    }
    return quotient;
}

uint32_t __udivsi3(uint32_t dividend, uint32_t divisor)
{
    uint64_t rest;

    return (uint32_t)divide(dividend, divisor, 32, &rest);
}

uint32_t __umodsi3(uint32_t dividend, uint32_t divisor)
{
    uint64_t rest;

    (void)divide(dividend, divisor, 32, &rest);
    return (uint32_t)rest;
}

static uint32_t magnitude(int32_t number)
{
    return number < 0 ? 0U - (uint32_t)number : (uint32_t)number;
}

int32_t __divsi3(int32_t dividend, int32_t divisor)
{
    uint32_t quotient = __udivsi3(magnitude(dividend), magnitude(divisor));

    return (int32_t)((dividend < 0) != (divisor < 0) ? 0U - quotient : quotient);
}

int32_t __modsi3(int32_t dividend, int32_t divisor)
{
    uint32_t rest = __umodsi3(magnitude(dividend), magnitude(divisor));

    return (int32_t)(dividend < 0 ? 0U - rest : rest);
}

uint64_t __muldi3(uint64_t a, uint64_t b)
{
    uint64_t product = 0;

    for (; b != 0; b >>= 1) {
        if ((b & 1) != 0) {
            product += a;
        }
        a <<= 1;
    }
    return product;
}

uint64_t __udivdi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;

    return divide(dividend, divisor, 64, &rest);
}

uint64_t __umoddi3(uint64_t dividend, uint64_t divisor)
{
    uint64_t rest;

    (void)divide(dividend, divisor, 64, &rest);
    return rest;
}
