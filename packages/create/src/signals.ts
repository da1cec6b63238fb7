const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Aborted when the user stops the program. Further signals don't interrupt the cleanup. */
export class StopSignal {
  private readonly controller = new AbortController();
  private readonly stop = (): void => this.controller.abort();

  constructor(private readonly from: Pick<NodeJS.Process, 'on' | 'off'>) {
    for (const name of SIGNALS) from.on(name, this.stop);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    for (const name of SIGNALS) this.from.off(name, this.stop);
  }
}
