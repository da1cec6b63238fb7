/** Says why a document can't be read; `readCycloneDx` makes a failure of it. */
export class Unreadable extends Error {}
