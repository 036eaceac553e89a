/** When each device was last heard: kept in memory and written together, so that an Idle that changes nothing writes nothing. */
import type { DeviceStore } from "../../store/index.ts";

export interface LastSeen {
  note(enrollmentId: string, at: number): void;
  /** Writes what has gathered. What could not be written is kept for the next time. */
  flush(): Promise<void>;
}

export function createLastSeen(store: DeviceStore): LastSeen {
  let gathered = new Map<string, number>();
  return {
    note(enrollmentId, at) {
      gathered.set(enrollmentId, at);
    },
    async flush() {
      if (gathered.size === 0) return;
      const batch = gathered;
      gathered = new Map();
      try {
        await store.noteSeen(batch);
      } catch (error) {
        for (const [id, at] of gathered) batch.set(id, at);
        gathered = batch;
        throw error;
      }
    },
  };
}
