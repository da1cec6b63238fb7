import { archOf, platformOfNode } from '@image-tooling/model';
import { ask } from '../local/engines';
import type { Finding, ReadyMachine } from './finding';

/** Checks that the image is here, and for this processor. */
export async function checkImage({ host, now }: ReadyMachine): Promise<Finding[]> {
  const { engine, image } = now;
  const answer = await ask(host, engine, 'image', 'inspect', '--format', '{{.Architecture}}', image);
  if (answer.exitCode !== 0)
    return [{ id: 'image-missing', problem: `${image} is not on this machine yet.`, fix: 'toolbox pull' }];
  const platform = platformOfNode(host.arch);
  const found = answer.stdout.trim();
  if (platform === undefined || found === archOf(platform)) return [];
  return [
    {
      id: 'image-processor',
      problem: `${image} on this machine is for ${found}, this processor is ${archOf(platform)}: it is slow, or does not run.`,
      fix: `${engine} pull --platform ${platform} ${image}`,
    },
  ];
}
