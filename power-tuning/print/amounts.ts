export type Currency = 'USD' | 'CNY';

const SIGNS: Readonly<Record<Currency, string>> = { USD: '$', CNY: '¥' };
const MILLION = 1_000_000;

/** `1,024 MB`; with a mark where the setting was not measured. */
export function shownMemory(memoryMb: number, isModelled: boolean): string {
  return `${isModelled ? MODELLED_MARK : ''}${memoryMb.toLocaleString('en-US')} MB`;
}

/** Before what was not measured. */
export const MODELLED_MARK = '~';

export function shownTime(ms: number): string {
  const digits = ms < 10 ? 2 : ms < 100 ? 1 : 0;
  return `${ms.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ms`;
}

/** @param cost - Of one invocation. @returns That of a million. */
export function shownCost(cost: number, currency: Currency): string {
  const amount = cost * MILLION;
  // A visualization URL has 0.99999997 for 1.
  const size = Number(amount.toPrecision(3));
  const digits = size >= 1 || size === 0 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(size)));
  return SIGNS[currency] + amount.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** How much larger `value` is: `12 %`. Nothing where it is not. */
export function shownExcess(value: number, base: number): string | undefined {
  if (!(value > base)) return undefined;
  const percent = Math.round((value / base - 1) * 100);
  return percent === 0 ? 'less than 1 %' : `${percent.toLocaleString('en-US')} %`;
}
