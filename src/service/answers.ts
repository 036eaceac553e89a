/** Who waits for which command's answer, in this process. A waiter is woken; it reads the answer from the store itself. */
export interface Answers {
  tell(enrollmentId: string, commandUuid: string): void;
  /** Resolves true when the answer has come, false when `ms` have passed. */
  wait(enrollmentId: string, commandUuid: string, ms: number): Promise<boolean>;
}

export function createAnswers(): Answers {
  const waiting = new Map<string, Set<() => void>>();
  const key = (enrollmentId: string, uuid: string): string => `${enrollmentId}\n${uuid}`;
  return {
    tell(enrollmentId, uuid) {
      for (const wake of waiting.get(key(enrollmentId, uuid)) ?? []) wake();
    },
    wait(enrollmentId, uuid, ms) {
      const name = key(enrollmentId, uuid);
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
