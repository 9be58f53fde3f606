// Dice that fall the same way for the same seed.

/** A generator of numbers in [0, 1): xorshift32 (Marsaglia 2003). */
export function diceOf(seed) {
  let state = (seed >>> 0) + 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
  // Small seeds begin alike.
  for (let n = 0; n < 8; n += 1) next();
  return next;
}
