import { devNull } from 'node:os';

export const EMBEDDED_REGION = 'us-east-1';

/** What a program needs to find the embedded AWS. The credentials are not verified, but an SDK wants some. */
export function embeddedVariables(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: EMBEDDED_REGION,
    AWS_DEFAULT_REGION: EMBEDDED_REGION,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

/**
 * The environment of a program that is to see the embedded AWS alone. Setting `AWS_ENDPOINT_URL` does not do on the machine of
 * somebody who uses AWS: a profile comes before access keys, `AWS_ENDPOINT_URL_S3` before the endpoint of all services, and
 * `use_fips_endpoint` in `~/.aws/config` fails with any endpoint.
 */
export function embeddedEnvironment(url: string, environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return { ...withoutAws(environment), ...embeddedVariables(url) };
}

/** An environment without settings of AWS, those in the files of the home folder included. */
export function withoutAws(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(kept), AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull };
}

/** Of an environment the variables that win over {@link embeddedVariables}, or fail together with them. */
export function overridingVariables(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment).filter((name) => OVERRIDING.test(name));
}

const OVERRIDING =
  /^AWS_((DEFAULT_)?PROFILE|SESSION_TOKEN|ENDPOINT_URL_\w+|USE_(FIPS|DUALSTACK)_ENDPOINT|IGNORE_CONFIGURED_ENDPOINT_URLS)$/;
