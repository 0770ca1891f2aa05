import { dirname, join } from 'node:path';
import type { EnvironmentSettings } from './environment-settings.ts';
import { RUNTIME_FOLDER } from './runtime-command.ts';

/** What differs from one environment of a function to the next. */
export interface EnvironmentPlace {
  /** Host and port of its Runtime API. */
  readonly runtimeApi: string;
  readonly logStream: string;
  /** Its own temporary folder. */
  readonly temporaryFolder: string;
}

function logGroupOf(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/**
 * All variables of a runtime process: none of this machine's are among them. As on Lambda, the function's own come before what may be
 * set and after what is reserved: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function processVariables(settings: EnvironmentSettings, place: EnvironmentPlace): Record<string, string> {
  return { ...defaults(settings, place), ...settings.variables, ...reserved(settings, place) };
}

function defaults(settings: EnvironmentSettings, { temporaryFolder }: EnvironmentPlace): Record<string, string> {
  const { layerFolders, taskRoot, runtime } = settings;
  const major = /\d+/.exec(runtime)?.[0] ?? '';
  const inLayers = (...path: string[]): string[] => layerFolders.map((folder) => join(folder, ...path));
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', ...inLayers('bin')].join(':'),
    LD_LIBRARY_PATH: ['/lib64', '/usr/lib64', taskRoot, join(taskRoot, 'lib'), ...inLayers('lib')].join(':'),
    NODE_PATH: [
      ...inLayers('nodejs', `node${major}`, 'node_modules'),
      ...inLayers('nodejs', 'node_modules'),
      join(RUNTIME_FOLDER, 'node_modules'),
      RUNTIME_FOLDER,
      taskRoot,
    ].join(':'),
    TMPDIR: temporaryFolder,
    // Lambda sets none. Without it Node takes the user's of this machine, and the AWS SDK reads the profiles in there.
    HOME: temporaryFolder,
    AWS_ENDPOINT_URL: settings.endpointUrl,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    ...(settings.logFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: 'INFO' } : {}),
  };
}

function reserved(settings: EnvironmentSettings, { runtimeApi, logStream }: EnvironmentPlace): Record<string, string> {
  const { maxConcurrency, workerCount } = settings;
  return {
    _HANDLER: settings.handler,
    LAMBDA_TASK_ROOT: settings.taskRoot,
    LAMBDA_RUNTIME_DIR: RUNTIME_FOLDER,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: settings.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: settings.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${settings.memoryMb}`,
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(settings.functionName),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: settings.logFormat,
    AWS_LAMBDA_INITIALIZATION_TYPE: initializationType(settings),
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${settings.runtime}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    ...(maxConcurrency === undefined ? {} : { AWS_LAMBDA_MAX_CONCURRENCY: `${maxConcurrency}` }),
    ...(workerCount === undefined ? {} : { AWS_LAMBDA_NODEJS_WORKER_COUNT: `${workerCount}` }),
  };
}

export function initializationType({ maxConcurrency }: EnvironmentSettings): 'on-demand' | 'lambda-managed-instances' {
  return maxConcurrency === undefined ? 'on-demand' : 'lambda-managed-instances';
}
