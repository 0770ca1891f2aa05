import { withoutAws } from '../../local/environment/embedded-environment.ts';

/** Where the conformance tests run against an endpoint of the environment, they sign in there as the environment says. */
const OF_TARGET =
  /^AWS_(ENDPOINT_URL|REGION|DEFAULT_REGION|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|ROLE_\w+|WEB_IDENTITY_TOKEN_FILE|CA_BUNDLE)$/;

// A test sees what it sets, and not the profile, region or endpoint of whoever runs it.
const environment = withoutAws(process.env);
if (process.env['AWS_ENDPOINT_URL']) {
  delete environment['AWS_CONFIG_FILE'];
  delete environment['AWS_SHARED_CREDENTIALS_FILE'];
  for (const [name, value] of Object.entries(process.env)) if (OF_TARGET.test(name)) environment[name] = value;
}
for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
Object.assign(process.env, environment);
