import { freePort, valueOf } from '../helpers';
import { startDaemon, type Daemon } from '../interop';
import { pythonPackages } from './python';

/** Services of AWS by others, in Python. */
const MOTO = 'moto[s3,server]==5.2.5';

export interface Moto extends Daemon {
  /** http://127.0.0.1:<port> */
  readonly url: string;
}

/** Starts a moto server for S3, STS and others, with its data in memory. */
export async function startMoto(): Promise<Moto> {
  const packages = await pythonPackages('moto', MOTO);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const daemon = await startDaemon({
    argv: [...packages.script('moto_server'), '--port', `${port}`],
    question: () => fetch(url).then(Boolean, () => false),
    secondsToAnswer: 120,
  });
  return { ...valueOf(daemon), url };
}
