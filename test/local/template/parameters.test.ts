import { expect, test } from 'vitest';
import { computed, HELLO, problemsOf } from './read-text.ts';

const parameter = (declaration: string) => `Parameters:\n  Value: { ${declaration} }\n`;

test.each([
  ['Type: String, Default: a', undefined, 'a'],
  ['Type: String, Default: a', 'b', 'b'],
  ['Type: Number, Default: 1.5', undefined, '1.5'],
  ['Type: String, AllowedValues: [a, b]', 'b', 'b'],
  ['Type: String, AllowedPattern: "[a-z]+", MinLength: 2, MaxLength: 3', 'abc', 'abc'],
  ['Type: Number, MinValue: 128, MaxValue: 10240, NoEcho: true, Description: d', '128', '128'],
])('{ %s } given %s is %s', async (declaration, given, expected) => {
  const parameters: Record<string, string> = given === undefined ? {} : { Value: given };
  expect(await computed('!Ref Value', parameter(declaration), { parameters })).toBe(expected);
});

test.each([
  ['Type: String', undefined, 'Value must have a value: it has no Default and none is given; give Value one'],
  [
    'Default: a',
    undefined,
    'Value must have a Type: it is missing; write one of String, Number, CommaDelimitedList, List<Number>',
  ],
  ['Type: Number', 'many', 'Value must be a number: "many"; give it another value'],
  ['Type: List<Number>', '1,b', 'Value must be a number: "b"; give it another value'],
  ['Type: String, AllowedValues: [a, b]', 'c', 'Value must be one of a, b: "c"; give it another value'],
  ['Type: String, AllowedPattern: "[a-z]+"', 'a1', 'Value must be text that matches [a-z]+: "a1"; give it another value'],
  ['Type: String, MinLength: 2', 'a', 'Value must be at least 2 characters long: "a"; give it another value'],
  ['Type: Number, MaxValue: 3, ConstraintDescription: three at most', '4', 'Value must be at most 3: "4"; three at most'],
  ['Type: String, Default: !Ref X', undefined, 'Value.Default must be a plain value: the function Ref; write it out'],
  ['Type: String, Default: a, Colour: red', undefined, 'Value.Colour has no meaning in the embedded AWS'],
  [
    'Type: AWS::EC2::VPC::Id',
    'vpc-1',
    'Value.Type must be String, Number, CommaDelimitedList, List<Number>: "AWS::EC2::VPC::Id"; there is nothing here to look other types up in',
  ],
])('{ %s } given %s is an error', async (declaration, given, message) => {
  const parameters: Record<string, string> = given === undefined ? {} : { Value: given };
  const outputs = 'Outputs:\n  Result: { Value: !Ref Value }\n';
  const problems = await problemsOf(`${HELLO}${parameter(declaration)}${outputs}`, { parameters });
  expect(problems).toEqual([expect.stringContaining(`10: Parameters.${message}`)]);
});

test('a parameter that is given and not declared is an error that names those that are', async () => {
  const problems = await problemsOf(`${HELLO}${parameter('Type: String, Default: a')}`, { parameters: { Vaule: 'b' } });
  expect(problems).toEqual(['9: Parameters must have the parameter that is given: Vaule; it has Value']);
});
