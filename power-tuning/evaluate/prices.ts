import type { Architecture } from '../../local/template/model.ts';

/**
 * One GB-second in the first tier of a month, in USD, in China in CNY: https://aws.amazon.com/lambda/pricing/
 *
 * The default is that of us-east-1. The exceptions are unofficial: as others have copied them from that page; Osaka and China
 * as the state machine rounds them: https://github.com/alexcasalboni/aws-lambda-power-tuning/blob/master/template.yml
 */
const GB_SECOND: Readonly<Record<Architecture, Readonly<Record<string, number>>>> = {
  x86_64: {
    default: 0.0000166667,
    'af-south-1': 0.0000221,
    'ap-east-1': 0.00002292,
    'ap-northeast-3': 0.0000216,
    'cn-north-1': 0.0001136,
    'cn-northwest-1': 0.0001136,
    'eu-south-1': 0.0000195172,
    'me-central-1': 0.0000206667,
    'me-south-1': 0.0000206667,
  },
  arm64: {
    default: 0.0000133334,
    'af-south-1': 0.00001768,
    'ap-east-1': 0.0000183,
    'eu-south-1': 0.0000156138,
    'me-central-1': 0.0000165334,
    'me-south-1': 0.0000165334,
  },
};

/** One state transition of a standard workflow, as the same template has it. */
const STATE_TRANSITION: Readonly<Record<string, number>> = {
  default: 0.000025,
  'af-south-1': 0.00002975,
  'ap-east-1': 0.0000275,
  'ap-northeast-2': 0.0000271,
  'ap-south-1': 0.0000285,
  'cn-north-1': 0.0001891,
  'cn-northwest-1': 0.0001891,
  'eu-south-1': 0.00002625,
  'eu-west-3': 0.0000297,
  'me-south-1': 0.0000275,
  'sa-east-1': 0.0000375,
  'us-gov-east-1': 0.00003,
  'us-gov-west-1': 0.00003,
  'us-west-1': 0.0000279,
};

export interface PriceKey {
  readonly architecture: Architecture;
  /** One without a price of its own has that of us-east-1. */
  readonly region: string;
}

/** What one invocation costs that is billed for `billedMs`: whole milliseconds, a begun one counts. Requests are not in it. */
export function invocationCost(memoryMb: number, billedMs: number, { architecture, region }: PriceKey): number {
  // Integers first: twice the memory for half the time costs the same, to the last bit, and the faster of the two is recommended.
  return Math.ceil(billedMs) * memoryMb * (priceIn(GB_SECOND[architecture], region) / 1024 / 1000);
}

export function stateTransitionCost(region: string): number {
  return priceIn(STATE_TRANSITION, region);
}

export function currencyOf(region: string): 'CNY' | 'USD' {
  return region.startsWith('cn-') ? 'CNY' : 'USD';
}

function priceIn(prices: Readonly<Record<string, number>>, region: string): number {
  return prices[region] ?? prices['default'] ?? Number.NaN;
}
