export * from './leftovers';
export * from './places';
export * from './step';
