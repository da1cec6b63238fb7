import { readFile, writeFile } from 'node:fs/promises';

/** Runs `work` while a file is changed. */
export async function altered(file: string, work: () => Promise<void>, change = flipped): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, change(bytes));
  try {
    await work();
  } finally {
    await writeFile(file, bytes);
  }
}

/** Returns bytes with another bit in their middle. */
export function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const middle = changed.length >> 1;
  changed.writeUInt8(changed.readUInt8(middle) ^ 1, middle);
  return changed;
}
