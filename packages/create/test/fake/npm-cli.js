// Replaces npm: "installs" an nx that records its arguments.
const { appendFileSync, chmodSync, mkdirSync, writeFileSync } = require('node:fs');

const NX = `#!/usr/bin/env node
const { appendFileSync, mkdirSync } = require('node:fs');
const args = process.argv.slice(2).join(' ');
appendFileSync(process.env.FAKE_CALLS, 'nx ' + args + '\\n');
if (args.startsWith('generate')) mkdirSync('.nx');
if (args === process.env.FAKE_NX_FAILS) { console.error('nx fails'); process.exitCode = 1; }
if (args === process.env.FAKE_NX_HANGS) setInterval(() => {}, 1000);
`;

appendFileSync(process.env.FAKE_CALLS, `npm ${process.argv.slice(2).join(' ')}\n`);
if (process.env.FAKE_NPM === 'fails') {
  console.error('npm fails');
  process.exitCode = 1;
} else if (process.env.FAKE_NPM === 'interrupted') {
  process.kill(process.pid, 'SIGINT');
} else if (process.env.FAKE_NPM === 'hangs') {
  setInterval(() => {}, 1000);
} else {
  mkdirSync('node_modules/.bin', { recursive: true });
  writeFileSync('node_modules/.bin/nx', NX);
  chmodSync('node_modules/.bin/nx', 0o755);
}
