// The workspace's own line: Socket.IO 5 with msgpack packets, namespace /rt, websocket only (docs/live.md).
// opt.house = { cookies: [...], canvases: [...], origin }; opt.number counts the editors, opt.at the rooms.
import { WsMini } from './wsmini.mjs'

const EMPTY_SV = Buffer.from([0])

// --- msgpack, as much as the line needs ---------------------------------------------------------

const pack = (v, out) => {
  if (v === null) out.push(Buffer.from([0xc0]))
  else if (typeof v === 'boolean') out.push(Buffer.from([v ? 0xc3 : 0xc2]))
  else if (typeof v === 'number') {
    if (v >= 0 && v < 128) out.push(Buffer.from([v]))
    else { const b = Buffer.alloc(9); b[0] = 0xcf; b.writeBigUInt64BE(BigInt(v), 1); out.push(b) }
  } else if (typeof v === 'string') {
    const s = Buffer.from(v)
    if (s.length < 32) out.push(Buffer.from([0xa0 | s.length]), s)
    else { const b = Buffer.alloc(3); b[0] = 0xda; b.writeUInt16BE(s.length, 1); out.push(b, s) }
  } else if (v instanceof Uint8Array) {
    const b = Buffer.alloc(5); b[0] = 0xc6; b.writeUInt32BE(v.length, 1); out.push(b, Buffer.from(v))
  } else if (Array.isArray(v)) { out.push(Buffer.from([0x90 | v.length])); for (const x of v) pack(x, out) } else {
    const keys = Object.keys(v)
    out.push(Buffer.from([0x80 | keys.length]))
    for (const k of keys) { pack(k, out); pack(v[k], out) }
  }
  return out
}
const packed = v => Buffer.concat(pack(v, []))

const unpack = m => {
  let o = 0
  const str = n => { const s = m.toString('utf8', o, o + n); o += n; return s }
  const bin = n => { const b = m.subarray(o, o + n); o += n; return b }
  const list = n => { const a = []; for (let i = 0; i < n; i++) a.push(one()); return a }
  const map = n => { const a = {}; for (let i = 0; i < n; i++) { const k = one(); a[k] = one() } return a }
  const num = (n, f) => { const v = f(); o += n; return Number(v) }
  const one = () => {
    const t = m[o++]
    if (t < 0x80) return t
    if (t < 0x90) return map(t & 15)
    if (t < 0xa0) return list(t & 15)
    if (t < 0xc0) return str(t & 31)
    if (t >= 0xe0) return t - 256
    switch (t) {
      case 0xc0: return null
      case 0xc2: return false
      case 0xc3: return true
      case 0xc4: return bin(m[o++])
      case 0xc5: return bin(num(2, () => m.readUInt16BE(o)))
      case 0xc6: return bin(num(4, () => m.readUInt32BE(o)))
      case 0xca: return num(4, () => m.readFloatBE(o))
      case 0xcb: return num(8, () => m.readDoubleBE(o))
      case 0xcc: return m[o++]
      case 0xcd: return num(2, () => m.readUInt16BE(o))
      case 0xce: return num(4, () => m.readUInt32BE(o))
      case 0xcf: return num(8, () => m.readBigUInt64BE(o))
      case 0xd0: return num(1, () => m.readInt8(o))
      case 0xd1: return num(2, () => m.readInt16BE(o))
      case 0xd2: return num(4, () => m.readInt32BE(o))
      case 0xd3: return num(8, () => m.readBigInt64BE(o))
      case 0xd9: return str(m[o++])
      case 0xda: return str(num(2, () => m.readUInt16BE(o)))
      case 0xdb: return str(num(4, () => m.readUInt32BE(o)))
      case 0xdc: return list(num(2, () => m.readUInt16BE(o)))
      case 0xdd: return list(num(4, () => m.readUInt32BE(o)))
      case 0xde: return map(num(2, () => m.readUInt16BE(o)))
      case 0xdf: return map(num(4, () => m.readUInt32BE(o)))
      default: throw new Error(`msgpack ${t.toString(16)}`)
    }
  }
  return one()
}

// --- the adapter ----------------------------------------------------------------------------------

export class House {
  constructor (opt) { this.opt = opt; this.onUpdate = () => {}; this.onAck = () => {}; this.onClose = () => {} }
  close () { this.ws.close() }
  get rxFrames () { return this.ws.rxFrames }
  get rxBytes () { return this.ws.rxBytes }

  async join () {
    const { house, number, at, port, client } = this.opt
    const cookie = house.cookies[Math.floor(number / house.each)]
    this.ws = new WsMini({
      port,
      path: '/socket.io/?EIO=4&transport=websocket',
      headers: { Cookie: cookie, Origin: house.origin }
    })
    let step = null
    const wait = () => new Promise((resolve, reject) => { step = { resolve, reject } })
    this.ws.onMessage = (m, isBinary) => {
      if (!isBinary) {
        if (m[0] === 50) this.ws.sendText('3')
        else if (m[0] === 48) this.ws.sendBinary(packed({ type: 0, nsp: '/rt', data: { v: house.protocol } }))
        return
      }
      const down = this.quick(m)
      if (down !== null) { this.down(down); return }
      const p = unpack(m)
      if (p.type === 0) step?.resolve()
      else if (p.type === 4) step?.reject(new Error(JSON.stringify(p.data)))
      else if (p.type === 2 && p.data[0] === 'joined') {
        const said = p.data[1]
        if (said.part === 0 || said.parts === 1) { this.number = said.room; this.session = said.session; step?.resolve() }
        this.onUpdate(said.diff)
      } else if (p.type === 2 && p.data[0] === 'nack') { this.refused = (this.refused ?? 0) + 1; step?.reject(new Error(p.data[1].code)) }
    }
    this.ws.onClose = () => { step?.reject(new Error('closed')); this.onClose() }
    await this.ws.ready
    await wait()
    const answered = wait()
    this.event('join', { canvas: house.canvases[at], vector: EMPTY_SV, row: 0, client })
    await answered
    step = null
  }

  // the blob of an `s`, without unpacking the rest; null for other packets
  quick (m) {
    const i = m.indexOf('data')
    if (i < 0 || m[i + 4] !== 0x92 || m[i + 5] !== 0xa1 || m[i + 6] !== 115) return null
    const t = m[i + 7]
    if (t === 0xc4) return m.subarray(i + 9, i + 9 + m[i + 8])
    if (t === 0xc5) return m.subarray(i + 10, i + 10 + m.readUInt16BE(i + 8))
    return m.subarray(i + 12, i + 12 + m.readUInt32BE(i + 8))
  }

  // varuint room, n, n x (session, seq), length of awareness, awareness, update
  down (m) {
    let o = 0
    const rd = () => { let n = 0; let f = 1; for (;;) { const b = m[o++]; n += (b & 127) * f; if (b < 128) return n; f *= 128 } }
    rd()
    const n = rd()
    for (let i = 0; i < n; i++) { const session = rd(); const seq = rd(); if (session === this.session) this.onAck(seq - 1) }
    o += rd()
    this.onUpdate(m.subarray(o))
  }

  event (name, ...values) { this.ws.sendBinary(packed({ type: 2, nsp: '/rt', data: [name, ...values] })) }
  sendUpdate (u, seq) { this.event('u', this.number, seq + 1, u) }

  // a note as the document's schema wants it
  static note (Y, id) {
    const n = new Y.Map()
    const fields = { block: 'bmc-value-propositions', order: `a${String(id).padStart(5, '0')}V`, status: 'untested', tier: 'team', kind: '', weight: 3, author: '', created: Date.now() }
    for (const [k, v] of Object.entries(fields)) n.set(k, v)
    n.set('text', new Y.Text())
    return n
  }
}
