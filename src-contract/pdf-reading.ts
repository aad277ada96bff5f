/** How page and studio open PDFs with pdf.js: nothing in one may run or be fetched. */
export const pdfOptions = {
  isEvalSupported: false,
  useWorkerFetch: false,
  disableFontFace: true,
  stopAtErrors: false,
  verbosity: 0,
} as const;

/** Whether a PDF could not be opened for want of its password. */
export function isPdfLocked(error: unknown): boolean {
  return error instanceof Error && error.name === 'PasswordException';
}
