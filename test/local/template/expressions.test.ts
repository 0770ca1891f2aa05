// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of templates
import { expect, test } from 'vitest';
import { computed, HELLO, problemsOf } from './read-text.ts';

const SECTIONS = `
Parameters:
  Stage: { Type: String, Default: test }
  Zones: { Type: CommaDelimitedList, Default: 'a, b,c' }
  Memory: { Type: Number, Default: 512 }
Mappings:
  Sizes:
    test: { memoryMb: 128 }
    prod: { memoryMb: 1769 }
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsProd: !Not [!Condition IsTest]
  IsEither: { 'Fn::Or': [{ Condition: IsTest }, { Condition: IsProd }] }
  IsBoth: !And [!Condition IsTest, !Condition IsProd]
`;

test.each([
  // Both forms of each.
  ['!Ref Stage', 'test'],
  ['{ Ref: Stage }', 'test'],
  ['!Ref Memory', '512'],
  ['!Sub "${Stage}-${AWS::Region}"', 'test-us-east-1'],
  ['!Sub ${AWS::StackName}/${HelloFunction}', 'lambda-parallel/lambda-parallel-HelloFunction'],
  ['!Sub ["${Stage}-${Own}", { Own: !Ref Memory }]', 'test-512'],
  ['{ "Fn::Sub": ["${Own}", { Own: x }] }', 'x'],
  ['!Sub "${!Stage}"', '${Stage}'],
  ['!Sub "${HelloFunction.Arn}"', 'arn:aws:lambda:us-east-1:123456789012:function:lambda-parallel-HelloFunction'],
  ['!GetAtt HelloFunction.Arn', 'arn:aws:lambda:us-east-1:123456789012:function:lambda-parallel-HelloFunction'],
  ['{ "Fn::GetAtt": [HelloFunction, Arn] }', 'arn:aws:lambda:us-east-1:123456789012:function:lambda-parallel-HelloFunction'],
  ['!GetAtt HelloFunctionRole.Arn', 'arn:aws:iam::123456789012:role/lambda-parallel-HelloFunctionRole'],
  ['!If [IsTest, yes it is, "no"]', 'yes it is'],
  ['{ "Fn::If": [IsProd, a, b] }', 'b'],
  ['!If [IsEither, a, !Ref Nowhere]', 'a'],
  ['!If [IsBoth, !ImportValue x, b]', 'b'],
  // As PyYAML reads and writes them, on their way through SAM.
  ['!Join ["-", [012, 0x10, 1_000, 1.0, 3.10, yes, 012345678901, "012"]]', '10-16-1000-1.0-3.1-true-012345678901-012'],
  ['!Join ["", !Ref Zones]', 'abc'],
  ['!Join [",", [a, !If [IsProd, b, !Ref AWS::NoValue]]]', 'a'],
  ['!Select [1, !Ref Zones]', 'b'],
  ['!Select ["0", !Split [":", "x:y"]]', 'x'],
  ['!FindInMap [Sizes, !Ref Stage, memoryMb]', '128'],
  ['{ "Fn::FindInMap": [Sizes, prod, memoryMb] }', '1769'],
  ['!Base64 hi', 'aGk='],
  ['!Ref AWS::AccountId', '123456789012'],
  ['!Sub "arn:${AWS::Partition}:s3:::x.${AWS::URLSuffix}"', 'arn:aws:s3:::x.amazonaws.com'],
  ['2012-10-17', '2012-10-17'],
])('%s comes to %s', async (expression, expected) => {
  expect(await computed(expression, SECTIONS)).toBe(expected);
});

test.each([
  ['!Ref Nowhere', 'must name a parameter or a resource of this template: Nowhere is not there; add it, or correct the name'],
  [
    '!Sub "${Nowhere}"',
    'must name a parameter or a resource of this template: Nowhere is not there; add it, or correct the name',
  ],
  ['!GetAtt HelloFunction.Url', 'must be an attribute of HelloFunction that is known here, Arn, Alias: Url; use another one'],
  ['!GetAtt HelloFunction.Alias', 'must be an attribute of HelloFunction that is known here, Arn, Alias: Alias; use another one'],
  ['!GetAtt HelloFunction', 'must have a resource and an attribute in Fn::GetAtt: HelloFunction; write Resource.Attribute'],
  ['!ImportValue other-Name', 'must not use Fn::ImportValue: no other stack is here that exports it; take a parameter instead'],
  ['!GetAZs us-east-1', 'must not use Fn::GetAZs: there are no availability zones here; take a parameter instead'],
  ['!If [Nope, a, b]', 'must name one of Conditions: Nope is not there; add it, or correct the name'],
  ['!If [IsTest, a]', 'must have a condition and two values in Fn::If: it has not; write [condition, if true, if false]'],
  ['!Select [3, !Ref Zones]', 'must be an integer from 0 to 2: 3; choose one in between'],
  ['!Join ["-"]', 'must have 2 operands in Fn::Join: 1; write [delimiter, list]'],
  ['!FindInMap [Sizes, none, memoryMb]', 'must find Sizes, none, memoryMb in Mappings: none is not there; add it'],
  ['!If [IsTest, !Ref AWS::NoValue, b]', 'must have Value: it is missing; add it'],
  ['{ "Fn::Sub": a, other: b }', 'must be alone in its map: others are beside it; take them out'],
])('%s is an error that says so', async (expression, message) => {
  const [problem] = await problemsOf(`${HELLO}${SECTIONS}\nOutputs:\n  Result:\n    Value: ${expression}\n`);
  expect(problem).toContain(message);
});

test('a function that is not known is an error that lists those that are', async () => {
  const [problem] = await problemsOf(`${HELLO}\nOutputs:\n  Result:\n    Value: !Cidr [a, 1, 2]\n`);
  expect(problem).toMatch(
    /^12: Outputs\.Result\.Value must not use Fn::Cidr: the embedded AWS computes Ref, .*Fn::Sub.* only; write out its result$/,
  );
});

test('an alias of YAML is an error, as CloudFormation has none', async () => {
  const [problem] = await problemsOf(`${HELLO}\nOutputs:\n  A: { Value: &x 1 }\n  B: { Value: *x }\n`);
  expect(problem).toBe('12: Outputs.B.Value must not be the alias *x: CloudFormation knows none; write it out');
});

test('conditions that refer to each other are an error, told once for all who ask', async () => {
  const conditions = 'Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\n';
  const problems = await problemsOf(`${HELLO}${conditions}Outputs:\n  X: { Value: !If [A, 1, 2] }\n`);
  expect(problems).toEqual([expect.stringContaining('must not refer to itself: the condition A does; break the circle')]);
});

test.each([
  ['!And [!Condition IsTest]', 'must have 2 to 10 operands in Fn::And: 1; correct the list'],
  ['!Equals [a]', 'must have 2 operands in Fn::Equals: 1; correct the list'],
  ['maybe', 'must be Fn::And, Fn::Equals, Fn::Not, Fn::Or or Condition: "maybe"; write one of them'],
])('a condition %s is an error', async (condition, message) => {
  const [problem] = await problemsOf(`${HELLO}\nConditions:\n  IsTest: !Equals [a, a]\n  Wrong: ${condition}\n`);
  expect(problem).toBe(`12: Conditions.Wrong ${message}`);
});
