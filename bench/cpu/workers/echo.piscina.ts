export default (input: number): number => input;
