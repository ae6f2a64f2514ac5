/** Time as the line counts it, and how long it waits for what (milliseconds). */
import type { Clock } from "./types.ts";

/** Typing is gathered for so long. */
export const GATHER = 40;
export const SAVING = 400;
export const WAITING = 5000;
export const SEND_AGAIN = 15_000;
/** A line that says nothing for so long is down; the server asks every 8 s. */
export const SILENT = 10_000;
export const ASLEEP = 15_000;
/** What lies on the screen may be old: so long is waited for the newest before people may write. */
export const PATIENCE = 4000;
export const BEAT = 1000;
export const PLACE = 100;
export const NEXT_TRY = 5000;

export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => setTimeout(call, ms) as unknown as number,
  cancel: (timer) => {
    clearTimeout(timer);
  },
};

/** Timers by name; setting one again replaces it. */
export class Timers {
  private readonly clock: Clock;
  private readonly set = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  has(name: string): boolean {
    return this.set.has(name);
  }

  later(name: string, ms: number, call: () => void): void {
    this.forget(name);
    const timer = this.clock.after(ms, () => {
      this.set.delete(name);
      call();
    });
    this.set.set(name, timer);
  }

  forget(name: string): void {
    const timer = this.set.get(name);
    if (timer !== undefined) this.clock.cancel(timer);
    this.set.delete(name);
  }

  forgetAll(): void {
    for (const name of [...this.set.keys()]) this.forget(name);
  }
}
