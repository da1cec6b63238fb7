const { mkdirSync, renameSync, unlinkSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');

/**
 * Writes a file whole or not at all: parallel tasks may all do it at once. If it can't be written (a
 * read-only or full disk), only the next start is slower. Returns whether it was written.
 */
function tryToWrite(path, content) {
  const temporary = `${path}.${process.pid}.tmp`;
  const write = () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { flush: true });
    renameSync(temporary, path);
  };
  if (succeeds(write)) return true;
  succeeds(() => unlinkSync(temporary));
  return false;
}

function succeeds(work) {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

module.exports = { tryToWrite };
