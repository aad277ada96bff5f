/** There is no kernel for an operation, or no memory for it. */
export class CannotRun extends Error {}
