/** The permissions of a token: actions by resource, `repository:team/name` → `pull`, `push`. */
export type Scope = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Returns the scope of a request: actions on its own repository (`pull`, `pull,push`), or full scopes of other
 * repositories (`repository:team/sibling:pull`).
 */
export function scopeOf(path: string, actions: readonly string[]): Scope {
  const own = actions.map((action) => (action.includes(':') ? action : `repository:${path}:${action}`));
  return parseScope(own.join(' '));
}

/** Parses scopes in the format of token services (Distribution, "Token Scope Documentation"), separated by spaces. */
export function parseScope(text: string): Scope {
  const scope = new Map<string, Set<string>>();
  for (const part of text.split(' ').filter((word) => word.includes(':'))) {
    const colon = part.lastIndexOf(':');
    const resource = part.slice(0, colon);
    const actions = part.slice(colon + 1).split(',');
    scope.set(
      resource,
      new Set([...(scope.get(resource) ?? []), ...actions.filter((action) => action !== '')]),
    );
  }
  return scope;
}

export function merged(one: Scope, other: Scope): Scope {
  return parseScope([...scopeTexts(one), ...scopeTexts(other)].join(' '));
}

/** Whether a token for `granted` allows `wanted`. */
export function covers(granted: Scope, wanted: Scope): boolean {
  return [...wanted].every(([resource, actions]) => {
    const has = granted.get(resource);
    return [...actions].every((action) => has?.has(action) === true || has?.has('*') === true);
  });
}

/** Returns scopes as `repository:team/name:pull,push`, one a resource, in a fixed order. */
export function scopeTexts(scope: Scope): string[] {
  return [...scope].map(([resource, actions]) => `${resource}:${[...actions].sort().join(',')}`).sort();
}
