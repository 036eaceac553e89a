/** What Apple lists, as this simulation has sent it: the list that the server has taken last, or may have taken. */
import type { Sets } from "./lists.ts";

interface Taken {
  readonly at: number;
  readonly sets: readonly Sets[];
  /** The server was gone before it had answered. */
  readonly isSure: boolean;
}

export class Listing {
  #taken: Taken[] = [];

  take(at: number, list: unknown, isSure: boolean): void {
    const { PublicAssetSets, AssetSets } = list as { readonly PublicAssetSets: Sets; readonly AssetSets: Sets };
    this.#taken.push({ at, sets: [PublicAssetSets, AssetSets], isSure });
  }

  /** The server is put back to what it was then (ms UTC). */
  forgetSince(then: number): void {
    this.#taken = this.#taken.filter(({ at }) => at < then);
  }

  lists(version: string, ids: readonly string[]): boolean {
    return this.#entries(version, ids).length > 0;
  }

  /** By the date that it is posted on, at `at` (ms UTC). */
  isPosted(version: string, ids: readonly string[], at: number): boolean {
    return this.#entries(version, ids).some(({ PostingDate }) => Date.parse(PostingDate) <= at);
  }

  #entries(version: string, ids: readonly string[]) {
    const sure = this.#taken.findLastIndex(({ isSure }) => isSure);
    return this.#taken
      .slice(Math.max(0, sure))
      .flatMap(({ sets }) => sets.flatMap((set) => Object.values(set).flat()))
      .filter((one) => one.ProductVersion === version && one.SupportedDevices.some((id) => ids.includes(id)));
  }
}
