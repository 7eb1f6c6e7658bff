/** An item that waits for its group, or is in it. Settling it twice does nothing the second time. */
export interface Pending<Item, Result> {
  item: Item;
  /** When it came, by `performance.now()`. */
  since: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/** How items are done together. */
export interface GroupOptions<Item, Result> {
  /**
   * Items of the same key are done in the order in which they came: those of one group by `run`, and no two
   * groups with the same key run at a time.
   */
  keyOf(item: Item): string;
  /**
   * Does what is asked by all items of a group, or of one key that is done apart, and settles each. If it
   * throws, the rest are rejected with that.
   */
  run(group: readonly Pending<Item, Result>[], isApart: boolean): Promise<void>;
  refuse(): Error;
  /** Whether `run` failed because somebody else holds what one of the keys needs. Nothing was done then. */
  isHeld(error: unknown): boolean;
  /** The most groups at a time. */
  groups: number;
  /** The most items of a group. */
  size: number;
  /** The most items that wait. */
  queue: number;
  /** The most keys at a time that are done apart. */
  apart: number;
  /** How long a key that somebody holds is left alone before it is tried again, in ms. */
  pause: number;
  /** How long an item may wait for a key that somebody else holds, in ms. */
  patience: number;
}
