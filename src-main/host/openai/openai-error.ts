import { ORPCError } from '@orpc/server';
import { type ErrorData, errorCatalogue, isErrorCode, StudioError } from '../../../src-contract/errors.ts';
import { inEnglish } from '../../../src-contract/failure-reason.ts';
import { fillIn } from '../../../src-contract/fill-in.ts';
import { shortened } from '../../../src-contract/shortened.ts';

/** A failure in OpenAI's format. */
export class OpenaiError extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  /** The failure as the person at the studio is told of it, who sees what the program did. */
  readonly told: StudioError | undefined;

  constructor(
    status: number,
    message: string,
    {
      code = null,
      param = null,
      told = new StudioError('ENDPOINT_REFUSED', inEnglish(message)),
    }: { code?: string | null; param?: string | null; told?: StudioError } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
    this.told = status === 500 ? undefined : told;
    this.type = status >= 500 ? 'server_error' : status === 429 ? 'rate_limit_error' : 'invalid_request_error';
  }

  get body(): object {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

/** Anything thrown, in OpenAI's format. Unexpected errors reveal nothing to the client. */
export function openaiErrorOf(error: unknown): OpenaiError {
  if (error instanceof OpenaiError) return error;
  if (error instanceof ORPCError && isErrorCode(error.code)) {
    const { message, hint } = errorCatalogue[error.code];
    // The contract parsed the data under this code, so it has the fields named in the sentences.
    const data = sayable(error.data as Record<string, unknown> | undefined);
    const words = `${fillIn(message, data)} ${fillIn(hint, data)}`;
    const told = new StudioError(error.code, data as ErrorData<typeof error.code>);
    if (error.code === 'CONTEXT_TOO_LONG') {
      // OpenAI's sentence: many programs know by it, not by the code, that they must shorten what they send.
      const known = `This model's maximum context length is ${data.limit} tokens. However, your messages resulted in ${data.tokens} tokens.`;
      return new OpenaiError(400, `${known} ${hint}`, { code: 'context_length_exceeded', told });
    }
    if (error.code === 'ENGINE_STOPPED') return new OpenaiError(503, words, { code: 'engine_stopped', told });
    return new OpenaiError(400, words, { code: error.code.toLowerCase(), told });
  }
  return new OpenaiError(500, 'Something went wrong in the studio.');
}

/** What a program sent, such as a name in its schema, may be of any length. */
function sayable(data: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? shortened(value, 500) : value]),
  );
}
