"""Short public identifiers ("D-7KQ3M2XA"): stable, unique, silent about how many there are.

A row's number is scrambled by a fixed bijection of 40 bits and written in Crockford's base 32 (no
I, L, O, U), so two rows never share an identifier and no look-up is needed to make one.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 40
MASK = (1 << BITS) - 1
# Odd, hence invertible modulo 2**40; the value itself carries no meaning.
MULTIPLIER = 0x9E3779B97B
MIX = 20


def scramble(number: int) -> int:
    """Map 0..2**40-1 onto itself, one to one."""
    if not 0 <= number <= MASK:
        raise ValueError(f"{number} does not fit into {BITS} bits.")
    mixed = (number * MULTIPLIER) & MASK
    mixed ^= mixed >> MIX
    return (mixed * MULTIPLIER) & MASK


def public_id(prefix: str, number: int) -> str:
    """`public_id("D", 17)` -> "D-…", eight characters after the dash."""
    value = scramble(number)
    digits = [ALPHABET[(value >> shift) & 31] for shift in range(BITS - 5, -1, -5)]
    return f"{prefix}-{''.join(digits)}"
