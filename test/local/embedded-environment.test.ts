import { devNull } from 'node:os';
import { expect, test } from 'vitest';
import { embeddedEnvironment, overridingVariables } from '../../local/environment/embedded-environment.ts';

const OF_AN_AWS_USER = {
  AWS_PROFILE: 'work',
  AWS_SESSION_TOKEN: 'token',
  AWS_ENDPOINT_URL: 'https://example.com',
  AWS_ENDPOINT_URL_S3: 'https://example.com',
  AWS_ENDPOINT_URL_EC2: 'https://example.com',
  AWS_USE_FIPS_ENDPOINT: 'true',
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: 'elsewhere/config',
};

test('embeddedEnvironment() has nothing of AWS but what it sets, and everything else', () => {
  const url = 'http://127.0.0.1:4566';
  expect(embeddedEnvironment(url, { PATH: '/bin', MY_AWS_PROFILE: 'kept', ...OF_AN_AWS_USER })).toEqual({
    PATH: '/bin',
    MY_AWS_PROFILE: 'kept',
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  });
});

test('overridingVariables() names what a shell must not keep beside the exported variables', () => {
  expect(overridingVariables({ PATH: '/bin', ...OF_AN_AWS_USER })).toEqual([
    'AWS_PROFILE',
    'AWS_SESSION_TOKEN',
    'AWS_ENDPOINT_URL_S3',
    'AWS_ENDPOINT_URL_EC2',
    'AWS_USE_FIPS_ENDPOINT',
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  ]);
});
