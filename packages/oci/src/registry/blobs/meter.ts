/** Counts the bytes that are sent for a blob, and those that need not be sent again. */
export class Meter {
  /** Bytes sent, including those of failed attempts. */
  sent = 0;
  private position = 0;

  constructor(private readonly onBytes: (count: number) => void = () => undefined) {}

  send(count: number): void {
    this.sent += count;
    this.moveTo(this.position + count);
  }

  /** Sets how many bytes of the blob are sent; fewer than before after a failed attempt. */
  moveTo(position: number): void {
    if (position !== this.position) this.onBytes(position - this.position);
    this.position = position;
  }
}
