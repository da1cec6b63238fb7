import type { Exchange } from '../proxy/exchange';
import { askedOf, queryOf } from '../steps/asked';

/** What a token allows, or a request needs, on one repository. */
export interface Scope {
  readonly repository: string;
  readonly actions: readonly string[];
}

/** `repository:team/app:pull,push` (distribution, "Token Scope Documentation"); others are left out. */
export function parseScopes(texts: readonly string[]): Scope[] {
  return texts
    .flatMap((text) => text.split(' '))
    .flatMap((text) => {
      const match = /^repository:(.+):([a-z,*]+)$/.exec(text);
      return match ? [{ repository: match[1]!, actions: match[2]!.split(',') }] : [];
    });
}

export function scopeText(scopes: readonly Scope[]): string {
  return scopes.map(({ repository, actions }) => `repository:${repository}:${actions.join(',')}`).join(' ');
}

/** What a request needs, as distribution asks for it (registry/handlers/app.go, "appendAccessRecords"). */
export function neededScopes(exchange: Exchange): Scope[] {
  const asked = askedOf(exchange);
  if (!asked) return [];
  const from = queryOf(exchange).get('from');
  const own = { repository: asked.repository, actions: actionsOf(exchange.record.method) };
  return from === null ? [own] : [own, { repository: from, actions: ['pull'] }];
}

export function covers(granted: readonly Scope[], needed: readonly Scope[]): boolean {
  return needed.every(({ repository, actions }) =>
    actions.every((action) =>
      granted.some(
        (scope) =>
          scope.repository === repository && scope.actions.some((one) => one === action || one === '*'),
      ),
    ),
  );
}

function actionsOf(method: string): string[] {
  if (method === 'GET' || method === 'HEAD') return ['pull'];
  return method === 'DELETE' ? ['delete'] : ['pull', 'push'];
}
