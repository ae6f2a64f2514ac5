/** The board island: reads the page and the device, opens the line, builds the board. */
import { connect, type Connection } from "./sync/index.ts";
import { readData } from "./data.ts";
import { build } from "./island.ts";
import { Device } from "./kept/device.ts";

/** Then the bar at least says that it is loading. */
const SLOW_MS = 2000;

/** Until there is something to show, or the line says that there will be nothing. */
function known(line: Connection): Promise<void> {
  const nothing = (): boolean => ["closed", "reload", "offline"].includes(line.status.state);
  return new Promise((resolve) => {
    line.on("ready", () => resolve());
    line.on("status", () => nothing() && resolve());
    if (line.isReady || nothing()) resolve();
    setTimeout(resolve, SLOW_MS);
  });
}

async function start(): Promise<void> {
  const data = readData(document);
  const device = await Device.open(data.me.id, data.canvas.id);
  const line = connect({
    canvas: data.canvas.id,
    ...(device.shelf && { shelf: device.shelf }),
    ...(device.kept && { kept: device.kept }),
  });
  await known(line);
  performance.mark("board:begin");
  build(data, line, device);
  performance.measure("board:build", "board:begin");
  window.addEventListener("offline", () => line.cut());
  window.addEventListener("online", () => line.wake());
  if (!navigator.onLine) line.cut();
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) line.close();
  });
}

void start();
