import type { Refusal } from './refusal';

/** How long a server that never answered is left alone. */
const REST_MS = 60_000;

/** Servers that never answered: asked once a minute, not once a file. */
export class DeadServers {
  private readonly known = new Map<string, { refusal: Refusal; until: number }>();

  /** Why there is no use in asking the server of this address now; undefined where there is. */
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
