import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Endpoint, startEndpoint } from '../../../local/endpoint/endpoint.ts';
import { createLambdaService, type LambdaOptions, type LambdaService } from '../../../local/lambda/lambda-service.ts';
import type { FunctionModel } from '../../../local/template/model.ts';
import { SIGNED } from '../../helpers/raw-http.ts';
import { InProcessFleet, type TestHandler } from './in-process-fleet.ts';
import { lambdaClientOf } from './lambda-client.ts';

export const ACCOUNT = { accountId: '123456789012', region: 'us-east-1' };
export const ARN = 'arn:aws:lambda:us-east-1:123456789012:function';
export const SIGNED_FOR_LAMBDA = SIGNED.replace('/s3/', '/lambda/');

export interface EmbeddedLambda extends AsyncDisposable {
  readonly service: LambdaService;
  readonly endpoint: Endpoint;
  readonly client: LambdaClient;
  clientFor(region: string): LambdaClient;
  /** All that were opened, in order. */
  readonly fleets: readonly InProcessFleet[];
  readonly taskRoot: string;
  /** A folder with other code in it, as a build leaves one. */
  build(code: string): Promise<string>;
}

export interface EmbeddedLambdaOptions extends Partial<Omit<LambdaOptions, 'functions' | 'openFleet'>> {
  /** What the template says of each function, and what it does. @defaultValue `echo`, which answers with its event */
  readonly functions?: Readonly<Record<string, Partial<FunctionModel> & { readonly run?: TestHandler }>>;
}

/** The embedded Lambda alone on an endpoint; an update is done at once unless a test asks for more. */
export async function startEmbeddedLambda(options: EmbeddedLambdaOptions = {}): Promise<EmbeddedLambda> {
  const { functions = { echo: {} }, limits = {}, ...others } = options;
  await using opening = new AsyncDisposableStack();
  let closing = opening;
  const build = async (code: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-lambda-'));
    closing.defer(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'index.js'), code);
    return folder;
  };
  const taskRoot = await build('exports.handler = async (event) => event;');
  const fleets: InProcessFleet[] = [];
  const service = createLambdaService({
    account: ACCOUNT,
    endpointUrl: () => endpoint.url,
    ...others,
    limits: { updateMs: 0, asyncRetryDelayMs: 1, ...limits },
    functions: Object.entries(functions).map(([name, { run, ...model }]) => ({ model: functionModel(name, model), taskRoot })),
    openFleet(settings) {
      const fleet = new InProcessFleet(settings, functions[settings.functionName]?.run ?? ((event) => event));
      fleets.push(fleet);
      return fleet;
    },
  });
  closing.defer(() => service.close());
  const endpoint = await startEndpoint([service]);
  closing.defer(() => endpoint.close());
  const clientFor = (region: string): LambdaClient => {
    const client = lambdaClientOf(endpoint.url, region);
    closing.defer(() => client.destroy());
    return client;
  };
  // From here on whoever started it closes it.
  closing = opening.move();
  return {
    service,
    endpoint,
    client: clientFor('us-east-1'),
    clientFor,
    fleets,
    taskRoot,
    build,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

export function functionModel(functionName: string, fields: Partial<FunctionModel>): FunctionModel {
  return {
    logicalId: functionName,
    functionName,
    description: '',
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    architecture: 'arm64',
    memoryMb: 512,
    timeoutSeconds: 30,
    variables: {},
    logFormat: 'JSON',
    roleArn: 'arn:aws:iam::123456789012:role/echo',
    reservedConcurrency: undefined,
    aliasName: undefined,
    codeFolder: '/',
    build: undefined,
    layerFolders: [],
    ...fields,
  };
}
