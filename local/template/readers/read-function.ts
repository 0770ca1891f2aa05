import type { EventInvokeModel, FunctionModel, LayerModel, LogFormat } from '../model.ts';
import { type PropertyReader, readProperties } from '../property-reader.ts';
import type { Resource } from '../resource.ts';
import { asMap, entriesOf, integerOf, itemsOf, oneOf, onlyKeys, textOf, textsOf } from '../source/read-value.ts';
import { shown } from '../source/shown.ts';
import type { Value } from '../source/template-node.ts';
import type { StackScope } from '../stack-scope.ts';
import { ProblemAt, type Problems } from '../template-error.ts';
import { folderOf } from './folder.ts';
import { buildMetadataOf, esbuildOf, withSourceMaps } from './read-build.ts';
import { type BucketEvent, eventsOf } from './read-events.ts';
import { RUNTIMES } from './read-layer.ts';

/** What a function can name. */
export interface Surroundings {
  readonly templateFolder: string;
  /** By ARN. */
  readonly layers: ReadonlyMap<string, LayerModel>;
  readonly bucketNames: ReadonlySet<string>;
}

export interface ReadFunction {
  readonly model: FunctionModel;
  readonly events: readonly BucketEvent[];
}

export function readFunction(
  resource: Resource,
  scope: StackScope,
  { templateFolder, layers, bucketNames }: Surroundings,
  problems: Problems,
): ReadFunction {
  const properties = readProperties(resource, scope, problems);
  const handler = properties.need('Handler', '', handlerOf);
  const own = properties.read('Environment', {}, variablesOf);
  const build = problems.attempt(() => esbuildOf(buildMetadataOf(resource, scope), handler, own));
  const ofFunction = properties.read('Layers', [], (value) => layersOf(value, layers));
  properties.read('PackageType', 'Zip', (value) => oneOf(value, ['Zip']));
  const model: FunctionModel = {
    logicalId: resource.logicalId,
    functionName: problems.attempt(() => scope.physicalName(resource)) ?? '',
    description: properties.read('Description', '', textOf),
    handler,
    runtime: properties.need('Runtime', 'nodejs24.x', (value) => oneOf(value, RUNTIMES)),
    architecture: properties.read('Architectures', 'x86_64', architectureOf),
    // "128" and "3": https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
    memoryMb: properties.read('MemorySize', 128, (value) => integerOf(value, 128, 10_240)),
    timeoutSeconds: properties.read('Timeout', 3, (value) => integerOf(value, 1, 900)),
    variables: withSourceMaps(own, build),
    logFormat: properties.read('LoggingConfig', 'Text', logFormatOf),
    roleArn: properties.read('Role', scope.roleArn(`${resource.logicalId}Role`), textOf),
    reservedConcurrency: properties.read('ReservedConcurrentExecutions', undefined, (value) => integerOf(value, 0, 100_000)),
    aliasName: properties.read('AutoPublishAlias', undefined, aliasNameOf),
    codeFolder: properties.need('CodeUri', '', (value) => folderOf(value, templateFolder)),
    build,
    layerFolders: ofFunction.map(({ contentFolder }) => contentFolder),
    layers: ofFunction,
    eventInvoke: properties.read('EventInvokeConfig', undefined, eventInvokeOf),
  };
  return { model, events: eventsOfFunction(properties, bucketNames) };
}

function eventsOfFunction(properties: PropertyReader, bucketNames: ReadonlySet<string>): readonly BucketEvent[] {
  return properties.read('Events', [], (value) => eventsOf(value, bucketNames));
}

function handlerOf(value: Value): string {
  const handler = textOf(value);
  if (/^[^\s.][^\s]*\.[^\s.]+$/.test(handler)) return handler;
  throw new ProblemAt(value, `must be <file>.<export>: ${shown(value)}; write it as images.handler`);
}

/** "Reserved environment variables": https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_(FUNCTION|LOG|INITIALIZATION|RUNTIME).*|AWS_(ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

function variablesOf(value: Value): Readonly<Record<string, string>> {
  onlyKeys(asMap(value), ['Variables']);
  const variables = asMap(value).entries.get('Variables');
  if (variables === undefined) return {};
  for (const [name, variable] of entriesOf(variables)) {
    if (RESERVED.test(name)) throw new ProblemAt(variable, 'must have another name: Lambda keeps this one for itself; rename it');
    if (!/^[A-Za-z]\w+$/.test(name)) {
      throw new ProblemAt(
        variable,
        'must have a name of at least two letters, digits and _, a letter first, as Lambda wants it; rename it',
      );
    }
  }
  return textsOf(variables);
}

function architectureOf(value: Value): FunctionModel['architecture'] {
  const [first, ...others] = itemsOf(value);
  if (first !== undefined && others.length === 0) return oneOf(first, ['arm64', 'x86_64']);
  throw new ProblemAt(value, `must be a list of one: ${shown(value)}; write [arm64] or [x86_64]`);
}

function aliasNameOf(value: Value): string {
  const name = textOf(value);
  if (/^(?!\d+$)[\w-]{1,128}$/.test(name)) return name;
  throw new ProblemAt(value, `must be letters, digits, - and _, and no number: ${shown(value)}; choose another name`);
}

/** Logs are followed where they are written, so their group has no effect; levels below INFO and above would have one. */
function logFormatOf(value: Value): LogFormat {
  const { entries } = asMap(value);
  onlyKeys(asMap(value), ['LogFormat', 'LogGroup', 'ApplicationLogLevel', 'SystemLogLevel']);
  for (const level of ['ApplicationLogLevel', 'SystemLogLevel']) {
    const node = entries.get(level);
    if (node !== undefined) oneOf(node, ['INFO']);
  }
  const format = entries.get('LogFormat');
  return format === undefined ? 'Text' : oneOf(format, ['JSON', 'Text']);
}

function layersOf(value: Value, layers: ReadonlyMap<string, LayerModel>): readonly LayerModel[] {
  return itemsOf(value).map((item) => {
    const layer = layers.get(textOf(item));
    if (layer !== undefined) return layer;
    throw new ProblemAt(item, `must be a layer of this template: ${shown(item)}; write !Ref and its logical id`);
  });
}

/** A destination for events that fail has no effect: the log says that one failed. */
function eventInvokeOf(value: Value): EventInvokeModel {
  const { entries } = asMap(value);
  onlyKeys(asMap(value), ['DestinationConfig', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts']);
  const destinations = entries.get('DestinationConfig');
  if (destinations !== undefined) onlyKeys(asMap(destinations), ['OnFailure']);
  const integer = (key: string, fallback: number, min: number, max: number): number => {
    const node = entries.get(key);
    return node === undefined ? fallback : integerOf(node, min, max);
  };
  return {
    maximumRetryAttempts: integer('MaximumRetryAttempts', 2, 0, 2),
    maximumEventAgeSeconds: integer('MaximumEventAgeInSeconds', 21_600, 60, 21_600),
  };
}
