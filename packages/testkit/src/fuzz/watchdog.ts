import { Worker } from 'node:worker_threads';

/** Far more than any case needs, on a busy machine too. */
const CASE_SECONDS = 60;

/** Ends the process if the main thread is stuck in one case, where its own timers never fire. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let timer;
parentPort.on('message', (text) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    writeSync(2, '\\nStuck for ' + workerData + ' s in ' + text + '\\n');
    process.kill(process.pid, 'SIGKILL');
  }, workerData * 1000);
});
`;

export interface Watchdog {
  /** Starts the timer of a case, with the text to report if it never ends. */
  begin(text: string): void;
  stop(): Promise<void>;
}

/** Starts a thread that ends this process, with the text of the case, if a case blocks it for a minute. */
export function startWatchdog(): Watchdog {
  const worker = new Worker(PROGRAM, { eval: true, workerData: CASE_SECONDS });
  worker.unref();
  return {
    begin: (text) => worker.postMessage(text),
    async stop() {
      await worker.terminate();
    },
  };
}
