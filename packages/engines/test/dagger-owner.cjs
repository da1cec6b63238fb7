// Stands for nx: starts a task for each line of its input, with what Nx sets for tasks, and prints what they print.
const { spawn } = require('node:child_process');
const { createInterface } = require('node:readline');

const [program, store] = process.argv.slice(2);
const env = { ...process.env, NX_TASK_TARGET_PROJECT: 'image' };
createInterface({ input: process.stdin }).on('line', () => {
  const task = spawn(process.execPath, [program, store], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  task.on('exit', (code) => code !== 0 && process.stdout.write(`{"failures":"exit code ${code}"}\n`));
});
