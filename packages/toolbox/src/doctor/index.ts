import { userInfo } from 'node:os';
import { ok, type Failure, type Result } from '@image-tooling/model';
import { describe } from '../script/describe';
import type { Host } from '../command-line/types';
import { say, wordsOf, type Call } from '../command-line/call';
import { checkEngine, checkEngines } from './engine';
import { checkEnvironment } from './environment';
import type { Finding, Machine, ReadyMachine } from './finding';
import { checkImage } from './image';
import { checkKubeconfig } from './kubeconfig';
import { checkCall } from './probe';
import { checkCredentialHelpers, checkPrograms } from './programs';

/** Finds what is wrong on this machine. Returns 1 if anything is. */
export async function doctorCommand(call: Call): Promise<Result<number>> {
  const words = wordsOf(call, 0, 0, 'toolbox doctor');
  if (!words.ok) return words;
  const findings = await findProblems(call, machineOf(call.host));
  for (const { id, problem, fix } of findings) say(call, `${problem} (${id})\n  fix: ${fix}\n`);
  say(call, findings.length === 0 ? 'Everything works.' : `${findings.length} found.`);
  return ok(findings.length === 0 ? 0 : 1);
}

function machineOf(host: Host): Machine {
  const { uid, username } = userInfo();
  return { host, root: '/', uid, user: username };
}

/** Returns all that is wrong, what to fix first at the beginning. */
export async function findProblems(call: Call, machine: Machine): Promise<Finding[]> {
  const { options, host, parts } = call;
  const now = await describe(options, host, parts);
  // Where only the image is undecided, the engine can be checked.
  const anyway = now.ok ? now : await describe({ ...options, image: ['any'] }, host, parts);
  const anywhere = [
    ...(await checkPrograms(machine, parts.version)),
    ...(await checkCredentialHelpers(machine)),
  ];
  if (!anyway.ok) return [...(await whyRefused(machine, anyway.failures)), ...anywhere];
  const ready: ReadyMachine = { ...machine, now: anyway.value };
  const refused = now.ok ? [] : now.failures.map(refusal);
  const engine = await checkEngine(ready);
  const image = now.ok && !engine.some(isFatal) ? await checkImage(ready) : [];
  const canCall = now.ok && !engine.some(isFatal) && image.length === 0;
  const seen = canCall ? await checkCall(ready, options, parts) : [];
  return [
    ...engine,
    ...refused,
    ...image,
    ...seen,
    ...anywhere,
    ...(await checkKubeconfig(ready)),
    ...(await checkEnvironment(ready)),
  ];
}

/** No container can be started. */
function isFatal({ id }: Finding): boolean {
  return !['docker-old', 'docker-snap', 'podman-no-init'].includes(id);
}

async function whyRefused(machine: Machine, failures: readonly Failure[]): Promise<Finding[]> {
  const isEngine = failures.some(({ message }) => message.startsWith('no engine'));
  const engines = isEngine ? await checkEngines(machine) : [];
  return engines.length > 0 ? engines : failures.map(refusal);
}

/** The script's own words: it names the file, and says what to write. */
function refusal({ message, hint }: Failure): Finding {
  return { id: refusalId(message), problem: message, fix: hint ?? 'See docs/toolbox.md.' };
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/no image is chosen/, 'no-image'],
  [/have not allowed/, 'image-not-allowed'],
  [/toolbox\.json/, 'settings-broken'],
  [/belongs to someone else|cannot be (written|made)/, 'home-not-writable'],
  [/cannot mount this path/, 'path-not-mountable'],
  [/TOOLBOX_ENGINE/, 'engine-unknown'],
  [/current folder does not exist/, 'folder-gone'],
  [/environment variable/, 'variable-name'],
];

function refusalId(message: string): string {
  return REFUSALS.find(([pattern]) => pattern.test(message))?.[1] ?? 'call-refused';
}
