import { invalidParameter, violatedConstraint } from './errors.ts';
import { type Alias, LATEST } from './function-version.ts';
import type { LambdaFunction } from './lambda-function.ts';
import { objectMember } from './members.ts';

/**
 * `RoutingConfig` of an alias: a second version and its share.
 *
 * @param version - The alias's first version.
 * @throws {ServiceError} `InvalidParameterValueException`, `ValidationException`, `ResourceNotFoundException`
 */
export function readAdditionalVersion(lambdaFunction: LambdaFunction, version: string, routing: unknown): Alias['additional'] {
  if (routing == null) return undefined;
  const { AdditionalVersionWeights } = objectMember(routing, 'routingConfig');
  const weights = objectMember(AdditionalVersionWeights ?? {}, 'routingConfig.additionalVersionWeights');
  const [entry, ...others] = Object.entries(weights);
  if (entry === undefined) return undefined;
  if (others.length > 0) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1');
  const [additional, weight] = entry;
  const constrain = (constraint: string) =>
    violatedConstraint(`{${additional}=${weight}}`, 'routingConfig.additionalVersionWeights', constraint);
  if (!/^[0-9]+$/.test(additional))
    throw constrain('Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]+]');
  if (typeof weight !== 'number' || weight < 0 || weight > 1)
    throw constrain(
      'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    );
  if (additional === version)
    throw invalidParameter(
      `Invalid function version ${additional}. Function version ${additional} is already included in routing configuration.`,
    );
  if (version === LATEST) throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
  lambdaFunction.version(additional);
  return { version: additional, weight };
}
