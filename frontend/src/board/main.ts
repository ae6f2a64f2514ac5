/** The board island: reads the page and the device, opens the line, builds the board. */
import { connect } from "./sync/index.ts";
import { readData } from "./data.ts";
import { build } from "./island.ts";
import { Device } from "./kept/device.ts";

async function start(): Promise<void> {
  const data = readData(document);
  const device = await Device.open(data.me.id, data.canvas.id);
  const line = connect({
    canvas: data.canvas.id,
    ...(device.shelf && { shelf: device.shelf }),
    ...(device.kept && { kept: device.kept }),
  });
  build(data, line, device);
  window.addEventListener("offline", () => line.cut());
  window.addEventListener("online", () => line.wake());
  if (!navigator.onLine) line.cut();
  window.addEventListener("pagehide", (event) => {
    if (!event.persisted) line.close();
  });
}

void start();
