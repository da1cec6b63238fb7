import { ask } from '../local/engines';
import type { Finding, ReadyMachine } from './finding';

/** Node's name of this processor → the images' (OCI image-spec, config.md). */
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Checks that the image is here, and for this processor. */
export async function checkImage({ host, now }: ReadyMachine): Promise<Finding[]> {
  const { engine, image } = now;
  const answer = await ask(host, engine, 'image', 'inspect', '--format', '{{.Architecture}}', image);
  if (answer.exitCode !== 0)
    return [{ id: 'image-missing', problem: `${image} is not on this machine yet.`, fix: 'toolbox pull' }];
  const wanted = PROCESSORS[host.arch];
  const found = answer.stdout.trim();
  if (wanted === undefined || found === wanted) return [];
  return [
    {
      id: 'image-processor',
      problem: `${image} on this machine is for ${found}, this processor is ${wanted}: it is slow, or does not run.`,
      fix: `${engine} pull --platform linux/${wanted} ${image}`,
    },
  ];
}
