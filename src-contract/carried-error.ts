import { type ErrorCode, type ErrorData, StudioError } from './errors.ts';
import { errorOf } from './thrown.ts';

/**
 * An error as plain data, for passing to another thread or process. A StudioError keeps its code and data; any other
 * error keeps the code that the system or SQLite gave it, and the system's call that failed.
 */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly syscall: string | undefined;
  readonly data: Record<string, unknown> | undefined;
  readonly stack: string | undefined;
}

export function toCarried(thrown: unknown): CarriedError {
  const error = errorOf(thrown);
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined;
  return { name, message, code, syscall, stack, data: error instanceof StudioError ? error.data : undefined };
}

/** Rebuilds the error as thrown. A StudioError gets the original message and stack as its cause. */
export function fromCarried({ name, message, code, syscall, data, stack }: CarriedError): Error {
  const ofSystem = { ...(code !== undefined && { code }), ...(syscall !== undefined && { syscall }) };
  const thrown = Object.assign(new Error(message), { name, stack, ...ofSystem });
  // Sound: only a StudioError has data, and its code is in the catalogue.
  return data === undefined
    ? thrown
    : new StudioError(code as ErrorCode, data as ErrorData<ErrorCode>, { cause: thrown });
}
