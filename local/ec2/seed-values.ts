import type { Tags } from './model.ts';
import type { SeededRandom } from './random.ts';

/** A fixed moment, or a fleet would change from day to day. */
const NOW_MS = Date.UTC(2026, 10, 1);
const TWO_YEARS_S = 2 * 365 * 86_400;

const TEAMS = ['payments', 'search', 'platform', 'data', 'media'] as const;
const ENVIRONMENTS = ['production', 'staging', 'development'] as const;

/** `i-0…`: 17 hexadecimal digits, of which AWS's own begin with 0. */
export function resourceId(random: SeededRandom, prefix: string): string {
  return `${prefix}-0${random.hex(16)}`;
}

export function someTime(random: SeededRandom): number {
  return NOW_MS - random.integer(0, TWO_YEARS_S) * 1000;
}

export function teamTags(random: SeededRandom, name: string): Tags {
  const team = random.pick(TEAMS);
  return { Name: `${team}-${name}`, Environment: random.pick(ENVIRONMENTS), Team: team };
}
