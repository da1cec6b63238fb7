const { createHash } = require('node:crypto');
const { closeSync, openSync, readdirSync, readSync } = require('node:fs');

const BUFFER = Buffer.allocUnsafe(1 << 20);

/**
 * Returns a hash of the names and contents of files, and of everything in folders. Sizes and times would take
 * 5 ms less at each start, and miss an edit that keeps them.
 */
function hashOf(files, folders) {
  const hash = createHash('sha256');
  for (const file of files) addFile(hash, file);
  for (const folder of folders) addFolder(hash, folder);
  return hash.digest('hex').slice(0, 32);
}

function addFolder(hash, folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) addFolder(hash, path);
    else addFile(hash, path);
  }
}

/**
 * Reads into one shared buffer: `readFileSync` makes three more system calls for each of hundreds of files.
 */
function addFile(hash, path) {
  hash.update(`${path}\0`);
  const file = openSync(path);
  try {
    let count;
    do {
      count = readSync(file, BUFFER, 0, BUFFER.length, null);
      hash.update(BUFFER.subarray(0, count));
    } while (count === BUFFER.length);
  } finally {
    closeSync(file);
  }
  hash.update('\0');
}

module.exports = { hashOf };
