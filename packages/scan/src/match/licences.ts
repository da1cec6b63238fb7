import { UNKNOWN_LICENCE, type Component, type Licence } from '@image-tooling/model';
import type { Finding } from '../finding';
import { bringerOf, foundIn } from '../origin';
import type { ScanSubject } from '../subject';
import { isAllowed } from './licence-expression';

type Licensed = Extract<Component, { kind: 'deb' | 'tool' | 'npm' }>;

/** Returns components with licences that are not in a list. Go modules have none in their program. */
export function licenceFindings(subject: ScanSubject, allow: readonly string[]): Finding[] {
  const allowed = new Set(allow);
  return subject.inventory.components
    .filter((one): one is Licensed => one.kind === 'deb' || one.kind === 'tool' || one.kind === 'npm')
    .flatMap((component) => findingOf(subject, component, allowed));
}

function findingOf(subject: ScanSubject, component: Licensed, allowed: ReadonlySet<string>): Finding[] {
  const { licence, name, layer } = component;
  const expression = licence?.expression ?? '';
  const known = isAllowed(expression, allowed);
  const isAccepted = known ?? allowed.has(UNKNOWN_LICENCE);
  if (isAccepted) return [];
  const shown = known === undefined ? UNKNOWN_LICENCE : expression;
  const tool = component.kind === 'npm' ? component.tool : undefined;
  return [
    {
      kind: 'licence',
      id: 'licence',
      aliases: [],
      severity: 'high',
      title: titleOf(name, licence, known),
      component: foundIn(subject, component),
      layer,
      ...bringerOf(subject, layer, tool),
      advice: `Remove ${name}, or add ${JSON.stringify(shown)} to "licences.allow" in scan.json.`,
    },
  ];
}

function titleOf(name: string, licence: Licence | undefined, known: boolean | undefined): string {
  if (known !== undefined) return `${name} has a licence that is not allowed: ${licence?.expression}`;
  const text = licence?.text ?? licence?.expression;
  return `${name} has no known licence${text === undefined ? '' : `, but a text: ${firstLine(text)}`}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 100) ?? '';
}
