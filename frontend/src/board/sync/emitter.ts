/** A few listeners by name. */
export class Emitter<Events> {
  private readonly listeners = new Map<keyof Events, Set<(value: never) => void>>();

  /** Register; the answer unregisters. */
  on<K extends keyof Events>(event: K, call: (value: Events[K]) => void): () => void {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set);
    set.add(call);
    return () => set.delete(call);
  }

  emit<K extends keyof Events>(event: K, value: Events[K]): void {
    for (const call of [...(this.listeners.get(event) ?? [])]) {
      (call as (value: Events[K]) => void)(value);
    }
  }
}
