import assert from "node:assert/strict";
import test from "node:test";
import { PAUSE_MS, Speech } from "./speech.ts";
import { Words } from "./words.ts";

function stage(): { speech: Speech; heard: [number, string][]; run: (ms: number) => void } {
  let now = 0;
  let timers: { at: number; call: () => void }[] = [];
  const heard: [number, string][] = [];
  const words = new Words({
    heard_one_block: { one: "%(name)s changed %(count)s note in %(block)s", other: "%(name)s changed %(count)s notes in %(block)s" },
    heard_one_board: { one: "%(name)s changed %(count)s note", other: "%(name)s changed %(count)s notes" },
    heard_many_block: { one: "%(count)s note changed in %(block)s", other: "%(count)s notes changed in %(block)s" },
    heard_many_board: { one: "%(count)s note changed", other: "%(count)s notes changed" },
  }, "en");
  const speech = new Speech({
    utter: (sentence) => heard.push([now, sentence]),
    say: words.say,
    titleOf: (id) => ({ costs: "Cost structure", value: "Value propositions" })[id] ?? id,
    now: () => now,
    later: (call, ms) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
  });
  const run = (ms: number): void => {
    const end = now + ms;
    for (;;) {
      timers.sort((a, b) => a.at - b.at);
      const next = timers[0];
      if (!next || next.at > end) break;
      timers.shift();
      now = next.at;
      next.call();
    }
    now = end;
  };
  return { speech, heard, run };
}

test("own actions are said at once", () => {
  const { speech, heard } = stage();
  speech.own("Supported");
  assert.deepEqual(heard, [[0, "Supported"]]);
});

test("others' changes are gathered, one sentence every ten seconds at most", () => {
  const { speech, heard, run } = stage();
  speech.focusOn("costs");
  for (let i = 0; i < 200; i++) {
    speech.others({ who: "Tomáš", block: "costs", note: `n${i % 3}` });
    run(100);
  }
  run(PAUSE_MS);
  assert.ok(heard.length >= 2 && heard.length <= 4, String(heard.length));
  for (let i = 1; i < heard.length; i++) assert.ok(heard[i]![0] - heard[i - 1]![0] >= PAUSE_MS);
  assert.equal(heard.at(-1)![1], "Tomáš changed 3 notes in Cost structure");
});

test("other blocks are silent, unless everything is wanted", () => {
  const { speech, heard, run } = stage();
  speech.focusOn("costs");
  speech.others({ who: "Ana", block: "value", note: "a" });
  run(20_000);
  assert.deepEqual(heard, []);
  speech.listening = "all";
  speech.others({ who: "Ana", block: "value", note: "a" });
  speech.others({ who: "Ben", block: "costs", note: "b" });
  run(20_000);
  assert.deepEqual(heard.map((one) => one[1]), ["2 notes changed"]);
});

test("off is off, mentions come through when blocks do not", () => {
  const { speech, heard, run } = stage();
  speech.focusOn("costs");
  speech.listening = "off";
  speech.others({ who: "Ana", block: "costs", note: "a" });
  speech.mention("Ana mentioned you");
  run(20_000);
  assert.deepEqual(heard, []);
  speech.listening = "mentions";
  speech.others({ who: "Ana", block: "costs", note: "a" });
  speech.mention("Ana mentioned you");
  run(20_000);
  assert.deepEqual(heard.map((one) => one[1]), ["Ana mentioned you"]);
});

test("others wait until an own announcement has been heard", () => {
  const { speech, heard, run } = stage();
  speech.focusOn("costs");
  speech.others({ who: "Ana", block: "costs", note: "a" });
  run(900);
  speech.own("Dropped");
  run(5_000);
  assert.deepEqual(heard.map((one) => one[1]), ["Dropped", "Ana changed 1 note in Cost structure"]);
  assert.ok(heard[1]![0] >= 900 + 1_500);
});
