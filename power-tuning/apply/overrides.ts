/** One override in the text of `parameter_overrides`. */
export interface Override {
  readonly name: string;
  readonly value: string;
  /** Of the value in the text, inside its quotes. */
  readonly start: number;
  readonly end: number;
}

/** What SAM takes for a name and for a value: quoted, or up to the next space. */
const NAME = String.raw`[A-Za-z0-9"'\\]+`;
const VALUE = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+`;

const LONG_FORM = `ParameterKey=(?<name>${NAME}),ParameterValue=(?<value>${VALUE})`;
const SHORT_FORM = String.raw`(?<=^\s*| )(?<name>${NAME})=(?<value>${VALUE})`;

/**
 * The overrides of one text, as SAM reads them (samcli/cli/types.py): `Name=value`, or `ParameterKey=Name,ParameterValue=value`. Where
 * the long form is used once, SAM sees nothing else in that text.
 */
export function overridesIn(text: string): Override[] {
  const matches = [...text.trimEnd().matchAll(new RegExp(isLongForm(text) ? LONG_FORM : SHORT_FORM, 'dgs'))];
  return matches.map(({ groups, indices }): Override => {
    const quoted = groups?.['value'] ?? '';
    const [start = 0, end = 0] = indices?.groups?.['value'] ?? [];
    const inside = /^(["']).*\1$/s.test(quoted) && quoted.length > 1 ? 1 : 0;
    const name = (groups?.['name'] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
    return { name, value: quoted.slice(inside, quoted.length - inside), start: start + inside, end: end - inside };
  });
}

/** A new override, in the form that the text has already. */
export function overrideText(name: string, value: number, text: string): string {
  return isLongForm(text) ? `ParameterKey=${name},ParameterValue=${value}` : `${name}=${value}`;
}

function isLongForm(text: string): boolean {
  return new RegExp(LONG_FORM, 's').test(text);
}
