import { DEBIAN_SETUID } from '@image-tooling/model';
import type { Finding } from '../finding';
import { bringerOf } from '../origin';
import type { ScanSubject } from '../subject';

/** Returns setuid and setgid files that neither Debian has, nor image.json or scan.json allow. */
export function setuidFindings(subject: ScanSubject, allowed: readonly string[]): Finding[] {
  const known = new Set([
    ...Object.values(DEBIAN_SETUID).flat(),
    ...subject.chain.flatMap(({ setuid }) => setuid),
    ...allowed,
  ]);
  return subject.setuid
    .filter(({ path }) => !known.has(path))
    .map(({ path, layer }) => ({
      kind: 'setuid',
      id: 'setuid',
      aliases: [],
      severity: 'high',
      title: `${path} runs with the rights of its owner or group`,
      place: path,
      layer,
      ...bringerOf(subject, layer),
      advice: `Remove the file or its bit, or add "${path}" to "setuid.allow" in scan.json.`,
    }));
}
