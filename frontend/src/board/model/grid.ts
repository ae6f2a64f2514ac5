/** The fixed layout of a canvas: rectangles in grid cells, and who lies beside whom. */

export interface Block {
  id: string;
  title: string;
  questions: string[];
  x: number;
  y: number;
  w: number;
  h: number;
  icon?: string | null;
}

export interface Grid {
  cols: number;
  rows: number;
  row_weights?: number[];
  /** In which language the titles and questions are; canvases come in one. */
  lang?: string;
  blocks: Block[];
}

export type Direction = "up" | "down" | "left" | "right";

const overlap = (a: number, aLength: number, b: number, bLength: number): number =>
  Math.min(a + aLength, b + bLength) - Math.max(a, b);

/** The block beside another one, or null at the edge of the board.
 *
 * `share` says where along the edge one stands (0 start, 1 end), so that from the upper half of a
 * tall block the arrow leads to the upper neighbour.
 */
export function beside(grid: Grid, id: string, direction: Direction, share = 0.5): Block | null {
  const from = grid.blocks.find((block) => block.id === id);
  if (!from) return null;
  const upright = direction === "up" || direction === "down";
  const stand = upright ? from.x + from.w * share : from.y + from.h * share;
  let best: Block | null = null;
  let bestRank = Infinity;
  for (const block of readingOrder(grid)) {
    if (block === from) continue;
    const gap =
      direction === "up" ? from.y - (block.y + block.h)
      : direction === "down" ? block.y - (from.y + from.h)
      : direction === "left" ? from.x - (block.x + block.w)
      : block.x - (from.x + from.w);
    if (gap < 0) continue;
    const touching = upright
      ? overlap(from.x, from.w, block.x, block.w)
      : overlap(from.y, from.h, block.y, block.h);
    if (touching <= 0) continue;
    const middle = upright ? block.x + block.w / 2 : block.y + block.h / 2;
    const half = (upright ? block.w : block.h) / 2;
    const off = Math.max(0, Math.abs(stand - middle) - half + 1e-9);
    const rank = gap * 1e6 + off * 1e3 + Math.abs(stand - middle);
    if (rank < bestRank) {
      bestRank = rank;
      best = block;
    }
  }
  return best;
}

/** The blocks as they are read: by row, then by column; the order of the page. */
export function readingOrder(grid: Grid): Block[] {
  return [...grid.blocks].sort((a, b) => a.x - b.x || a.y - b.y).sort((a, b) => {
    // A foot row (costs, revenue) is read last; the columns above it from left to right.
    const foot = (block: Block): number => (block.y > 0 && block.y + block.h === grid.rows && block.w > 2 ? 1 : 0);
    return foot(a) - foot(b);
  });
}

/** The block `steps` further in reading order, or null past either end. */
export function inOrder(order: readonly Block[], id: string, steps: number): Block | null {
  const at = order.findIndex((block) => block.id === id);
  return at < 0 ? null : (order[at + steps] ?? null);
}

/** The index of the nearest centre on one axis; -1 for an empty list. */
export function nearest(centres: readonly number[], to: number): number {
  let best = -1;
  let distance = Infinity;
  centres.forEach((centre, i) => {
    if (Math.abs(centre - to) < distance) {
      distance = Math.abs(centre - to);
      best = i;
    }
  });
  return best;
}
