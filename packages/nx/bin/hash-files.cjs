#!/usr/bin/env node
// Prints one hash of all that reaches an image's files layer, where there is no GNU tar: see hash-files.sh.
// Plain CommonJS without imports of ours: it runs before every task of an image that has files.
const { createHash } = require('node:crypto');
const { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } = require('node:fs');

const CHUNK_BYTES = 1024 * 1024;

const hash = createHash('sha256');
const folder = Buffer.from(process.argv[2] ?? '.');
try {
  if (lstatSync(folder).isDirectory()) hashFolder(folder, Buffer.alloc(0));
  else add('not a folder', folder);
} catch (error) {
  // A task that can't read a file fails by itself, with a better message than Nx has for a failing input.
  add('unreadable', Buffer.from(String(error.code)));
}
process.stdout.write(hash.digest('hex'));

/** Names are bytes, in the order of their bytes: the same on every file system. */
function hashFolder(place, path) {
  const names = readdirSync(place, { encoding: 'buffer' }).sort(Buffer.compare);
  if (names.length === 0) add('empty folder', path);
  for (const name of names)
    if (name.toString() !== '.git')
      hashEntry(below(place, name), path.length === 0 ? name : below(path, name));
}

function hashEntry(place, path) {
  const stats = lstatSync(place);
  if (stats.isDirectory()) hashFolder(place, path);
  else if (stats.isSymbolicLink()) add('link', path, readlinkSync(place, { encoding: 'buffer' }));
  else if (stats.isFile()) add((stats.mode & 0o100) === 0 ? 'file' : 'program', path, contentHash(place));
  else add('special', path);
}

function contentHash(place) {
  const content = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const file = openSync(place);
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
      content.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return content.digest();
}

function below(folder, name) {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

/** Each part with its length, so that no two lists of entries run together. */
function add(kind, ...parts) {
  for (const part of [Buffer.from(kind), ...parts]) hash.update(`${part.length}:`).update(part);
}
