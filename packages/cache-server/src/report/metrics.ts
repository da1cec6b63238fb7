type Labels = Readonly<Record<string, string>>;

/** A counter or a gauge with labels, in Prometheus' text format (prometheus.io/docs, "Exposition formats"). */
export class Series {
  private readonly values = new Map<string, number>();

  constructor(
    readonly name: string,
    private readonly type: 'counter' | 'gauge',
    private readonly help: string,
  ) {}

  add(labels: Labels, value = 1): void {
    const key = labelText(labels);
    this.values.set(key, (this.values.get(key) ?? 0) + value);
  }

  /** Replaces all values. */
  set(values: readonly (readonly [Labels, number])[]): void {
    this.values.clear();
    for (const [labels, value] of values) this.add(labels, value);
  }

  text(): string {
    const lines = [...this.values].map(([labels, value]) => `${this.name}${labels} ${value}\n`);
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} ${this.type}\n${lines.join('')}`;
  }
}

/** From a hit in memory to a large entry on a slow line. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/** A histogram of seconds, by one label. */
export class Histogram {
  private readonly values = new Map<string, { readonly counts: number[]; sum: number; count: number }>();

  constructor(
    readonly name: string,
    private readonly label: string,
    private readonly help: string,
  ) {}

  observe(value: string, seconds: number): void {
    const found = this.values.get(value) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    BUCKETS.forEach((most, at) => (found.counts[at]! += seconds <= most ? 1 : 0));
    found.sum += seconds;
    found.count += 1;
    this.values.set(value, found);
  }

  text(): string {
    const lines = [...this.values].flatMap(([value, { counts, sum, count }]) => {
      const labels = { [this.label]: value };
      const bucket = (most: string, number: number) =>
        `${this.name}_bucket${labelText({ ...labels, le: most })} ${number}\n`;
      return [
        ...BUCKETS.map((most, at) => bucket(String(most), counts[at]!)),
        bucket('+Inf', count),
        `${this.name}_sum${labelText(labels)} ${sum}\n`,
        `${this.name}_count${labelText(labels)} ${count}\n`,
      ];
    });
    return `# HELP ${this.name} ${this.help}\n# TYPE ${this.name} histogram\n${lines.join('')}`;
  }
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}

/** What the server counts. */
export class Metrics {
  readonly requests = new Series('image_cache_requests_total', 'counter', 'Answered requests, by result.');
  readonly bytes = new Series('image_cache_bytes_total', 'counter', 'Bytes of entries, sent and received.');
  readonly damaged = new Series(
    'image_cache_damaged_total',
    'counter',
    'Damaged entries that were set aside.',
  );
  readonly deleted = new Series(
    'image_cache_deleted_total',
    'counter',
    'Entries deleted by age or for room.',
  );
  readonly stored = new Series('image_cache_stored_bytes', 'gauge', 'Bytes of stored entries.');
  readonly running = new Series('image_cache_running_requests', 'gauge', 'Requests that are being answered.');
  readonly memory = new Series('process_resident_memory_bytes', 'gauge', 'Memory of the server.');
  readonly seconds = new Histogram(
    'image_cache_request_seconds',
    'method',
    'Seconds from request to answer.',
  );

  text(): string {
    const { requests, bytes, damaged, deleted, stored, running, memory, seconds } = this;
    return [requests, bytes, damaged, deleted, stored, running, memory, seconds]
      .map((one) => one.text())
      .join('');
  }
}
