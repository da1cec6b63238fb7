const SECOND = 1000;
const MINUTE = 60 * SECOND;
/**
 * Since work began. A log of an hour then has a dozen lines, and CI systems don't stop the job as hanging.
 */
const FIRST_MS = [30 * SECOND, MINUTE, 2 * MINUTE] as const;
const LATER_MS = 5 * MINUTE;

/**
 * Calls back while something runs: 30 s, 1, 2 and 5 minutes after the first start, then every 5 minutes. A
 * pause does not begin these intervals again.
 */
export class Heartbeat {
  private timer: NodeJS.Timeout | undefined;
  private began: number | undefined;

  constructor(private readonly beat: () => void) {}

  /** No effect if it already runs. */
  start(): void {
    this.began ??= Date.now();
    if (this.timer === undefined) this.wait(Date.now() - this.began);
  }

  pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** @param past milliseconds since the first start */
  private wait(past: number): void {
    const next = FIRST_MS.find((mark) => mark > past) ?? (Math.floor(past / LATER_MS) + 1) * LATER_MS;
    this.timer = setTimeout(() => {
      this.beat();
      this.wait(next);
    }, next - past).unref();
  }
}
