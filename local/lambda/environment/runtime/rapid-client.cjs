// Loaded into every runtime process before the runtime client. Plain JavaScript, because stripping types would cost each cold
// start some 20 ms of the function's own CPU share.
'use strict';

const Module = require('node:module');
const { isMainThread } = require('node:worker_threads');

const WANTED = './rapid-client.node';
/** Above it the runtime client's native part leaves the header out: its `XRAY_ERROR_CAUSE` limit. */
const MAX_ERROR_CAUSE_BYTES = 1024 * 1024;

// On Managed Instances the runtime's worker threads ask for the client, otherwise the main thread: never a function's own threads.
const isManagedInstance = process.env.AWS_LAMBDA_MAX_CONCURRENCY !== undefined;
if (isMainThread !== isManagedInstance) answerOnce();

/** Answers the runtime client's one `require` of its native part, and puts everything back before the function is loaded. */
function answerOnce() {
  const load = Module._load;
  Module._load = function (request, ...rest) {
    if (request !== WANTED) return load.call(this, request, ...rest);
    Module._load = load;
    return createClient(process.env.AWS_LAMBDA_RUNTIME_API);
  };
}

/** What `rapid-client.cc` exports, over `node:http`. Only this differs: a post is under way when `done` and `error` return. */
function createClient(address) {
  const http = require('node:http');
  const agent = new http.Agent({ keepAlive: true });
  const [host, port] = address.split(':');
  /** Posts under way. None rejects. */
  const posts = new Set();

  function exchange(method, path, headers, body) {
    return new Promise((resolve, reject) => {
      const request = http.request({ host, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers });
      request.once('error', reject);
      request.once('response', (response) => {
        const chunks = [];
        response.once('error', reject);
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const { statusCode: status, headers: received } = response;
          resolve({ status, headers: received, body: Buffer.concat(chunks).toString() });
        });
      });
      request.end(body);
    });
  }

  function post(path, headers, text) {
    if (typeof text !== 'string') throw new TypeError('Wrong arguments');
    const body = Buffer.from(text);
    const type = { 'content-type': 'application/json', 'content-length': body.length };
    // As the native part does, which ignores how a post ends: where the server is gone, `next` says so.
    const posted = exchange('POST', path, { ...type, ...headers }, body).then(forget, forget);
    function forget() {
      posts.delete(posted);
    }
    posts.add(posted);
    return null;
  }

  return {
    initializeClient() {},
    async next() {
      // The native part posts synchronously, so the runtime never asks for more before the answer is given.
      if (!isManagedInstance) await Promise.all(posts);
      const { status, headers, body } = await exchange('GET', 'invocation/next', {});
      if (status !== 200) throw new Error(`Failed to get next invocation, error ${status}`);
      // One turn of the event loop: sockets that a server closed while this process was frozen are told so before the handler runs.
      await new Promise(setImmediate);
      return { bodyJson: body, headers: invocationHeaders(headers) };
    },
    done(requestId, response) {
      return post(`invocation/${requestId}/response`, {}, response);
    },
    error(requestId, response, cause) {
      const header = asHeader(cause);
      const isSent = header !== '' && header.length < MAX_ERROR_CAUSE_BYTES;
      return post(
        `invocation/${requestId}/error`,
        isSent ? { 'lambda-runtime-function-xray-error-cause': header } : {},
        response,
      );
    },
  };
}

function invocationHeaders(received) {
  const headers = {
    'lambda-runtime-deadline-ms': Number(received['lambda-runtime-deadline-ms']),
    'lambda-runtime-aws-request-id': received['lambda-runtime-aws-request-id'],
    'lambda-runtime-trace-id': received['lambda-runtime-trace-id'] ?? '',
    'lambda-runtime-invoked-function-arn': received['lambda-runtime-invoked-function-arn'] ?? '',
  };
  for (const name of ['client-context', 'cognito-identity', 'aws-tenant-id']) {
    const value = received[`lambda-runtime-${name}`];
    if (value) headers[`lambda-runtime-${name}`] = Buffer.from(value, 'latin1').toString();
  }
  return headers;
}

/** `node:http` takes a header as latin1: UTF-8 goes byte by byte. */
function asHeader(text) {
  return Buffer.from(text).toString('latin1');
}
