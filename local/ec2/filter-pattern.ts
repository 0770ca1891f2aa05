/** Whether a filter value is compared as it is; only then can an index answer for it. */
export function isExact(pattern: string): boolean {
  return !/[*?\\]/.test(pattern);
}

/** One character, or wildcards in a row: any text of so many characters. */
type Step = { readonly literal: string } | { readonly atMost: number };

/**
 * The wildcards of EC2's filter values: `*` is any text, `?` is one character or none, `\` takes the next character as it is.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html ("matches zero or one character").
 *
 * The test takes time in proportion to pattern times text: a regular expression, which tries one way after the other, takes
 * 14 s for ten stars and a character that the text does not have.
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const steps = stepsOf(pattern);
  return (text) => {
    // Where in the text the pattern so far may end, ascending.
    let ends = [0];
    for (const step of steps) {
      ends = endsAfter(step, ends, text);
      if (ends.length === 0) return false;
    }
    return ends.at(-1) === text.length;
  };
}

function endsAfter(step: Step, ends: readonly number[], text: string): number[] {
  if ('literal' in step) return ends.filter((end) => text[end] === step.literal).map((end) => end + 1);
  const after: number[] = [];
  for (const end of ends) {
    const last = Math.min(end + step.atMost, text.length);
    for (let next = Math.max(end, (after.at(-1) ?? -1) + 1); next <= last; next++) after.push(next);
  }
  return after;
}

function stepsOf(pattern: string): Step[] {
  const steps: Step[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '*' || character === '?') {
      const before = steps.at(-1);
      const atMost = character === '*' ? Number.POSITIVE_INFINITY : 1;
      if (before !== undefined && 'atMost' in before) steps[steps.length - 1] = { atMost: before.atMost + atMost };
      else steps.push({ atMost });
    } else if (character === '\\' && index + 1 < pattern.length) steps.push({ literal: pattern.charAt(++index) });
    else steps.push({ literal: character });
  }
  return steps;
}
