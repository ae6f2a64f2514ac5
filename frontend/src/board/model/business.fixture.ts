/** The business model canvas as a grid, in an order that is not the reading order. */
import type { Grid } from "./grid.ts";

const block = (id: string, x: number, y: number, w: number, h: number): Grid["blocks"][number] =>
  ({ id, title: id, questions: [], x, y, w, h });

export const business: Grid = {
  cols: 10, rows: 3, row_weights: [3, 3, 2],
  blocks: [
    block("segments", 8, 0, 2, 2), block("value", 4, 0, 2, 2), block("channels", 6, 1, 2, 1),
    block("relationships", 6, 0, 2, 1), block("revenue", 5, 2, 5, 1), block("resources", 2, 1, 2, 1),
    block("activities", 2, 0, 2, 1), block("partners", 0, 0, 2, 2), block("costs", 0, 2, 5, 1),
  ],
};
