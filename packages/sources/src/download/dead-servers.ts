import type { Refusal } from './refusal';

/** How long a server that never answered is left alone. */
const REST_MS = 60_000;

/** Servers that never answered: tried once a minute, not for each file. */
export class DeadServers {
  private readonly known = new Map<string, { refusal: Refusal; until: number }>();

  /** Returns why the server of this address is not tried now; undefined if it may be tried. */
  refusal(url: string): Refusal | undefined {
    const entry = this.known.get(originOf(url));
    return entry !== undefined && performance.now() < entry.until ? entry.refusal : undefined;
  }

  remember(url: string, refusal: Refusal): void {
    this.known.set(originOf(url), { refusal, until: performance.now() + REST_MS });
  }
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
