import { OWN } from '../document/properties';
import { Unreadable } from './unreadable';
import type { SbomComponent } from './schema';

/** Our own properties of a component. */
export class ReadProperties {
  private readonly own: readonly (readonly [name: string, value: string])[];

  constructor({ properties }: Pick<SbomComponent, 'properties'>) {
    this.own = properties
      .filter(({ name }) => name.startsWith(OWN))
      .map(({ name, value }) => [name.slice(OWN.length), value]);
  }

  find(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** Throws `Unreadable` if it is missing. */
  get(name: string): string {
    const value = this.find(name);
    if (value === undefined) throw new Unreadable(`a component has no property "${OWN}${name}"`);
    return value;
  }

  all(name: string): string[] {
    return this.own.filter(([own]) => own === name).map(([, value]) => value);
  }

  /** Returns the values of `<name>:<number>`, in the order of their numbers. */
  numbered(name: string): string[] {
    return this.own
      .filter(([own]) => own.startsWith(`${name}:`))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value);
  }
}
