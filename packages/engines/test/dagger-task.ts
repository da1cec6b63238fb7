import { findPlace } from '../src/dagger/place';
import { joinSession } from '../src/dagger/session';

/**
 * A task of a run: joins the session, prints one line of JSON, and stays until its input ends. A process of its own
 * because whose session it is depends on who started it. Argument: store.
 */
async function main(storeRoot = ''): Promise<void> {
  const began = performance.now();
  const found = await findPlace(process.env);
  if (!found.ok) throw new Error(JSON.stringify(found.failures));
  if (!found.value.place) throw new Error('no engine');
  const looked = performance.now();
  const session = await joinSession({ env: process.env, storeRoot }, found.value.place);
  const milliseconds = { probe: looked - began, join: performance.now() - looked };
  const { port } = session.ok ? session.value : {};
  console.log(JSON.stringify({ port, failures: session.ok ? undefined : session.failures, milliseconds }));
  if (session.ok) process.stdin.resume().on('end', () => void session.value.close());
}

void main(process.argv[2]);
