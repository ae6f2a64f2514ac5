/** The board island: reads the page, opens the line, builds the board when the first state is there. */
import { connect } from "./sync/index.ts";
import { readData } from "./data.ts";
import { build } from "./island.ts";

const data = readData(document);
const line = connect({ canvas: data.canvas.id });
build(data, line);
window.addEventListener("pagehide", (event) => {
  if (!event.persisted) line.close();
});
