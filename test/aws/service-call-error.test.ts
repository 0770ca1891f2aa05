import { ServiceCallError } from 'lambda-parallel';
import { expect, test } from 'vitest';
import { serviceCallError } from '../../src/aws/service-call-error.ts';

function awsError(name: string, httpStatusCode: number, message: string): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

test('serviceCallError() says what was attempted, what came back, and what to do', () => {
  const cause = awsError('SlowDown', 503, 'Please reduce your request rate.');
  const error = serviceCallError('get s3://photos/a.jpg', cause);
  expect(error).toBeInstanceOf(ServiceCallError);
  expect(error).toMatchObject({ cause, serviceCode: 'SlowDown', statusCode: 503 });
  expect(error.message).toBe(
    'Cannot get s3://photos/a.jpg: SlowDown (HTTP 503), "Please reduce your request rate"; the service is throttling; lower the concurrency, or spread the keys over prefixes',
  );
});

test('serviceCallError() prefers the next step of the call to the general one', () => {
  const cause = awsError('SlowDown', 503, '');
  expect(serviceCallError('x', cause, { SlowDown: 'wait a little' }).message).toBe(
    'Cannot x: SlowDown (HTTP 503); wait a little',
  );
});

test('serviceCallError() takes the code of the system where no answer came, also from several addresses', () => {
  const refused = systemError('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1');
  const both = Object.assign(new AggregateError([refused, systemError('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')]), {
    code: 'ECONNREFUSED',
  });
  for (const cause of [refused, both]) {
    expect(serviceCallError('x', cause)).toMatchObject({
      cause,
      serviceCode: 'ECONNREFUSED',
      statusCode: undefined,
      message:
        'Cannot x: ECONNREFUSED, "connect ECONNREFUSED 127.0.0.1:1"; nothing listens there; check the endpoint of the client and AWS_ENDPOINT_URL',
    });
  }
});

test.each([
  [
    'CredentialsProviderError',
    Object.assign(new Error('none'), { name: 'CredentialsProviderError' }),
    'give the function a role',
  ],
  ['TimeoutError', Object.assign(new Error('late'), { name: 'TimeoutError' }), 'raise the timeouts of the client'],
  // The SDK gives a timeout that it throws both a name and a code.
  ['ETIMEDOUT', Object.assign(systemError('ETIMEDOUT', 'late'), { name: 'TimeoutError' }), 'raise the timeouts of the client'],
  ['ECONNRESET', Object.assign(systemError('ECONNRESET', 'aborted'), { $metadata: { attempts: 3 } }), 'the connection was cut'],
  ['EMFILE', systemError('EMFILE', 'too many open files'), 'lower the concurrency'],
  ['PermanentRedirect', awsError('PermanentRedirect', 301, 'elsewhere'), 'set the region of the client'],
  ['SomethingNew', awsError('SomethingNew', 400, 'new'), 'see cause'],
])('serviceCallError() knows what to do about %s', (serviceCode, cause, nextStep) => {
  const error = serviceCallError('x', cause);
  expect(error.serviceCode).toBe(serviceCode);
  expect(error.message).toContain(nextStep);
});

test.each([undefined, null, 'text', 7, {}])('serviceCallError() keeps %s as its cause', (cause) => {
  const error = serviceCallError('x', cause);
  expect(error.cause).toBe(cause);
  expect(error.message).toMatch(/^Cannot x: .*see cause$/);
});

test('serviceCallError() tells who has no region what to set', () => {
  expect(serviceCallError('get s3://photos/a.jpg', new Error('Region is missing')).message).toBe(
    'Cannot get s3://photos/a.jpg: Error, "Region is missing"; set AWS_REGION, or the region of the client',
  );
});
