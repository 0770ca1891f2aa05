/** Whether a filter value is compared as it is; only then can an index answer for it. */
export function isExact(pattern: string): boolean {
  return !/[*?\\]/.test(pattern);
}

/**
 * The wildcards of EC2's filter values: `*` is any text, `?` is one character or none, `\` takes the next character as it is.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html ("matches zero or one character").
 */
export function compilePattern(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '*') source += '.*';
    else if (character === '?') source += '.?';
    else if (character === '\\' && index + 1 < pattern.length) source += literal(pattern.charAt(++index));
    else source += literal(character);
  }
  return new RegExp(`^${source}$`, 's');
}

function literal(character: string): string {
  return /[$()*+.?[\\\]^{|}]/.test(character) ? `\\${character}` : character;
}
