import { ServiceError } from '../endpoint/service.ts';
import { compilePattern, isExact } from './filter-pattern.ts';
import type { Filter } from './query-request.ts';
import type { FilterReader, ResourceKind } from './resource-kind.ts';

/**
 * "You can specify up to 50 filters and up to 200 values per filter in a single request. Filter strings can be up to 255
 * characters": https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 *
 * What EC2 counts is the values of all filters together: its message says "on a single call", and Ansible, which sent 200 IDs and
 * one more value in a second filter, had to go down to 199: https://github.com/ansible/ansible/pull/16184
 */
const MAX_FILTERS = 50;
const MAX_VALUES = 200;
const MAX_VALUE_LENGTH = 255;

/**
 * One test for all filters of a call: values of a filter are alternatives, filters must all hold.
 *
 * @throws {ServiceError} For a filter that is unknown, or beyond the limits.
 */
export function compileFilters<Resource>(
  kind: ResourceKind<Resource>,
  filters: readonly Filter[],
): (resource: Resource) => boolean {
  const exceeded = (what: string) => new ServiceError(400, 'FilterLimitExceeded', `The maximum ${what}`);
  if (filters.length > MAX_FILTERS) throw exceeded(`number of filters specified on a single call is ${MAX_FILTERS}`);
  // EC2's own texts: https://github.com/gjbae1212/gossm/issues/47, https://github.com/ansible/ansible/issues/84327
  if (filters.reduce((count, { values }) => count + values.length, 0) > MAX_VALUES)
    throw exceeded(`number of filter values specified on a single call is ${MAX_VALUES}`);
  if (filters.some(({ values }) => values.some((value) => value.length > MAX_VALUE_LENGTH)))
    throw exceeded(`length for a filter value is ${MAX_VALUE_LENGTH} characters`);
  const tests = filters.map((filter) => compileFilter(kind, filter));
  return (resource) => tests.every((passes) => passes(resource));
}

function compileFilter<Resource>(kind: ResourceKind<Resource>, { name, values }: Filter): (resource: Resource) => boolean {
  const read = readerOf(kind, name);
  if (read === undefined) {
    const known = [...Object.keys(kind.filters), 'tag:<key>', 'tag-key'].sort().join(', ');
    throw new ServiceError(400, 'InvalidParameterValue', `The filter '${name}' is invalid; the embedded EC2 has ${known}`);
  }
  if (values.length === 0)
    throw new ServiceError(
      400,
      'InvalidParameterValue',
      `The filter '${name}' has no values; give at least one Filter.N.Value.1`,
    );
  const exact = new Set(values.filter(isExact));
  const patterns = values.filter((value) => !isExact(value)).map(compilePattern);
  const matches = (value: string): boolean => exact.has(value) || patterns.some((matchesPattern) => matchesPattern(value));
  return (resource) => {
    const actual = read(resource);
    if (actual === undefined) return false;
    return typeof actual === 'string' ? matches(actual) : actual.some(matches);
  };
}

function readerOf<Resource>(kind: ResourceKind<Resource>, name: string): FilterReader<Resource> | undefined {
  if (name === 'tag-key') return (resource) => Object.keys(kind.tagsOf(resource));
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (resource) => (Object.hasOwn(kind.tagsOf(resource), key) ? kind.tagsOf(resource)[key] : undefined);
  }
  return Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined;
}
