/** Counts what goes out for a blob, and what of it still counts. */
export class Meter {
  /** Bytes sent, those of tries that failed too. */
  sent = 0;
  private position = 0;

  constructor(private readonly onBytes: (count: number) => void = () => undefined) {}

  send(count: number): void {
    this.sent += count;
    this.moveTo(this.position + count);
  }

  /** So many bytes of the blob are with the registry, or on the way; fewer than before where a try failed. */
  moveTo(position: number): void {
    if (position !== this.position) this.onBytes(position - this.position);
    this.position = position;
  }
}
