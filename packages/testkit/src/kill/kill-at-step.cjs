// Kills its process before or after a change of a file below a folder: the KILL_AT-th of those moments, from 1.
const fs = require('node:fs/promises');

const { KILL_BELOW = '', KILL_AT = '0' } = process.env;
let moments = 0;

function moment() {
  moments += 1;
  if (moments === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

for (const name of ['open', 'rename', 'rm', 'mkdir']) {
  const original = fs[name];
  fs[name] = async (path, ...rest) => {
    const isCounted =
      String(path).startsWith(`${KILL_BELOW}/`) && !(name === 'open' && typeof rest[0] !== 'string');
    if (isCounted) moment();
    const result = await original.call(fs, path, ...rest);
    if (isCounted) moment();
    return result;
  };
}
