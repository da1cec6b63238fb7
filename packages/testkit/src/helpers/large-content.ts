/** Returns 20 MB that compress a little: three chunks of a layer, the last one short. */
export function largeContent(): Buffer {
  const bytes = Buffer.alloc(20_000_000);
  for (let i = 0, state = 1; i < bytes.length; i += 4) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes.writeUInt32LE(state & 0x00ffff00, i);
  }
  return bytes;
}
