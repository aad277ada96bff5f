/**
 * A text as it may be written to that stream. To a terminal, control characters are commands, with which a row, a name
 * or an answer could rewrite the screen or the clipboard: there they are shown as symbols. Everything else gets the text
 * as it is.
 */
export function terminalText(text: string, stream: { readonly isTTY?: boolean }): string {
  return stream.isTTY ? text.replace(controls, symbolOf) : text;
}

/** But not tabs, nor line ends as they are in a table's file. */
const controls = /\p{Cc}/gu;

function symbolOf(control: string, place: number, text: string): string {
  if (control === '\n' || control === '\t' || (control === '\r' && text[place + 1] === '\n')) return control;
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
