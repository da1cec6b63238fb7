interface FoundSecret {
  /** The rule that found it: "private-key". */
  readonly rule: string;
  /** At most its first four characters, and its length: "ghp_… (40 characters)". */
  readonly excerpt: string;
  /** The first 12 digits of its sha256; only of secrets that can't be guessed. */
  readonly fingerprint?: string;
}

/** A secret in a file of a layer. */
export interface FileSecret extends FoundSecret {
  /** A byte string without a leading slash. */
  readonly path: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** 1-based; missing in a binary file. */
  readonly line?: number;
  /** The file is unchanged from a Debian package, which everyone can download. */
  readonly published?: true;
}

/** A secret in an image's config. */
export interface ConfigSecret extends FoundSecret {
  /** "ENV DB_PASSWORD", "label build.token", "history 3". */
  readonly setting: string;
}

export type SecretHit = FileSecret | ConfigSecret;

/** The secrets of one layer: all of them, also those that a later layer removes. */
export interface LayerSecrets {
  /** In the order of the layer's files. */
  readonly hits: readonly FileSecret[];
  /** Compressed files, whose contents were not searched. */
  readonly unopened: number;
}
