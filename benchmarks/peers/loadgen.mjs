// Load generator: many editors on shared documents, one process, one clock.
// Each editor owns a small Y.Doc with one note; every edit carries an ASCII marker
// "@<editor>.<seq>;" (base 36) so that receivers find it by scanning raw bytes, whatever
// the server merged. A sample of the clients scans; the others count frames and bytes.
import * as Y from 'yjs'
import fs from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { House } from './lib/house.mjs'
import { protocols } from './lib/protocols.mjs'
import { stats } from './lib/wsmini.mjs'

const arg = (k, d) => { const i = process.argv.indexOf('--' + k); return i < 0 ? d : process.argv[i + 1] }
const kind = arg('kind', 'relay')
const ports = String(arg('ports', arg('port', '4000'))).split(',').map(Number)
const rooms = Number(arg('rooms', 1))
const per = Number(arg('clients', 10))
const rate = Number(arg('rate', 3))
const secs = Number(arg('secs', 10))
const observers = Number(arg('observers', 20))
const pids = String(arg('pids', '')).split(',').filter(Boolean).map(Number)
const label = arg('label', kind)
const ackLog = arg('acklog', '')
const path = arg('path', '')
const tag = arg('tag', String(process.pid))
const base = Number(arg('base', 0)) // beside another generator on the same board
const house = arg('house', '') ? JSON.parse(fs.readFileSync(arg('house', ''), 'utf8')) : null
protocols.house = House
const prune = arg('prune', '1') === '1' // 0: never delete, so that every acknowledged edit can be looked for

const cpuOf = pid => {
  try {
    const s = fs.readFileSync(`/proc/${pid}/stat`, 'latin1'); const f = s.slice(s.lastIndexOf(')') + 2).split(' ')
    return (Number(f[11]) + Number(f[12])) / 100
  } catch { return 0 }
}
const tree = pid => {
  const out = [pid]
  try {
    for (const t of fs.readdirSync(`/proc/${pid}/task`)) {
      const c = fs.readFileSync(`/proc/${pid}/task/${t}/children`, 'latin1').trim()
      if (c) for (const k of c.split(' ')) out.push(...tree(Number(k)))
    }
  } catch {}
  return out
}
const allPids = () => pids.flatMap(tree)
const rssOf = pid => { try { return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024 } catch { return 0 } }
const cpu = () => allPids().reduce((a, p) => a + cpuOf(p), 0)

const clients = []
const lat = []
const latLocal = [] // same-port vs cross-port split
const latCross = []
const ackLat = []
let sent = 0; let expected = 0; let seen = 0; let acked = 0; let dupSeen = 0; let closed = 0
let measuring = false
const fd = ackLog ? fs.openSync(ackLog, 'a') : null

const scan = (c, m) => {
  let i = m.indexOf(64)
  if (i < 0) return
  const now = performance.now()
  while (i >= 0) {
    let j = i + 1; let a = 0; let b = 0; let part = 0; let ok = false
    for (; j < m.length && j < i + 16; j++) {
      const ch = m[j]
      if (ch === 46 && part === 0) { part = 1; continue }
      if (ch === 59 && part === 1) { ok = true; break }
      const v = ch >= 48 && ch <= 57 ? ch - 48 : ch >= 97 && ch <= 122 ? ch - 87 : -1
      if (v < 0) break
      if (part) b = b * 36 + v; else a = a * 36 + v
    }
    if (ok) {
      const ed = clients[a]
      if (ed && ed !== c && ed.room === c.room && ed.times[b] !== undefined) {
        const key = a * 100000 + b
        if (c.got.has(key)) dupSeen++
        else {
          c.got.add(key); seen++
          const d = now - ed.times[b]; lat.push(d); (ed.port === c.port ? latLocal : latCross).push(d)
        }
      }
    }
    i = m.indexOf(64, i + 1)
  }
}

for (let r = 0; r < rooms; r++) {
  for (let k = 0; k < per; k++) {
    const id = clients.length
    const port = ports[id % ports.length]
    const P = protocols[kind]
    const c = new P({ port, room: `bench-${tag}-${r}`, path, house, number: id, at: r, client: 1000 + base + id })
    c.id = id; c.room = r; c.port = port; c.times = []; c.seq = 0; c.got = new Set()
    c.observer = rooms > 1 ? true : k % Math.max(1, Math.floor(per / Math.min(per, observers))) === 0
    c.doc = new Y.Doc()
    c.doc.clientID = 1000 + base + id
    clients.push(c)
  }
}

// The house knows no position of a note: there each edit is of its text.
const edit = c => {
  const seq = c.seq++
  const mark = `@${c.id.toString(36)}.${seq.toString(36)};`
  let u = null
  const h = x => { u = x }
  c.doc.once('update', h)
  c.doc.transact(() => {
    const notes = c.doc.getMap('notes')
    let n = notes.get('n' + (base + c.id))
    if (n === undefined) {
      n = house ? House.note(Y, c.id) : new Y.Map()
      if (!house) { n.set('block', 'value-propositions'); n.set('colour', 'yellow'); n.set('text', new Y.Text()) }
      notes.set('n' + (base + c.id), n)
      n.get('text').insert(0, mark)
    } else if (prune && !house && seq % 5 === 4) { n.set('pos', `${(seq * 7) % 1000},${(seq * 13) % 700}${mark}`) } else {
      const t = n.get('text')
      t.insert(t.length, mark)
      if (prune && t.length > 120) t.delete(0, 40)
    }
  })
  c.times[seq] = performance.now()
  c.sendUpdate(u, seq)
  if (measuring) { sent++; expected += obsInRoom[c.room] - (c.observer ? 1 : 0) }
}

const pct = (a, p) => { if (!a.length) return null; return +a[Math.min(a.length - 1, Math.floor(a.length * p))].toFixed(2) }
const sum3 = a => { a.sort((x, y) => x - y); return { p50: pct(a, 0.5), p95: pct(a, 0.95), p99: pct(a, 0.99), max: a.length ? +a[a.length - 1].toFixed(1) : null } }

const obsInRoom = Array.from({ length: rooms }, () => 0)
for (const c of clients) if (c.observer) obsInRoom[c.room]++

const t0 = performance.now()
for (let i = 0; i < clients.length; i += 25) {
  await Promise.all(clients.slice(i, i + 25).map(async c => {
    c.onUpdate = m => { if (c.observer) scan(c, m) }
    c.onAck = seq => { acked++; if (c.times[seq] !== undefined) ackLat.push(performance.now() - c.times[seq]); if (fd !== null) fs.writeSync(fd, `${c.id}.${seq}\n`) }
    c.onClose = () => { closed++ }
    await c.join()
  }))
}
const joinMs = performance.now() - t0
for (const c of clients) edit(c) // create the notes before measuring
await new Promise(resolve => setTimeout(resolve, 1500))
lat.length = latLocal.length = latCross.length = ackLat.length = 0; seen = 0; acked = 0; dupSeen = 0; expected = 0; sent = 0
const s0 = { ...stats }; const c0 = cpu(); const g0 = process.cpuUsage()
const eld = monitorEventLoopDelay({ resolution: 2 }); eld.enable()
measuring = true
const start = performance.now()
const end = start + secs * 1000
await Promise.all(clients.map(c => new Promise(resolve => {
  let next = start + Math.random() * 1000 / rate
  const loop = () => {
    const now = performance.now()
    if (next >= end || c.ws.open === false) { resolve(); return }
    if (now >= next) { edit(c); next += (0.5 + Math.random()) * 1000 / rate }
    setTimeout(loop, Math.max(1, next - performance.now()))
  }
  setTimeout(loop, Math.max(1, next - start))
})))
const wallEdit = (performance.now() - start) / 1000
// drain: wait until all is seen or nothing new arrives for a while
let last = -1; let idle = 0
while (seen < expected && idle < 12) {
  await new Promise(resolve => setTimeout(resolve, 250))
  if (seen === last) idle++; else idle = 0
  last = seen
}
const g1 = process.cpuUsage(g0)
const wall = (performance.now() - start) / 1000
const out = {
  label, kind, rooms, clientsPerRoom: per, rate, secs: +wallEdit.toFixed(1), drain: +(wall - wallEdit).toFixed(1), joinMs: Math.round(joinMs),
  edits: sent, expected, seen, lostPct: expected ? +(100 * (1 - seen / expected)).toFixed(2) : 0, dupSeen, acked,
  latency: sum3(lat), ack: sum3(ackLat),
  ...(ports.length > 1 ? { same: sum3(latLocal), cross: sum3(latCross) } : {}),
  serverCpu: +(cpu() - c0).toFixed(2), serverRssMB: Math.round(allPids().reduce((a, p) => a + rssOf(p), 0)),
  framesToClients: stats.rxFrames - s0.rxFrames, MBToClients: +((stats.rxBytes - s0.rxBytes) / 1e6).toFixed(2), framesUp: stats.txFrames - s0.txFrames,
  genCpu: +((g1.user + g1.system) / 1e6).toFixed(2), genLoopP99ms: +(eld.percentile(99) / 1e6).toFixed(1), closed
}
console.log(JSON.stringify(out))
process.exit(0)
