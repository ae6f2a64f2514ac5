/** Picking up notes with the keyboard: where they hover until they are dropped. */
import { beside, inOrder, readingOrder, type Direction, type Grid } from "./grid.ts";

export interface Spot {
  block: string;
  /** Position among the notes of the block that are not picked up. */
  index: number;
}

export interface Pickup {
  ids: readonly string[];
  home: Spot;
  at: Spot;
}

export type Stride = Direction | "first" | "last" | "next-block" | "previous-block";

/** `count` tells how many notes a block holds, the picked up ones not counted. */
export function stride(pickup: Pickup, by: Stride, grid: Grid, count: (block: string) => number): Pickup {
  const { block, index } = pickup.at;
  const here = count(block);
  const to = (spot: Spot): Pickup => ({ ...pickup, at: spot });
  const into = (other: string | undefined, place: number): Pickup =>
    other === undefined ? pickup : to({ block: other, index: Math.max(0, Math.min(place, count(other))) });
  switch (by) {
    case "up":
      return index > 0 ? to({ block, index: index - 1 }) : into(beside(grid, block, "up")?.id, Infinity);
    case "down":
      return index < here ? to({ block, index: index + 1 }) : into(beside(grid, block, "down")?.id, 0);
    case "left":
    case "right":
      return into(beside(grid, block, by, here === 0 ? 0.5 : (index + 0.5) / (here + 1))?.id, index);
    case "first":
      return to({ block, index: 0 });
    case "last":
      return to({ block, index: here });
    case "next-block":
      return into(inOrder(readingOrder(grid), block, 1)?.id, index);
    case "previous-block":
      return into(inOrder(readingOrder(grid), block, -1)?.id, index);
  }
}

export const isHome = (pickup: Pickup): boolean =>
  pickup.at.block === pickup.home.block && pickup.at.index === pickup.home.index;
