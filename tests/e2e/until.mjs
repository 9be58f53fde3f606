// Waiting for what is to be seen. Nothing here sleeps for a time that somebody guessed.

/** How long anything may take before a test says that it does not happen. */
export const DEADLINE_MS = 15_000;

/** Asks again and again until the answer is true, and gives the answer back. */
export async function until(what, probe, deadline = DEADLINE_MS) {
  const start = Date.now();
  let answer;
  for (;;) {
    answer = await probe();
    if (answer) return answer;
    if (Date.now() - start > deadline) {
      throw new Error(`not within ${deadline / 1000} s: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
