/** Who waits for which command's answer, in this process. A waiter is woken; it reads the answer from the store itself. */
export interface Answers {
  tell(enrollmentId: string, commandUuid: string): void;
  /** Resolves true when the answer has come, false when `ms` have passed. */
  wait(enrollmentId: string, commandUuid: string, ms: number): Promise<boolean>;
  /** The server stops: nobody waits any longer. */
  end(): void;
  readonly ended: boolean;
}

export function createAnswers(): Answers {
  const waiting = new Map<string, Set<() => void>>();
  let ended = false;
  const key = (enrollmentId: string, uuid: string): string => `${enrollmentId}\n${uuid}`;
  return {
    get ended() {
      return ended;
    },
    end() {
      ended = true;
      for (const waiters of [...waiting.values()]) for (const wake of [...waiters]) wake();
    },
    tell(enrollmentId, uuid) {
      for (const wake of waiting.get(key(enrollmentId, uuid)) ?? []) wake();
    },
    wait(enrollmentId, uuid, ms) {
      const name = key(enrollmentId, uuid);
      if (ended) return Promise.resolve(false);
      return new Promise((resolve) => {
        const others = waiting.get(name) ?? new Set();
        waiting.set(name, others);
        const done = (came: boolean): void => {
          clearTimeout(timer);
          others.delete(wake);
          if (others.size === 0) waiting.delete(name);
          resolve(came);
        };
        const wake = (): void => done(true);
        const timer = setTimeout(() => done(false), ms);
        others.add(wake);
      });
    },
  };
}
